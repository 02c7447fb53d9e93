"""States as people see them: word, sign and tone, always together, so that colour never speaks alone."""

from __future__ import annotations

from dataclasses import dataclass, fields

from plow_client.idl import JobState, NodeState, TaskState, TaskTotalsT
from wrangler.models.column import Chip, Shares

TASK_CHIPS: dict[int, Chip] = {
    TaskState.INITIALIZE: Chip("Starting", "◌", "idle"),
    TaskState.WAITING: Chip("Waiting", "○", "waiting"),
    TaskState.RUNNING: Chip("Running", "▶", "running"),
    TaskState.DEAD: Chip("Dead", "✖", "dead"),
    TaskState.EATEN: Chip("Eaten", "⊘", "eaten"),
    TaskState.DEPEND: Chip("Depend", "↳", "depend"),
    TaskState.SUCCEEDED: Chip("Succeeded", "✔", "succeeded"),
}
UNKNOWN = Chip("Unknown", "?", "idle")

# The order in which a person asks for them: what goes on, what is wrong, what is to come, what is done.
TASK_STATES = (
    TaskState.RUNNING,
    TaskState.DEAD,
    TaskState.WAITING,
    TaskState.DEPEND,
    TaskState.SUCCEEDED,
    TaskState.EATEN,
)


@dataclass(slots=True)
class Totals:
    """Tasks by state, of a job or of everything below a folder."""

    total: int = 0
    succeeded: int = 0
    eaten: int = 0
    running: int = 0
    dead: int = 0
    depend: int = 0
    waiting: int = 0

    @classmethod
    def of(cls, totals: TaskTotalsT | None) -> Totals:
        """As the server counted them; unset counts are 0."""
        if totals is None:
            return cls()
        return cls(
            totals.totalTaskCount or 0,
            totals.succeededTaskCount or 0,
            totals.eatenTaskCount or 0,
            totals.runningTaskCount or 0,
            totals.deadTaskCount or 0,
            totals.dependTaskCount or 0,
            totals.waitingTaskCount or 0,
        )

    def add(self, other: Totals) -> None:
        """Count another's tasks as well."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))

    @property
    def done(self) -> int:
        """Nothing more to do for these."""
        return self.succeeded + self.eaten

    @property
    def done_share(self) -> float:
        """From 0 to 1; nothing to do counts as done."""
        return self.done / self.total if self.total else 1.0

    def shares(self) -> Shares:
        """The stacked bar."""
        tones = ("succeeded", "eaten", "running", "dead", "depend", "waiting")
        parts = tuple((tone, getattr(self, tone)) for tone in tones)
        return Shares(parts, f"{self.done:,} / {self.total:,}")

    def words(self) -> str:
        """The stacked bar for those who cannot see it."""
        named = ((entry.name, getattr(self, entry.name)) for entry in fields(self)[1:])
        return ", ".join(f"{count:,} {name}" for name, count in named if count) or "no tasks"


def job_chip(state: int, is_paused: bool, totals: Totals) -> Chip:
    """A pause and a failure are what people look for, so they come first."""
    if state == JobState.FINISHED:
        return Chip("Finished", "✔", "succeeded")
    if is_paused:
        return Chip("Paused", "‖", "paused")
    if totals.dead:
        return Chip("Failing", "✖", "dead")
    if state == JobState.POST:
        return Chip("Post", "↳", "depend")
    if totals.running:
        return Chip("Running", "▶", "running")
    return Chip("Waiting", "○", "waiting")


def node_chip(state: int, is_locked: bool, is_draining: bool, is_away: bool = False) -> Chip:
    """What keeps a node from taking work comes first."""
    if state == NodeState.DOWN:
        return Chip("Down", "✖", "dead")
    if state == NodeState.REPAIR:
        return Chip("Repair", "⚠", "repair")
    if is_locked:
        return Chip("Locked", "⊘", "paused")
    if is_draining:
        return Chip("Draining", "▽", "idle")
    if is_away:
        return Chip("Away", "⌂", "idle")
    return Chip("Up", "▲", "succeeded")
