"""How a plan is shown: + makes, ~ changes, - deletes; colours only on a terminal."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from plow_client.cli.words import visible
from plow_client.current import get_host
from plow_client.farm_file.apply import Outcome
from plow_client.farm_file.plan import Change, Field, Kind, Plan
from plow_client.farm_file.things import ORDER, UNFINISHED

_SIGNS: dict[Kind, tuple[str, str]] = {
    "make": ("+", "green"),
    "change": ("~", "yellow"),
    "delete": ("-", "red"),
}
_WORDS: dict[Kind, str] = {"make": "make {}", "change": "change {}", "delete": "delete {}"}
_LONGEST = 100


def print_plan(plan: Plan, file: Path) -> None:
    """For people."""
    for note in plan.notes:
        click.secho(f"note: {visible(note)}", fg="yellow", err=True)
    for change in plan.changes:
        sign, colour = _SIGNS[change.kind]
        click.secho(f"{sign} {_called(change)}", fg=colour)
        for line in (line for field in change.fields for line in _field(change, field)):
            click.echo(f"    {visible(line)}")
    if plan.changes:
        click.echo()
    click.echo(_summary(plan, file))


def print_json(plan: Plan, outcomes: Sequence[Outcome] | None = None) -> None:
    """For programs; with outcomes, also how each change went."""
    why = {outcome.change.path: outcome.why for outcome in outcomes or ()}
    changes = []
    for change in plan.changes:
        told = {
            "change": change.kind,
            "noun": _noun(change),
            "name": change.wanted.name,
            "line": change.wanted.line or None,
            "fields": [
                {
                    "field": field.name,
                    "old": _plain(field.name, field.old),
                    "new": _plain(field.name, field.new),
                }
                for field in change.fields
                if field.name != UNFINISHED
            ],
        }
        if outcomes is not None:
            is_done = change.path in why and not why[change.path]
            told |= {"done": is_done, "why": why.get(change.path, "not tried") or None}
        changes.append(told)
    click.echo(json.dumps({"changes": changes, "notes": list(plan.notes)}, indent=2, ensure_ascii=False))


def deed(plan: Plan) -> str:
    """What is asked about: ``make 3 things, change 2 and delete 1 on farm1:11336``."""
    parts = [_WORDS[kind].format(count) for kind in _SIGNS if (count := plan.count(kind))]
    first, *others = parts
    thing = "things" if sum(map(plan.count, _SIGNS)) > 1 else "thing"
    listed = ", ".join([f"{first} {thing}", *others[:-1]]) + (f" and {others[-1]}" if others else "")
    return f"{listed} on {get_host()}"


class Teller:
    """Says how each change went, as it goes."""

    def __init__(self, plan: Plan, to: TextIO) -> None:
        self._all, self._to = len(plan.changes), to
        self._tried = self._refused = 0

    def told(self, outcome: Outcome) -> Outcome:
        """The same outcome."""
        self._tried += 1
        self._refused += bool(outcome.why)
        sign, _ = _SIGNS[outcome.change.kind]
        how = f"refused: {visible(outcome.why)}" if outcome.why else "done"
        line = f"[{self._tried}/{self._all}] {sign} {_called(outcome.change)}: {how}"
        click.secho(line, file=self._to, fg="red" if outcome.why else None)
        return outcome

    def sum_up(self) -> None:
        """The last line."""
        done = f"{self._tried - self._refused} of {self._all} changes done"
        refused = f", {self._refused} refused: mend that, and apply the file again" if self._refused else ""
        click.echo(done + refused, file=self._to)


def _summary(plan: Plan, file: Path) -> str:
    if not plan.changes:
        return f"nothing to do: {get_host()} is as {visible(str(file))} says"
    counts = ", ".join(f"{plan.count(kind)} to {kind}" for kind in _SIGNS if plan.count(kind))
    changes = "1 change" if len(plan.changes) == 1 else f"{len(plan.changes):,} changes"
    return f"{changes}: {counts}"


def _noun(change: Change) -> str:
    return "filter order" if change.wanted.noun == ORDER else change.wanted.noun


def _called(change: Change) -> str:
    return visible(f"{_noun(change)} {change.wanted.name}")


def _field(change: Change, field: Field) -> list[str]:
    """One line, or one for each part of a filter that comes, goes or stays."""
    if field.name == UNFINISHED:
        return ["an interrupted change is finished"]
    old, new = _plain(field.name, field.old), _plain(field.name, field.new)
    if field.name in ("matchers", "actions"):
        return [f"{field.name}:", *_parts(old or [], new or [])]
    if change.kind == "make":
        return [f"{field.name}: {_shown(new)}"]
    return [f"{field.name}: {_shown(old)} -> {_shown(new)}"]


def _parts(old: Any, new: Any) -> list[str]:
    lines = difflib.ndiff([_shown(part) for part in old], [_shown(part) for part in new])
    return [f"  {line}" for line in lines if not line.startswith("?")]


def _plain(name: str, value: object) -> object:
    """An order of paths as the filters' names."""
    return [path[2] for path in value] if name == ORDER and isinstance(value, list) else value


def _shown(value: object) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
