"""Every call of the interface has its function, and each function asks for what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.entity import Entity, Record, declared
from plow_client.errors import Invalid
from tests.unit.plow_client.recorded import RecordedFarm

ID = "0190a5f0-0000-7000-8000-000000000001"
OTHER = "0190a5f0-0000-7000-8000-000000000002"
MODULES = sorted(Path(plow.__file__).parent.glob("*.py"))
PUBLIC = [getattr(plow, name) for name in plow.__all__]  # asking for a name imports its file


def _records(kind=Record):
    for below in kind.__subclasses__():
        if below is not Entity:
            yield below
        yield from _records(below)


def test_the_records_are_those_that_the_api_gives():
    given = {one for one in PUBLIC if isinstance(one, type) and issubclass(one, Record) and one is not Entity}
    assert given and given <= set(_records())


def test_every_call_of_the_interface_is_made_somewhere():
    source = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    made = set(re.findall(r"server\(\)\.(\w+)\(", source))

    assert made == set(idl.RpcService.thrift_services)


def test_every_public_name_is_there():
    assert [name for name in plow.__all__ if not hasattr(plow, name)] == []
    assert len(set(plow.__all__)) == len(plow.__all__)


@pytest.mark.parametrize(
    "kind", sorted(_records(), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_a_class_declares_every_field_of_its_struct(kind):
    wire = {spec[1] for spec in kind._struct.thrift_spec.values()}

    row = kind._struct()
    thing = kind(row)
    assert len(declared(kind)) == len(wire)
    for name in [*declared(kind), *wire]:
        getattr(thing, name)


CALLS = [
    (lambda: plow.get_plow_time(), "getPlowTime", {}),
    (lambda: plow.get_project(ID), "getProject", {"id": ID}),
    (lambda: plow.get_project_by_code("show"), "getProjectByCode", {"code": "show"}),
    (lambda: plow.create_project("The show", "show"), "createProject", {"title": "The show", "code": "show"}),
    (lambda: plow.set_project_active(ID, False), "setProjectActive", {"id": ID, "active": False}),
    (lambda: plow.get_active_job("a"), "getActiveJob", {"name": "a"}),
    (lambda: plow.kill_job(ID, "enough"), "killJob", {"jobId": ID, "reason": "enough"}),
    (lambda: plow.pause_job(ID), "pauseJob", {"jobId": ID, "paused": True}),
    (lambda: plow.pause_job(ID, False), "pauseJob", {"jobId": ID, "paused": False}),
    (lambda: plow.set_job_min_cores(ID, 3), "setJobMinCores", {"jobId": ID, "value": 3}),
    (lambda: plow.set_job_max_cores(ID, -1), "setJobMaxCores", {"jobId": ID, "value": -1}),
    (lambda: plow.set_job_folder(ID, OTHER), "setJobFolder", {"jobId": ID, "folderId": OTHER}),
    (lambda: plow.set_job_priority(ID, -3), "setJobPriority", {"jobId": ID, "priority": -3}),
    (lambda: plow.set_job_start_after(ID, 9), "setJobStartAfter", {"jobId": ID, "startAfter": 9}),
    (lambda: plow.set_job_attrs(ID, {"a": "b"}), "setJobAttrs", {"jobId": ID, "attrs": {"a": "b"}}),
    (lambda: plow.create_folder(ID, "comp"), "createFolder", {"projectId": ID, "name": "comp"}),
    (lambda: plow.set_folder_min_cores(ID, 2), "setFolderMinCores", {"folderId": ID, "value": 2}),
    (lambda: plow.set_folder_max_cores(ID, 0), "setFolderMaxCores", {"folderId": ID, "value": 0}),
    (lambda: plow.set_folder_name(ID, "x"), "setFolderName", {"folderId": ID, "name": "x"}),
    (lambda: plow.delete_folder(ID), "deleteFolder", {"folderId": ID}),
    (lambda: plow.get_layer(ID, "fx"), "getLayer", {"jobId": ID, "name": "fx"}),
    (lambda: plow.set_layer_tags(ID, "gpu"), "setLayerTags", {"guid": ID, "tags": ["gpu"]}),
    (lambda: plow.set_layer_tags(ID, ["b", "a"]), "setLayerTags", {"guid": ID, "tags": ["b", "a"]}),
    (lambda: plow.set_layer_threadable(ID, True), "setLayerThreadable", {"guid": ID, "threadable": True}),
    (
        lambda: plow.set_layer_min_cores_per_task(ID, 4),
        "setLayerMinCoresPerTask",
        {"guid": ID, "minCores": 4},
    ),
    (
        lambda: plow.set_layer_max_cores_per_task(ID, 4),
        "setLayerMaxCoresPerTask",
        {"guid": ID, "maxCores": 4},
    ),
    (lambda: plow.set_layer_min_ram_per_task(ID, 512), "setLayerMinRamPerTask", {"guid": ID, "minRam": 512}),
    (
        lambda: plow.create_job_on_job_depend(ID, OTHER),
        "createJobOnJobDepend",
        {"jobId": ID, "onJobId": OTHER},
    ),
    (
        lambda: plow.create_layer_on_layer_depend(ID, OTHER),
        "createLayerOnLayerDepend",
        {"layerId": ID, "onLayerId": OTHER},
    ),
    (
        lambda: plow.create_layer_on_task_depend(ID, OTHER),
        "createLayerOnTaskDepend",
        {"layerId": ID, "onTaskId": OTHER},
    ),
    (
        lambda: plow.create_task_by_task_depend(ID, OTHER),
        "createTaskByTaskDepend",
        {"layerId": ID, "onLayerId": OTHER},
    ),
    (
        lambda: plow.create_task_on_layer_depend(ID, OTHER),
        "createTaskOnLayerDepend",
        {"taskId": ID, "onLayerId": OTHER},
    ),
    (
        lambda: plow.create_task_on_task_depend(ID, OTHER),
        "createTaskOnTaskDepend",
        {"taskId": ID, "onTaskId": OTHER},
    ),
    (lambda: plow.drop_depend(ID), "dropDepend", {"dependId": ID}),
    (lambda: plow.activate_depend(ID), "activateDepend", {"dependId": ID}),
    (lambda: plow.get_node("r1"), "getNode", {"name": "r1"}),
    (lambda: plow.set_node_locked(ID), "setNodeLocked", {"id": ID, "locked": True}),
    (lambda: plow.set_node_cluster(ID, OTHER), "setNodeCluster", {"id": ID, "clusterId": OTHER}),
    (lambda: plow.set_node_tags(ID, "gpu"), "setNodeTags", {"id": ID, "tags": ["gpu"]}),
    (
        lambda: plow.set_node_slot_mode(ID, "slots", 2, 2048),
        "setNodeSlotMode",
        {"id": ID, "mode": 2, "slotCores": 2, "slotRam": 2048},
    ),
    (lambda: plow.get_proc(ID), "getProc", {"id": ID}),
    (lambda: plow.get_cluster("main"), "getCluster", {"name": "main"}),
    (lambda: plow.create_cluster("gpu"), "createCluster", {"name": "gpu"}),
    (lambda: plow.delete_cluster(ID), "deleteCluster", {"id": ID}),
    (lambda: plow.lock_cluster(ID, False), "lockCluster", {"id": ID, "locked": False}),
    (lambda: plow.set_cluster_tags(ID, ["a", "a"]), "setClusterTags", {"id": ID, "tags": ["a"]}),
    (lambda: plow.set_cluster_name(ID, "x"), "setClusterName", {"id": ID, "name": "x"}),
    (lambda: plow.set_default_cluster(ID), "setDefaultCluster", {"id": ID}),
    (lambda: plow.get_quota(ID), "getQuota", {"id": ID}),
    (
        lambda: plow.create_quota(ID, OTHER, 10, 20),
        "createQuota",
        {"projectId": ID, "clusterId": OTHER, "size": 10, "burst": 20},
    ),
    (lambda: plow.set_quota_size(ID, 5), "setQuotaSize", {"id": ID, "size": 5}),
    (lambda: plow.set_quota_burst(ID, 5), "setQuotaBurst", {"id": ID, "burst": 5}),
    (lambda: plow.set_quota_locked(ID), "setQuotaLocked", {"id": ID, "locked": True}),
    (lambda: plow.create_filter(ID, "comp"), "createFilter", {"projectId": ID, "name": "comp"}),
    (lambda: plow.get_filter(ID), "getFilter", {"filterId": ID}),
    (lambda: plow.delete_filter(ID), "deleteFilter", {"id": ID}),
    (lambda: plow.set_filter_name(ID, "x"), "setFilterName", {"id": ID, "name": "x"}),
    (lambda: plow.set_filter_enabled(ID, False), "setFilterEnabled", {"id": ID, "enabled": False}),
    (lambda: plow.set_filter_order(ID, 2), "setFilterOrder", {"id": ID, "order": 2}),
    (lambda: plow.increase_filter_order(ID), "increaseFilterOrder", {"id": ID}),
    (lambda: plow.decrease_filter_order(ID), "decreaseFilterOrder", {"id": ID}),
    (
        lambda: plow.create_field_matcher(ID, "user", "is_not", "anna"),
        "createFieldMatcher",
        {"filterId": ID, "field": 1, "type": 3, "value": "anna"},
    ),
    (
        lambda: plow.create_attr_matcher(ID, plow.MatcherType.IS, "shot", "010"),
        "createAttrMatcher",
        {"filterId": ID, "type": 2, "attr": "shot", "value": "010"},
    ),
    (lambda: plow.get_matcher(ID), "getMatcher", {"matcherId": ID}),
    (lambda: plow.delete_matcher(ID), "deleteMatcher", {"id": ID}),
    (
        lambda: plow.create_action(ID, "pause", "true"),
        "createAction",
        {"filterId": ID, "type": 3, "value": "true"},
    ),
    (
        lambda: plow.create_action(ID, "stop_processing"),
        "createAction",
        {"filterId": ID, "type": 4, "value": ""},
    ),
    (lambda: plow.get_action(ID), "getAction", {"actionId": ID}),
    (lambda: plow.delete_action(ID), "deleteAction", {"id": ID}),
    (lambda: plow.get_output_attrs(ID), "getOutputAttrs", {"outputId": ID}),
    (lambda: plow.set_output_attrs(ID, {"a": "b"}), "setOutputAttrs", {"outputId": ID, "attrs": {"a": "b"}}),
    (
        lambda: plow.update_output_attrs(ID, {"a": "b"}),
        "updateOutputAttrs",
        {"outputId": ID, "attrs": {"a": "b"}},
    ),
    (
        lambda: plow.add_layer_output(ID, "/p/a.exr"),
        "addOutput",
        {"layerId": ID, "path": "/p/a.exr", "attrs": {}},
    ),
    (lambda: plow.delete_service(ID), "deleteService", {"id": ID}),
]


@pytest.fixture
def farm():
    farm = RecordedFarm()
    current.use(farm)
    yield farm
    current.reconnect()


@pytest.mark.parametrize(
    ("ask", "name", "arguments"), CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_function_asks_for_what_it_says(farm, ask, name, arguments):
    ask()

    assert farm.last() == (name, arguments)


LISTS = [
    (lambda: plow.get_services(), "getServices", idl.ServiceT, plow.Service),
    (lambda: plow.get_projects(), "getProjects", idl.ProjectT, plow.Project),
    (lambda: plow.get_active_projects(), "getActiveProjects", idl.ProjectT, plow.Project),
    (lambda: plow.get_jobs(), "getJobs", idl.JobT, plow.Job),
    (lambda: plow.get_job_outputs(ID), "getJobOutputs", idl.OutputT, plow.Output),
    (lambda: plow.get_layer_outputs(ID), "getLayerOutputs", idl.OutputT, plow.Output),
    (lambda: plow.get_job_board("show"), "getJobBoard", idl.FolderT, plow.Folder),
    (lambda: plow.get_folders("show"), "getFolders", idl.FolderT, plow.Folder),
    (lambda: plow.get_layers(ID), "getLayers", idl.LayerT, plow.Layer),
    (lambda: plow.get_tasks(job=ID), "getTasks", idl.TaskT, plow.Task),
    (lambda: plow.get_task_stats(ID), "getTaskStats", idl.TaskStatsT, plow.TaskStats),
    (lambda: plow.get_nodes(), "getNodes", idl.NodeT, plow.Node),
    (lambda: plow.get_procs(), "getProcs", idl.ProcT, plow.Proc),
    (lambda: plow.get_clusters(), "getClusters", idl.ClusterT, plow.Cluster),
    (lambda: plow.get_clusters_by_tag("gpu"), "getClustersByTag", idl.ClusterT, plow.Cluster),
    (lambda: plow.get_quotas(), "getQuotas", idl.QuotaT, plow.Quota),
    (lambda: plow.get_filters(ID), "getFilters", idl.FilterT, plow.Filter),
    (lambda: plow.get_job_filter_trace(ID), "getJobFilterTrace", idl.FilterTraceT, plow.FilterTrace),
    (lambda: plow.get_matchers(ID), "getMatchers", idl.MatcherT, plow.Matcher),
    (lambda: plow.get_actions(ID), "getActions", idl.ActionT, plow.Action),
    (lambda: plow.get_depends_on_job(ID), "getDependsOnJob", idl.DependT, plow.Depend),
    (lambda: plow.get_job_depends_on(ID), "getJobDependsOn", idl.DependT, plow.Depend),
    (lambda: plow.get_depends_on_layer(ID), "getDependsOnLayer", idl.DependT, plow.Depend),
    (lambda: plow.get_layer_depends_on(ID), "getLayerDependsOn", idl.DependT, plow.Depend),
    (lambda: plow.get_depends_on_task(ID), "getDependsOnTask", idl.DependT, plow.Depend),
    (lambda: plow.get_task_depends_on(ID), "getTaskDependsOn", idl.DependT, plow.Depend),
]


@pytest.mark.parametrize(("ask", "name", "struct", "kind"), LISTS, ids=[entry[1] for entry in LISTS])
def test_a_list_becomes_objects(farm, ask, name, struct, kind):
    farm.answers[name] = [struct(), struct()]

    found = ask()

    assert farm.last()[0] == name
    assert [type(item) for item in found] == [kind, kind]


def test_a_label_that_is_none_names_those_that_are(farm):
    with pytest.raises(Invalid, match="'odd' is no SlotMode; one of DYNAMIC, SINGLE, SLOTS"):
        plow.set_node_slot_mode(ID, "odd")
    with pytest.raises(Invalid, match="'99' is no TaskState"):
        plow.get_tasks(job=ID, states=99)
