"""Runs one world under several policies, and prints them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

from plow_client.errors import Invalid
from plow_server.simulator.clockwork import Clockwork, Policy
from plow_server.simulator.figures import Figures, Meter, Waits, measure
from plow_server.simulator.world import World

Told = Callable[[float], None]


def with_settings(policy: Policy, settings: str) -> Policy:
    """A policy with some of its settings changed: "visit=8 reserve_most=0"."""
    kinds = {one.name: type(getattr(policy, one.name)) for one in fields(policy)}
    for setting in settings.replace(",", " ").split():
        name, mark, value = setting.partition("=")
        if not mark or name not in kinds:
            raise Invalid(f"'{setting}' is no setting of a policy; there are: {', '.join(kinds)}")
        try:
            given = kinds[name](value)
        except ValueError:
            raise Invalid(f"'{setting}': '{value}' is not a number") from None
        if not 0 <= given < float("inf") or (given == 0 and name in ("visit", "share_half_life_h")):
            raise Invalid(f"'{setting}': the number is too small or too large")
        policy = replace(policy, **{name: given})
    return policy


def simulate(
    world: World, policy: Policy, until_s: float, step_s: float = 0.0, told: Told | None = None
) -> Figures:
    """One run and its figures."""
    meter = Meter(world, until_s)
    run = Clockwork(world, policy, step_s, see=meter.see).run(until_s, told)
    return measure(world, policy, run, meter)


def table(columns: Sequence[Figures]) -> Iterator[str]:
    """Lines to read: a name, and what each policy made of it."""
    first = columns[0]
    rows = [(name, [_setting(one.policy[name]) for one in columns]) for name in first.policy]
    rows += [("", [])]
    rows += [
        ("tasks done", [f"{one.tasks:,}" for one in columns]),
        ("tasks waiting at the end", [f"{one.waiting:,}" for one in columns]),
        ("cores in use", [f"{one.utilisation:.1f} %" for one in columns]),
        ("idle while work waited", [f"{one.idle_core_hours:,.1f} core-h" for one in columns]),
        ("idle on kept nodes", [f"{one.kept_core_hours:,.1f} core-h" for one in columns]),
        ("nodes kept", [f"{one.kept_nodes:,}" for one in columns]),
        ("failed attempts", [f"{one.failed_core_hours:,.1f} core-h" for one in columns]),
        ("", []),
    ]
    rows += [
        (
            f"share of {name}",
            [f"{one.shares[name].percent:.1f} % ({one.shares[name].entitled:.1f})" for one in columns],
        )
        for name in first.shares
    ]
    rows += [("", []), ("waits", ["median   95 %  longest"] * len(columns))]
    rows += [("first task of a job", [_waits(one.jobs_first_start) for one in columns])]
    rows += [("all tasks", [_waits(one.waits) for one in columns])]
    for place, word in (("waits_by_project", "of"), ("waits_by_size", "of")):
        names = sorted({name for one in columns for name in getattr(one, place)})
        rows += [
            (f"  {word} {name}", [_waits(getattr(one, place).get(name)) for one in columns]) for name in names
        ]
    return _aligned(rows)


def _aligned(rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    head = max(len(name) for name, _ in rows)
    width = max(len(cell) for _, cells in rows for cell in cells)
    for name, cells in rows:
        yield "  ".join([name.ljust(head), *(cell.rjust(width) for cell in cells)]).rstrip()


def _setting(value: float) -> str:
    return f"{value:g}"


def _waits(waits: Waits | None) -> str:
    if waits is None or not waits.tasks:
        return "-"
    return "  ".join(_span(seconds).rjust(6) for seconds in (waits.median, waits.p95, waits.longest))


def _span(seconds: float) -> str:
    """Short: 4 s, 12 min, 3.4 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 6000 else f"{seconds / 3600:.1f} h"
