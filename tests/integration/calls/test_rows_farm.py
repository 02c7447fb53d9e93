"""Calls about time, services, projects and folders, row by row of docs/reference/calls.csv."""

from __future__ import annotations

import time

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import ServiceT
from tests.integration.calls.conftest import NOBODY, Scene


def test_row_001_the_clock_is_near_ours_and_never_goes_back(scene: Scene) -> None:
    first, second = scene.api.getPlowTime(), scene.api.getPlowTime()
    assert abs(first / 1000 - time.time()) < 5
    assert second >= first


def test_row_002_the_shell_service_has_no_retries_and_no_tags(scene: Scene) -> None:
    """W19: each value of a service is read back in its own place."""
    (shell,) = [one for one in scene.api.getServices() if one.name == "shell"]
    assert (shell.maxRetries, shell.tags) == (0, None)
    assert (shell.minCores, shell.maxCores, shell.minRam, shell.maxRam, shell.threadable) == (
        1, 1, 512, 2048, False,
    )  # fmt: skip


def test_row_003_a_service_of_a_name_alone_presets_nothing(scene: Scene) -> None:
    made = scene.api.createService(svc=ServiceT(name=scene.key))
    assert made == ServiceT(id=made.id, name=scene.key)
    assert made in scene.api.getServices()
    with pytest.raises(AlreadyExists):
        scene.api.createService(svc=ServiceT(name=scene.key))


def test_row_003_tags_of_a_service_are_kept_once(scene: Scene) -> None:
    made = scene.api.createService(svc=ServiceT(name=scene.key, tags=["b", "a", "b"]))
    assert made.tags == ["b", "a"]


def test_row_004_a_deleted_service_is_gone_and_a_malformed_id_told(scene: Scene) -> None:
    made = scene.api.createService(svc=ServiceT(name=scene.key))
    scene.api.deleteService(id=made.id)
    assert made.id not in [one.id for one in scene.api.getServices()]
    with pytest.raises(Invalid):
        scene.api.deleteService(id="x")


def test_row_005_what_a_service_no_longer_sets_is_the_default_again(scene: Scene) -> None:
    made = scene.api.createService(svc=ServiceT(name=scene.key, minCores=3, maxRetries=7))
    first = scene.launch(scene.layer(serv=scene.key), name=f"{scene.key}_1")
    scene.api.updateService(svc=ServiceT(id=made.id, name=f"{scene.key}_new", minCores=4))
    then = scene.launch(scene.layer(serv=f"{scene.key}_new"), name=f"{scene.key}_2")

    retries = [scene.api.getLayers(jobId=job.id)[0].maxRetries for job in (first, then)]
    assert retries == [7, 2]
    assert scene.api.getLayers(jobId=then.id)[0].minCores == 4
    with pytest.raises(AlreadyExists):
        scene.api.updateService(svc=ServiceT(id=made.id, name="shell"))


def test_row_006_a_project_by_id_is_the_one_by_code(scene: Scene) -> None:
    assert scene.api.getProject(id=scene.project.id) == scene.api.getProjectByCode(code=scene.key)
    with pytest.raises(NotFound):
        scene.api.getProject(id=NOBODY)


def test_row_007_a_code_comes_back(scene: Scene) -> None:
    assert scene.api.getProjectByCode(code=scene.key).code == scene.key
    with pytest.raises(NotFound, match="no project 'nowhere'"):
        scene.api.getProjectByCode(code="nowhere")


def test_rows_008_009_011_all_projects_and_the_active_ones(scene: Scene) -> None:
    def listed() -> tuple[bool, bool]:
        ours = [scene.api.getProjects(), scene.api.getActiveProjects()]
        all_of_them, active = ([one.id for one in found] for found in ours)
        return scene.project.id in all_of_them, scene.project.id in active

    assert listed() == (True, True)
    scene.api.setProjectActive(id=scene.project.id, active=False)
    assert listed() == (True, False)
    with pytest.raises(NotAllowed, match="not active"):  # W23: the flag has an effect
        scene.launch()
    scene.api.setProjectActive(id=scene.project.id, active=True)
    assert listed() == (True, True)


