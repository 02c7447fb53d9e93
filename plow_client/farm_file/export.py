"""A farm as a file: the opposite of a plan, and one for which a plan has nothing to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plow_client.errors import Unavailable
from plow_client.farm_file.things import NOUNS, Path, Thing, Values, key_of

HEAD = "# A farm, for `plow farm plan` and `plow farm apply`; what it does not name is left alone.\n"
_OF_PROJECT = ("quotas", "folders", "filters")


def as_yaml(farm: Mapping[Path, Thing]) -> str:
    """The text of a farm file."""
    try:
        import yaml
    except ImportError:
        raise Unavailable("PyYAML is needed to write a farm file: pip install 'plow[farm]'") from None
    told: str = yaml.safe_dump(as_document(farm), sort_keys=False, allow_unicode=True, width=110)
    return HEAD + told


def as_document(farm: Mapping[Path, Thing]) -> dict[str, list[Values]]:
    """The same as plain lists and mappings; lists that would be empty are left out."""
    found = {name: list(_things(farm, noun)) for name, noun in NOUNS.items() if name not in _OF_PROJECT}
    return {name: things for name, things in found.items() if things}


def _things(farm: Mapping[Path, Thing], noun: str) -> Iterator[Values]:
    for path, thing in sorted(farm.items()) if noun != "filter" else farm.items():
        if path[0] != noun:
            continue
        entry = {"name": thing.title or path[1], **_values(thing)}
        if noun == "project":
            parts = {name: list(_parts(farm, NOUNS[name], path[1])) for name in _OF_PROJECT}
            entry |= {name: told for name, told in parts.items() if told}
        yield entry


def _parts(farm: Mapping[Path, Thing], noun: str, code: str) -> Iterator[Values]:
    """A project's own, filters in their order."""
    title = "cluster" if noun == "quota" else "name"
    for path, thing in farm.items():
        if path[:2] == (noun, code):
            yield {title: path[2], **_values(thing)}


def _values(thing: Thing) -> dict[str, Any]:
    """What is set, a service's parts as mappings of their own."""
    told: dict[str, Any] = {}
    for name, value in thing.values.items():
        if name == "unfinished" or value is None or (name == "default" and not value):
            continue
        if value in key_of(thing.noun, name).empty:
            continue
        part, dot, field = name.rpartition(".")
        if dot:
            told.setdefault(part, {})[field] = value
        else:
            told[name] = value
    return told
