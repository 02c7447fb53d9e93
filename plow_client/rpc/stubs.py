"""Writes what is made from plow.thrift and from the list of public names, to be committed with them.

    python -m plow_client.rpc.stubs            # writes plow_client/idl.pyi, idl_tables.py and __init__.pyi

idl.pyi has the types of plow.thrift, for type checkers and editors; tables.py makes the tables, public.py the list.

A field typed `X | None` is `optional` in the IDL and has no default: unset means "not said".
Any other field is typed as set; only a peer older than the field, or a careless one, leaves it None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from plow_client.rpc import public, tables
from plow_client.rpc.parse import find, load

HEAD = """\
# Written by `python -m plow_client.rpc.stubs` from plow.thrift. Do not edit.
from collections.abc import Collection, Mapping
from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

FILE_NAME: str
enums: Mapping[str, type[IntEnum]]
structs: Mapping[str, type[Any]]
services: Mapping[str, type[Any]]

def find() -> Path: ...
def load(path: Path, module_name: str) -> ModuleType: ...
def service_of(service: str | type[Any]) -> type[Any]: ...
"""
_SCALARS = {2: "bool", 3: "int", 4: "float", 6: "int", 8: "int", 10: "int", 11: "str", 18: "bytes"}
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.DOTALL)
_BLOCK = re.compile(r"\b(?:struct|exception)\s+(\w+)\s*\{(.*?)\}", re.DOTALL)
_OPTIONAL = re.compile(r"\d+\s*:\s*optional\s+(?:[\w.]+|\w+\s*<.*?>)\s+(\w+)\s*(=)?", re.DOTALL)


def files() -> dict[str, str]:
    """What is written: the text of each file of plow_client, as plow.thrift and the public names are now."""
    path = find()
    thrift = load(path, "plow_client.plow_thrift")
    return {
        "idl.pyi": render(thrift, path.read_text(encoding="utf-8")),
        "idl_tables.py": tables.render(thrift),
        "__init__.pyi": public.render(),
    }


def render(thrift: ModuleType, text: str) -> str:
    """The text of idl.pyi for a plow.thrift as the parser gives it, and as it is written."""
    unset = optional_fields(text)
    declared: dict[str, list[Any]] = vars(thrift)["__thrift_meta__"]
    parts = [HEAD]
    parts += map(_enum, declared["enums"])
    parts += (_struct(kind, unset) for kind in [*declared["structs"], *declared["exceptions"]])
    parts += map(_service, declared["services"])
    return "\n".join(parts)


def optional_fields(text: str) -> dict[str, set[str]]:
    """Fields marked `optional` that have no default, by struct; the parser does not keep that word."""
    blocks = _BLOCK.findall(_COMMENT.sub("", text))
    return {
        name: {field for field, default in _OPTIONAL.findall(body) if not default} for name, body in blocks
    }


def _enum(kind: Any) -> str:
    members = (f"    {label} = {value}" for label, value in kind._NAMES_TO_VALUES.items())
    return "\n".join([f"class {kind.__name__}(IntEnum):", *members, ""])


def _struct(kind: Any, unset: dict[str, set[str]]) -> str:
    name = kind.__name__
    typed = [
        (spec[1], _field(spec) + (" | None" if spec[1] in unset.get(name, ()) else ""))
        for spec in kind.thrift_spec.values()
    ]
    base = "(Exception)" if issubclass(kind, Exception) else ""
    lines = [f"class {name}{base}:", *(f"    {field}: {text}" for field, text in typed)]
    lines += ["    thrift_spec: dict[int, tuple[Any, ...]]", "    def __init__(", "        self,"]
    lines += (f"        {field}: {text.removesuffix(' | None')} | None = ...," for field, text in typed)
    return "\n".join([*lines, "    ) -> None: ...", ""])


def _service(kind: Any) -> str:
    lines = [f"class {kind.__name__}:", "    thrift_services: list[str]", *_calls(kind)]
    return "\n".join([*lines, ""])


def _calls(kind: Any) -> Iterator[str]:
    for call in kind.thrift_services:
        asked = getattr(kind, f"{call}_args").thrift_spec.values()
        args = "".join(f", {spec[1]}: {_field(spec)}" for spec in asked)
        answer = getattr(kind, f"{call}_result").thrift_spec.get(0)
        returned = _field(answer) if answer else "None"
        yield f"    def {call}(self{args}) -> {returned}: ..."


def _field(spec: tuple[Any, ...]) -> str:
    return _type(spec[0], spec[2] if len(spec) == 4 else None)


def _type(wire: int, part: Any) -> str:
    """The Python type of a parsed one; an enum is an int, a set arrives as a list."""
    if wire in _SCALARS:
        return _SCALARS[wire]
    if wire == 12:
        return str(part.__name__)
    if wire == 13:
        return f"dict[{_element(part[0])}, {_element(part[1])}]"
    return f"{'list' if wire == 15 else 'Collection'}[{_element(part)}]"


def _element(spec: Any) -> str:
    return _type(*spec) if isinstance(spec, tuple) else _type(spec, None)


if __name__ == "__main__":
    for name, text in files().items():
        target = Path(__file__).parents[1] / name
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target}")
