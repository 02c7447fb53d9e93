"""Whether what a layer or service needs of nodes is sound, and when its failures are tried again. Pure.

Kept as JSON, fields by their names on the wire; what is unset is left out. SQL makes columns of it (insert_layers).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plow_client.errors import Invalid
from plow_client.idl import NeedsT, RetryRulesT
from plow_server import wording
from plow_server.rows import to_json

Needs = dict[str, Any]

SYSTEMS = ("linux", "macos", "windows")
MOST_POOLS, MOST_LIMITS, MOST_EXITS = 64, 32, 256
MOST_GPUS, MOST_DELAY_S, MOST_WAIT_S = 64, 86_400, 604_800
_I32 = 2**31 - 1
_BOUNDS = {
    "nodeCores": ("node cores", _I32),
    "nodeRam": ("MB of node memory", _I32),
    "gpus": ("GPUs", MOST_GPUS),
    "gpuRam": ("MB of GPU memory", _I32),
    "maxPerNode": ("tasks per node", _I32),
}
_NOTHING: tuple[object, ...] = ([], "", 0, False)


def check_needs(owner: str, needs: NeedsT | None) -> Needs:
    """What is said in `needs`; nothing of a kind ("", 0, an empty list) is said, too: it takes a need away."""
    if needs is None:
        return {}
    for name, (what, most) in _BOUNDS.items():
        value = getattr(needs, name)
        if value is not None and not 0 <= value <= most:
            raise Invalid(f"{owner}: {value} {what}; 0 to {most:,} are allowed")
    if needs.os and needs.os not in SYSTEMS:
        raise Invalid(f"{owner}: '{wording.short(needs.os)}' is no system: {', '.join(SYSTEMS)}")
    check_names(owner, "pool", needs.pools, MOST_POOLS)
    check_names(owner, "limit", needs.limits, MOST_LIMITS)
    said: Needs = to_json(needs)
    return said


def check_retry(owner: str, rules: RetryRulesT | None) -> Needs:
    """What is said in `rules`; an empty list of exits takes them away: any is worth another attempt."""
    if rules is None:
        return {}
    if len(rules.exits or ()) > MOST_EXITS:
        raise Invalid(f"{owner}: {len(rules.exits or ())} exit statuses; at most {MOST_EXITS} are allowed")
    for what, value, most in (
        ("a delay", rules.delayS, MOST_DELAY_S),
        ("a longest delay", rules.mostDelayS, MOST_WAIT_S),
    ):
        if value is not None and not 0 <= value <= most:
            raise Invalid(f"{owner}: {what} of {value} s before another attempt; 0 to {most:,} are allowed")
    said: Needs = to_json(rules)
    return said


def check_names(owner: str, noun: str, names: list[str] | None, most: int) -> None:
    """Names of pools or limits; whether they are there, the database says."""
    if len(names or ()) > most:
        raise Invalid(f"{owner}: {len(names or ())} {noun}s; at most {most} are allowed")
    for name in names or ():
        if not 1 <= len(name) <= 128 or not name.isprintable():
            raise Invalid(f"{owner}: '{wording.short(name)}' is no name of a {noun}")


def merged_needs(preset: Mapping[str, Any] | None, own: Mapping[str, Any]) -> Needs | None:
    """A layer's needs over those of its service; None where neither has any."""
    merged = {**(preset or {}), **own}
    return {name: value for name, value in merged.items() if value not in _NOTHING} or None
