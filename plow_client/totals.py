"""How many tasks are in which state."""

from __future__ import annotations

from plow_client.entity import Record
from plow_client.idl import TaskTotalsT


class TaskTotals(Record[TaskTotalsT]):
    """Tasks of a layer, a job or a folder by state."""

    __slots__ = ()
    _struct = TaskTotalsT
    _wire = {
        name: f"{name}TaskCount"
        for name in ("total", "succeeded", "running", "dead", "eaten", "waiting", "depend")
    }
    total: int
    succeeded: int
    running: int
    dead: int
    eaten: int
    waiting: int
    depend: int

    @property
    def done(self) -> int:
        """Tasks that nobody waits for any more."""
        return self.succeeded + self.eaten

    @property
    def pending(self) -> int:
        """Tasks that have yet to run: waiting for a node, or for other work."""
        return self.waiting + self.depend
