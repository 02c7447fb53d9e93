"""Procs: cores and memory of a node held for one attempt of a task."""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Entity, Ref, Refs, id_of, ids_of
from plow_client.idl import ProcFilterT, ProcState, ProcT
from plow_client.keywords import also_known


class Proc(Entity[ProcT]):
    """A booking. RAM is MB; `io_stats` are read count, write count, read bytes, write bytes."""

    __slots__ = ()
    _struct = ProcT
    node_id: str
    job_name: str
    layer_name: str
    task_name: str
    cores: int
    used_cores: float
    high_cores: float
    ram: int
    used_ram: int
    high_ram: int
    io_stats: list[int]
    created_time: int
    updated_time: int
    started_time: int
    node_name: str | None
    job_id: str | None
    layer_id: str | None
    task_id: str | None
    state: ProcState | None
    attempt: int | None
    gpus: list[int] | None

    def refresh(self) -> None:
        """Read it again; NotFound once its attempt is over."""
        self._reload(server().getProc(self.id))

    def kill(self, reason: str = "") -> None:
        """Stop its attempt and queue the task again at no cost."""
        kill_proc(self, reason)


def get_proc(proc_id: str) -> Proc:
    """A proc by id."""
    return Proc(server().getProc(proc_id))


@also_known(
    project_ids="projects",
    folder_ids="folders",
    job_ids="jobs",
    layer_ids="layers",
    task_ids="tasks",
    cluster_ids="clusters",
    quota_ids="quotas",
    node_ids="nodes",
)
def get_procs(
    *,
    projects: Refs | None = None,
    folders: Refs | None = None,
    jobs: Refs | None = None,
    layers: Refs | None = None,
    tasks: Refs | None = None,
    clusters: Refs | None = None,
    quotas: Refs | None = None,
    nodes: Refs | None = None,
    last_update_time: int = 0,
    limit: int = 0,
    offset: int = 0,
) -> list[Proc]:
    """Procs for which all that is given holds; each takes one object or id, or many."""
    wanted = ProcFilterT(
        projectIds=ids_of(projects),
        folderIds=ids_of(folders),
        jobIds=ids_of(jobs),
        layerIds=ids_of(layers),
        taskIds=ids_of(tasks),
        clusterIds=ids_of(clusters),
        quotaIds=ids_of(quotas),
        nodeIds=ids_of(nodes),
        lastUpdateTime=last_update_time,
        limit=limit,
        offset=offset,
    )
    return [Proc(row) for row in server().getProcs(wanted)]


def kill_proc(proc: Ref, reason: str = "") -> None:
    """Stop an attempt and queue its task again at no cost; its cores are free when the node says so."""
    server().killProc(id_of(proc), reason)
