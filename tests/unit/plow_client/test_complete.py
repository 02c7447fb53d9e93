"""Nothing is missing: every call as a function and, of an object, as a method; every name that scripts of 2013 use."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.entity import Entity, Record, declared
from plow_client.names import to_snake, wire_names
from plow_client.spec import Spec
from tests.unit.plow_client.names_2013 import CLASSES, FUNCTIONS, KEYWORDS
from tests.unit.plow_client.recorded import RecordedFarm

ID, OTHER = (f"0190a5f0-0000-7000-8000-00000000000{number}" for number in (1, 2))
CALLS = list(idl.RpcService.thrift_services)
RENAMED = {"launch": "launch_job", "addOutput": "add_layer_output"}


def of(kind: type[Any], thing_id: str = ID) -> Any:
    """An object as a server would send it."""
    row = kind._struct(**{kind._wire.get("id", "id"): thing_id})
    row.name = row.name if getattr(row, "name", None) else "n"
    return kind(row)


PROJECT, FOLDER, JOB, LAYER, TASK = map(of, (plow.Project, plow.Folder, plow.Job, plow.Layer, plow.Task))
NODE, PROC, CLUSTER, QUOTA, DEPEND = map(of, (plow.Node, plow.Proc, plow.Cluster, plow.Quota, plow.Depend))
FILTER, MATCHER, ACTION, OUTPUT = map(of, (plow.Filter, plow.Matcher, plow.Action, plow.Output))
POOL, LIMIT, SERVICE = map(of, (plow.Pool, plow.Limit, plow.Service))
SPEC = plow.LayerSpec("a", ["true"], range="1")
# What acts on an object, by call: its method makes just this call of the wire (and may read the object again).
METHODS: dict[str, Callable[[], object]] = {
    "getProject": PROJECT.refresh,
    "setProjectActive": lambda: PROJECT.set_active(True),
    "deleteProject": PROJECT.delete,
    "getJobBoard": PROJECT.get_job_board,
    "getFolders": PROJECT.get_folders,
    "createFolder": lambda: PROJECT.create_folder("x"),
    "getFilters": PROJECT.get_filters,
    "createFilter": lambda: PROJECT.create_filter("x"),
    "getQuotas": PROJECT.get_quotas,
    "createQuota": lambda: PROJECT.create_quota(CLUSTER, 1, 2),
    "getFolder": FOLDER.refresh,
    "setFolderMinCores": lambda: FOLDER.set_min_cores(1),
    "setFolderMaxCores": lambda: FOLDER.set_max_cores(1),
    "setFolderName": lambda: FOLDER.set_name("x"),
    "setFolderOrder": lambda: FOLDER.set_order(1),
    "deleteFolder": FOLDER.delete,
    "launch": lambda: plow.JobSpec("j", "test", [SPEC], username="anna").launch(),
    "checkLaunch": lambda: plow.JobSpec("j", "test", [SPEC], username="anna").check(),
    "getJob": JOB.refresh,
    "killJob": lambda: JOB.kill("x"),
    "pauseJob": JOB.pause,
    "restartJob": JOB.restart,
    "appendLayers": lambda: JOB.append_layers([SPEC]),
    "setJobMinCores": lambda: JOB.set_min_cores(1),
    "setJobMaxCores": lambda: JOB.set_max_cores(1),
    "setJobAttrs": lambda: JOB.set_attrs({}),
    "setJobFolder": lambda: JOB.set_folder(FOLDER),
    "setJobPriority": lambda: JOB.set_priority(1),
    "setJobStartAfter": lambda: JOB.set_start_after(0),
    "setJobPools": lambda: JOB.set_pools([]),
    "getJobSpec": JOB.get_spec,
    "getJobOutputs": JOB.get_outputs,
    "getJobFilterTrace": JOB.get_filter_trace,
    "getJobFailures": JOB.get_failures,
    "getDependsOnJob": JOB.get_depends,
    "getJobDependsOn": JOB.get_depends_on,
    "createJobOnJobDepend": lambda: JOB.depend_on(of(plow.Job, OTHER)),
    "getLayers": JOB.get_layers,
    "getLayer": lambda: JOB.get_layer("a"),
    "getTasks": JOB.get_tasks,
    "getProcs": JOB.get_procs,
    "getAttempts": JOB.get_attempts,
    "getAvoids": JOB.get_avoids,
    "clearAvoids": NODE.clear_avoids,
    "explain": JOB.explain,
    "getHistory": JOB.history,
    "getLayerById": LAYER.refresh,
    "setLayerTags": lambda: LAYER.set_tags([]),
    "setLayerMinCoresPerTask": lambda: LAYER.set_min_cores_per_task(1),
    "setLayerMaxCoresPerTask": lambda: LAYER.set_max_cores_per_task(1),
    "setLayerMinRamPerTask": lambda: LAYER.set_min_ram_per_task(1),
    "setLayerMaxRamPerTask": lambda: LAYER.set_max_ram_per_task(1),
    "setLayerThreadable": lambda: LAYER.set_threadable(True),
    "setLayerMaxRetries": lambda: LAYER.set_max_retries(1),
    "setLayerService": lambda: LAYER.set_service("shell"),
    "setLayerChunk": lambda: LAYER.set_chunk(1),
    "setLayerPriority": lambda: LAYER.set_priority(1),
    "setLayerKillGrace": lambda: LAYER.set_kill_grace(1),
    "setLayerRun": lambda: LAYER.set_run(plow.RunSettings()),
    "setLayerNeeds": lambda: LAYER.set_needs(plow.Needs()),
    "setLayerRetryRules": lambda: LAYER.set_retry_rules(plow.RetryRules()),
    "setLayerCommand": lambda: LAYER.set_command(["true"]),
    "getLayerVersions": LAYER.get_versions,
    "appendFrames": lambda: LAYER.append_frames("1"),
    "appendTasks": lambda: LAYER.append_tasks([plow.TaskSpec("x")]),
    "addOutput": lambda: LAYER.add_output("/o"),
    "getLayerOutputs": LAYER.get_outputs,
    "getDependsOnLayer": LAYER.get_depends,
    "getLayerDependsOn": LAYER.get_depends_on,
    "createLayerOnLayerDepend": lambda: LAYER.depend_on(of(plow.Layer, OTHER)),
    "createLayerOnTaskDepend": lambda: LAYER.depend_on(TASK),
    "createTaskByTaskDepend": lambda: LAYER.depend_on_by_task(of(plow.Layer, OTHER)),
    "getTask": TASK.refresh,
    "retryTasks": TASK.retry,
    "eatTasks": TASK.eat,
    "killTasks": TASK.kill,
    "getTaskLogPath": TASK.get_log_path,
    "readTaskLog": TASK.read_log,
    "getTaskStats": TASK.get_stats,
    "getDependsOnTask": TASK.get_depends,
    "getTaskDependsOn": TASK.get_depends_on,
    "createTaskOnLayerDepend": lambda: TASK.depend_on(LAYER),
    "createTaskOnTaskDepend": lambda: TASK.depend_on(of(plow.Task, OTHER)),
    "createDepend": lambda: plow.DependSpec(dependent_job=JOB, depend_on_job=ID).create(),
    "dropDepend": DEPEND.drop,
    "activateDepend": DEPEND.activate,
    "getOutputAttrs": OUTPUT.refresh,
    "setOutputAttrs": OUTPUT.update,
    "getNode": NODE.refresh,
    "setNodeLocked": NODE.lock,
    "setNodeCluster": lambda: NODE.set_cluster(CLUSTER),
    "setNodeTags": lambda: NODE.set_tags([]),
    "setNodeSlotMode": lambda: NODE.set_slot_mode("single"),
    "setNodeState": lambda: NODE.set_state("repair"),
    "rebootNode": NODE.reboot,
    "deleteNode": NODE.delete,
    "clearReservation": NODE.clear_reservation,
    "getNodeFailures": NODE.get_failures,
    "getProc": PROC.refresh,
    "killProc": PROC.kill,
    "getCluster": CLUSTER.refresh,
    "deleteCluster": CLUSTER.delete,
    "lockCluster": CLUSTER.lock,
    "setClusterTags": lambda: CLUSTER.set_tags([]),
    "setClusterName": lambda: CLUSTER.set_name("x"),
    "setDefaultCluster": CLUSTER.set_default,
    "getQuota": QUOTA.refresh,
    "setQuotaSize": lambda: QUOTA.set_size(1),
    "setQuotaBurst": lambda: QUOTA.set_burst(1),
    "setQuotaLocked": QUOTA.set_locked,
    "deleteQuota": QUOTA.delete,
    "getFilter": FILTER.refresh,
    "deleteFilter": FILTER.delete,
    "setFilterName": lambda: FILTER.set_name("x"),
    "setFilterEnabled": FILTER.set_enabled,
    "setFilterOrder": lambda: FILTER.set_order(1),
    "increaseFilterOrder": FILTER.increase_order,
    "decreaseFilterOrder": FILTER.decrease_order,
    "getMatchers": FILTER.get_matchers,
    "getActions": FILTER.get_actions,
    "createFieldMatcher": lambda: FILTER.create_field_matcher("user", "is", "x"),
    "createAttrMatcher": lambda: FILTER.create_attr_matcher("is", "x", "y"),
    "createAction": lambda: FILTER.create_action("pause", "true"),
    "getMatcher": MATCHER.refresh,
    "updateMatcher": MATCHER.update,
    "deleteMatcher": MATCHER.delete,
    "getAction": ACTION.refresh,
    "updateAction": ACTION.update,
    "deleteAction": ACTION.delete,
    "createService": SERVICE.create,
    "updateService": SERVICE.update,
    "deleteService": SERVICE.delete,
    "getPool": POOL.refresh,
    "setPoolName": lambda: POOL.set_name("x"),
    "setPoolHosts": lambda: POOL.set_hosts([]),
    "changePoolHosts": lambda: POOL.change_hosts(add=["r1"]),
    "setPoolExclusive": POOL.set_exclusive,
    "deletePool": POOL.delete,
    "getLimit": LIMIT.refresh,
    "setLimitTotal": lambda: LIMIT.set_total(1),
    "setLimitHeldBack": lambda: LIMIT.set_held_back(1),
    "clearLimitWait": LIMIT.clear_wait,
    "deleteLimit": LIMIT.delete,
}
# Calls about the farm, or that find and make things by other than an object of ours.
OF_NO_OBJECT = {
    "getPlowTime", "introduce", "getServices", "getProjectByCode", "getProjects", "getActiveProjects",
    "createProject", "getActiveJob", "getJobs", "getNodes", "getClusters", "getClustersByTag", "createCluster",
    "getEvents", "getPools", "createPool", "getLimits", "createLimit", "getReservations", "getPredictionQuality",
    "updateOutputAttrs", "parseQuery",
}  # fmt: skip


@pytest.fixture
def farm():
    made = RecordedFarm()
    for call in CALLS:
        result = getattr(idl.RpcService, f"{call}_result").thrift_spec.get(0)
        if result is not None:
            made.answers[call] = _anything(result)
    current.use(made, "recorded")
    yield made
    current.reconnect()


def _anything(spec: tuple[Any, ...]) -> object:
    kind, inner = spec[0], spec[2]
    if kind == 12:
        return inner(**{"id": ID} if any(field[1] == "id" for field in inner.thrift_spec.values()) else {})
    return {15: [], 13: {}, 14: set(), 11: "x", 2: True}.get(kind, 1)


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_a_function(call):
    name = RENAMED.get(call, to_snake(call))

    assert callable(getattr(plow, name))
    assert name in plow.__all__


def test_every_call_is_a_method_or_of_no_object():
    assert set(METHODS) | OF_NO_OBJECT >= set(CALLS)
    assert set(METHODS) <= set(CALLS)
    assert not set(METHODS) & OF_NO_OBJECT


@pytest.mark.parametrize("call", METHODS)
def test_a_method_makes_its_call(farm, call):
    METHODS[call]()

    assert call in [name for name, _ in farm.asked]
    assert len(farm.asked) <= 2  # the change, and the object once more


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_of_2013_has_all_of_its_names(name):
    kind = getattr(plow, name)
    known = set(dir(kind))
    if issubclass(kind, Spec):
        known |= {wire for field in kind.__dataclass_fields__ for wire in (field, kind._wire_name(field))}
    else:
        fields = declared(kind)
        camel = wire_names(spec[1] for spec in kind._struct.thrift_spec.values())
        known |= {*fields, *(camel.get(field, field) for field in fields), *kind._wire.values()}

    assert [wanted for wanted in CLASSES[name].split() if wanted not in known] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_2013_is_there(name):
    assert callable(getattr(plow, name))


@pytest.mark.parametrize("name", KEYWORDS)
def test_a_filter_takes_every_keyword_of_2013(farm, name):
    for keyword in KEYWORDS[name].split():
        value = {"matchingOnly": True, "locked": True, "states": [1], "regex": "x"}.get(keyword, ID)
        getattr(plow, name)(**{keyword: 5 if keyword in ("limit", "offset", "lastUpdateTime") else value})


PUBLIC = [name for name in plow.__all__ if callable(getattr(plow, name)) and not hasattr(idl, name)]


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_says_what_it_does_and_has_types(name):
    thing = getattr(plow, name)
    assert thing.__doc__, name
    assert not thing.__doc__.startswith(f"{name}("), "the docstring that dataclasses make by themselves"
    methods = (
        [member for key, member in vars(thing).items() if not key.startswith("_")]
        if inspect.isclass(thing)
        else []
    )
    functions = [one for one in [thing, *methods] if inspect.isfunction(one)]
    for function in functions:
        assert function.__doc__, f"{name}: {function.__name__}"
        hints = function.__annotations__
        missing = [
            one
            for one in inspect.signature(function).parameters
            if one not in hints and one not in ("self", "_")
        ]
        assert missing == [] and "return" in hints, f"{name}: {function.__name__}"


@pytest.mark.parametrize(
    "kind", [each for each in vars(plow).values() if inspect.isclass(each) and issubclass(each, Entity)]
)
def test_every_object_can_be_read_again_or_says_why_not(kind):
    if kind in (plow.Depend, plow.Service):  # the wire has no call for one of them; they are listed
        assert not hasattr(kind, "refresh")
    else:
        assert callable(kind.refresh)
    assert issubclass(kind, Record)
