"""Calls about projects."""

from __future__ import annotations

from plow_client.errors import NotFound
from plow_client.idl import ProjectT
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.rows import maker

_project = maker(ProjectT)


def get_project(db: Database, id: Id) -> ProjectT:
    """A project by id."""
    return db.one("project_by_id", _project, missing=f"no project '{id}'", id=id)


def get_project_by_code(db: Database, code: str) -> ProjectT:
    """A project by code."""
    return db.one("project_by_code", _project, missing=f"no project '{code}'", code=code)


def get_projects(db: Database) -> list[ProjectT]:
    """All projects."""
    return db.all("projects", _project)


def get_active_projects(db: Database) -> list[ProjectT]:
    """Projects that may launch."""
    return db.all("active_projects", _project)


def create_project(db: Database, title: str, code: str) -> ProjectT:
    """A project with a folder and a quota."""
    return get_project(db, db.value("create_project", p_title=title, p_code=code))


def set_project_active(db: Database, id: Id, active: bool) -> None:
    """Allow or forbid new jobs."""
    if not db.run("set_project_active", id=id, active=active):
        raise NotFound(f"no project '{id}'")


def delete_project(db: Database, id: Id) -> None:
    """Delete a project that has no jobs."""
    db.run("delete_project", p_project=id)
