"""A template of Open Job Description on a farm of two nodes, submitted as an artist does."""

from __future__ import annotations

import pytest

from tests.e2e.blueprint_parts import farm_in, open_folder, story, submit_and_wait, writable

TEMPLATE = """\
specificationVersion: jobtemplate-2023-09
name: "{{Param.Shot}} on the farm"
parameterDefinitions:
  - {name: Shot, type: STRING}
  - {name: Out, type: PATH}
  - {name: Frames, type: STRING, default: 1-2}
jobEnvironments:
  - name: Studio
    variables: {SHOW: "show of {{Param.Shot}}"}
steps:
  - name: render
    hostRequirements: {amounts: [{name: amount.worker.vcpu, min: 1}]}
    parameterSpace:
      taskParameterDefinitions: [{name: Frame, type: INT, range: "{{Param.Frames}}"}]
    script:
      embeddedFiles:
        - {name: go, type: TEXT, data: "f={{Task.Param.Frame}}; echo $SHOW frame $f > {{Param.Out}}/f.$f\\n"}
      actions: {onRun: {command: sh, args: ["{{Task.File.go}}"]}}
  - name: join
    dependencies: [{dependsOn: render}]
    script:
      actions: {onRun: {command: sh, args: ["-c", "cat {{Param.Out}}/f.* > {{Param.Out}}/all"]}}
"""


@pytest.fixture
def farm():
    with open_folder() as folder, farm_in(folder):
        yield folder


def test_a_template_runs_on_the_farm(farm):
    out, template = writable(farm / "out"), farm / "shot.yaml"
    template.write_text(TEMPLATE)
    job = submit_and_wait(farm, template, "-p", "Shot=sc010", "-p", f"Out={out}", "-p", "Frames=1-5:2")

    assert job.totals.succeeded == job.totals.total == 4, story(job)
    assert job.name == "sc010_on_the_farm"
    assert sorted(task.name for task in job.get_tasks()) == [
        "0001-join",
        "0001-render",
        "0003-render",
        "0005-render",
    ]
    assert (out / "all").read_text().splitlines() == [f"show of sc010 frame {frame}" for frame in (1, 3, 5)]