def test_row_010_a_new_project_has_the_folder_jobs(scene: Scene) -> None:
    code = f"{scene.key}x"
    made = scene.api.createProject(title="A title", code=code)
    assert (made.title, made.code, made.isActive) == ("A title", code, True)
    assert [folder.name for folder in scene.api.getFolders(project=made.id)] == ["jobs"]
    with pytest.raises(AlreadyExists):
        scene.api.createProject(title="Again", code=code)
    with pytest.raises(Invalid, match="1 to 16 letters"):
        scene.api.createProject(title="Long", code="c" * 17)


def test_row_031_the_third_folder_has_place_4(scene: Scene) -> None:
    made = [scene.api.createFolder(projectId=scene.project.id, name=name) for name in ("second", "third")]
    assert [folder.order for folder in made] == [2, 4]
    assert [(folder.minCores, folder.maxCores) for folder in made] == [(0, -1)] * 2
    with pytest.raises(AlreadyExists):
        scene.api.createFolder(projectId=scene.project.id, name="third")
    with pytest.raises(NotFound):
        scene.api.createFolder(projectId=NOBODY, name="x")


def test_row_032_a_folder_counts_the_tasks_of_all_its_jobs(scene: Scene) -> None:
    for n in (1, 2):
        scene.launch(name=f"{scene.key}_{n}")
    (folder,) = scene.api.getFolders(project=scene.project.id)
    totals = scene.api.getFolder(id=folder.id).totals
    assert (totals.totalTaskCount, totals.waitingTaskCount) == (20, 20)


def test_row_033_the_board_has_one_folder_with_the_launched_job(scene: Scene) -> None:
    """W27: read whole, whatever folders jobs sit in, with times that fit."""
    job = scene.launch(attrs={"a": "b"})
    (folder,) = scene.api.getJobBoard(project=scene.project.id)
    assert (folder.name, folder.jobs) == ("jobs", [scene.api.getJob(jobId=job.id)])
    scene.api.createFolder(projectId=scene.project.id, name="empty")
    assert [len(one.jobs) for one in scene.api.getJobBoard(project=scene.key)] == [1, 0]


def test_row_034_folders_come_in_their_order_without_jobs(scene: Scene) -> None:
    scene.launch()
    for name in ("z", "a"):
        scene.api.createFolder(projectId=scene.project.id, name=name)
    found = scene.api.getFolders(project=scene.project.id)
    assert [folder.name for folder in found] == ["jobs", "z", "a"]
    assert [folder.order for folder in found] == sorted(folder.order for folder in found)
    assert [folder.jobs for folder in found] == [None] * 3
    with pytest.raises(NotFound):
        scene.api.getFolders(project="nowhere")


def test_rows_035_037_a_folder_takes_a_weight_and_a_name(scene: Scene) -> None:
    made = scene.api.createFolder(projectId=scene.project.id, name="comp")
    scene.api.setFolderMinCores(folderId=made.id, value=10)
    scene.api.setFolderName(folderId=made.id, name="comp2")
    found = scene.api.getFolder(id=made.id)
    assert (found.minCores, found.name) == (10, "comp2")
    with pytest.raises(AlreadyExists):
        scene.api.setFolderName(folderId=made.id, name="jobs")


def test_row_036_a_folder_that_may_use_no_core_starts_nothing(scene: Scene) -> None:
    """W44: a cap holds while booking, not only while listing."""
    (folder,) = scene.api.getFolders(project=scene.project.id)
    scene.api.setFolderMaxCores(folderId=folder.id, value=0)
    assert scene.api.getFolder(id=folder.id).maxCores == 0
    node = scene.node(cores=4)
    scene.launch()
    node.ping()
    assert node.orders == 0
    scene.api.setFolderMaxCores(folderId=folder.id, value=2)
    scene.start(node, 2)
    node.finish(list(node.held))
    scene.start(node, 2)


def test_row_038_an_empty_folder_is_deleted_one_with_jobs_is_not(scene: Scene) -> None:
    made = scene.api.createFolder(projectId=scene.project.id, name="comp")
    scene.api.deleteFolder(folderId=made.id)
    assert [folder.name for folder in scene.api.getFolders(project=scene.key)] == ["jobs"]
    (jobs,) = scene.api.getFolders(project=scene.key)
    scene.api.killJob(jobId=scene.launch().id, reason="")
    with pytest.raises(NotAllowed):
        scene.api.deleteFolder(folderId=jobs.id)
