"""Which jobs stay away from which nodes, after they failed there too often."""

from __future__ import annotations

from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.idl import AvoidT


class Avoid(Record[AvoidT]):
    """A job that stays away from a node until `end_time`."""

    __slots__ = ()
    _struct = AvoidT
    job_id: str
    job_name: str
    node_id: str
    node_name: str
    failures: int
    end_time: int
    reason: str

    def clear(self) -> None:
        """Forget it: the job may try the node again."""
        clear_avoids(self.job_id, self.node_id)


def get_avoids(job: Ref = "", node: Ref = "") -> list[Avoid]:
    """Which jobs stay away from which nodes: all, those of a job, of a node, or of both."""
    return [Avoid(row) for row in server().getAvoids(id_of(job), id_of(node))]


def clear_avoids(job: Ref = "", node: Ref = "") -> None:
    """Forget the failures of a job, on a node, or both; Invalid without either."""
    server().clearAvoids(id_of(job), id_of(node))
