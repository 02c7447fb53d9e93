"""Whose is the machine now? Pure: all that is seen goes in, and who has it, why and since when comes out.

Every time here is of a clock that never jumps, so nothing that happens to the wall clock gives a machine
away or takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Recall = Literal["finish", "grace", "now"]


@dataclass(frozen=True)
class Sign:
    """Something that shows use."""

    age_s: float  # since it was last seen; 0 = now
    who: str  # "anna", "somebody", "load of other programs"
    where: str  # "at the keyboard"; empty where `who` says it all

    @property
    def text(self) -> str:
        """While it lasts."""
        verb = "are" if " and " in self.who else "is"
        return f"{self.who} {verb} {self.where}" if self.where else self.who


@dataclass(frozen=True)
class Rules:
    """What does not change while the daemon runs."""

    idle_s: float
    recall: Recall
    grace_s: float


@dataclass(frozen=True)
class Sight:
    """All that is known at one moment."""

    now: float
    signs: Sequence[Sign] = ()
    wish: str = "auto"  # on: its user's, off: the farm's, auto: by signs and hours
    wish_by: str = ""
    busy: str = ""  # the hours of its user that hold now
    free: str = ""  # the hours of the farm that hold now


@dataclass(frozen=True)
class State:
    """Who has the machine."""

    cause: str = ""  # wish, hours, sign, unwatched; empty: the farm has it
    why: str = ""
    since: float = 0.0
    until: float | None = None  # when the last sign was seen, once it lies back
    recall_at: float | None = None  # from then on running tasks are ended

    @property
    def is_given(self) -> bool:
        """The farm has it."""
        return not self.cause


FRESH_S = 60.0  # a sign younger than this is "is", an older one "was"


def begin(now: float, given: bool) -> State:
    """Where it starts: as before the restart, else watched for a while before it is given."""
    return State(since=now) if given else State("unwatched", "", now)


def decide(before: State, sight: Sight, rules: Rules) -> State:
    """The state after this look."""
    cause, why, until = _cause(before, sight, rules)
    if not cause:
        return before if before.is_given else State(since=sight.now)
    since = before.since if cause == before.cause else sight.now
    return State(cause, why, since, until, _recall_at(before, cause, sight.now, rules))


def _cause(before: State, sight: Sight, rules: Rules) -> tuple[str, str, float | None]:
    if sight.wish == "on":
        return "wish", f"{sight.wish_by or 'its user'} took the machine", None
    if sight.wish == "off" or sight.free:
        return "", "", None
    if sight.busy:
        return "hours", f"hours of its user ({sight.busy})", None
    sign = min(sight.signs, key=lambda one: one.age_s, default=None)
    if sign and sign.age_s < max(rules.idle_s, 0.001):
        until = sight.now - sign.age_s if sign.age_s >= FRESH_S else None
        return "sign", sign.text, until
    if before.cause == "unwatched" and sight.now - before.since < rules.idle_s:
        return "unwatched", "it is watched for a while before it is given", None
    return "", "", None


def _recall_at(before: State, cause: str, now: float, rules: Rules) -> float | None:
    """Set when the machine is taken, and kept whatever the next cause is; nobody is recalled for no sign at all."""
    if rules.recall == "finish" or cause == "unwatched":
        return None
    if before.recall_at is not None:
        return before.recall_at
    return now + (rules.grace_s if rules.recall == "grace" else 0.0)
