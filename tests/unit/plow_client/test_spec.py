"""Specs know what was set: unset is not sent, 0 and empty are."""

from __future__ import annotations

import getpass
import uuid
from dataclasses import replace

import pytest

import plow_client as plow
from plow_client import current, idl
from tests.unit.plow_client.recorded import RecordedFarm, said


@pytest.fixture
def farm():
    farm = RecordedFarm(launch=idl.JobT(id="j1", name="a"), createDepend=idl.DependT(id="d1"))
    current.use(farm)
    yield farm
    current.reconnect()


def test_an_unset_field_is_not_sent():
    sent = plow.LayerSpec("fx", ["true"], range="1-2").to_wire()

    assert said(sent) == {"name": "fx", "command": ["true"], "range": "1-2", "chunk": 1, "isPost": False}


def test_zero_and_empty_are_sent():
    sent = plow.LayerSpec("fx", ["true"], max_retries=0, tags=[], threadable=False).to_wire()

    assert (sent.maxRetries, sent.tags, sent.threadable) == (0, [], False)


def test_a_field_can_be_unset_again():
    layer = plow.LayerSpec("fx", ["true"], min_cores=4)
    layer.min_cores = None

    assert layer.to_wire().minCores is None


def test_names_of_the_wire_are_understood():
    layer = plow.LayerSpec("fx", ["true"], service="nuke")
    layer.minCores = 2
    layer.serv = "maya"

    assert layer.minCores == layer.min_cores == 2
    assert layer.to_wire().serv == layer.service == "maya"


def test_a_misspelt_field_is_an_error():
    layer = plow.LayerSpec("fx", ["true"])

    with pytest.raises(AttributeError, match="has no 'min_core'; it has name, command"):
        layer.min_core = 2
    with pytest.raises(AttributeError, match="has no 'cores'"):
        layer.cores  # noqa: B018


def test_a_launch_sends_the_whole_job(farm):
    spec = plow.JobSpec(
        "a",
        "show",
        layers=[
            plow.LayerSpec("sim", ["sim"], tasks=[plow.TaskSpec("one"), plow.TaskSpec("two")]),
            plow.LayerSpec(
                "fx",
                ["fx"],
                range="1-3",
                depends=[plow.DependSpec("layer_on_layer", dependent_layer="fx", depend_on_layer="sim")],
            ),
        ],
        username="anna",
        paused=True,
    )

    job = spec.launch()

    sent = farm.last()[1]["spec"]
    assert job.id == "j1"
    assert (sent.name, sent.project, sent.username, sent.paused, sent.uid) == (
        "a",
        "show",
        "anna",
        True,
        None,
    )
    assert [task.name for task in sent.layers[0].tasks] == ["one", "two"]
    depend = sent.layers[1].depends[0]
    assert (depend.type, depend.dependentLayer, depend.dependOnLayer) == (1, "fx", "sim")
    assert uuid.UUID(sent.requestId)
    assert plow.JobSpec.from_wire(sent) == replace(spec, request_id=sent.requestId)


def test_each_launch_is_a_request_of_its_own_unless_the_spec_names_one(farm):
    farm.answers["launch"] = idl.JobT(id="j1", name="a")
    spec = plow.JobSpec("a", "show", username="anna", priority=3, start_after=9)
    spec.launch()
    spec.launch()
    spec.request_id = "0190a5f0-0000-7000-8000-000000000001"
    spec.launch()

    first, second, third = (call["spec"] for call in farm.calls("launch"))
    assert len({first.requestId, second.requestId, spec.request_id}) == 3
    assert (third.requestId, third.priority, third.startAfter) == (spec.request_id, 3, 9)


def test_a_check_sends_the_spec_and_reads_the_plan(farm):
    farm.answers["checkLaunch"] = idl.LaunchPlanT(
        folderName="comp",
        layers=[idl.LayerPlanT(name="fx", fittingNodes=2, basis="no earlier tasks")],
        filters=[
            idl.FilterTraceT(
                filterName="f", matched=True, actions=[idl.ActionT(id="a", type=3, value="true")]
            )
        ],
        warnings=["no node has 300 GB"],
    )

    plan = plow.JobSpec("a", "show", [plow.LayerSpec("fx", ["fx"], range="1")]).check()

    assert farm.last()[1]["spec"].username == getpass.getuser()
    assert (plan.folder_name, plan.layers[0].fitting_nodes, plan.warnings) == (
        "comp",
        2,
        ["no node has 300 GB"],
    )
    assert plan.filters[0].actions[0].type is plow.ActionType.PAUSE


def test_a_launch_without_a_user_is_yours(farm):
    spec = plow.JobSpec("a", "show")

    spec.launch()

    assert farm.last()[1]["spec"].username == getpass.getuser()
    assert spec.username is None


def test_a_launched_spec_is_read_back(farm):
    farm.answers["getJobSpec"] = idl.JobSpecT(
        name="a", project="show", layers=[idl.LayerSpecT(name="fx", command=["x"], range="1-2")]
    )

    spec = plow.Job(idl.JobT(id="j1")).get_spec()

    assert spec == plow.JobSpec("a", "show", layers=[plow.LayerSpec("fx", ["x"], range="1-2")])


def test_a_depend_is_made_of_objects_or_ids(farm):
    layer = plow.Layer(idl.LayerT(id="l1"))
    spec = plow.DependSpec(plow.DependType.TASK_ON_LAYER, dependent_task="t1", depend_on_layer=layer)

    assert spec.create().id == "d1"
    assert said(farm.last()[1]["dependSpec"]) == {"type": 3, "dependentTask": "t1", "dependOnLayer": "l1"}
