"""What a farm file and a farm have in common: things by their paths, with plain values. Pure.

A path is the noun and the names that lead to the thing: ("quota", "feature", "render"). Filters may have the same
name, so theirs ends with which of them it is. A value that is not there is not said; a service's None is "unset".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plow_client.farm_file import table
from plow_client.farm_file.reading import Entry
from plow_client.farm_file.table import Key, Section

Path = tuple[str, ...]
Values = dict[str, Any]

SECTIONS: Mapping[str, Section] = {
    "cluster": table.CLUSTER, "pool": table.POOL, "limit": table.LIMIT, "service": table.SERVICE,
    "project": table.PROJECT, "folder": table.FOLDER, "quota": table.QUOTA, "filter": table.FILTER, "node": table.NODE,
}  # fmt: skip
NOUNS: Mapping[str, str] = {
    "clusters": "cluster", "pools": "pool", "limits": "limit", "services": "service", "projects": "project",
    "folders": "folder", "quotas": "quota", "filters": "filter", "nodes": "node",
}  # fmt: skip
SHARE = ("size", "burst")  # of a project: the same on every cluster
ORDER = "order"  # noun of the order of a project's filters
UNFINISHED = "unfinished"  # value of a filter whose change was interrupted


@dataclass(frozen=True)
class Thing:
    """Something that is configured."""

    path: Path
    values: Values
    line: int = 0  # in the file
    lines: Mapping[str, int] = field(default_factory=dict)
    row: Any = None  # the farm's object
    title: str = ""  # its name as it is written, where the path has it in another case

    @property
    def noun(self) -> str:
        """What it is."""
        return self.path[0]

    @property
    def name(self) -> str:
        """As people call it, with its project."""
        if self.noun == "filter":
            project, name, place = self.path[1:]
            return f"{project}: {name}" + (f" ({int(place) + 1}.)" if place != "0" else "")
        return self.title or (".".join if self.noun == "quota" else "/".join)(self.path[1:])


def key_of(noun: str, name: str) -> Key:
    """The table's line about a value."""
    part, _, rest = name.rpartition(".")
    if part:
        section = SECTIONS[noun].by_name[part].section
        assert section is not None
        return section.by_name[rest]
    return SECTIONS[noun].by_name[name]


def normal(noun: str, name: str, value: object) -> object:
    """A value in the one form in which the server keeps it, so that two can be compared."""
    if name in (ORDER, UNFINISHED):
        return value
    key = key_of(noun, name)
    if value is None or any(value == nothing for nothing in key.empty):
        return None
    if key.ignores_case and isinstance(value, list):
        value = [one.lower() for one in value]
    if isinstance(value, list) and key.is_set:
        return sorted(set(value))
    if name == "tags" and isinstance(value, list):
        return list(dict.fromkeys(value))
    return value


def path_of(noun: str, *names: str) -> Path:
    """A pool is the same in any case."""
    return (noun, *(name.lower() for name in names)) if noun == "pool" else (noun, *names)


def wanted_things(file: Entry, clusters: Iterable[str]) -> Iterator[Thing]:
    """Everything that a file says, in its order; `clusters` are the farm's, for shares of all clusters."""
    for section in ("clusters", "pools", "limits", "services", "nodes"):
        for entry in file.entries(section):
            name = entry.values["name"]
            yield replace(_thing(entry, path_of(NOUNS[section], name)), title=name)
    every = sorted({*clusters, *(entry.values["name"] for entry in file.entries("clusters"))})
    for entry in file.entries("projects"):
        code = entry.values["name"]
        yield _thing(entry, ("project", code))
        yield from _of_project(entry, code, every)


def scopes(file: Entry) -> set[Path]:
    """The lists that a file has: what they leave out may be deleted, if that is asked for."""
    found: set[Path] = {(NOUNS[name],) for name in file.values if NOUNS.get(name) not in (None, "node")}
    for entry in file.entries("projects"):
        found |= {(NOUNS[name], entry.values["name"]) for name in entry.values if name in NOUNS}
    return found


def _of_project(entry: Entry, code: str, clusters: Sequence[str]) -> Iterator[Thing]:
    for folder in entry.entries("folders"):
        yield _thing(folder, ("folder", code, folder.values["name"]))
    for quota in entry.entries("quotas"):
        yield _thing(quota, ("quota", code, quota.values["cluster"]))
    share = {name: entry.values[name] for name in SHARE if name in entry.values}
    for cluster in clusters if share and "quotas" not in entry.values else ():
        yield Thing(("quota", code, cluster), dict(share), min(map(entry.line_of, share)), entry.lines)
    yield from _filters(entry, code)


def _filters(entry: Entry, code: str) -> Iterator[Thing]:
    seen: Counter[str] = Counter()
    order: list[Path] = []
    for rule in entry.entries("filters"):
        name = rule.values["name"]
        order.append(("filter", code, name, str(seen[name])))
        seen[name] += 1
        yield _thing(rule, order[-1])
    if len(order) > 1:
        yield Thing((ORDER, code), {ORDER: order}, entry.line_of("filters"))


def _thing(entry: Entry, path: Path) -> Thing:
    """Its own values; those of lists that are things themselves are not among them, nor is its name."""
    values: Values = {}
    lines = dict(entry.lines)
    for key in entry.section.keys[1:]:
        if key.name not in entry.values or key.name in NOUNS or (path[0] == "project" and key.name in SHARE):
            continue
        value = entry.values[key.name]
        if isinstance(value, Entry):
            values |= {f"{key.name}.{name}": told for name, told in value.values.items()}
            lines |= {f"{key.name}.{name}": line for name, line in value.lines.items()}
        elif key.kind == "list":
            values[key.name] = [dict(part.values) for part in value]
        else:
            values[key.name] = value
    return Thing(path, values, entry.line, lines)
