"""Whether the run settings of a layer or service are sound, and what both make together. Pure.

They are kept as JSON, fields by their names on the wire; what is unset is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plow_client.errors import Invalid
from plow_client.idl import RunSettingsT
from plow_server import wording
from plow_server.config import Limit
from plow_server.rows import to_json

Settings = dict[str, Any]

MOST_S, MOST_LOG_MB, MOST_NICENESS = 366 * 86_400, 1_000_000, 19
MOST_COMMANDS, MOST_RULES, MOST_RULE_NAME = 100, 32, 64

_BOUNDS = {
    "maxRunS": ("a run time", "s", MOST_S),
    "maxSilenceS": ("a silence", "s", MOST_S),
    "maxLogMb": ("a log", "MB", MOST_LOG_MB),
    "niceness": ("a niceness", "", MOST_NICENESS),
}
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def check_run(owner: str, run: RunSettingsT | None, limit: Limit = wording.DEFAULT) -> Settings:
    """What is said in `run`; an empty list is said, too: it takes away what would hold without it."""
    if run is None:
        return {}
    for name, (what, unit, most) in _BOUNDS.items():
        value = getattr(run, name)
        if value is not None and not 0 <= value <= most:
            said = f"{what} of {value:,} {unit}".rstrip()
            raise Invalid(f"{owner}: {said}; 0 to {most:,} are allowed")
    _check_wrapper(owner, run.wrapper, limit)
    _check_rules(owner, run.logRules)
    _check_commands(owner, run, limit)
    settings: Settings = to_json(run)
    return settings


def merged_run(preset: Mapping[str, Any] | None, own: Mapping[str, Any]) -> Settings | None:
    """A layer's settings over those of its service; None where neither says anything."""
    merged = {**(preset or {}), **own}
    return {name: value for name, value in merged.items() if value != []} or None


def _check_wrapper(owner: str, wrapper: list[str] | None, limit: Limit) -> None:
    if not wrapper:
        return
    if not _KIND.fullmatch(wrapper[0]):
        raise Invalid(
            f"{owner}: '{wording.short(wrapper[0])}' is no kind of wrapper: a lower-case name such as 'rez'"
        )
    wording.check_words(owner, "the wrapper", wrapper, limit)


def _check_rules(owner: str, rules: list[str] | None) -> None:
    if len(rules or ()) > MOST_RULES:
        raise Invalid(f"{owner}: {len(rules or ())} sets of log rules; at most {MOST_RULES} are allowed")
    for name in rules or ():
        if not 1 <= len(name) <= MOST_RULE_NAME or not name.isprintable():
            raise Invalid(
                f"{owner}: '{wording.short(name)}' is no name of a set of log rules:"
                f" 1 to {MOST_RULE_NAME} characters"
            )


def _check_commands(owner: str, run: RunSettingsT, limit: Limit) -> None:
    """Each by itself, and all together: they travel to the node with every attempt."""
    more = run.moreCommands or []
    if len(more) > MOST_COMMANDS:
        raise Invalid(f"{owner}: {len(more):,} more commands; at most {MOST_COMMANDS} are allowed")
    if not all(words and words[0] for words in more):
        raise Invalid(f"{owner}: one of its more commands is empty")
    named = {"the command before": run.beforeCommand, "the command after": run.afterCommand}
    commands = {name: words for name, words in named.items() if words}
    for name, words in commands.items():
        if not words[0]:
            raise Invalid(f"{owner}: {name} has no program")
    commands |= {f"command {place}": words for place, words in enumerate(more, start=2)}
    for name, words in commands.items():
        wording.check_words(owner, name, words, limit)
        wording.check_tokens(owner, name, words)
    wording.check_words(
        owner, "the sum of its commands", [word for words in commands.values() for word in words], limit
    )
