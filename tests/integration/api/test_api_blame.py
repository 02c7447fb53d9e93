"""Every call that changes something leaves exactly its own rows of blame, every refused one exactly one row."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from plow_client import idl
from plow_client.errors import PlowError
from plow_client.idl import (
    ActionT,
    DependSpecT,
    DependType,
    JobSpecT,
    LayerSpecT,
    MatcherT,
    NeedsT,
    RetryRulesT,
    RunSettingsT,
    ServiceT,
    TaskFilterT,
    TaskSpecT,
)
from plow_client.rpc.caller import Caller
from plow_client.rpc.listener import Listener
from plow_server.config import Config, Limit
from plow_server.database import Database
from plow_server.deed import is_read
from plow_server.handlers.arguments import is_id
from plow_server.handlers.bind import bind
from tests.integration.api.conftest import Api
from tests.sql.farm import Farm, Row

NOBODY = "00000000-0000-0000-0000-000000000000"
CALLS = [name for name in idl.RpcService.thrift_services if not is_read(name)]


class World:
    """One of everything, to be changed by the calls below."""

    def __init__(self, api: Api, farm: Farm) -> None:
        self.api, self.farm = api, farm
        self.project = str(farm.project)
        self.folder, self.cluster, self.quota = str(farm.folder), str(farm.cluster), str(farm.quota)
        self.empty_project = api.createProject(title="Empty", code="empty").id
        self.empty_folder = api.createFolder(projectId=self.project, name="empty").id
        self.empty_cluster = api.createCluster(name="empty").id
        self.service = api.createService(svc=ServiceT(name="sim")).id
        self.job = self._launch("shot")
        self.other_job = self._launch("other")
        self.layer, self.second = (layer.id for layer in api.getLayers(jobId=self.job))
        self.named = api.getLayer(jobId=self.other_job, name="named").id
        self.tasks = [task.id for task in api.getTasks(filter=TaskFilterT(layerIds=[self.second]))]
        self.node = str(farm.node())
        self.proc = str(farm.book((UUID(self.layer), UUID(self.node), 1))[0]["proc_id"])
        self.free_node = str(farm.node("n2"))
        self.output = api.addOutput(layerId=self.layer, path="/p/a.exr", attrs={}).outputId
        api.createLayerOnLayerDepend(layerId=self.named, onLayerId=self.layer)
        self.depend = api.getDependsOnLayer(layerId=self.layer)[0].id
        self.filter, self.next_filter = (
            api.createFilter(projectId=self.project, name=name).id for name in ("first", "next")
        )
        self.matcher = api.createFieldMatcher(filterId=self.filter, field=0, type=0, value="x").id
        self.action = api.createAction(filterId=self.filter, type=3, value="true").id

    def _launch(self, name: str) -> str:
        layers = [LayerSpecT(name=layer, command=["true"], range="1-3", minRam=512) for layer in ("a", "b")]
        named = LayerSpecT(name="named", command=["true"], tasks=[TaskSpecT(name="one")], minRam=512)
        spec = JobSpecT(
            name=name, project="test", username="anna", layers=layers if name == "shot" else [named]
        )
        return str(self.api.launch(spec=spec).id)

    @property
    def killed(self) -> str:
        self.api.killJob(jobId=self.other_job, reason="")
        return self.other_job

    @property
    def dropped(self) -> str:
        self.api.dropDepend(dependId=self.depend)
        return self.depend

    @property
    def down(self) -> str:
        self.farm.execute("update plow.node set state = 'DOWN' where id = %s", self.free_node)
        return self.free_node

    @property
    def free_quota(self) -> str:
        quota = self.api.createQuota(projectId=self.project, clusterId=self.empty_cluster, size=1, burst=2)
        return str(quota.id)

    @property
    def pool(self) -> str:
        return str(self.api.createPool(name="shelf", hosts=["n9"], exclusive=False).id)

    @property
    def limit(self) -> str:
        return str(self.api.createLimit(name="licence", total=5, per=0).id)

    @property
    def short_limit(self) -> str:
        limit = self.limit
        later = "update plow.limit_counter set not_before = plow.now() + '1 hour' where limit_id = %s"
        self.farm.execute(later, limit)
        return limit

    @property
    def kept(self) -> str:
        self.farm.execute(
            "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
            " values (%s, %s, %s, 1, 1, plow.now() + '1 hour', plow.now() + '2 hours')",
            self.node, self.job, self.layer,
        )  # fmt: skip
        return self.node

    @property
    def shy(self) -> str:
        away = "insert into plow.avoid (job_id, node_id, failures, until) values (%s, %s, 3, plow.now() + '1 hour')"
        self.farm.execute(away, self.job, self.node)
        return self.job

    def value(self, table: str, thing: str, column: str) -> Any:
        return self.farm.value(f"select {column} from plow.{table} where id = %s", thing)

    def newest(self) -> int:
        return int(self.farm.value("select coalesce(max(id), 0) from plow.blame"))

    def since(self, number: int) -> list[Row]:
        return self.farm.execute("select * from plow.blame where id > %s order by id", number)


@pytest.fixture
def api(db: Database, farm: Farm) -> Iterator[Api]:
    """One that keeps more refusals than a loop of bad calls may leave."""
    calls = bind(db, Config(limit=Limit(refusals_per_minute=1000)))
    with Listener("RpcService", calls) as listener, Caller("RpcService", *listener.address) as caller:
        yield Api(caller)


@pytest.fixture
def world(api: Api, farm: Farm) -> World:
    return World(api, farm)


@pytest.fixture
def answering(world: World) -> Iterator[None]:
    """Nodes that take every call."""
    with Listener("RndNodeApi", {"reboot": lambda now: None}) as listener:
        world.farm.execute("update plow.node set address = %s", "{}:{}".format(*listener.address))
        yield


def _tasks(world: World) -> TaskFilterT:
    return TaskFilterT(jobId=world.job)


Arguments = Callable[[World], dict[str, Any]]
DEEDS: dict[str, Arguments] = {
    "createService": lambda w: {"svc": ServiceT(name="new")},
    "deleteService": lambda w: {"id": w.service},
    "updateService": lambda w: {"svc": ServiceT(id=w.service, name="fx", minCores=2)},
    "createProject": lambda w: {"title": "New", "code": "new"},
    "setProjectActive": lambda w: {"id": w.project, "active": False},
    "deleteProject": lambda w: {"id": w.empty_project},
    "launch": lambda w: {"spec": JobSpecT(name="new", project="test", username="anna", layers=[
        LayerSpecT(name="a", command=["true"], range="1-100")])},
    "killJob": lambda w: {"jobId": w.job, "reason": "wrong plate"},
    "pauseJob": lambda w: {"jobId": w.job, "paused": True},
    "setJobMinCores": lambda w: {"jobId": w.job, "value": 3},
    "setJobMaxCores": lambda w: {"jobId": w.job, "value": 3},
    "setJobAttrs": lambda w: {"jobId": w.job, "attrs": {"a": "b"}},
    "createJobOnJobDepend": lambda w: {"jobId": w.other_job, "onJobId": w.job},
    "restartJob": lambda w: {"jobId": w.killed, "failedOnly": False, "reason": "again"},
    "setJobFolder": lambda w: {"jobId": w.job, "folderId": w.empty_folder},
    "setJobPriority": lambda w: {"jobId": w.job, "priority": 5},
    "setJobStartAfter": lambda w: {"jobId": w.job, "startAfter": 4_000_000_000_000},
    "appendLayers": lambda w: {"jobId": w.job, "layers": [LayerSpecT(name="c", command=["true"], range="1-3")]},
    "updateOutputAttrs": lambda w: {"outputId": w.output, "attrs": {"a": "b"}},
    "setOutputAttrs": lambda w: {"outputId": w.output, "attrs": {"a": "b"}},
    "addOutput": lambda w: {"layerId": w.layer, "path": "/p/b.exr", "attrs": {}},
    "createFolder": lambda w: {"projectId": w.project, "name": "new"},
    "setFolderMinCores": lambda w: {"folderId": w.folder, "value": 3},
    "setFolderMaxCores": lambda w: {"folderId": w.folder, "value": 30},
    "setFolderName": lambda w: {"folderId": w.folder, "name": "fx"},
    "deleteFolder": lambda w: {"folderId": w.empty_folder},
    "setFolderOrder": lambda w: {"folderId": w.empty_folder, "order": 0},
    "setLayerTags": lambda w: {"guid": w.layer, "tags": ["gpu"]},
    "setLayerMinCoresPerTask": lambda w: {"guid": w.layer, "minCores": 2},
    "setLayerMaxCoresPerTask": lambda w: {"guid": w.layer, "maxCores": 3},
    "setLayerMinRamPerTask": lambda w: {"guid": w.layer, "minRam": 600},
    "setLayerThreadable": lambda w: {"guid": w.layer, "threadable": not w.value("layer", w.layer, "threadable")},
    "setLayerMaxRamPerTask": lambda w: {"layerId": w.layer, "maxRam": 9000},
    "setLayerMaxRetries": lambda w: {"layerId": w.layer, "maxRetries": 9},
    "setLayerService": lambda w: {"layerId": w.layer, "serv": "sim"},
    "setLayerChunk": lambda w: {"layerId": w.second, "chunk": 2},
    "setLayerPriority": lambda w: {"layerId": w.layer, "priority": 2},
    "setLayerKillGrace": lambda w: {"layerId": w.layer, "killGraceS": 2},
    "setLayerRun": lambda w: {"layerId": w.layer, "run": RunSettingsT(niceness=2)},
    "setLayerCommand": lambda w: {"layerId": w.layer, "command": ["false"], "env": {}, "reason": "typo"},
    "appendFrames": lambda w: {"layerId": w.layer, "range": "10-12"},
    "appendTasks": lambda w: {"layerId": w.named, "tasks": [TaskSpecT(name="two")]},
    "createLayerOnLayerDepend": lambda w: {"layerId": w.second, "onLayerId": w.named},
    "createLayerOnTaskDepend": lambda w: {"layerId": w.named, "onTaskId": w.tasks[0]},
    "createTaskByTaskDepend": lambda w: {"layerId": w.second, "onLayerId": w.layer},
    "retryTasks": lambda w: {"filter": _tasks(w)},
    "eatTasks": lambda w: {"filter": _tasks(w)},
    "killTasks": lambda w: {"filter": _tasks(w)},
    "createTaskOnLayerDepend": lambda w: {"taskId": w.tasks[0], "onLayerId": w.layer},
    "createTaskOnTaskDepend": lambda w: {"taskId": w.tasks[0], "onTaskId": w.tasks[1]},
    "dropDepend": lambda w: {"dependId": w.depend},
    "activateDepend": lambda w: {"dependId": w.dropped},
    "createDepend": lambda w: {"dependSpec": DependSpecT(
        type=DependType.LAYER_ON_LAYER, dependentJob=w.job, dependentLayer="b", dependOnJob=w.job, dependOnLayer="a")},
    "setNodeLocked": lambda w: {"id": w.node, "locked": True},
    "setNodeCluster": lambda w: {"id": w.free_node, "clusterId": w.empty_cluster},
    "setNodeTags": lambda w: {"id": w.node, "tags": {"gpu"}},
    "setNodeSlotMode": lambda w: {"id": w.free_node, "mode": 1, "slotCores": 0, "slotRam": 0},
    "setNodeState": lambda w: {"id": w.node, "state": 2},
    "rebootNode": lambda w: {"id": w.node, "now": False},
    "deleteNode": lambda w: {"id": w.down},
    "killProc": lambda w: {"id": w.proc, "reason": "stuck"},
    "createCluster": lambda w: {"name": "gpu"},
    "deleteCluster": lambda w: {"id": w.empty_cluster},
    "lockCluster": lambda w: {"id": w.cluster, "locked": True},
    "setClusterTags": lambda w: {"id": w.cluster, "tags": {"a"}},
    "setClusterName": lambda w: {"id": w.cluster, "name": "fx"},
    "setDefaultCluster": lambda w: {"id": w.empty_cluster},
    "createQuota": lambda w: {"projectId": w.project, "clusterId": w.empty_cluster, "size": 1, "burst": 2},
    "setQuotaSize": lambda w: {"id": w.quota, "size": 3},
    "setQuotaBurst": lambda w: {"id": w.quota, "burst": 30},
    "setQuotaLocked": lambda w: {"id": w.quota, "locked": True},
    "deleteQuota": lambda w: {"id": w.free_quota},
    "createFilter": lambda w: {"projectId": w.project, "name": "new"},
    "deleteFilter": lambda w: {"id": w.filter},
    "setFilterName": lambda w: {"id": w.filter, "name": "renamed"},
    "setFilterEnabled": lambda w: {"id": w.filter, "enabled": False},
    "setFilterOrder": lambda w: {"id": w.filter, "order": 1},
    "increaseFilterOrder": lambda w: {"id": w.filter},
    "decreaseFilterOrder": lambda w: {"id": w.next_filter},
    "createFieldMatcher": lambda w: {"filterId": w.filter, "field": 0, "type": 0, "value": "y"},
    "createAttrMatcher": lambda w: {"filterId": w.filter, "type": 0, "attr": "a", "value": "y"},
    "updateMatcher": lambda w: {"matcher": MatcherT(id=w.matcher, type=2, field=1, value="z")},
    "deleteMatcher": lambda w: {"id": w.matcher},
    "createAction": lambda w: {"filterId": w.filter, "type": 1, "value": "3"},
    "deleteAction": lambda w: {"id": w.action},
    "updateAction": lambda w: {"action": ActionT(id=w.action, type=1, value="4")},
    "createPool": lambda w: {"name": "new", "hosts": ["pc-1"], "exclusive": False},
    "setPoolName": lambda w: {"poolId": w.pool, "name": "renamed"},
    "setPoolHosts": lambda w: {"poolId": w.pool, "hosts": ["pc-1", "pc-2"]},
    "changePoolHosts": lambda w: {"poolId": w.pool, "added": ["pc-3"], "removed": []},
    "setPoolExclusive": lambda w: {"poolId": w.pool, "exclusive": True},
    "deletePool": lambda w: {"poolId": w.pool, "moveTo": ""},
    "setJobPools": lambda w: {"jobId": w.job, "pools": [w.api.getPool(pool=w.pool).name]},
    "createLimit": lambda w: {"name": "new", "total": 3, "per": 0},
    "setLimitTotal": lambda w: {"limitId": w.limit, "total": 9},
    "setLimitHeldBack": lambda w: {"limitId": w.limit, "heldBack": 1},
    "clearLimitWait": lambda w: {"limitId": w.short_limit},
    "deleteLimit": lambda w: {"limitId": w.limit},
    "setLayerNeeds": lambda w: {"layerId": w.layer, "needs": NeedsT(os="linux")},
    "setLayerRetryRules": lambda w: {"layerId": w.layer, "rules": RetryRulesT(delayS=5)},
    "clearReservation": lambda w: {"nodeId": w.kept},
    "clearAvoids": lambda w: {"jobId": w.shy, "nodeId": ""},
}  # fmt: skip


def test_every_call_that_changes_something_is_here() -> None:
    assert sorted(DEEDS) == sorted(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_what_a_call_changes_is_blamed_on_its_caller_once(world: World, answering: None, name: str) -> None:
    arguments = DEEDS[name](world)
    before = world.newest()

    getattr(world.api, name)(**arguments)

    rows = world.since(before)
    deeds = [row for row in rows if row["actor"] != "plow-server"]
    assert deeds != []
    assert {(row["call"], row["actor"], row["is_proven"], row["code"]) for row in deeds} == {
        (name, getpass.getuser(), True, 0)
    }
    assert {row["reason"] for row in deeds} == {arguments.get("reason")}
    places = [(row["noun"], row["object_id"], row["field"], row["old"], row["new"]) for row in deeds]
    assert len(set(places)) == len(places)


# Refused for another reason than an id that nobody has.
BAD: dict[str, Arguments] = {
    "createService": lambda w: {"svc": ServiceT(name="")},
    "createProject": lambda w: {"title": "", "code": ""},
    "launch": lambda w: {"spec": JobSpecT(name="", project="nope", username="anna", layers=[])},
    "createCluster": lambda w: {"name": ""},
    "createPool": lambda w: {"name": "", "hosts": [], "exclusive": False},
    "createLimit": lambda w: {"name": "", "total": 1, "per": 0},
    "setJobPools": lambda w: {"jobId": NOBODY, "pools": []},
    "setPoolName": lambda w: {"poolId": NOBODY, "name": "x"},
    "setPoolHosts": lambda w: {"poolId": NOBODY, "hosts": []},
    "changePoolHosts": lambda w: {"poolId": NOBODY, "added": [], "removed": []},
    "setPoolExclusive": lambda w: {"poolId": NOBODY, "exclusive": True},
    "deletePool": lambda w: {"poolId": NOBODY, "moveTo": ""},
    "setLimitTotal": lambda w: {"limitId": NOBODY, "total": 1},
    "setLimitHeldBack": lambda w: {"limitId": NOBODY, "heldBack": 1},
    "clearLimitWait": lambda w: {"limitId": NOBODY},
    "deleteLimit": lambda w: {"limitId": NOBODY},
    "clearReservation": lambda w: {"nodeId": NOBODY},
    "clearAvoids": lambda w: {"jobId": "", "nodeId": ""},
    "deleteCluster": lambda w: {"id": w.cluster},
    "retryTasks": lambda w: {"filter": TaskFilterT()},
    "eatTasks": lambda w: {"filter": TaskFilterT()},
    "killTasks": lambda w: {"filter": TaskFilterT()},
}


def test_each_refused_call_leaves_one_row(world: World) -> None:
    """One world for all: what is refused changes nothing."""
    wrong = {}
    for name in CALLS:
        arguments = BAD[name](world) if name in BAD else nobodys(DEEDS[name](world))
        before = world.newest()
        with pytest.raises(PlowError) as refused:
            getattr(world.api, name)(**arguments)
        found = [(row["call"], row["code"], row["reason"], row["actor"]) for row in world.since(before)]
        if found != [(name, refused.value.code, refused.value.why, getpass.getuser())]:
            wrong[name] = found
    assert wrong == {}


def nobodys(value: Any) -> Any:
    """The same with ids that nothing has."""
    if isinstance(value, str):
        return NOBODY if is_id(value) else value
    if isinstance(value, dict):
        return {key: nobodys(item) for key, item in value.items()}
    if hasattr(value, "thrift_spec"):
        return type(value)(**nobodys(vars(value)))
    return value


def test_a_refusal_is_in_the_history_of_what_it_was_about(world: World) -> None:
    with pytest.raises(PlowError, match="burst"):
        world.api.setQuotaBurst(id=world.quota, burst=-2)

    entry = world.api.getHistory(objectId=world.quota, limit=1, before=0)[0]
    assert (entry.call, entry.noun, entry.code, entry.field) == ("setQuotaBurst", "quota", 3, "")
    assert '"burst": -2' in entry.newValue
