"""Folders: shelves of jobs in a project, each with a share of its own."""

from __future__ import annotations

from plow_client import job, proc
from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of
from plow_client.idl import FolderT
from plow_client.totals import TaskTotals


class Folder(Entity[FolderT]):
    """A folder. `jobs` is filled by get_job_board alone; assigning `name` renames it on the server."""

    __slots__ = ()
    _struct = FolderT
    name: str
    min_cores: int
    max_cores: int
    run_cores: int
    run_procs: int
    order: int
    totals: TaskTotals
    jobs: list[job.Job] | None
    project_id: str | None

    def __setattr__(self, name: str, value: object) -> None:
        if name == "name":
            self.set_name(str(value))
        else:
            super().__setattr__(name, value)

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getFolder(self.id))

    def set_name(self, name: str) -> None:
        """Rename it."""
        set_folder_name(self, name)
        self._accept("name", name)

    def set_min_cores(self, value: int) -> None:
        """Set its share weight."""
        set_folder_min_cores(self, value)
        self._accept("min_cores", value)

    def set_max_cores(self, value: int) -> None:
        """Cap its cores; -1 = no limit, 0 = nothing starts."""
        set_folder_max_cores(self, value)
        self._accept("max_cores", value)

    def set_order(self, place: int) -> None:
        """Move it to a place in its project's list, from 0."""
        set_folder_order(self, place)
        self.refresh()

    def delete(self) -> None:
        """Delete it; it must be empty."""
        delete_folder(self)

    def get_procs(self) -> list[proc.Proc]:
        """What its jobs hold now."""
        return proc.get_procs(folders=self)


def get_folder(folder_id: str) -> Folder:
    """A folder with the totals of its jobs."""
    return Folder(server().getFolder(folder_id))


def get_folders(project: Ref) -> list[Folder]:
    """Folders of a project (object, id or code) in their order, without jobs."""
    return [Folder(row) for row in server().getFolders(id_of(project))]


def get_job_board(project: Ref) -> list[Folder]:
    """All folders of a project (object, id or code) with their unfinished jobs."""
    return [Folder(row) for row in server().getJobBoard(id_of(project))]


def create_folder(project: Ref, name: str) -> Folder:
    """Add a folder at the end of a project."""
    return Folder(server().createFolder(id_of(project), name))


def set_folder_min_cores(folder: Ref, value: int) -> None:
    """Set a folder's share weight, 0 or more."""
    server().setFolderMinCores(id_of(folder), value)


def set_folder_max_cores(folder: Ref, value: int) -> None:
    """Cap a folder's cores; -1 = no limit, 0 = nothing starts."""
    server().setFolderMaxCores(id_of(folder), value)


def set_folder_name(folder: Ref, name: str) -> None:
    """Rename a folder."""
    server().setFolderName(id_of(folder), name)


def delete_folder(folder: Ref) -> None:
    """Delete an empty folder; NotAllowed if it holds jobs or is the project's default."""
    server().deleteFolder(id_of(folder))


def set_folder_order(folder: Ref, place: int) -> None:
    """Move a folder to a place in its project's list, from 0; beyond the end is the end."""
    server().setFolderOrder(id_of(folder), place)
