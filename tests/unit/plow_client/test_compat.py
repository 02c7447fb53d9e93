"""The names of before 2013 say the same as those of now."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import compat, current, idl
from plow_client.names import to_camel
from tests.unit.plow_client.recorded import RecordedFarm, said

ID = "0190a5f0-0000-7000-8000-000000000001"
OLD = [
    "getJobs", "getActiveJob", "getJobById", "killJob", "launchJob", "pauseJob", "getJobOutputs", "getLayerById",
    "getLayerByName", "getLayerOutputs", "addLayerOutput", "getTaskById", "getTasks", "getNodes", "JobSpecT",
    "LayerSpecT", "TaskSpecT", "DependSpecT",
]  # fmt: skip


@pytest.fixture
def farm():
    made = RecordedFarm()
    current.use(made, "recorded")
    yield made
    current.reconnect()


@pytest.mark.parametrize("name", OLD)
def test_a_name_of_the_old_module_is_there(name):
    assert callable(getattr(compat, name))
    assert name in dir(compat)


@pytest.mark.parametrize("name", [name for name in plow.__all__ if name[:1].islower()])
def test_every_function_has_its_old_spelling(name):
    assert callable(getattr(compat, to_camel(name)))


def test_classes_and_constants_are_the_same():
    assert compat.Job is plow.Job
    assert compat.TaskState.DEAD is plow.TaskState.DEAD


@pytest.mark.parametrize("name", ["get_jobs", "getNothing", "os"])
def test_what_never_was_is_not_there(name):
    with pytest.raises(AttributeError, match=name):
        getattr(compat, name)


def test_records_are_launched(farm):
    farm.answers["launch"] = idl.JobT(id=ID, maxCores=-1)
    layer = compat.LayerSpecT(name="beauty", command=["true"], range="1-10", minCores=2)

    job = compat.launchJob(compat.JobSpecT(name="sc020", project="test", username="anna", layers=[layer]))

    sent = farm.last()[1]["spec"]
    assert (sent.name, sent.username) == ("sc020", "anna")
    assert said(sent.layers[0]) == said(layer)
    assert (job.id, job.maxCores) == (ID, -1)


def test_keywords_are_camel_case(farm):
    farm.answers["getTasks"] = []
    compat.getTasks(jobId=ID, layerIds=[ID], states=[compat.TaskState.DEAD], lastUpdateTime=5)

    sent = farm.last()[1]["filter"]
    assert (sent.jobId, sent.layerIds, sent.states, sent.lastUpdateTime) == (ID, [ID], [3], 5)

    farm.answers["getTaskStats"] = [idl.TaskStatsT(retryNum=2, logPath="/logs/a.2.log")]
    assert compat.getTaskLogPath(ID, retryNum=2) == "/logs/a.2.log"


def test_old_calls_with_other_names_ask_for_what_they_mean(farm):
    for old, call in (("getJobById", "getJob"), ("getTaskById", "getTask"), ("getProjectById", "getProject")):
        farm.answers[call] = idl.structs[f"{call[3:]}T"](id=ID)
        getattr(compat, old)(ID)
        assert farm.last()[0] == call
    farm.answers["getLayer"] = idl.LayerT(id=ID, serv="default")
    assert compat.getLayerByName(ID, "beauty").service == "default"


def test_a_depend_is_made_of_a_record(farm):
    farm.answers["createDepend"] = idl.DependT(id=ID)
    record = compat.DependSpecT(type=idl.DependType.JOB_ON_JOB, dependentJob="a", dependOnJob="b")

    compat.createDepend(record)

    assert said(farm.last()[1]["dependSpec"]) == said(record)


def test_a_job_is_killed_without_a_reason(farm):
    compat.killJob(ID)

    assert farm.last() == ("killJob", {"jobId": ID, "reason": ""})
