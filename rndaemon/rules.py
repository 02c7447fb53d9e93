"""What lines of a task's output mean: sets of rules, ready ones and a site's own, chosen by name.

For the daemon; the shim gets finished rules in its request.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from rndaemon.config import Config

VERDICTS = ("licence", "error", "done", "finished", "warning", "percent")
_LISTS = (*VERDICTS, "names", "also", "without")
_ALWAYS, _GENERIC = "plow", "any"
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", re.DOTALL)
_PLAIN = re.compile(r"[^\\^$.|?*+()\[\]{}]|\\[^\w\s]")
_LOOSE = re.compile(r"\(\?[a-zA-Z]*[ix]")  # where case or blanks don't count
Sets = Mapping[str, Mapping[str, Sequence[str]]]


@lru_cache(maxsize=1)
def ready() -> Sets:
    """The sets that come with Plow: rulesets.toml."""
    text = Path(__file__).with_name("rulesets.toml").read_text(encoding="utf-8")
    sets: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return sets


def for_names(names: Iterable[str], config: Config) -> list[list[str]]:
    """The rules of the sets of these names, as the shim reads them; a name without a set adds nothing.

    Of each kind, the first that finds something counts: what a task says in our own words, then its sets, then any
    program's.
    """
    sets = _merged(config)
    rules = [rule for name in [_ALWAYS, *_with_others(names, sets)] for rule in _of(sets[name])]
    if config.progress.generic:
        rules += [
            ("percent", pattern)
            for name in sets
            if name != _GENERIC
            for pattern in sets[name].get("percent", ())
        ]
        rules += _of(sets[_GENERIC])
    return [[verdict, pattern, needed_text(pattern)] for verdict, pattern in dict.fromkeys(rules)]


def unknown(names: Iterable[str], config: Config) -> str:
    """What to tell whoever has misspelt the name of a set, with the names that there are; empty where all are known."""
    sets = _merged(config)
    known = _aliases(sets)
    lacking = [name for name in names if name.lower() not in known]
    if not lacking:
        return ""
    there = ", ".join(sorted(name for name in sets if name not in (_ALWAYS, _GENERIC)))
    return f"this node has no log rules {', '.join(map(repr, lacking))}: there are {there}"


def check_sets(sets: Sets) -> None:
    """ValueError names the set and the pattern that no node could use."""
    known = _aliases({**ready(), **sets})
    for name, lists in sets.items():
        for verdict, entries in lists.items():
            if verdict not in _LISTS:
                raise ValueError(f"rules.{name}: no list '{verdict}'; there are {', '.join(_LISTS)}")
            if verdict in VERDICTS:
                for pattern in entries:
                    check_pattern(name, verdict, pattern)
        for other in lists.get("also", ()):
            if other.lower() not in known:
                raise ValueError(f"rules.{name}: also '{other}', but there is no such set")
        for verdict in lists.get("without", ()):
            if verdict not in VERDICTS:
                raise ValueError(f"rules.{name}: without '{verdict}'; expected {', '.join(VERDICTS)}")


def check_pattern(name: str, verdict: str, pattern: str) -> None:
    """ValueError where it is no regular expression, or one of a percentage without a group."""
    try:
        groups = re.compile(pattern.encode()).groups
    except re.error as error:
        raise ValueError(f"rules.{name}: {verdict} '{pattern}' is no regular expression: {error}") from None
    if verdict == "percent" and not groups:
        raise ValueError(f"rules.{name}: percent '{pattern}' has no group that holds the value")


@lru_cache(maxsize=4096)
def needed_text(pattern: str) -> str:
    """A text that each line holds in which the pattern finds something; empty where none is sure.

    The longest run of plain characters outside every group. Looking for it first spares nearly all searches.
    """
    if _LOOSE.search(pattern):
        return ""
    best, run, depth = "", "", 0
    for token in [*_TOKEN.findall(pattern), ""]:
        if depth == 0 and _PLAIN.fullmatch(token):
            run += token[-1]
            continue
        if depth == 0 and token == "|":
            return ""
        if token[:1] in ("*", "?", "{"):
            run = run[:-1]  # what may be repeated may be missing
        best, run = max(best, run, key=len), ""
        depth += {"(": 1, ")": -1}.get(token, 0)
    return best


def _merged(config: Config) -> Sets:
    """A site's rules stand before ours; `without` names the kinds of ours that are left out."""
    merged = {name: dict(lists) for name, lists in ready().items()}
    names = _aliases(merged)
    patterns = {name: {"percent": (pattern,)} for name, pattern in config.progress.patterns.items()}
    for own in (patterns, config.rules):
        for name, lists in own.items():
            into = merged.setdefault(names.get(name.lower(), name), {})
            for verdict in lists.get("without", ()):
                into[verdict] = ()
            for verdict, entries in lists.items():
                into[verdict] = [*entries, *into.get(verdict, ())]
    return merged


def _aliases(sets: Sets) -> dict[str, str]:
    """Every name in small letters, and the set that it means."""
    known = {other.lower(): name for name, lists in sets.items() for other in lists.get("names", ())}
    return {**known, **{name.lower(): name for name in sets}}


def _with_others(names: Iterable[str], sets: Sets) -> list[str]:
    known = _aliases(sets)
    chosen: list[str] = []
    waiting = [known[name.lower()] for name in names if name.lower() in known]
    while waiting:
        name = waiting.pop(0)
        if name not in chosen:
            chosen.append(name)
            waiting += [
                known[other.lower()] for other in sets[name].get("also", ()) if other.lower() in known
            ]
    return chosen


def _of(lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    return ((verdict, pattern) for verdict in VERDICTS for pattern in lists.get(verdict, ()))
