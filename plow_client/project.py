"""Projects: who pays; they own folders, filters and quotas."""

from __future__ import annotations

from plow_client import filter as filters
from plow_client import folder, proc, quota
from plow_client.current import server
from plow_client.entity import Entity, Ref, id_of
from plow_client.idl import ProjectT


class Project(Entity[ProjectT]):
    """A project; `code` is its short name, which jobs are launched with."""

    __slots__ = ()
    _struct = ProjectT
    code: str
    title: str
    is_active: bool

    def refresh(self) -> None:
        """Read it again."""
        self._reload(server().getProject(self.id))

    def set_active(self, active: bool) -> None:
        """Allow or forbid new jobs."""
        set_project_active(self, active)
        self._accept("is_active", active)

    def get_folders(self) -> list[folder.Folder]:
        """Its folders in their order, without jobs."""
        return folder.get_folders(self)

    def create_folder(self, name: str) -> folder.Folder:
        """Add a folder at its end."""
        return folder.create_folder(self, name)

    def create_quota(self, cluster: Ref, size: int, burst: int) -> quota.Quota:
        """Give it a share of a cluster: `size` is its weight, `burst` the most cores at once."""
        return quota.create_quota(self, cluster, size, burst)

    def create_filter(self, name: str) -> filters.Filter:
        """Add a rule at the end of its list."""
        return filters.create_filter(self, name)

    def get_job_board(self) -> list[folder.Folder]:
        """Its folders with their unfinished jobs."""
        return folder.get_job_board(self)

    def get_quotas(self) -> list[quota.Quota]:
        """Its shares of clusters."""
        return quota.get_quotas(project=self)

    def delete(self) -> None:
        """Delete it; it must have no jobs."""
        delete_project(self)

    def get_procs(self) -> list[proc.Proc]:
        """What its jobs hold now."""
        return proc.get_procs(projects=self)

    def get_filters(self) -> list[filters.Filter]:
        """The rules it applies to each job at launch."""
        return filters.get_filters(self)


def get_project(project_id: str) -> Project:
    """A project by id."""
    return Project(server().getProject(project_id))


def get_project_by_code(code: str) -> Project:
    """A project by code."""
    return Project(server().getProjectByCode(code))


def get_projects() -> list[Project]:
    """All projects."""
    return [Project(row) for row in server().getProjects()]


def get_active_projects() -> list[Project]:
    """Projects that may launch."""
    return [Project(row) for row in server().getActiveProjects()]


def create_project(title: str, code: str) -> Project:
    """Make a project with a folder "jobs" and a quota on the default cluster."""
    return Project(server().createProject(title, code))


def set_project_active(project: Ref, active: bool) -> None:
    """Allow or forbid new jobs of a project."""
    server().setProjectActive(id_of(project), active)


def delete_project(project: Ref) -> None:
    """Delete a project with its folders, filters and quotas; NotAllowed if it has jobs, or is the last."""
    server().deleteProject(id_of(project))
