"""Calls about folders, and the job board made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from plow_client.errors import NotFound
from plow_client.idl import FolderT, JobT, TaskTotalsT
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

_folder = maker(FolderT)
_job = maker(JobT)


def create_folder(db: Database, project_id: Id, name: str) -> FolderT:
    """Add a folder at the end of a project."""
    return get_folder(db, db.value("create_folder", p_project=project_id, p_name=name))


def get_folder(db: Database, id: Id) -> FolderT:
    """A folder with the totals of its jobs."""
    return db.one("folder_by_id", _folder, missing=f"no folder '{id}'", id=id)


def get_folders(db: Database, project: str) -> list[FolderT]:
    """Folders of a project in their order."""
    return db.all("folders_of_project", _folder, project_id=_project_id(db, project))


def get_job_board(db: Database, project: str) -> list[FolderT]:
    """All folders of a project with their unfinished jobs, and the totals of those."""
    project_id = _project_id(db, project)
    folders = db.all("board_folders", _folder, project_id=project_id)
    jobs: dict[str, list[JobT]] = defaultdict(list)
    for job in db.all("board_jobs", _job, project_id=project_id):
        jobs[job.folderId].append(job)
    for folder in folders:
        folder.jobs = jobs[folder.id]
        folder.totals = _sum(job.totals for job in folder.jobs)
    return folders


def set_folder_min_cores(db: Database, folder_id: Id, value: int) -> None:
    """Set a folder's share weight."""
    db.run("set_folder_cores", p_folder=folder_id, p_min=value)


def set_folder_max_cores(db: Database, folder_id: Id, value: int) -> None:
    """Cap a folder's cores."""
    db.run("set_folder_cores", p_folder=folder_id, p_max=value)


def set_folder_name(db: Database, folder_id: Id, name: str) -> None:
    """Rename a folder."""
    if not db.run("set_folder_name", id=folder_id, name=name):
        raise NotFound(f"no folder '{folder_id}'")


def delete_folder(db: Database, folder_id: Id) -> None:
    """Delete an empty folder."""
    db.run("delete_folder", p_folder=folder_id)


def set_folder_order(db: Database, folder_id: Id, order: int) -> None:
    """Move a folder to a place in its project's list."""
    db.run("set_folder_order", p_folder=folder_id, p_place=order)


def _project_id(db: Database, project: str) -> str:
    row = db.one("project_by_code_or_id", project=project, missing=f"no project '{project}'")
    return str(row["id"])


def _sum(parts: Iterable[TaskTotalsT]) -> TaskTotalsT:
    total = TaskTotalsT()
    for totals in parts:
        for field, value in vars(totals).items():
            setattr(total, field, getattr(total, field) + value)
    return total
