"""Functions and commands for the life of jobs, layers and nodes after a launch ask for what they say."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from tests.unit.plow_client.recorded import RecordedFarm

ID = "0190a5f0-0000-7000-8000-000000000001"
LAYER = idl.LayerT(id=ID, name="fx", env={"A": "1"})

CALLS = [
    (lambda: plow.restart_job(ID, True, "again"), "restartJob", {"jobId": ID, "failedOnly": True, "reason": "again"}),
    (lambda: plow.kill_proc(ID, "stuck"), "killProc", {"id": ID, "reason": "stuck"}),
    (lambda: plow.append_frames(ID, "11-20"), "appendFrames", {"layerId": ID, "range": "11-20"}),
    (lambda: plow.set_layer_max_ram_per_task(ID, 9), "setLayerMaxRamPerTask", {"layerId": ID, "maxRam": 9}),
    (lambda: plow.set_layer_max_retries(ID, 0), "setLayerMaxRetries", {"layerId": ID, "maxRetries": 0}),
    (lambda: plow.set_layer_service(ID, "blender"), "setLayerService", {"layerId": ID, "serv": "blender"}),
    (lambda: plow.set_layer_chunk(ID, 5), "setLayerChunk", {"layerId": ID, "chunk": 5}),
    (lambda: plow.set_layer_priority(ID, -7), "setLayerPriority", {"layerId": ID, "priority": -7}),
    (lambda: plow.set_layer_kill_grace(ID, 60), "setLayerKillGrace", {"layerId": ID, "killGraceS": 60}),
    (
        lambda: plow.set_layer_run(ID, plow.RunSettings(max_run_s=60, wrapper=[])),
        "setLayerRun",
        {"layerId": ID, "run": idl.RunSettingsT(maxRunS=60, wrapper=[])},
    ),
    (lambda: plow.set_node_state(ID, "repair"), "setNodeState", {"id": ID, "state": 2}),
    (lambda: plow.reboot_node(ID), "rebootNode", {"id": ID, "now": False}),
    (lambda: plow.delete_node(ID), "deleteNode", {"id": ID}),
    (lambda: plow.delete_quota(ID), "deleteQuota", {"id": ID}),
    (lambda: plow.delete_project(ID), "deleteProject", {"id": ID}),
    (lambda: plow.set_folder_order(ID, 2), "setFolderOrder", {"folderId": ID, "order": 2}),
    (
        lambda: plow.read_task_log(ID, 2, -100, 50),
        "readTaskLog",
        {"taskId": ID, "attempt": 2, "offset": -100, "length": 50},
    ),
    (
        lambda: plow.set_layer_command(ID, ("render", "-b"), {"A": "b"}, "wrong flag"),
        "setLayerCommand",
        {"layerId": ID, "command": ["render", "-b"], "env": {"A": "b"}, "reason": "wrong flag"},
    ),
]  # fmt: skip


@pytest.fixture
def farm():
    farm = RecordedFarm(getLayerById=LAYER, appendFrames=LAYER, appendTasks=LAYER)
    current.use(farm)
    yield farm
    current.reconnect()


@pytest.mark.parametrize(("ask", "name", "arguments"), CALLS, ids=[call[1] for call in CALLS])
def test_a_function_asks_for_what_it_says(farm, ask, name, arguments):
    farm.answers.setdefault(name, getattr(idl, {"readTaskLog": "LogT"}.get(name, "LayerVersionT"))())

    ask()

    assert farm.last() == (name, arguments)


def test_layers_and_tasks_are_sent_as_specs(farm):
    farm.answers["appendLayers"] = [LAYER]

    (made,) = plow.append_layers(ID, [plow.LayerSpec(name="fx", command=["true"], range="1-3")])
    plow.append_tasks(ID, [plow.TaskSpec(name="x")])

    assert made.name == "fx"
    assert farm.calls("appendLayers")[0]["layers"][0].range == "1-3"
    assert farm.calls("appendTasks")[0]["tasks"][0].name == "x"


def test_attempts_are_asked_for_by_every_criterion(farm):
    farm.answers["getAttempts"] = [idl.AttemptT(taskName="0001-a", endReason=5)]

    (found,) = plow.get_attempts(jobs=ID, nodes="r12", ends=["memory", "lost"], stopped_since=5, limit=9)

    wanted = farm.calls("getAttempts")[0]["filter"]
    assert (wanted.jobIds, wanted.nodeNames, wanted.ends) == ([ID], ["r12"], [5, 2])
    assert (wanted.stoppedSince, wanted.limit, wanted.layerIds) == (5, 9, None)
    assert (found.task_name, found.end_reason) == ("0001-a", plow.AttemptEnd.MEMORY)


def test_a_layers_methods_change_it_and_read_it_again(farm):
    layer = plow.get_layer_by_id(ID)
    farm.answers["setLayerCommand"] = idl.LayerVersionT(version=2)
    farm.answers["getLayerVersions"] = [idl.LayerVersionT(version=1), idl.LayerVersionT(version=2)]

    layer.set_command(["new"])
    for change in (
        lambda: layer.set_max_ram_per_task(1), lambda: layer.set_max_retries(1), lambda: layer.set_service("x"),
        lambda: layer.set_chunk(1), lambda: layer.set_priority(1), lambda: layer.set_kill_grace(1),
        lambda: layer.set_run(plow.RunSettings(niceness=3)),
    ):  # fmt: skip
        change()
    layer.append_frames("5")
    layer.append_tasks([plow.TaskSpec(name="x")])

    assert farm.calls("setLayerCommand")[0]["env"] == {"A": "1"}, "without new variables its own stay"
    assert len(farm.calls("getLayerById")) == 9
    assert [version.version for version in layer.get_versions()] == [1, 2]


def test_other_things_have_methods_too(farm):
    farm.answers |= {
        "getJob": idl.JobT(id=ID), "getProc": idl.ProcT(id=ID), "getNode": idl.NodeT(id=ID), "appendLayers": [],
        "getTask": idl.TaskT(id=ID), "readTaskLog": idl.LogT(content=b"x"), "getFolder": idl.FolderT(id=ID),
        "getProject": idl.ProjectT(id=ID), "getQuota": idl.QuotaT(id=ID),
    }  # fmt: skip
    plow.get_job(ID).restart()
    plow.get_job(ID).append_layers([])
    plow.get_proc(ID).kill()
    node = plow.get_node(ID)
    node.set_state("UP")
    node.reboot(now=True)
    node.delete()
    plow.get_folder(ID).set_order(1)
    plow.get_project(ID).delete()
    plow.get_quota(ID).delete()

    assert plow.get_task(ID).read_log().content == b"x"
    told = [name for name, _ in farm.asked if not name.startswith("get")]
    assert told == [
        "restartJob", "appendLayers", "killProc", "setNodeState", "rebootNode", "deleteNode", "setFolderOrder",
        "deleteProject", "deleteQuota", "readTaskLog",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "call", "arguments", "said"),
    [
        (["repair"], "setNodeState", {"id": ID, "state": 2}, "node r12 is REPAIR"),
        (["up"], "setNodeState", {"id": ID, "state": 0}, "node r12 is UP"),
        (["reboot"], "rebootNode", {"id": ID, "now": False}, "node r12 reboots when nothing runs there"),
        (["reboot", "--now", "--yes"], "rebootNode", {"id": ID, "now": True}, "node r12 reboots now"),
        (["delete", "--yes"], "deleteNode", {"id": ID}, "node r12 deleted"),
    ],
)
def test_commands_for_nodes(farm, capsys, command, call, arguments, said):
    farm.answers["getNode"] = idl.NodeT(id=ID, name="r12", state=0)

    assert run(["node", command[0], "r12", *command[1:]]) == 0

    assert farm.calls(call) == [arguments]
    assert capsys.readouterr().out == said + "\n"


def test_a_job_is_restarted(farm, capsys):
    totals = idl.TaskTotalsT(totalTaskCount=5, succeededTaskCount=2, waitingTaskCount=3)
    farm.answers["getJob"] = idl.JobT(id=ID, name="shot", totals=totals)

    assert run(["job", "restart", ID, "--failed-only", "--reason", "fixed"]) == 0

    assert farm.calls("restartJob") == [{"jobId": ID, "failedOnly": True, "reason": "fixed"}]
    assert capsys.readouterr().out == "job shot runs again, 3 of 5 tasks to do\n"
