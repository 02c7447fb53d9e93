"""Carries out a plan. Each thing is read again just before, so that what somebody changed meanwhile is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plow_client.current import introduce
from plow_client.errors import NotAllowed, PlowError, Unavailable
from plow_client.farm_file import hands
from plow_client.farm_file.plan import Change, Plan, differences
from plow_client.farm_file.things import ORDER, UNFINISHED, Thing, Values, normal
from plow_client.introduction import username

_LONGEST_NAME = 64
_ROUNDS = 2


@dataclass(frozen=True)
class Outcome:
    """How a change went; `why` is empty where it was done."""

    change: Change
    why: str = ""


def apply_plan(
    plan: Plan, file: str, on_start: Callable[[Change], None] = lambda change: None
) -> Iterator[Outcome]:
    """Do one change after the other. What is refused is told, and the others go on; Unavailable ends it."""
    for change in plan.changes:
        on_start(change)
        introduce(username(), reason(file))  # a connection that was made anew has forgotten it
        try:
            carry_out(change)
        except Unavailable:
            raise
        except PlowError as error:
            yield Outcome(change, error.why)
        else:
            yield Outcome(change)


def reason(file: str) -> str:
    """How the farm's history calls us: the file has to be recognised, so a long name loses its beginning."""
    call = "plow farm apply "
    room = _LONGEST_NAME - len(call)
    shown = "".join(letter if letter.isprintable() else "?" for letter in file)
    return call + (shown if len(shown) <= room else f"...{shown[-(room - 3) :]}")


def carry_out(change: Change) -> None:
    """One change; NotAllowed where the thing is not as it was planned any more."""
    if change.wanted.noun == ORDER:
        hands.order_filters(change.path[1], change.wanted.values[ORDER])
        return
    hand = hands.HANDS[change.wanted.noun]
    current = hand.find(change.path)
    if change.kind == "delete":
        _delete(hand, change, current)
    elif current is None and change.kind == "change":
        raise NotAllowed(f"{_called(change.wanted)} was deleted since the plan was made: plan again")
    else:
        if current is not None and change.kind == "change":
            _refuse_changed(change, current)
        _set(hand, change, current or hand.make(change.wanted))


def _set(hand: hands.Hand, change: Change, current: Thing | None) -> None:
    """What still differs. Making a thing may have set some of it; a second round, because a cluster brings its tags."""
    told = change.wanted.values
    wanted: Values = dict(told) if change.kind == "make" else change.values
    if "cluster" in wanted and "tags" in told:
        wanted["tags"] = told["tags"]
    for _ in range(_ROUNDS):
        fields = () if current is None else differences(wanted, current)
        if current is None or not fields:
            return
        hand.change(current, {field.name: field.new for field in fields})
        current = hand.find(change.path)


def _delete(hand: hands.Hand, change: Change, current: Thing | None) -> None:
    if current is None:
        return
    planned = change.wanted
    if any(normal(planned.noun, name, value) != normal(planned.noun, name, planned.values.get(name))
           for name, value in current.values.items()):  # fmt: skip
        raise NotAllowed(f"{_called(planned)} was changed since the plan was made and stays: plan again")
    hand.delete(current)


def _refuse_changed(change: Change, current: Thing) -> None:
    """What somebody has set since the plan was shown is theirs, unless it is what the file says."""
    for field in change.fields:
        now = normal(current.noun, field.name, current.values.get(field.name))
        known = (normal(current.noun, field.name, value) for value in (field.old, field.new))
        if field.name != UNFINISHED and now not in known:
            raise NotAllowed(
                f"{field.name} of {_called(change.wanted)} was {field.old} when the plan was made"
                f" and is {now} now: plan again"
            )


def _called(thing: Thing) -> str:
    return f"{thing.noun} '{thing.name}'"
