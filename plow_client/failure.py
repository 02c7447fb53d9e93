"""Failures: those with the same last words together."""

from __future__ import annotations

from collections.abc import Iterable

from plow_client.clock import clock
from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.idl import FailureT

_SHOWN = 5  # names in a line


class Failure(Record[FailureT]):
    """Attempts that failed with the same last words, but for numbers, hosts, times and the like.

    `line` is as the newest of them said it. `nodes` and `layers` have at most 20 names, `task_ids` at most 1000 ids;
    `tasks` and `node_count` count them all.
    """

    __slots__ = ()
    _struct = FailureT
    fingerprint: str
    line: str
    attempts: int
    tasks: int
    nodes: list[str]
    layers: list[str]
    task_ids: list[str]
    first_time: int
    last_time: int
    node_count: int
    sentence: str

    def lines(self) -> list[str]:
        """As people read it, in the command and in the window."""
        first, last = (clock(ms) for ms in (self.first_time, self.last_time))
        when = first if first == last else f"{first} to {last}"
        return [
            self.sentence,
            *([] if self.sentence.endswith(self.line) else [f"  {self.line}"]),
            f"  {self.attempts:,} attempt{'' if self.attempts == 1 else 's'}, {when}",
            f"  layers {_some(self.layers, len(self.layers))}; nodes {_some(self.nodes, self.node_count)}",
        ]


def get_job_failures(job: Ref, dead_only: bool = False) -> list[Failure]:
    """The failures of a job, those of most tasks first; of all attempts, or of those that tasks died of."""
    return [Failure(row) for row in server().getJobFailures(id_of(job), dead_only)]


def get_node_failures(node: Ref, hours: int = 24) -> list[Failure]:
    """The failures on a node within the last hours, those of most tasks first."""
    return [Failure(row) for row in server().getNodeFailures(id_of(node), hours)]


def as_text(failures: Iterable[Failure]) -> str:
    """All of them, or that there are none."""
    return "\n\n".join("\n".join(failure.lines()) for failure in failures) or "nothing failed"


def _some(names: list[str], count: int) -> str:
    more = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
