"""Launching the same request twice, asking what a launch would do, and what is changed of a job's place in line."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from plow_client.connection import Connection
from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import JobFilterT, JobSpecT, LaunchPlanT, MatcherField, MatcherType, NeedsT, TaskSpecT
from plow_client.rpc.listener import Listener
from plow_server.config import Config, Limit
from plow_server.database import Database
from plow_server.handlers.bind import bind
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

FAR = 4_000_000_000_000


def spec(*layers: Any, **fields: Any) -> JobSpecT:
    fields = {"name": "shot", "project": "test", "username": "anna", **fields}
    return JobSpecT(layers=list(layers) or [layer()], **fields)


# -------------------- requests


def test_launching_a_request_again_gives_the_same_job(api: Api, launch: Launch) -> None:
    request = str(uuid.uuid4())
    job = launch(requestId=request)

    assert launch(requestId=request).id == job.id
    api.killJob(jobId=job.id, reason="")
    assert launch(requestId=request).id == job.id
    assert [one.id for one in api.getJobs(filter=JobFilterT())] == [job.id]


def test_a_spec_that_is_read_back_can_be_launched_anew(api: Api, launch: Launch) -> None:
    job = launch(requestId=str(uuid.uuid4()))
    api.killJob(jobId=job.id, reason="")

    read = api.getJobSpec(jobId=job.id)

    assert read.requestId is None
    assert api.launch(spec=read).id != job.id


def test_of_many_launches_of_one_request_at_once_one_makes_the_job(db: Database, farm: Farm) -> None:
    listener = Listener("RpcService", bind(db, Config()))
    listener.start()
    request, told = str(uuid.uuid4()), []
    host, port = listener.address

    def again() -> None:
        with Connection(f"{host}:{port}") as farm_of_mine:
            told.append(farm_of_mine.call("launch", spec=spec(requestId=request)).id)

    threads = [threading.Thread(target=again) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listener.stop()

    assert len(told) == 6 and len(set(told)) == 1
    assert farm.value("select count(*) from plow.job") == 1


def test_a_launch_whose_answer_was_lost_is_repeated_on_the_next_host(db: Database, farm: Farm) -> None:
    calls = bind(db, Config())

    def launch_and_die(**arguments: Any) -> object:
        calls["launch"](**arguments)
        dying.stop()  # the job is made, the answer never arrives
        return None

    dying = Listener("RpcService", {**calls, "launch": launch_and_die})
    living = Listener("RpcService", calls)
    for listener in (dying, living):
        listener.start()
    hosts = ",".join("{}:{}".format(*listener.address) for listener in (dying, living))
    with Connection(hosts) as connection:
        job = connection.call("launch", spec=spec(requestId=str(uuid.uuid4())))
    living.stop()

    assert job.name == "shot"
    assert farm.value("select count(*) from plow.job") == 1


# -------------------- place in line


def test_priority_start_and_folder_of_a_job_are_read_back(api: Api, launch: Launch, farm: Farm) -> None:
    comp = api.createFolder(projectId=str(farm.project), name="comp")
    job = launch(layer(priority=2, killGraceS=30), priority=1, startAfter=FAR)
    assert (job.priority, job.startAfter, job.isPost, job.folderName) == (1, FAR, False, "jobs")
    (made,) = api.getLayers(jobId=job.id)
    assert (made.priority, made.killGraceS) == (2, 30)

    api.setJobPriority(jobId=job.id, priority=-5)
    api.setJobStartAfter(jobId=job.id, startAfter=0)
    api.setJobFolder(jobId=job.id, folderId=comp.id)

    job = api.getJob(jobId=job.id)
    assert (job.priority, job.startAfter, job.folderName, job.folderId) == (-5, 0, "comp", comp.id)


def test_what_is_not_said_is_zero_or_the_servers(api: Api, launch: Launch) -> None:
    job = launch(layer("a"), layer("b", isPost=True))
    (made,) = api.getLayers(jobId=job.id)

    assert (job.priority, job.startAfter, made.priority, made.killGraceS) == (0, 0, 0, None)
    assert sorted(one.isPost for one in api.getJobs(filter=JobFilterT())) == [False, True]


@pytest.mark.parametrize(
    "call, arguments",
    [
        ("setJobPriority", {"priority": 1}), ("setJobStartAfter", {"startAfter": 0}),
        ("setJobFolder", {"folderId": "00000000-0000-0000-0000-000000000000"}),
    ],
)  # fmt: skip
def test_an_unknown_or_malformed_id_is_told(api: Api, call: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(NotFound, match="no job '0000"):
        getattr(api, call)(jobId="00000000-0000-0000-0000-000000000000", **arguments)
    with pytest.raises(Invalid, match="not an id: 'shot'"):
        getattr(api, call)(jobId="shot", **arguments)


# -------------------- what a launch would do


def test_a_check_tells_what_a_launch_would_do_and_makes_nothing(api: Api, farm: Farm) -> None:
    farm.node("n1", cores=4, ram=4000)
    farm.node("n2", cores=4, ram=4000, is_locked=True)
    farm.node("n3", cores=4, ram=400)

    plan = api.checkLaunch(
        spec=spec(layer("a", range="1-10", chunk=2), layer("b", tasks=[TaskSpecT(name="x")], minCores=2))
    )

    assert (plan.folderName, plan.paused, plan.minCores, plan.maxCores, plan.taskCount) == (
        "jobs",
        False,
        0,
        200,
        6,
    )
    assert [
        (one.name, one.taskCount, one.minCores, one.minRam, one.fittingNodes, one.readyNodes)
        for one in plan.layers
    ] == [("a", 5, 1, 512, 2, 1), ("b", 1, 2, 512, 2, 1)]
    assert [(one.predictedRam, one.predictedClockMs, one.basis) for one in plan.layers] == [
        (0, 0, "no earlier tasks")
    ] * 2
    assert (plan.filters, plan.warnings, plan.predictedCoreMs) == ([], [], 0)
    assert farm.value("select (select count(*) from plow.job) + (select count(*) from plow.task)") == 0


def test_a_check_looks_at_all_that_a_layer_needs_and_counts_what_each_rule_refuses(
    api: Api, farm: Farm
) -> None:
    farm.node("n1", cores=4, ram=4000)
    farm.node("n2", cores=4, ram=4000, is_locked=True)
    farm.node("n3", cores=4, ram=400)
    gpu = farm.insert("pool", name="gpu")

    pooled = layer("a", range="1", needs=NeedsT(pools=["gpu"]))
    plan = api.checkLaunch(spec=spec(pooled, layer("b", range="1", minRam=1024)))

    told = [[(rule.code, rule.nodes) for rule in one.rules] for one in plan.layers]
    assert told == [[("locked", 1), ("pool", 2)], [("locked", 1), ("ram", 1)]]
    assert [one.fittingNodes for one in plan.layers] == [0, 2]
    assert plan.warnings == [
        "layer 'a': no node can run it: 1 node: locked; 2 nodes: in none of the pools (it may run in pool gpu only)"
    ]
    farm.execute("insert into plow.pool_host values (%s, 'n1')", gpu)
    farm.execute("select plow.match_pools()")
    plan = api.checkLaunch(spec=spec(pooled))
    assert (plan.layers[0].fittingNodes, plan.warnings) == (1, [])

    with pytest.raises(NotFound, match="no pool 'none'"):
        api.checkLaunch(spec=spec(layer("a", range="1", needs=NeedsT(pools=["none"]))))


def test_a_check_asks_the_filters(api: Api, launch: Launch, farm: Farm) -> None:
    made = api.createFilter(projectId=str(farm.project), name="annas")
    api.createFieldMatcher(filterId=made.id, field=MatcherField.USER, type=MatcherType.IS, value="anna")
    for type, value in ((1, "3"), (2, "1"), (3, "true")):
        api.createAction(filterId=made.id, type=type, value=value)
    farm.node()

    plan: LaunchPlanT = api.checkLaunch(spec=spec(layer(minCores=2)))

    assert (plan.minCores, plan.maxCores, plan.paused) == (3, 1, True)
    assert [(one.filterName, one.matched, len(one.actions)) for one in plan.filters] == [("annas", True, 3)]
    assert plan.warnings == [
        "a filter pauses the job: nothing starts until somebody resumes it",
        "layer 'beauty': a task needs 2 cores, but the job may use at most 1: nothing of it will start",
    ]
    job = launch(layer(minCores=2))
    assert (job.minCores, job.maxCores, job.paused) == (plan.minCores, plan.maxCores, plan.paused)
    assert api.getJobFilterTrace(jobId=job.id) == plan.filters


def test_a_check_predicts_from_earlier_versions(api: Api, launch: Launch, farm: Farm) -> None:
    node = farm.node()
    job = launch(layer(range="1-2"), name="shot_v001")
    for proc in farm.book((farm.value("select id from plow.layer"), node, 2)):
        farm.complete([proc["proc_id"]], high_ram=900, clock_ms=4000)
    farm.execute("select plow.learn_history()")
    assert api.getJob(jobId=job.id).state == 2

    plan = api.checkLaunch(spec=spec(layer(range="1-10"), layer("new", range="1"), name="shot_v002"))

    known, unknown = plan.layers
    assert (known.predictedRam, known.predictedClockMs, known.predictedCores) == (1068, 4000, 1)
    assert known.basis == (
        "2 tasks of layer 'beauty' in earlier versions of the job (1 job), using 1.0 cores on average"
    )
    assert (unknown.predictedRam, plan.predictedCoreMs) == (0, 40_000)
    assert plan.warnings == ["layer 'beauty': earlier tasks used up to 900 MB; it asks for 512 MB"]


@pytest.mark.parametrize(
    "fields, error",
    [
        ({"project": "nowhere"}, NotFound), ({"name": "a b"}, Invalid), ({"layers": []}, Invalid),
        ({"name": "taken"}, AlreadyExists), ({"layers": [layer(serv="nothing")]}, Invalid),
        ({"priority": 5000}, Invalid), ({"requestId": "x"}, Invalid),
    ],
)  # fmt: skip
def test_a_check_refuses_what_a_launch_refuses_in_the_same_words(
    api: Api, launch: Launch, fields: dict[str, Any], error: type[Exception]
) -> None:
    launch(name="taken")
    wrong = spec()
    for name, value in fields.items():
        setattr(wrong, name, value)

    with pytest.raises(error) as told:
        api.checkLaunch(spec=wrong)
    with pytest.raises(error) as refused:
        api.launch(spec=wrong)
    assert str(told.value) == str(refused.value)


def test_a_check_of_an_inactive_project_is_refused(api: Api, farm: Farm) -> None:
    api.setProjectActive(id=str(farm.project), active=False)
    with pytest.raises(NotAllowed, match="takes no new jobs"):
        api.checkLaunch(spec=spec())


def test_a_check_says_what_will_never_start(api: Api, farm: Farm) -> None:
    farm.node(cores=4, ram=8000)
    night = farm.insert("cluster", name="night", tags=["night"])
    farm.node("n2", tags=["night"], cluster_id=night)
    farm.node("n3", tags=["down"], state="DOWN")

    plan = api.checkLaunch(
        spec=spec(
            layer("a", minRam=300_000),
            layer("b", tags=["gpu"]),
            layer("c", tags=["night"]),
            layer("d", range="9,1-3"),
            layer("e", tags=["down"]),
            startAfter=1,
        )
    )

    assert plan.warnings == [
        "the time to start after has passed already: the job may start at once",
        "layer 'a': no node with its tags has 300000 MB; the largest has 8000",
        "layer 'b': no node has one of its tags: gpu",
        "layer 'c': project 'test' has no quota on a cluster whose nodes fit: night",
        "layer 'd': its frames are not in ascending order: they start in the order given",
        "layer 'e': 1 node would fit, but none is up and unlocked now",
    ]


def test_a_check_of_a_flood_is_refused_as_its_launch_is(db: Database, farm: Farm) -> None:
    calls = bind(db, Config(limit=Limit(jobs_per_user_minute=1)))
    calls["launch"](spec=spec())

    with pytest.raises(Exception, match="has launched 1 jobs within a minute"):
        calls["checkLaunch"](spec=spec(name="next"))
