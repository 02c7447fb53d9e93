"""Why something waits, runs, or is idle."""

from __future__ import annotations

import re
from itertools import zip_longest

from plow_client.clock import clock
from plow_client.current import server
from plow_client.entity import Record, Ref, id_of
from plow_client.idl import AheadT, ExplainT, RuleCountT


class RuleCount(Record[RuleCountT]):
    """How many nodes a rule is the first to refuse; of a node, how many layers. `code` is as in the manual."""

    __slots__ = ()
    _struct = RuleCountT
    code: str
    nodes: int
    sentence: str


class Ahead(Record[AheadT]):
    """A job that comes first, with so many tasks that are ready."""

    __slots__ = ()
    _struct = AheadT
    job_id: str
    job_name: str
    waiting: int
    order_key: str


class Explanation(Record[ExplainT]):
    """The state in a `sentence`, and what it comes from.

    `rules` tell how many nodes each rule refuses, `fitting` how many none does; `nearest` is the miss that is nearest.
    `place` counts from 1 among all layers that wait, 0 is none. `predicted_start` is None where nothing is known.
    """

    __slots__ = ()
    _struct = ExplainT
    noun: str
    sentence: str
    rules: list[RuleCount]
    fitting: int
    nearest: str | None
    advice: list[str]
    order_key: str
    place: int
    ahead: list[Ahead]
    predicted_start: int | None

    def lines(self) -> list[str]:
        """As people read it, in the command and in the window."""
        told = [self.sentence[:1].upper() + self.sentence[1:]]
        if self.nearest:
            told += ["", f"Nearest: {self.nearest}"]
        if self.advice:
            told += ["", "What would help:", *(f"  {advice}" for advice in self.advice)]
        if self.rules:
            told += ["", "Refused by", *(f"  {rule.code:<15} {rule.sentence}" for rule in self.rules)]
            noun = "layer" if self.noun == "node" else "node"
            if self.fitting:
                told.append(f"  {'nothing':<15} {self.fitting:,} {noun}{'' if self.fitting == 1 else 's'}")
        if self.place:
            told += ["", f"Place {self.place:,} in the order, by"]
            told += [f"  {place}" for place in _places(self.order_key)]
        if self.ahead:
            told += ["", "First comes"]
            told += [
                f"  {one.job_name}, {one.waiting:,} waiting: {_decides(one.order_key, self.order_key)}"
                for one in self.ahead
            ]
        if self.predicted_start:
            told += ["", f"Starts at about {clock(self.predicted_start)}"]
        return told


def _decides(its_key: str, own_key: str) -> str:
    """Where another's order key first differs from ours: all before that is the same, what follows matters not."""
    for its, own in zip_longest(_places(its_key), _places(own_key), fillvalue=""):
        if its != own:
            return its
    return its_key


def _places(key: str) -> list[str]:
    """The key place by place; commas in brackets belong to a place."""
    return re.split(r", (?![^(]*\))", key)


def explain(thing: Ref) -> Explanation:
    """Why a job, a layer or a task waits, runs or is over; why a node is idle."""
    return Explanation(server().explain(id_of(thing)))
