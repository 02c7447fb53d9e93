"""Writes the reference of the wire, docs/reference/*.md, from plow.thrift and from docs/reference/words.toml.

    python docs/make_reference.py

plow.thrift says what there is and what it means; words.toml has what a signature cannot hold: the meaning of
arguments, errors of one call, examples. A test writes the pages again and compares; another runs the examples.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "reference"
KINDS = {
    0: "Internal",
    1: "NotFound",
    2: "AlreadyExists",
    3: "Invalid",
    4: "NotAllowed",
    5: "Denied",
    6: "Unavailable",
}
PAGES = {
    "time, services": "service",
    "nodes and procs": "node",
    "RndServiceApi": "node-port",
    "RndNodeApi": "node-api",
}

_BLOCK = re.compile(
    r"/\*\*\s*(?P<doc>(?:(?!\*/).)*?)\s*\*/\n"
    r"(?P<kind>enum|struct|exception|service) (?P<name>\w+) \{\n(?P<body>.*?)\n\}",
    re.DOTALL,
)
_VALUE = re.compile(r"^  (\w+) = (\d+),?(?:  // (.*))?$", re.MULTILINE)
_FIELD = re.compile(
    r"^  (\d+): (?:(optional|required) )?([\w<>, ]+?) (\w+)(?: = ([^,/\n]+))?,?(?:  // (.*))?$", re.MULTILINE
)
_LINE = re.compile(
    r"^  // (?P<section>.+)$|^  /\*\* (?P<doc>.*) \*/\n"
    r"  (?P<oneway>oneway )?(?P<type>[\w<>, ]+?) (?P<name>\w+)\((?P<arguments>.*?)\)(?: throws \(.*\))?,?$",
    re.MULTILINE,
)
_ARGUMENT = re.compile(r"(\d+): ([\w<>, ]+?) (\w+)(?: = ([^,]+))?(?:, |$)")


@dataclass(frozen=True)
class Field:
    """Of a struct, or an argument of a call."""

    number: int
    kind: str
    name: str
    need: str
    default: str
    text: str


@dataclass(frozen=True)
class Call:
    """One call of a service."""

    service: str
    name: str
    result: str
    arguments: list[Field]
    text: str


@dataclass
class Interface:
    """What plow.thrift declares, in its order."""

    enums: dict[str, tuple[str, list[tuple[str, str, str]]]] = field(default_factory=dict)
    structs: dict[str, tuple[str, list[Field]]] = field(default_factory=dict)
    pages: dict[str, list[Call]] = field(default_factory=dict)

    @property
    def calls(self) -> list[Call]:
        """All of them."""
        return [call for page in self.pages.values() for call in page]


def read(text: str) -> Interface:
    """The interface with its comments."""
    found = Interface()
    for block in _BLOCK.finditer(text):
        doc, name, body = _plain(block["doc"]), block["name"], block["body"]
        if block["kind"] == "enum":
            found.enums[name] = (doc, _VALUE.findall(body))
        elif block["kind"] == "service":
            _read_service(found, name, body)
        else:
            rows = [
                Field(int(n), kind, one, need, default, said)
                for n, need, kind, one, default, said in _FIELD.findall(body)
            ]
            found.structs[name] = (doc, rows)
    return found


def _read_service(found: Interface, service: str, body: str) -> None:
    page = PAGES.get(service, service)
    for line in _LINE.finditer(body):
        if line["section"]:
            page = PAGES.get(line["section"], line["section"].removesuffix("s"))
            continue
        arguments = [
            Field(int(n), kind, name, "", default, "")
            for n, kind, name, default in _ARGUMENT.findall(line["arguments"])
        ]
        result = "nothing, and no answer" if line["oneway"] else line["type"]
        found.pages.setdefault(page, []).append(Call(service, line["name"], result, arguments, line["doc"]))


def _plain(comment: str) -> str:
    return " ".join(line.strip().removeprefix("*").strip() for line in comment.splitlines()).strip()


def words() -> dict[str, Any]:
    """What is written by hand."""
    return tomllib.loads((PLACE / "words.toml").read_text(encoding="utf-8"))


def pages(found: Interface, said: dict[str, Any]) -> dict[str, str]:
    """File name to text."""
    with open(PLACE / "calls.csv", newline="") as table:
        rows = {(row["service"], row["call"]): row["row"] for row in csv.DictReader(table)}
    made = {f"{page}.md": "\n".join(_page(page, calls, said, rows)) for page, calls in found.pages.items()}
    return {**made, "types.md": "\n".join(_types(found, said)), "README.md": "\n".join(_index(found, said))}


def _page(
    page: str, calls: list[Call], said: dict[str, Any], rows: dict[tuple[str, str], str]
) -> Iterator[str]:
    yield f"# {said['pages'][page]}\n"
    yield _written()
    for call in calls:
        yield from _call(call, said, rows.get((call.service, call.name)))


def _call(call: Call, said: dict[str, Any], row: str | None) -> Iterator[str]:
    own = own_words(call, said)
    yield f"## {call.name}\n"
    yield f"{call.text}\n"
    if call.arguments:
        yield "| | argument | type | meaning |\n|---:|---|---|---|"
        for one in call.arguments:
            yield f"| {one.number} | `{one.name}` | {_linked(one.kind)} | {meaning(call, one, said)} |"
        yield ""
    if call.result != "void":
        yield f"Returns {_linked(call.result)}.\n"
    for code, text in sorted(own.get("errors", {}).items()):
        yield f"- `{KINDS[int(code)]}` ({code}): {text}"
    if own.get("errors"):
        yield ""
    yield f"```python\n{own['example'].strip()}\n```\n"
    if row:
        yield f"Row {row} of Plow 2013's calls.\n"


def own_words(call: Call, said: dict[str, Any]) -> dict[str, Any]:
    """What is written for this call alone; of two calls of one name one has its service before it."""
    calls: dict[str, dict[str, Any]] = said["calls"]
    own = calls.get(f"{call.service}.{call.name}") or calls.get(call.name)
    if not own:
        raise KeyError(f"words.toml says nothing of {call.name}")
    return own


def meaning(call: Call, argument: Field, said: dict[str, Any]) -> str:
    """Of an argument: for this call, else for its name."""
    text = own_words(call, said).get("arguments", {}).get(argument.name) or said["arguments"].get(
        argument.name
    )
    if not text:
        raise KeyError(f"words.toml says nothing of {call.name}({argument.name})")
    return str(text)


def _types(found: Interface, said: dict[str, Any]) -> Iterator[str]:
    yield "# Types\n"
    yield _written()
    for name, (doc, values) in found.enums.items():
        yield f"## {name}\n\n{doc}\n\n| value | name | meaning |\n|---:|---|---|"
        for label, number, text in values:
            yield f"| {number} | `{label}` | {text or _word(name, label, said)} |"
        yield ""
    for name, (doc, fields) in found.structs.items():
        yield f"## {name}\n\n{doc}\n\n| id | field | type | meaning |\n|---:|---|---|---|"
        for one in fields:
            text = one.text or _word(name, one.name, said)
            yield f"| {one.number} | `{one.name}`{_need(one)} | {_linked(one.kind)} | {text} |"
        yield ""


def _word(owner: str, name: str, said: dict[str, Any]) -> str:
    """Of a field or a value that plow.thrift leaves to its name."""
    text = said["fields"].get(f"{owner}.{name}") or said["fields"].get(name)
    if not text:
        raise KeyError(f"neither plow.thrift nor words.toml says what {owner}.{name} is")
    return str(text)


def _need(one: Field) -> str:
    if one.default:
        return f" = {one.default}"
    return {"optional": "?", "required": "!"}.get(one.need, "")


def _linked(kind: str) -> str:
    return re.sub(
        r"\b([A-Z]\w+)\b",
        lambda m: f"[{m[1]}](types.md#{m[1].lower()})" if m[1] not in _ALIASES else m[1],
        kind,
    )


_ALIASES = {"Guid", "Timestamp", "Attrs"}


def _index(found: Interface, said: dict[str, Any]) -> Iterator[str]:
    yield said["index"]["head"].strip() + "\n"
    for page, calls in found.pages.items():
        listed = ", ".join(f"[{call.name}]({page}.md#{call.name.lower()})" for call in calls)
        yield f"**[{said['pages'][page]}]({page}.md)**: {listed}\n"
    yield said["index"]["tail"].strip() + "\n"


def _written() -> str:
    return "<!-- Written by docs/make_reference.py from plow.thrift and words.toml. Do not edit. -->\n"


def main() -> None:
    """Write all pages."""
    found = read((ROOT / "plow.thrift").read_text(encoding="utf-8"))
    for name, text in pages(found, words()).items():
        (PLACE / name).write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
