"""Calls about jobs: launch, look, stop."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound, PlowError
from plow_client.idl import JobFilterT, JobSpecT, JobState, LayerSpecT, NodeFilterT, TaskFilterT, TaskState
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.job import get_jobs
from plow_server.handlers.node import get_nodes
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_a_launched_job_is_there(api: Api, launch: Launch) -> None:
    job = launch(layer(range="1-10", chunk=5), attrs={"shot": "sc020"}, env={"A": "b"}, uid=1000, paused=True)

    assert job == api.getJob(jobId=job.id) == api.getActiveJob(name="shot")
    assert (job.state, job.paused, job.username, job.uid) == (JobState.RUNNING, True, "anna", 1000)
    assert (job.minCores, job.maxCores, job.totals.totalTaskCount, job.totals.waitingTaskCount) == (
        0,
        200,
        2,
        2,
    )
    assert (job.attrs, job.projectCode, job.folderName) == ({"shot": "sc020"}, "test", "jobs")
    assert job.startTime > 0 and job.stopTime == 0
    assert job.logPath == f"/logs/test/shot-{job.id[-8:]}"


def test_the_spec_comes_back_as_it_was_sent(api: Api, launch: Launch) -> None:
    spec = JobSpecT(name="shot", project="test", username="anna", layers=[layer(chunk=2, env={"A": "b"})])

    assert api.getJobSpec(jobId=api.launch(spec=spec).id) == spec


NUL, BAD_RANGES = chr(0), ("abc", "1-10x0", "1-3,foo", "1-1000000")


@pytest.mark.parametrize(
    "fields, kind",
    [
        ({"project": "nowhere"}, NotFound),
        *(({"layers": [layer(range=text)]}, Invalid) for text in BAD_RANGES),
        ({"layers": [layer(), layer()]}, Invalid),
        ({"layers": [LayerSpecT(name="a", command=[], range="1")]}, Invalid),
        ({"layers": [layer(minCores=0)]}, Invalid),
        ({"layers": [layer("x" * 300)]}, Invalid),
        ({"name": "x" * 300}, Invalid),
        ({"name": f"a{NUL}b"}, Invalid),
        ({"layers": [layer(command=[f"a{NUL}b"])]}, Invalid),
        ({"layers": [layer(env={"A": f"a{NUL}b"})]}, Invalid),
        ({"attrs": {"a": f"{NUL}"}}, Invalid),
        ({"layers": [layer(tags=[f"a{NUL}"])]}, Invalid),
        ({"layers": []}, Invalid),
    ],
)
def test_a_bad_launch_leaves_nothing_and_the_name_free(
    api: Api, launch: Launch, farm: Farm, fields: dict, kind: type[PlowError]
) -> None:
    spec = {"name": "shot", "project": "test", "username": "anna", "layers": [layer()], **fields}

    with pytest.raises(kind) as refused:
        api.launch(spec=JobSpecT(**spec))

    assert refused.value.why and type(refused.value) is kind
    assert farm.value("select count(*) from plow.job") + farm.value("select count(*) from plow.task") == 0
    assert launch()


def test_an_inactive_project_and_a_taken_name_are_refused(api: Api, launch: Launch, farm: Farm) -> None:
    launch()
    with pytest.raises(AlreadyExists, match="there is an unfinished job 'shot' already"):
        launch()
    api.setProjectActive(id=str(farm.project), active=False)
    with pytest.raises(NotAllowed, match="project 'test' is not active"):
        launch(name="next")


def test_jobs_are_found_by_every_criterion_newest_first(api: Api, launch: Launch) -> None:
    first = launch(name="sc010_light")
    second = launch(name="sc020_light", username="berta")
    third = launch(name="sc020_comp")
    api.killJob(jobId=first.id, reason="")

    def found(**criteria: object) -> list[str]:
        return [job.name for job in api.getJobs(filter=JobFilterT(**criteria))]

    assert found() == ["sc020_comp", "sc020_light", "sc010_light"]
    assert found(matchingOnly=True) == []
    assert found(regex="^sc020") == ["sc020_comp", "sc020_light"]
    assert found(states=[JobState.FINISHED]) == ["sc010_light"]
    assert found(states=[JobState.RUNNING], regex="light$") == ["sc020_light"]
    assert found(user=["berta"], matchingOnly=True) == ["sc020_light"]
    assert found(jobIds=[first.id, third.id]) == ["sc020_comp", "sc010_light"]
    assert found(name=["sc010_light", "nothing"]) == ["sc010_light"]
    assert found(project=["test"], user=["anna"]) == ["sc020_comp", "sc010_light"]
    assert found(project=["other"]) == found(jobIds=[]) == []
    assert second.name == "sc020_light"


@pytest.mark.parametrize("criteria", [{"regex": "(("}, {"jobIds": ["x"]}, {"regex": chr(0)}])
def test_a_filter_that_makes_no_sense_is_invalid(api: Api, criteria: dict) -> None:
    with pytest.raises(Invalid):
        api.getJobs(filter=JobFilterT(**criteria))


def test_an_expression_that_takes_too_long_is_told_so(db: Database, farm: Farm) -> None:
    limit = Limit(search_s=0.05)
    with farm.connect() as other:
        other.execute("begin; lock table plow.job, plow.node in access exclusive mode")  # so that it does
        with pytest.raises(Invalid, match=r"to match '\^a\+b' takes longer than 0.05 s: make it simpler"):
            get_jobs(db, JobFilterT(regex="^a+b"), limit=limit)
        with pytest.raises(Invalid, match="takes longer"):
            get_nodes(db, NodeFilterT(regex="^a+b"), limit=limit)


def test_a_killed_job_is_finished_and_its_name_free(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch()
    farm.book((farm.value("select id from plow.layer"), farm.node(), 1))

    api.killJob(jobId=job.id, reason="wrong camera")
    api.killJob(jobId=job.id, reason="again")

    killed = api.getJob(jobId=job.id)
    assert killed.state == JobState.FINISHED and killed.stopTime > 0
    with pytest.raises(NotFound, match="no unfinished job 'shot'"):
        api.getActiveJob(name="shot")
    assert launch().id != job.id
    assert farm.value("select kill_reason from plow.proc") == "wrong camera"


def test_settings_are_read_back(api: Api, launch: Launch) -> None:
    job = launch()
    api.pauseJob(jobId=job.id, paused=True)
    api.setJobMinCores(jobId=job.id, value=4)
    api.setJobMaxCores(jobId=job.id, value=-1)
    api.setJobAttrs(jobId=job.id, attrs={"new": "ö"})

    job = api.getJob(jobId=job.id)
    assert (job.paused, job.minCores, job.maxCores, job.attrs) == (True, 4, -1, {"new": "ö"})


@pytest.mark.parametrize(
    "call, arguments",
    [
        ("getJob", {}), ("getJobSpec", {}), ("killJob", {"reason": ""}), ("pauseJob", {"paused": True}),
        ("setJobMinCores", {"value": 1}), ("setJobMaxCores", {"value": 1}), ("setJobAttrs", {"attrs": {}}),
    ],
)  # fmt: skip
def test_an_unknown_or_malformed_id_is_told(api: Api, call: str, arguments: dict) -> None:
    with pytest.raises(NotFound, match=f"no job '{NOBODY}'"):
        getattr(api, call)(jobId=NOBODY, **arguments)
    with pytest.raises(Invalid, match="not an id: 'shot'"):
        getattr(api, call)(jobId="shot", **arguments)


def test_the_stats_of_a_job_are_those_of_its_attempts(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch()
    booked = farm.book((farm.value("select id from plow.layer"), farm.node(), 2))
    farm.complete([booked[0]["proc_id"]], clock_ms=1000, high_ram=300)
    farm.complete([booked[1]["proc_id"]], clock_ms=500, status=1)

    stats = api.getJob(jobId=job.id).stats
    assert (stats.totalSuccessCoreTime, stats.totalFailCoreTime, stats.totalCoreTime) == (1000, 500, 1500)
    assert stats.highRam == 300
    tasks = api.getTasks(filter=TaskFilterT(jobId=job.id))
    assert sorted(task.state for task in tasks) == [TaskState.WAITING, TaskState.SUCCEEDED]
