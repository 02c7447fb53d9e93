"""Whether a file is sound as a whole, and against the farm that it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from plow_client.farm_file.plan import Farm
from plow_client.farm_file.reading import Entry, Fault
from plow_client.farm_file.things import SHARE, Path, Thing, key_of, normal


def check_file(file: Entry, wanted: Sequence[Thing], farm: Farm) -> list[Fault]:
    """Everything that would make no sense or be refused, as far as that can be known before."""
    there = {thing.path for thing in wanted} | set(farm)
    return [
        *_twice(wanted),
        *_projects(file),
        *_default(wanted, farm),
        *(fault for thing in wanted for fault in _thing(thing, farm.get(thing.path), there)),
    ]


def _twice(wanted: Sequence[Thing]) -> Iterator[Fault]:
    first: dict[Path, int] = {}
    for thing in wanted:
        if thing.path in first:
            said = f"{thing.noun} '{thing.name}' is there twice, first in line {first[thing.path]}"
            yield Fault(thing.line, "", said)
        first.setdefault(thing.path, thing.line)


def _projects(file: Entry) -> Iterator[Fault]:
    for entry in file.entries("projects"):
        for name in SHARE:
            if name in entry.values and "quotas" in entry.values:
                yield Fault(
                    entry.line_of(name), entry.where, f"'{name}' is short for 'quotas', which is there, too"
                )


def _default(wanted: Sequence[Thing], farm: Farm) -> Iterator[Fault]:
    """New nodes land in one cluster."""
    clusters = [thing for thing in wanted if thing.noun == "cluster"]
    chosen = [thing for thing in clusters if thing.values.get("default")]
    for thing in chosen[1:]:
        said = f"cluster '{chosen[0].name}' is the default as well, line {chosen[0].line}"
        yield Fault(thing.lines["default"], f"clusters[{thing.name}].default", said)
    for thing in clusters:
        current = farm.get(thing.path)
        is_default = current is not None and current.values["default"]
        if thing.values.get("default") is False and is_default and not chosen:
            said = "it is the farm's default: say 'default: true' of another one"
            yield Fault(thing.lines["default"], f"clusters[{thing.name}].default", said)


def _thing(thing: Thing, current: Thing | None, there: set[Path]) -> Iterator[Fault]:
    if thing.noun == "quota" and ("cluster", thing.path[2]) not in there:
        yield Fault(thing.line, f"quotas[{thing.name}]", f"there is no cluster '{thing.path[2]}'")
    elif thing.noun == "node":
        yield from _node(thing, current, there)
    elif thing.noun == "filter":
        yield from _filter(thing, there)
    elif thing.noun == "service":
        yield from _service(thing, current)
    yield from _fixed(thing, current)


def _fixed(thing: Thing, current: Thing | None) -> Iterator[Fault]:
    """Values that are said once, when a thing is made."""
    for name, value in (
        thing.values.items() if current is not None and thing.noun in ("limit", "project") else ()
    ):
        assert current is not None
        old = current.values.get(name)
        if key_of(thing.noun, name).is_fixed and normal(thing.noun, name, value) != old:
            said = f"'{old}' can't be changed to '{value}': it is said when a {thing.noun} is made"
            yield Fault(thing.lines[name], f"{thing.noun}s[{thing.name}].{name}", said)


def _service(thing: Thing, current: Thing | None) -> Iterator[Fault]:
    values = {**(current.values if current else {}), **thing.values}
    for what in ("cores", "ram"):
        least, most = values.get(f"min_{what}"), values.get(f"max_{what}")
        if least is not None and most is not None and least > most:
            said = f"min_{what} is {least:,} and max_{what} is {most:,}"
            yield Fault(thing.lines.get(f"max_{what}", thing.line), f"services[{thing.name}]", said)


def _node(thing: Thing, current: Thing | None, there: set[Path]) -> Iterator[Fault]:
    cluster = thing.values.get("cluster")
    if cluster is not None and ("cluster", cluster) not in there:
        yield Fault(
            thing.lines["cluster"], f"nodes[{thing.name}].cluster", f"there is no cluster '{cluster}'"
        )
    values = {**(current.values if current else {}), **thing.values}
    for name in ("slot_cores", "slot_ram"):
        is_slotted = values.get("slot_mode") == "SLOTS"
        if name in thing.values and not is_slotted:
            yield Fault(
                thing.lines[name],
                f"nodes[{thing.name}].{name}",
                "only 'slot_mode: SLOTS' has slots of a size",
            )
        elif is_slotted and "slot_mode" in thing.values and name not in values:
            yield Fault(thing.line, f"nodes[{thing.name}]", f"'slot_mode: SLOTS' needs '{name}'")


def _filter(thing: Thing, there: set[Path]) -> Iterator[Fault]:
    where = f"projects[{thing.path[1]}].filters[{thing.path[2]}]"
    for place, matcher in enumerate(thing.values.get("matchers", ())):
        if (matcher.get("field") == "ATTR") != ("attr" in matcher):
            said = "'attr' is needed with 'field: ATTR', and only there"
            yield Fault(thing.lines["matchers"], f"{where}.matchers[{place}]", said)
    for place, action in enumerate(thing.values.get("actions", ())):
        said = _action(action, thing.path[1], there)
        if said:
            yield Fault(thing.lines["actions"], f"{where}.actions[{place}]", said)


def _action(action: dict[str, Any], project: str, there: set[Path]) -> str:
    """What is wrong with an action's value; empty where nothing is. A project that is new has a folder `jobs`."""
    kind, value = action.get("type"), action.get("value")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if kind == "SET_FOLDER":
        if not isinstance(value, str):
            return "SET_FOLDER takes the name of a folder"
        is_there = (value == "jobs" and ("project", project) in there) or ("folder", project, value) in there
        return "" if is_there else f"project '{project}' has no folder '{value}'"
    if kind == "PAUSE":
        return "" if isinstance(value, bool) else "PAUSE takes true or false"
    if kind == "STOP_PROCESSING":
        return "" if value is None else "STOP_PROCESSING takes no value"
    least = -1 if kind == "SET_MAX_CORES" else 0
    sound = is_number and isinstance(value, int) and least <= value <= 999_999_999
    return "" if sound else f"{kind} takes a whole number, {least} or more"
