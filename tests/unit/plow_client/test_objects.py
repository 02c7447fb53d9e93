"""Methods do what the functions do, and an object knows what the server has accepted."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.errors import NotAllowed, NotFound
from tests.unit.plow_client.recorded import RecordedFarm, said


@pytest.fixture
def farm():
    farm = RecordedFarm()
    current.use(farm)
    yield farm
    current.reconnect()


JOB = plow.Job(idl.JobT(id="j1", name="a", folderId="f1", paused=False))
LAYER = plow.Layer(idl.LayerT(id="l1", name="fx", jobId="j1"))
TASK = plow.Task(idl.TaskT(id="t1", name="0001-fx", jobId="j1", layerId="l1"))
NODE = plow.Node(idl.NodeT(id="n1", name="r1", clusterId="c1"))


def test_refresh_reads_a_row_in_place(farm):
    farm.answers["getJob"] = idl.JobT(id="j1", name="a", paused=True)
    job = plow.Job(idl.JobT(id="j1", name="a", paused=False))

    job.refresh()

    assert job.paused is True


@pytest.mark.parametrize(
    ("change", "call", "value"),
    [
        (lambda job: job.pause(), "pauseJob", True),
        (lambda job: job.pause(False), "pauseJob", False),
        (lambda job: job.set_min_cores(3), "setJobMinCores", 3),
        (lambda job: job.set_max_cores(-1), "setJobMaxCores", -1),
        (lambda job: job.kill("enough"), "killJob", "enough"),
        (lambda job: job.set_attrs({"a": "b"}), "setJobAttrs", {"a": "b"}),
        (lambda job: job.set_folder("f2"), "setJobFolder", "f2"),
        (lambda job: job.set_priority(-3), "setJobPriority", -3),
        (lambda job: job.set_start_after(9), "setJobStartAfter", 9),
    ],
)
def test_a_changed_job_is_read_again(farm, change, call, value):
    farm.answers["getJob"] = idl.JobT(id="j1", name="fresh")
    job = plow.Job(idl.JobT(id="j1", name="stale"))

    change(job)

    assert [name for name, _ in farm.asked] == [call, "getJob"]
    assert list(farm.asked[0][1].values()) == ["j1", value]
    assert job.name == "fresh"


@pytest.mark.parametrize(
    ("thing", "change", "call", "field", "value"),
    [
        (plow.Folder(idl.FolderT(id="f")), lambda f: f.set_min_cores(4), "setFolderMinCores", "min_cores", 4),
        (plow.Folder(idl.FolderT(id="f")), lambda f: f.set_max_cores(4), "setFolderMaxCores", "max_cores", 4),
        (plow.Folder(idl.FolderT(id="f")), lambda f: f.set_name("x"), "setFolderName", "name", "x"),
        (
            plow.Project(idl.ProjectT(id="p")),
            lambda p: p.set_active(False),
            "setProjectActive",
            "is_active",
            False,
        ),
        (plow.Quota(idl.QuotaT(id="q")), lambda q: q.set_size(9), "setQuotaSize", "size", 9),
        (plow.Quota(idl.QuotaT(id="q")), lambda q: q.set_burst(9), "setQuotaBurst", "burst", 9),
        (plow.Quota(idl.QuotaT(id="q")), lambda q: q.set_locked(), "setQuotaLocked", "is_locked", True),
        (plow.Node(idl.NodeT(id="n")), lambda n: n.lock(), "setNodeLocked", "locked", True),
        (plow.Cluster(idl.ClusterT(id="c")), lambda c: c.set_name("x"), "setClusterName", "name", "x"),
        (
            plow.Cluster(idl.ClusterT(id="c")),
            lambda c: c.set_default(),
            "setDefaultCluster",
            "is_default",
            True,
        ),
        (
            plow.Filter(idl.FilterT(id="f")),
            lambda f: f.set_enabled(False),
            "setFilterEnabled",
            "enabled",
            False,
        ),
        (plow.Filter(idl.FilterT(id="f")), lambda f: f.set_name("x"), "setFilterName", "name", "x"),
        (plow.Depend(idl.DependT(id="d")), lambda d: d.drop(), "dropDepend", "active", False),
        (plow.Depend(idl.DependT(id="d")), lambda d: d.activate(), "activateDepend", "active", True),
        (
            plow.Layer(idl.LayerT(id="l")),
            lambda x: x.set_threadable(True),
            "setLayerThreadable",
            "threadable",
            True,
        ),
    ],
)
def test_an_accepted_change_is_seen_at_once(farm, thing, change, call, field, value):
    change(thing)

    assert [name for name, _ in farm.asked] == [call]
    assert getattr(thing, field) == value


def test_a_refused_change_is_not_seen(farm):
    farm.answers["setQuotaBurst"] = NotAllowed("8 cores are in use")
    quota = plow.Quota(idl.QuotaT(id="q", burst=10))

    with pytest.raises(NotAllowed):
        quota.set_burst(4)

    assert quota.burst == 10


def test_assigning_a_folders_name_renames_it(farm):
    folder = plow.Folder(idl.FolderT(id="f", name="old"))

    folder.name = "new"

    assert farm.last() == ("setFolderName", {"folderId": "f", "name": "new"})
    assert folder.name == "new"
    with pytest.raises(AttributeError):
        folder.order = 3


@pytest.mark.parametrize(
    ("change", "reread"),
    [
        (lambda: LAYER.set_tags(["gpu"]), "getLayerById"),
        (lambda: LAYER.set_min_cores_per_task(0), "getLayerById"),
        (lambda: LAYER.set_max_cores_per_task(2), "getLayerById"),
        (lambda: LAYER.set_min_ram_per_task(8), "getLayerById"),
        (lambda: NODE.set_tags("gpu"), "getNode"),
        (lambda: NODE.set_cluster("c2"), "getNode"),
        (lambda: NODE.set_slot_mode("single"), "getNode"),
        (lambda: plow.Cluster(idl.ClusterT(id="c")).set_tags("a"), "getCluster"),
        (lambda: plow.Cluster(idl.ClusterT(id="c")).lock(), "getCluster"),
        (lambda: plow.Filter(idl.FilterT(id="f")).set_order(1), "getFilter"),
        (lambda: plow.Filter(idl.FilterT(id="f")).increase_order(), "getFilter"),
        (lambda: plow.Filter(idl.FilterT(id="f")).decrease_order(), "getFilter"),
        (lambda: plow.Filter(idl.FilterT(id="f")).decrease_filter_order(), "getFilter"),
    ],
)
def test_what_the_server_may_round_is_read_again(farm, change, reread):
    for name, row in [
        ("getLayerById", idl.LayerT(id="l1", jobId="j1", name="fx")),
        ("getNode", idl.NodeT(id="n1", name="r1", clusterId="c1")),
        ("getCluster", idl.ClusterT(id="c")),
        ("getFilter", idl.FilterT(id="f")),
    ]:
        farm.answers[name] = row

    change()

    assert farm.last()[0] == reread


@pytest.mark.parametrize(
    ("ask", "call"),
    [
        (lambda: JOB.get_layers(), "getLayers"),
        (lambda: JOB.get_outputs(), "getJobOutputs"),
        (lambda: JOB.get_tasks(), "getTasks"),
        (lambda: JOB.get_depends(), "getDependsOnJob"),
        (lambda: JOB.get_depends_on(), "getJobDependsOn"),
        (lambda: JOB.get_procs(), "getProcs"),
        (lambda: LAYER.get_tasks("dead"), "getTasks"),
        (lambda: LAYER.get_outputs(), "getLayerOutputs"),
        (lambda: LAYER.get_depends(), "getDependsOnLayer"),
        (lambda: LAYER.get_depends_on(), "getLayerDependsOn"),
        (lambda: LAYER.get_procs(), "getProcs"),
        (lambda: TASK.get_depends(), "getDependsOnTask"),
        (lambda: TASK.get_depends_on(), "getTaskDependsOn"),
        (lambda: TASK.get_procs(), "getProcs"),
        (lambda: TASK.get_stats(), "getTaskStats"),
        (lambda: NODE.get_procs(), "getProcs"),
        (lambda: plow.Project(idl.ProjectT(id="p")).get_folders(), "getFolders"),
        (lambda: plow.Project(idl.ProjectT(id="p")).get_job_board(), "getJobBoard"),
        (lambda: plow.Project(idl.ProjectT(id="p")).get_quotas(), "getQuotas"),
        (lambda: plow.Project(idl.ProjectT(id="p")).get_filters(), "getFilters"),
        (lambda: plow.Project(idl.ProjectT(id="p")).get_procs(), "getProcs"),
        (lambda: plow.Folder(idl.FolderT(id="f")).get_procs(), "getProcs"),
        (lambda: plow.Quota(idl.QuotaT(id="q")).get_procs(), "getProcs"),
        (lambda: plow.Cluster(idl.ClusterT(id="c")).get_procs(), "getProcs"),
        (lambda: plow.Filter(idl.FilterT(id="f")).get_matchers(), "getMatchers"),
        (lambda: plow.Filter(idl.FilterT(id="f")).get_actions(), "getActions"),
    ],
)
def test_what_belongs_to_an_object_is_asked_of_it(farm, ask, call):
    farm.answers[call] = []

    assert ask() == []
    assert farm.last()[0] == call


@pytest.mark.parametrize(
    ("ask", "call", "row", "asked"),
    [
        (lambda: JOB.get_folder(), "getFolder", idl.FolderT(id="f1"), "f1"),
        (lambda: JOB.get_layer("fx"), "getLayer", idl.LayerT(id="l1"), "j1"),
        (lambda: LAYER.get_job(), "getJob", idl.JobT(id="j1"), "j1"),
        (lambda: TASK.get_job(), "getJob", idl.JobT(id="j1"), "j1"),
        (lambda: TASK.get_layer(), "getLayerById", idl.LayerT(id="l1"), "l1"),
        (lambda: NODE.get_cluster(), "getCluster", idl.ClusterT(id="c1"), "c1"),
        (lambda: LAYER.add_output("/a"), "addOutput", idl.OutputT(outputId="o1"), "l1"),
    ],
)
def test_an_object_finds_its_kin(farm, ask, call, row, asked):
    farm.answers[call] = row

    found = ask()

    assert found.id in ("f1", "l1", "j1", "c1", "o1")
    assert next(iter(farm.last()[1].values())) == asked


@pytest.mark.parametrize(
    ("thing", "call"),
    [
        (plow.Project(idl.ProjectT(id="x")), "getProject"),
        (plow.Folder(idl.FolderT(id="x")), "getFolder"),
        (plow.Task(idl.TaskT(id="x")), "getTask"),
        (plow.Proc(idl.ProcT(id="x")), "getProc"),
        (plow.Quota(idl.QuotaT(id="x")), "getQuota"),
        (plow.Matcher(idl.MatcherT(id="x")), "getMatcher"),
        (plow.Action(idl.ActionT(id="x")), "getAction"),
    ],
)
def test_every_object_can_be_read_again(farm, thing, call):
    farm.answers[call] = type(thing)._struct(id="x")

    thing.refresh()

    assert [list(arguments.values()) for name, arguments in farm.asked if name == call] == [["x"]]


@pytest.mark.parametrize(
    ("thing", "call"),
    [
        (plow.Folder(idl.FolderT(id="x")), "deleteFolder"),
        (plow.Cluster(idl.ClusterT(id="x")), "deleteCluster"),
        (plow.Service(idl.ServiceT(id="x", name="s")), "deleteService"),
        (plow.Filter(idl.FilterT(id="x")), "deleteFilter"),
        (plow.Matcher(idl.MatcherT(id="x")), "deleteMatcher"),
        (plow.Action(idl.ActionT(id="x")), "deleteAction"),
    ],
)
def test_an_object_can_be_deleted(farm, thing, call):
    thing.delete()

    [(name, arguments)] = farm.asked
    assert (name, list(arguments.values())) == (call, ["x"])


# -------------------- tasks


@pytest.mark.parametrize(
    ("act", "call"),
    [(plow.retry_tasks, "retryTasks"), (plow.eat_tasks, "eatTasks"), (plow.kill_tasks, "killTasks")],
)
def test_tasks_are_changed_by_what_is_given(farm, act, call):
    act(job=JOB, layers=[LAYER, "l2"], tasks=TASK, nodes="n1", states=["dead", 2])

    name, arguments = farm.last()
    assert name == call
    assert said(arguments["filter"]) == {
        "jobId": "j1",
        "layerIds": ["l1", "l2"],
        "taskIds": ["t1"],
        "nodeIds": ["n1"],
        "states": [3, 2],
        "limit": 0,
        "offset": 0,
        "lastUpdateTime": 0,
    }


@pytest.mark.parametrize(
    ("act", "call"),
    [(TASK.retry, "retryTasks"), (TASK.eat, "eatTasks"), (TASK.kill, "killTasks")],
)
def test_a_task_changes_itself_alone(farm, act, call):
    act()

    assert farm.last()[0] == call
    assert farm.last()[1]["filter"].taskIds == ["t1"]


def test_a_filter_takes_the_names_of_the_wire(farm):
    farm.answers["getTasks"] = []

    plow.get_tasks(jobId="j1", layerIds=["l1"], lastUpdateTime=5, limit=10, offset=20)

    wanted = farm.last()[1]["filter"]
    assert (wanted.jobId, wanted.layerIds, wanted.lastUpdateTime) == ("j1", ["l1"], 5)
    assert (wanted.limit, wanted.offset) == (10, 20)


def test_one_thing_under_two_names_is_an_error():
    with pytest.raises(TypeError, match="'job' twice"):
        plow.get_tasks(job="j1", jobId="j2")


def test_jobs_are_found_by_what_is_given(farm):
    farm.answers["getJobs"] = []

    plow.get_jobs(user="anna", project=["show"], states=plow.JobState.RUNNING, regex="sc0", jobIds="j1")

    assert said(farm.last()[1]["filter"]) == {
        "matchingOnly": False,
        "user": ["anna"],
        "project": ["show"],
        "states": [1],
        "regex": "sc0",
        "jobIds": ["j1"],
    }


def test_nodes_are_found_by_what_is_given(farm):
    farm.answers["getNodes"] = []

    plow.get_nodes(hostnames="r1", states="up", locked=False, cluster_ids="c1")

    assert said(farm.last()[1]["filter"]) == {
        "hostnames": ["r1"],
        "states": [0],
        "locked": False,
        "clusterIds": ["c1"],
    }


def test_a_jobs_dead_tasks_are_retried_and_told(farm):
    farm.answers["getTasks"] = [idl.TaskT(id="t1"), idl.TaskT(id="t2")]
    told = []

    JOB.retry_dead_tasks(told.extend)

    assert farm.calls("getTasks")[0]["filter"].states == [3]
    assert farm.last()[1]["filter"].taskIds == ["t1", "t2"]
    assert [task.id for task in told] == ["t1", "t2"]


@pytest.mark.parametrize("act", [JOB.kill_tasks, JOB.eat_dead_tasks, JOB.retry_dead_tasks])
def test_a_job_without_such_tasks_changes_nothing(farm, act):
    farm.answers["getTasks"] = []

    act(lambda tasks: pytest.fail("there are none"))

    assert [name for name, _ in farm.asked] == ["getTasks"]


@pytest.mark.parametrize(
    ("act", "call", "state"),
    [
        (JOB.kill_tasks, "killTasks", 2),
        (JOB.eat_dead_tasks, "eatTasks", 3),
        (JOB.retry_dead_tasks, "retryTasks", 3),
    ],
)
def test_without_a_callback_the_server_finds_the_tasks_of_a_job(farm, act, call, state):
    act()

    assert farm.last()[0] == call
    assert said(farm.last()[1]["filter"]) == {"jobId": JOB.id, "states": [state]} | {
        "limit": 0,
        "offset": 0,
        "lastUpdateTime": 0,
    }


def test_the_newest_log_is_the_servers_word(farm):
    farm.answers["getTaskLogPath"] = "/logs/a.log"

    assert TASK.get_log_path() == "/logs/a.log"


def test_the_log_of_an_attempt_is_found_by_its_number(farm):
    farm.answers["getTaskStats"] = [
        idl.TaskStatsT(retryNum=1, logPath="/logs/1.log"),
        idl.TaskStatsT(retryNum=2, logPath="/logs/2.log"),
    ]
    farm.answers["getTaskLogPath"] = "/logs/2.log"

    assert TASK.get_log_path(1) == "/logs/1.log"
    assert TASK.get_log_path(7) == "/logs/2.log"
    with pytest.raises(NotFound, match="attempt 0 of task '0001-fx'"):
        TASK.get_log_path(0)


# -------------------- outputs and services


def test_an_outputs_attributes_are_sent_by_update(farm):
    output = plow.Output(idl.OutputT(outputId="o1", path="/a", attrs={}))
    output.attrs = {"res": "2k"}

    output.update()

    assert farm.last() == ("setOutputAttrs", {"outputId": "o1", "attrs": {"res": "2k"}})


def test_an_output_reads_its_attributes_again(farm):
    farm.answers["getOutputAttrs"] = {"res": "4k"}
    output = plow.Output(idl.OutputT(outputId="o1", path="/a", attrs={}))

    output.refresh()

    assert output.attrs == {"res": "4k"}


def test_a_service_sends_only_what_was_set(farm):
    farm.answers["createService"] = idl.ServiceT(id="s1", name="nuke", minCores=0)
    service = plow.Service.new("nuke", min_cores=0)

    plow.create_service(service)

    assert said(farm.last()[1]["svc"]) == {"name": "nuke", "minCores": 0}
    assert service.id == "s1"


def test_a_services_fields_are_assigned_and_updated(farm):
    service = plow.Service(idl.ServiceT(id="s1", name="nuke", maxRetries=2))
    service.threadable = True
    service.maxRetries = None

    service.update()

    assert said(farm.last()[1]["svc"]) == {"id": "s1", "name": "nuke", "threadable": True}


def test_a_matcher_and_an_action_are_changed_as_they_are_here(farm):
    matcher = plow.Matcher(idl.MatcherT(id="m", type=0, field=0, value="old"))
    matcher.type, matcher.field, matcher.attr = plow.MatcherType.IS, plow.MatcherField.ATTR, "dept"
    matcher.value = "fx"
    farm.answers["updateMatcher"] = idl.MatcherT(id="m", value="as stored")
    plow.update_matcher(matcher)

    sent = farm.last()[1]["matcher"]
    assert (sent.id, sent.type, sent.field, sent.value, sent.attr) == ("m", 2, 2, "fx", "dept")
    assert matcher.value == "as stored"

    action = plow.Action(idl.ActionT(id="a", type=1, value="4"))
    action.type, action.value = plow.ActionType.PAUSE, "TRUE"
    farm.answers["updateAction"] = idl.ActionT(id="a", type=3, value="true")
    plow.update_action(action)

    assert (farm.last()[1]["action"].type, farm.last()[1]["action"].value) == (3, "TRUE")
    assert action.value == "true"


def test_a_job_knows_what_the_filters_did(farm):
    farm.answers["getJobFilterTrace"] = [
        idl.FilterTraceT(filterName="f", matched=False, actions=[], why="no")
    ]

    (trace,) = JOB.get_filter_trace()
    assert (trace.filter_name, trace.matched, trace.actions, trace.why) == ("f", False, [], "no")


# -------------------- page by page


def test_many_tasks_come_page_by_page_each_going_on_after_the_last_task(farm):
    pages = {None: ["t1", "t2"], "t2": ["t3"], "t3": []}
    farm.answers["getTasks"] = lambda filter: [idl.TaskT(id=name) for name in pages[filter.afterTask]]

    found = list(JOB.iter_tasks("waiting"))

    assert [task.id for task in found] == ["t1", "t2", "t3"]
    sent = [said(asked["filter"]) for asked in farm.calls("getTasks")]
    assert {(one["jobId"], tuple(one["states"]), one["limit"]) for one in sent} == {(JOB.id, (1,), 5000)}
    assert [one.get("afterTask") for one in sent] == [None, "t2", "t3"]


def test_the_first_page_alone_is_asked_for_until_more_is_wanted(farm):
    farm.answers["getTasks"] = [idl.TaskT(id="t1"), idl.TaskT(id="t2")]

    assert next(plow.iter_tasks(layers="l1", page=2)).id == "t1"
    assert len(farm.asked) == 1
    assert (farm.last()[1]["filter"].layerIds, farm.last()[1]["filter"].limit) == (["l1"], 2)
