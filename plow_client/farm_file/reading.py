"""A farm file read and checked whole: each fault has its line, where it is, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plow_client.errors import Invalid, Unavailable
from plow_client.farm_file.table import FILE, Key, Section

LARGEST_FILE = 16 * 2**20
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "bool", "null", "map", "seq"))


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file."""

    line: int
    where: str  # e.g. projects[feature].quotas[render].size
    sentence: str


class Faults(Invalid):
    """All that is wrong with a file."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(self._line(file, fault) for fault in self.faults))

    @staticmethod
    def _line(file: str, fault: Fault) -> str:
        where = f"{fault.where}: " if fault.where else ""
        return f"{file}:{fault.line}: {where}{fault.sentence}"


@dataclass
class Entry:
    """A mapping of the file: what it says, and where."""

    section: Section
    line: int
    where: str
    values: dict[str, Any] = field(default_factory=dict)  # a list of mappings is a list of Entry
    lines: dict[str, int] = field(default_factory=dict)

    def entries(self, name: str) -> list[Entry]:
        """The mappings of a list that may be left out."""
        return list(self.values.get(name, ()))

    def line_of(self, name: str) -> int:
        """Where a key is, or else its mapping."""
        return self.lines.get(name, self.line)


def read_file(path: Path) -> Entry:
    """A file that is sound in itself; Faults name everything that is not."""
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST_FILE:
            raise Invalid(f"'{path}' has {len(raw):,} bytes; a farm file has at most {LARGEST_FILE:,}")
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"'{path}' is not UTF-8: byte {error.start}") from None
    return read_text(text, str(path))


def read_text(text: str, file: str) -> Entry:
    """The same, of a text; `file` is its name in faults."""
    reader = _Reader()
    root = _composed(text, file)
    entry = Entry(FILE, 1, "") if root is None else reader.mapping(root, FILE, "")
    if reader.faults or entry is None:
        raise Faults(file, reader.faults)
    return entry


def _composed(text: str, file: str) -> Any:
    """The nodes of the one document in a text, with their marks."""
    try:
        import yaml
    except ImportError:
        raise Unavailable("PyYAML is needed to read a farm file: pip install 'plow[farm]'") from None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        raise Faults(file, [Fault(mark.line + 1 if mark else 1, "", f"no YAML: {said}")]) from None
    except RecursionError:
        raise Faults(file, [Fault(1, "", "lists in lists without end")]) from None


class _Reader:
    """Walks the nodes along the table, and collects faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def mapping(self, node: Any, section: Section, where: str) -> Entry | None:
        """A mapping by its section; None where it is none."""
        if node.id != "mapping" or node.tag not in _TAGS:
            self._fault(node, where, f"{_shown(node)} is no mapping: {_a(section.noun)} has {_keys(section)}")
            return None
        entry = Entry(section, _line(node), self._named(node, section, where))
        for key_node, value_node in node.value:
            key = self._key(key_node, section, entry)
            if key is not None:
                self._read(entry, key, value_node)
        missing = [key.name for key in section.keys if key.is_needed and key.name not in entry.lines]
        for name in missing:
            self._fault(node, entry.where, f"{_a(section.noun)} needs '{name}'")
        return entry

    def _key(self, node: Any, section: Section, entry: Entry) -> Key | None:
        name = node.value if node.id == "scalar" else "?"
        key = section.by_name.get(name)
        if key is None:
            near = difflib.get_close_matches(name, section.by_name, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; it has {_keys(section)}"
            self._fault(node, entry.where, f"{_a(section.noun)} has no '{name}'{hint}")
        elif name in entry.lines:
            self._fault(node, entry.where, f"'{name}' is there twice, first in line {entry.lines[name]}")
            return None
        else:
            entry.lines[name] = _line(node)
        return key

    def _read(self, entry: Entry, key: Key, node: Any) -> None:
        where = f"{entry.where}.{key.name}".lstrip(".")
        if key.kind == "other":
            return
        if key.kind == "list" and key.section is not None:
            entry.values[key.name] = self._list(node, key.section, where)
        elif key.kind == "mapping" and key.section is not None:
            entry.values[key.name] = self.mapping(node, key.section, where)
        else:
            try:
                entry.values[key.name] = _value(key, node)
            except ValueError as error:
                self._fault(node, where, str(error))

    def _list(self, node: Any, section: Section, where: str) -> list[Entry]:
        if node.id != "sequence" or node.tag not in _TAGS:
            self._fault(node, where, f"{_shown(node)} is no list: each line begins with '- '")
            return []
        read = (self.mapping(item, section, f"{where}[{place}]") for place, item in enumerate(node.value))
        return [entry for entry in read if entry is not None]

    @staticmethod
    def _named(node: Any, section: Section, where: str) -> str:
        """Where it is, by its name rather than its number."""
        title = section.keys[0].name if section.keys else ""
        for key_node, value_node in node.value:
            if key_node.value == title in ("name", "cluster") and value_node.id == "scalar":
                return re.sub(r"\[\d+\]$", "", where) + f"[{value_node.value}]"
        return where

    def _fault(self, node: Any, where: str, sentence: str) -> None:
        self.faults.append(Fault(_line(node), where, sentence))


# -------------------- values


def _value(key: Key, node: Any) -> object:
    """A value of the key's kind; ValueError says what is needed."""
    if node.id == "scalar" and _plain(node) is None:
        if key.may_be_null or key.kind == "value":
            return None
        raise ValueError("null takes nothing away here: leave the key out, and it stays as it is")
    return _READERS[key.kind](key, node)


def _whole(key: Key, node: Any) -> int:
    found = _plain(node)
    if isinstance(found, bool) or not isinstance(found, int):
        raise ValueError(f"{_shown(node)} is no whole number{_of(key)}")
    if not key.least <= found <= key.most:
        most = "" if key.most == 2**31 - 1 else f" to {key.most:,}"
        raise ValueError(f"{found:,} is out of range: {key.least:,}{most or ' or more'}{_of(key)}")
    return found


def _flag(key: Key, node: Any) -> bool:
    found = _plain(node)
    if not isinstance(found, bool):
        raise ValueError(f"{_shown(node)} is not true or false")
    return found


def _text(key: Key, node: Any) -> str:
    found = _plain(node)
    if not isinstance(found, str):
        raise ValueError(f"{_shown(node)} is no text{_quotes(node)}")
    if not 1 <= len(found) <= key.longest or not found.isprintable():
        raise ValueError(f"1 to {key.longest:,} printable characters are needed, not {_shown(node)}")
    if key.pattern and not re.fullmatch(key.pattern, found):
        raise ValueError(f"'{found}' is not made of letters, digits and _ . -, at most {key.longest}")
    return found


def _choice(key: Key, node: Any) -> str:
    found = _text(key, node)
    by_case = {choice.lower(): choice for choice in key.choices}
    if found.lower() not in by_case:
        near = difflib.get_close_matches(found.lower(), by_case, 1)
        hint = f"; did you mean {by_case[near[0]]}?" if near else ""
        raise ValueError(f"'{found}' is not one of {', '.join(key.choices)}{hint}")
    return by_case[found.lower()]


def _texts(key: Key, node: Any) -> list[str]:
    return [_text(key, item) for item in _items(node, "texts")]


def _wholes(key: Key, node: Any) -> list[int]:
    return [_whole(key, item) for item in _items(node, "whole numbers")]


def _commands(key: Key, node: Any) -> list[list[str]]:
    return [_texts(key, item) for item in _items(node, "commands, each a list of words")]


def _any(key: Key, node: Any) -> object:
    found = _plain(node)
    if not isinstance(found, (str, int)):
        raise ValueError(f"{_shown(node)} is no text, whole number, true or false")
    return found


_READERS: Mapping[str, Callable[[Key, Any], object]] = {
    "whole": _whole,
    "flag": _flag,
    "text": _text,
    "choice": _choice,
    "texts": _texts,
    "wholes": _wholes,
    "commands": _commands,
    "value": _any,
}


def _items(node: Any, of: str) -> Iterator[Any]:
    if node.id != "sequence" or node.tag not in _TAGS:
        raise ValueError(f"{_shown(node)} is no list of {of}")
    return iter(node.value)


def _plain(node: Any) -> object:
    """What a scalar means to YAML; a list or mapping means none of these kinds."""
    import yaml

    if node.id != "scalar" or node.tag not in _TAGS:
        return ()
    try:
        found: object = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, LookupError):  # "!!int x", "!!bool x"
        return ()
    return found


# -------------------- words


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _shown(node: Any) -> str:
    if node.id != "scalar":
        return f"a {'list' if node.id == 'sequence' else node.id}"
    return f"'{node.value if len(node.value) <= 60 else node.value[:57] + '...'}'"


def _of(key: Key) -> str:
    return f" ({key.unit})" if key.unit else ""


def _quotes(node: Any) -> str:
    return f': write "{node.value}"' if node.id == "scalar" and node.value else ""


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}" if noun != "file" else "a farm file"


def _keys(section: Section) -> str:
    return ", ".join(section.by_name)
