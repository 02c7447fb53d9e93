"""Rows A09 to A23 and A42, A43: constants, objects, projects, folders, specs, services."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client.rpc.caller import Caller
from tests.integration.client.conftest import Show

CONSTANTS = {
    "JobState": "INITIALIZE RUNNING FINISHED POST",
    "TaskState": "INITIALIZE WAITING RUNNING DEAD EATEN DEPEND SUCCEEDED",
    "NodeState": "UP DOWN REPAIR",
    "SlotMode": "DYNAMIC SINGLE SLOTS",
    "DependType": "JOB_ON_JOB LAYER_ON_LAYER LAYER_ON_TASK TASK_ON_LAYER TASK_ON_TASK TASK_BY_TASK",
    "MatcherType": "CONTAINS NOT_CONTAINS IS IS_NOT BEGINS_WITH ENDS_WITH",
    "MatcherField": "JOB_NAME USER ATTR",
    "ActionType": "SET_FOLDER SET_MIN_CORES SET_MAX_CORES PAUSE STOP_PROCESSING",
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_row_a09_every_constant_is_there_with_its_number(name: str) -> None:
    members = list(getattr(plow, name))
    assert [member.name for member in members] == CONSTANTS[name].split()
    assert [int(member) for member in members] == list(range(len(members)))


def test_row_a10_two_copies_of_a_job_are_one(show: Show) -> None:
    job = show.launch()
    again = plow.get_job(job.id)

    assert again == job
    assert again is not job
    assert len({job, again, *plow.get_jobs(jobs=job)}) == 1
    assert job != job.get_layers()[0]


def test_row_a11_every_object_sees_on_refresh_what_another_client_changed(show: Show) -> None:
    host, _, port = show.app.rpc_address.rpartition(":")
    project, job, node = show.show, show.launch(), show.seen(show.node(cores=1))
    (folder,), (quota,) = project.get_folders(), project.get_quotas()
    (layer,), task = job.get_layers(), job.get_tasks()[0]
    cluster = plow.create_cluster(show.key)
    rule = project.create_filter("old")
    matcher, action = rule.create_field_matcher("user", "is", "old"), rule.create_action("set_max_cores", "1")
    output = layer.add_output("/o", {"n": "old"})
    pool, limit = plow.create_pool(show.key, [], False), plow.create_limit(show.key, 1)
    matcher_row = plow.idl.MatcherT(id=matcher.id, type=2, field=1, value="new")
    action_row = plow.idl.ActionT(id=action.id, type=2, value="2")
    with Caller("RpcService", host, int(port)) as other:
        for call, arguments in (
            ("setProjectActive", {"id": project.id, "active": False}),
            ("setFolderMaxCores", {"folderId": folder.id, "value": 77}),
            ("setQuotaBurst", {"id": quota.id, "burst": 77}),
            ("setJobPriority", {"jobId": job.id, "priority": 77}),
            ("setLayerPriority", {"layerId": layer.id, "priority": 77}),
            ("eatTasks", {"filter": plow.idl.TaskFilterT(taskIds=[task.id])}),
            ("setNodeLocked", {"id": node.id, "locked": True}),
            ("setClusterTags", {"id": cluster.id, "tags": {"new"}}),
            ("setFilterName", {"id": rule.id, "name": "new"}),
            ("updateMatcher", {"matcher": matcher_row}),
            ("updateAction", {"action": action_row}),
            ("setOutputAttrs", {"outputId": output.id, "attrs": {"n": "new"}}),
            ("setPoolExclusive", {"poolId": pool.id, "exclusive": True}),
            ("setLimitTotal", {"limitId": limit.id, "total": 77}),
        ):
            other.call(call, **arguments)
    told = {
        project: lambda: project.is_active is False,
        folder: lambda: folder.max_cores == 77,
        quota: lambda: quota.burst == 77,
        job: lambda: job.priority == 77,
        layer: lambda: layer.priority == 77,
        task: lambda: task.state == plow.TaskState.EATEN,
        node: lambda: node.locked,
        cluster: lambda: cluster.tags == {"new"},
        rule: lambda: rule.name == "new",
        matcher: lambda: matcher.value == "new",
        action: lambda: action.value == "2",
        output: lambda: output.attrs == {"n": "new"},
        pool: lambda: pool.exclusive,
        limit: lambda: limit.total == 77,
    }

    assert [thing for thing, is_new in told.items() if is_new()] == []
    for thing in told:
        thing.refresh()
    assert [thing for thing, is_new in told.items() if not is_new()] == []


def test_rows_a12_a13_a14_a15_a_project_is_made_found_and_retired(show: Show) -> None:
    made = plow.create_project("A new show", f"{show.key}new")

    assert plow.get_project_by_code(f"{show.key}new") == plow.get_project(made.id) == made
    assert (made.title, made.is_active) == ("A new show", True)
    made.set_active(False)
    assert made in plow.get_projects()
    assert made not in plow.get_active_projects()
    plow.set_project_active(made, True)
    assert plow.get_project(made.id).is_active


def test_rows_a16_a17_folders_and_the_board_come_by_function_and_by_method(show: Show) -> None:
    job = show.launch()
    (folder,) = show.show.get_folders()

    assert plow.get_folders(show.show) == plow.get_folders(show.key) == [folder]
    assert folder.jobs is None
    (on_board,) = plow.get_job_board(show.show)
    assert (on_board, on_board.jobs) == (folder, [job])
    assert show.show.get_job_board() == [folder]


def test_rows_a18_a19_a20_a_folder_from_its_making_to_its_end(show: Show) -> None:
    folder = plow.create_folder(show.show, "light")
    assert plow.get_folder(folder.id) == folder

    folder.set_min_cores(3)
    plow.set_folder_max_cores(folder, 40)
    folder.refresh()
    assert (folder.min_cores, folder.max_cores) == (3, 40)
    folder.name = "fx"
    assert plow.get_folder(folder.id).name == "fx"
    plow.set_folder_name(folder, "comp")
    folder.refresh()
    assert folder.name == "comp"
    folder.delete()
    with pytest.raises(plow.NotFound):
        plow.get_folder(folder.id)


def test_row_a21_specs_with_keywords_come_back_as_they_were_sent(show: Show) -> None:
    tasks = [plow.TaskSpec(name="one"), plow.TaskSpec(name="two")]
    wait = plow.DependSpec(type=plow.DependType.LAYER_ON_LAYER, dependent_layer="b", depend_on_layer="a")
    spec = plow.JobSpec(
        name=f"{show.key}_spec",
        project=show.key,
        username="anna",
        paused=True,
        layers=[
            plow.LayerSpec(name="a", command=["true"], tasks=tasks, env={"A": "1"}),
            plow.LayerSpec(name="b", command=["true", "%{FRAME}"], range="1-9x2", chunk=2, max_retries=0),
        ],
        depends=[wait],
        attrs={"shot": "020"},
        env={"SHOW": "test"},
    )
    job = spec.launch()
    show.jobs.append(job)

    assert plow.get_job_spec(job.id) == job.get_spec() == spec


def test_row_a22_what_a_layer_leaves_unset_is_its_services_then_the_servers(show: Show) -> None:
    plow.create_service(plow.Service.new(show.key, min_cores=3, min_ram=512))
    plow.create_service(plow.Service.new(f"{show.key}_plain"))
    unset, own, plain = (
        plow.LayerSpec("unset", ["true"], range="1", service=show.key),
        plow.LayerSpec("own", ["true"], range="1", service=show.key, min_cores=2),
        plow.LayerSpec("plain", ["true"], range="1", service=f"{show.key}_plain"),
    )
    job = show.launch(unset, own, plain, paused=True)

    told = {layer.name: (layer.min_cores, layer.min_ram) for layer in job.get_layers()}
    assert (told["unset"], told["own"]) == ((3, 512), (2, 512))
    assert told["plain"][0] == 1


def test_row_a23_a_threadable_layer_keeps_its_memory(show: Show) -> None:
    spec = show.layer(threadable=True, max_ram=9000)
    assert (spec.threadable, spec.max_ram) == (True, 9000)
    (layer,) = show.launch(spec, paused=True).get_layers()

    assert (layer.threadable, layer.max_ram) == (True, 9000)


def test_rows_a36_a41_a42_outputs_are_added_read_replaced_and_merged(show: Show) -> None:
    job, _ = show.two_jobs()
    a, b = job.get_layers()
    first = plow.add_layer_output(a, "/o/a.exr", {"kind": "beauty"})
    second = b.add_output("/o/b.exr")

    assert plow.get_job_outputs(job) == plow.get_job_outputs(job.id) == job.get_outputs() == [first, second]
    assert plow.get_layer_outputs(a) == a.get_outputs() == [first]
    assert (first.path, first.attrs) == ("/o/a.exr", {"kind": "beauty"})
    plow.update_output_attrs(first, {"bits": "16"})
    assert plow.get_output_attrs(first) == {"kind": "beauty", "bits": "16"}
    plow.set_output_attrs(first, {"new": "1"})
    assert plow.get_output_attrs(first) == {"new": "1"}
    first.attrs = {"last": "1"}
    first.update()
    assert plow.get_output_attrs(first.id) == {"last": "1"}


def test_row_a43_a_service_keeps_each_field_apart(show: Show) -> None:
    fields = {"min_cores": 2, "max_cores": 4, "min_ram": 300, "max_ram": 900, "max_retries": 5}
    made = plow.create_service(plow.Service.new(show.key, tags=["a", "b"], threadable=False, **fields))

    def stored() -> plow.Service:
        (found,) = [service for service in plow.get_services() if service == made]
        return found

    assert {name: getattr(stored(), name) for name in fields} == fields
    assert (stored().tags, stored().threadable) == (["a", "b"], False)
    made.threadable = True
    made.name = f"{show.key}_new"
    made.update()
    assert (stored().threadable, stored().max_retries, stored().name) == (True, 5, f"{show.key}_new")
    made.delete()
    assert made not in plow.get_services()
