"""Clients and nodes of 2013 run a farm of ours: the whole story, and each of their 105 calls once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from plow_server.app import App
from tests.integration.dispatch_parts import running_server, wait_for
from tests.integration.peers_2013 import OLD, Client2013, Node2013

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def node() -> Iterator[Node2013]:
    with Node2013("localhost") as made:
        yield made


@pytest.fixture
def app(database_url: str, node: Node2013) -> Iterator[App]:
    """A server that finds a node which says no address by its name and the fixed port."""
    with running_server(database_url, f"node.default_port={node.port}") as started:
        node.connect(started.node_address)
        yield started
        assert started.db.all("audit") == []


@pytest.fixture
def client(app: App) -> Iterator[Client2013]:
    made = Client2013(app.rpc_address)
    yield made
    made.close()


def spec(name: str = "shot", **fields: Any) -> Any:
    layer = OLD.LayerSpecT(
        name="beauty", command=["render", "%{FRAME}"], range="1-3", chunk=1, isPost=False, minRam=64
    )
    fields = {
        "layers": [layer],
        "project": "default",
        "username": "anna",
        "uid": 1000,
        "paused": False,
        **fields,
    }
    return OLD.JobSpecT(name=name, **fields)


def test_a_job_is_launched_run_killed_in_part_and_finished(client: Client2013, node: Node2013) -> None:
    node.ping()
    wait_for(lambda: [one.name for one in client.getNodes(OLD.NodeFilterT())] == ["localhost"])
    job = client.launch(spec(env={"A": "é"}, logPath="/logs/x"))
    node.wait_for(lambda: len(node.commands) == 2)
    first, second = node.started
    assert (first.command, first.uid, first.username, first.cores) == (["render", "1"], 1000, "anna", 1)
    assert (first.logFile, first.env["A"], first.env["PLOW_JOB_NAME"]) == (
        "/logs/x/0001-beauty.0.log",
        "é",
        "shot",
    )

    node.finish(first.procId)
    assert client.getTask(first.taskId).state == OLD.TaskState.SUCCEEDED
    node.wait_for(lambda: len(node.started) == 3)

    client.killTasks(OLD.TaskFilterT(taskIds=[second.taskId]))
    node.wait_for(lambda: node.killed)
    assert list(node.killed) == [second.procId] and node.killed[second.procId]
    node.ping()  # still there, and said so: nothing follows from that
    node.finish(second.procId, status=1, signal=-9)
    node.wait_for(lambda: len(node.started) == 4)
    again = node.started[3]
    assert (again.taskId, again.procId != second.procId) == (second.taskId, True)
    for proc in list(node.commands):
        node.finish(proc)
    wait_for(lambda: client.getJob(job.id).state == OLD.JobState.FINISHED)
    assert [one.exitStatus for one in client.getTaskStats(second.taskId)] == [1, 0]


def test_a_killed_job_is_stopped_on_the_node(client: Client2013, node: Node2013) -> None:
    node.ping()
    job = client.launch(spec())
    node.wait_for(lambda: len(node.commands) == 2)
    client.killJob(job.id, "wrong camera")
    node.wait_for(lambda: len(node.killed) == 2)
    assert set(node.killed.values()) == {"wrong camera"}
    for proc in list(node.killed):
        node.finish(proc, status=1, signal=-9)
    assert len(node.started) == 2


def test_a_result_that_an_old_node_says_twice_counts_once(client: Client2013, node: Node2013) -> None:
    node.ping()
    client.launch(spec())
    node.wait_for(lambda: len(node.commands) == 2)
    first = node.started[0]
    node.finish(first.procId, status=3)  # the answer got lost: it says it again, while the next attempt runs
    node.wait_for(lambda: len(node.started) == 3)
    node.report(first, status=3)
    assert [one.exitStatus for one in client.getTaskStats(first.taskId) if not one.active] == [3]


def test_tasks_of_an_old_node_that_stops_wait_for_another(client: Client2013, node: Node2013) -> None:
    """Its word for that is signal 86: no fault of the task, which may not fail even once here."""
    node.ping()
    layer = OLD.LayerSpecT(
        name="a", command=["x"], range="1-2", chunk=1, isPost=False, minRam=64, maxRetries=0
    )
    client.launch(spec(layers=[layer]))
    node.wait_for(lambda: len(node.commands) == 2)
    first = node.started[0]
    for _ in range(3):
        proc = next(proc for proc, command in node.commands.items() if command.taskId == first.taskId)
        count = len(node.started)
        node.finish(proc, status=1, signal=86)
        node.wait_for(lambda count=count: len(node.started) > count)
        node.wait_for(lambda: first.taskId in {command.taskId for command in node.commands.values()})
    assert client.getTask(first.taskId).state == OLD.TaskState.RUNNING


def test_what_an_old_node_has_forgotten_is_asked_for_and_starts_anew(
    client: Client2013, node: Node2013
) -> None:
    node.ping()
    client.launch(spec())
    node.wait_for(lambda: len(node.commands) == 2)
    node.ping()  # both are confirmed
    forgotten = node.started[0]
    with node.changed:
        del node.commands[forgotten.procId]
    node.ping()
    node.wait_for(lambda: [one.taskId for one in node.started].count(forgotten.taskId) == 2)
    assert len({one.procId for one in node.started}) == len(node.started)


def test_errors_arrive_as_the_one_exception_with_its_kind(client: Client2013) -> None:
    """W54: the number that was always 0 says what kind it is; the text is a sentence."""
    client.launch(spec())
    kinds = [
        (1, lambda: client.getJob(NOBODY)),
        (2, lambda: client.launch(spec())),
        (3, lambda: client.getJob("shot")),
        (3, lambda: client.launch(spec("bad", layers=[]))),
        (4, lambda: client.deleteFolder(client.getFolders("default")[0].id)),
    ]
    for what, call in kinds:
        with pytest.raises(OLD.PlowException) as refused:
            call()
        assert refused.value.what == what and refused.value.why


def test_each_of_the_105_calls_is_answered(client: Client2013, node: Node2013) -> None:
    node.ping()
    wait_for(lambda: client.getNodes(OLD.NodeFilterT()))
    call_the_farm(client)
    call_filters(client)
    job = client.launch(spec("one", paused=True))
    call_jobs(client, job)
    call_layers_and_tasks(client, job)
    call_depends(client, job)
    call_procs(client, node)
    assert client.made == set(OLD.RpcService.thrift_services)


def call_the_farm(client: Client2013) -> None:
    assert client.getPlowTime() > 0
    made = client.createService(OLD.ServiceT(name="mine", minCores=2))
    client.updateService(OLD.ServiceT(id=made.id, name="mine", minRam=7))
    (mine,) = [one for one in client.getServices() if one.name == "mine"]
    assert (mine.minRam, mine.minCores) == (7, None)
    client.deleteService(made.id)

    project = client.createProject("A feature", "ftr")
    assert client.getProject(project.id) == client.getProjectByCode("ftr")
    client.setProjectActive(project.id, False)
    assert len(client.getProjects()) == len(client.getActiveProjects()) + 1 == 2

    cluster = client.createCluster("sim")
    client.setClusterTags(cluster.id, {"a", "b"})
    client.setClusterName(cluster.id, "sim2")
    assert client.getCluster("sim2").tags == client.getClustersByTag("a")[0].tags
    assert client.lockCluster(cluster.id, True) is True
    quota = client.createQuota(project.id, cluster.id, 3, 7)
    client.setQuotaSize(quota.id, 4)
    client.setQuotaBurst(quota.id, 8)
    client.setQuotaLocked(quota.id, True)
    found = client.getQuota(quota.id)
    assert (found.size, found.burst, found.isLocked, found.name) == (4, 8, True, "ftr.sim2")
    assert client.getQuotas(OLD.QuotaFilterT(cluster=[cluster.id])) == [found]
    call_nodes(client, cluster)

    folder = client.createFolder(project.id, "comp")
    client.setFolderMinCores(folder.id, 1)
    client.setFolderMaxCores(folder.id, 2)
    client.setFolderName(folder.id, "comp2")
    assert client.getFolder(folder.id).maxCores == 2
    assert [one.name for one in client.getFolders(project.id)] == ["jobs", "comp2"]
    client.deleteFolder(folder.id)


def call_nodes(client: Client2013, cluster: Any) -> None:
    (former,) = [one for one in client.getClusters() if one.isDefault]
    node = client.getNode("localhost")
    client.setNodeLocked(node.id, True)
    client.setNodeTags(node.id, {"x"})
    client.setNodeSlotMode(node.id, OLD.SlotMode.SLOTS, 1, 512)
    client.setNodeCluster(node.id, cluster.id)
    found = client.getNode(node.id)
    assert (found.locked, found.slotCores, set(found.tags)) == (True, 1, {"a", "b"})
    client.setNodeSlotMode(node.id, OLD.SlotMode.DYNAMIC, 0, 0)
    client.setNodeCluster(node.id, former.id)
    client.setNodeLocked(node.id, False)
    client.setDefaultCluster(cluster.id)
    client.setDefaultCluster(former.id)
    assert client.deleteCluster(cluster.id) is True


def call_filters(client: Client2013) -> None:
    project = client.getProjectByCode("default").id
    one, two = client.createFilter(project, "one"), client.createFilter(project, "two")
    client.setFilterName(one.id, "first")
    client.setFilterOrder(two.id, 0)
    client.increaseFilterOrder(two.id)
    client.decreaseFilterOrder(two.id)
    assert [found.name for found in client.getFilters(project)] == ["two", "first"]
    assert client.getFilter(one.id).name == "first"
    by_name = client.createFieldMatcher(one.id, OLD.MatcherField.JOB_NAME, OLD.MatcherType.CONTAINS, "none")
    by_attr = client.createAttrMatcher(one.id, OLD.MatcherType.IS, "shot", "sc020")
    assert client.getMatcher(by_attr.id).attr == "shot"
    assert [found.id for found in client.getMatchers(one.id)] == [by_name.id, by_attr.id]
    client.deleteMatcher(by_name.id)
    stop = client.createAction(one.id, OLD.ActionType.STOP_PROCESSING, None)
    assert client.getAction(stop.id).value is None
    assert [found.id for found in client.getActions(one.id)] == [stop.id]
    client.deleteAction(stop.id)
    client.deleteFilter(one.id)
    client.deleteFilter(two.id)


def call_jobs(client: Client2013, job: Any) -> None:
    assert client.getActiveJob("one").id == job.id
    client.setJobMinCores(job.id, 2)
    client.setJobMaxCores(job.id, 3)
    client.setJobAttrs(job.id, {"a": "b"})
    client.pauseJob(job.id, True)
    found = client.getJob(job.id)
    assert (found.minCores, found.maxCores, found.attrs, found.paused) == (2, 3, {"a": "b"}, True)
    assert client.getJobs(OLD.JobFilterT(regex="^one$", matchingOnly=True)) == [found]
    assert client.getJobSpec(job.id).layers[0].command == ["render", "%{FRAME}"]
    assert client.getJobBoard("default")[0].jobs == [found]


def call_layers_and_tasks(client: Client2013, job: Any) -> None:
    (layer,) = client.getLayers(job.id)
    client.setLayerTags(layer.id, ["a", "b", "a"])
    client.setLayerMinCoresPerTask(layer.id, 0)
    client.setLayerMaxCoresPerTask(layer.id, 40_000)
    client.setLayerMinRamPerTask(layer.id, 8)
    client.setLayerThreadable(layer.id, True)
    found = client.getLayerById(layer.id)
    assert (found.tags, found.minCores, found.maxCores, found.minRam) == (["a", "b"], 1, 32767, 256)
    assert client.getLayer(job.id, "beauty") == found
    output = client.addOutput(layer.id, "/o", {"a": "1"})
    client.updateOutputAttrs(output.outputId, {"b": "2"})
    assert client.getOutputAttrs(output.outputId) == {"a": "1", "b": "2"}
    client.setOutputAttrs(output.outputId, {})
    assert client.getLayerOutputs(layer.id) == client.getJobOutputs(job.id)

    task = client.getTasks(OLD.TaskFilterT(jobId=job.id))[0]
    assert client.getTask(task.id) == task
    assert client.getTaskLogPath(task.id).endswith("/0001-beauty.-1.log")
    assert client.getTaskStats(task.id) == []
    client.eatTasks(OLD.TaskFilterT(taskIds=[task.id]))
    client.retryTasks(OLD.TaskFilterT(taskIds=[task.id]))
    client.killTasks(OLD.TaskFilterT(jobId=job.id))
    assert client.getTask(task.id).state == OLD.TaskState.WAITING


def call_depends(client: Client2013, job: Any) -> None:
    other = client.launch(spec("two", paused=True))
    (mine,), (theirs,) = client.getLayers(job.id), client.getLayers(other.id)
    my_tasks, their_tasks = (client.getTasks(OLD.TaskFilterT(jobId=one.id)) for one in (job, other))
    client.createJobOnJobDepend(job.id, other.id)
    client.createLayerOnLayerDepend(mine.id, theirs.id)
    client.createLayerOnTaskDepend(mine.id, their_tasks[0].id)
    client.createTaskOnLayerDepend(my_tasks[0].id, theirs.id)
    client.createTaskOnTaskDepend(my_tasks[0].id, their_tasks[0].id)
    client.dropDepend(client.getTaskDependsOn(my_tasks[0].id)[1].id)
    client.createTaskByTaskDepend(mine.id, theirs.id)
    assert client.getDependsOnJob(other.id) == client.getJobDependsOn(job.id)
    assert len(client.getDependsOnLayer(theirs.id)) == 2 == len(client.getLayerDependsOn(mine.id))
    assert len(client.getDependsOnTask(their_tasks[0].id)) == 3
    made = client.createDepend(
        OLD.DependSpecT(type=OLD.DependType.TASK_ON_TASK, dependentJob="one", dependOnJob="two",
                        dependentTask="0001-beauty", dependOnTask="0003-beauty")
    )  # fmt: skip
    assert (made.active, made.dependentJobName, made.dependOnTaskName) == (True, "one", "0003-beauty")
    client.activateDepend(made.id)
    client.killJob(job.id, "over")


def call_procs(client: Client2013, node: Node2013) -> None:
    client.launch(spec("three"))
    node.wait_for(lambda: len(node.commands) == 2)
    found = client.getProcs(OLD.ProcFilterT())
    assert {proc.id for proc in found} == set(node.commands)
    assert client.getProc(found[0].id).jobName == "three"
    client.eatTasks(OLD.TaskFilterT(jobId=client.getActiveJob("three").id))
    node.wait_for(lambda: len(node.killed) == 2)
    for proc in list(node.killed):
        node.finish(proc, status=1, signal=-9)
