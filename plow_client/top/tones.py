"""States as people see them: word, sign and colour, always together. The colours are those of the window."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from rich.style import Style

from plow_client.idl import JobState, NodeState, TaskState


class Chip(NamedTuple):
    """A state in a cell."""

    sign: str
    word: str
    tone: str

    @property
    def text(self) -> str:
        """Sign and word."""
        return f"{self.sign} {self.word}"


COLOURS: Final = {
    "waiting": "#5b9dbd",
    "running": "#d6bf3c",
    "succeeded": "#7fb83a",
    "dead": "#f0644b",
    "eaten": "#c05a4c",
    "depend": "#c07ad9",
    "paused": "#d98a2e",
    "repair": "#e0722a",
    "idle": "#98a1ad",
    "quiet": "#6d7580",
    "": "#dde1e6",
}
BACK: Final = "#16181b"
STRIPE: Final = "#1a1c20"
RAISED: Final = "#2c3036"
SELECTED: Final = "#264f73"

TASKS: Final = {
    TaskState.INITIALIZE: Chip("◌", "starting", "idle"),
    TaskState.WAITING: Chip("○", "waiting", "waiting"),
    TaskState.RUNNING: Chip("▶", "running", "running"),
    TaskState.DEAD: Chip("✖", "dead", "dead"),
    TaskState.EATEN: Chip("⊘", "eaten", "eaten"),
    TaskState.DEPEND: Chip("↳", "depend", "depend"),
    TaskState.SUCCEEDED: Chip("✔", "succeeded", "succeeded"),
}
UNKNOWN: Final = Chip("?", "unknown", "idle")


def task_chip(state: int) -> Chip:
    """A number that only a newer server knows is unknown."""
    return next((chip for known, chip in TASKS.items() if known == state), UNKNOWN)


def job_chip(state: int, is_paused: bool, dead: int, running: int) -> Chip:
    """A pause and a failure are what people look for, so they come first."""
    if state == JobState.FINISHED:
        return Chip("✔", "finished", "succeeded")
    if is_paused:
        return Chip("‖", "paused", "paused")
    if dead:
        return Chip("✖", "failing", "dead")
    if state == JobState.POST:
        return Chip("↳", "post", "depend")
    return Chip("▶", "running", "running") if running else Chip("○", "waiting", "waiting")


def node_chip(state: int, is_locked: bool, is_draining: bool, is_away: bool) -> Chip:
    """What keeps a node from taking work comes first."""
    if state == NodeState.DOWN:
        return Chip("✖", "down", "dead")
    if state == NodeState.REPAIR:
        return Chip("⚠", "repair", "repair")
    if is_locked:
        return Chip("⊘", "locked", "paused")
    if is_draining:
        return Chip("▽", "draining", "idle")
    return Chip("⌂", "away", "idle") if is_away else Chip("▲", "up", "succeeded")


@cache
def style(tone: str, back: str = BACK, bold: bool = False) -> Style:
    """The style of a cell; made once, because making one costs more than drawing with it."""
    return Style(color=COLOURS.get(tone, COLOURS[""]), bgcolor=back, bold=bold)
