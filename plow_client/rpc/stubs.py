"""Writes idl.pyi, the types of plow.thrift, for type checkers and editors.

    python -m plow_client.rpc.stubs            # writes plow_client/idl.pyi

A field typed `X | None` is `optional` in the IDL and has no default: unset means "not said".
Any other field is typed as set; only a peer older than the field, or a careless one, leaves it None.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plow_client import idl

HEAD = """\
# Written by `python -m plow_client.rpc.stubs` from plow.thrift. Do not edit.
from collections.abc import Collection
from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

FILE_NAME: str
PATH: Path
thrift: ModuleType
enums: dict[str, type[IntEnum]]
structs: dict[str, type[Any]]
services: dict[str, type[Any]]

def find() -> Path: ...
def load(path: Path, module_name: str) -> ModuleType: ...
def service_of(service: str | type[Any]) -> type[Any]: ...
"""
_SCALARS = {2: "bool", 3: "int", 4: "float", 6: "int", 8: "int", 10: "int", 11: "str", 18: "bytes"}
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.DOTALL)
_BLOCK = re.compile(r"\b(?:struct|exception)\s+(\w+)\s*\{(.*?)\}", re.DOTALL)
_OPTIONAL = re.compile(r"\d+\s*:\s*optional\s+(?:[\w.]+|\w+\s*<.*?>)\s+(\w+)\s*(=)?", re.DOTALL)


def write(path: Path) -> None:
    """Write the stub file anew."""
    path.write_text(render(), encoding="utf-8")


def render() -> str:
    """The text of idl.pyi for the plow.thrift that is loaded."""
    unset = optional_fields(idl.PATH.read_text(encoding="utf-8"))
    parts = [HEAD]
    parts += (_enum(name, kind) for name, kind in idl.enums.items())
    parts += (_struct(name, kind, unset.get(name, set())) for name, kind in idl.structs.items())
    parts += (_service(name, kind) for name, kind in idl.services.items())
    return "\n".join(parts)


def optional_fields(text: str) -> dict[str, set[str]]:
    """Fields marked `optional` that have no default, by struct; the parser does not keep that word."""
    blocks = _BLOCK.findall(_COMMENT.sub("", text))
    return {
        name: {field for field, default in _OPTIONAL.findall(body) if not default} for name, body in blocks
    }


def _enum(name: str, kind: type[Any]) -> str:
    return "\n".join([f"class {name}(IntEnum):", *(f"    {item.name} = {item.value}" for item in kind), ""])


def _struct(name: str, kind: type[Any], unset: set[str]) -> str:
    typed = [
        (spec[1], _field(spec) + (" | None" if spec[1] in unset else ""))
        for spec in kind.thrift_spec.values()
    ]
    base = "(Exception)" if issubclass(kind, Exception) else ""
    lines = [f"class {name}{base}:", *(f"    {field}: {text}" for field, text in typed)]
    lines += ["    thrift_spec: dict[int, tuple[Any, ...]]", "    def __init__(", "        self,"]
    lines += (f"        {field}: {text.removesuffix(' | None')} | None = ...," for field, text in typed)
    return "\n".join([*lines, "    ) -> None: ...", ""])


def _service(name: str, kind: type[Any]) -> str:
    lines = [f"class {name}:", "    thrift_services: list[str]", *_calls(kind)]
    return "\n".join([*lines, ""])


def _calls(kind: type[Any]) -> Iterator[str]:
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
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(idl.__file__).with_suffix(".pyi")
    write(target)
    print(f"wrote {target}")
