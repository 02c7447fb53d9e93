"""Writes idl_tables.py, what plow.thrift declares as tables, so that nobody has to parse it at every start.

`python -m plow_client.rpc.stubs` calls it; what the tables mean stands in declared.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

HEAD = '''\
"""Written by `python -m plow_client.rpc.stubs` from plow.thrift. Do not edit."""

from __future__ import annotations

from plow_client.rpc.declared import Call, Fields
'''


def render(thrift: ModuleType) -> str:
    """The text of idl_tables.py for a plow.thrift as the parser gives it."""
    declared: dict[str, list[Any]] = vars(thrift)["__thrift_meta__"]
    return "\n".join(
        [
            HEAD,
            *_table("ENUMS", "dict[str, int]", map(_enum, declared["enums"])),
            *_table("STRUCTS", "Fields", map(_struct, declared["structs"])),
            *_table("EXCEPTIONS", "Fields", map(_struct, declared["exceptions"])),
            *_table("CALLS", "dict[str, Call]", map(_service, declared["services"])),
        ]
    )


def _table(name: str, of: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"{name}: dict[str, {of}] = {{"
    for row in rows:
        yield from (f"    {line}" for line in row)
    yield "}\n"


def _enum(kind: Any) -> Iterator[str]:
    yield f"{_text(kind.__name__)}: {{"
    yield from (f"    {_text(label)}: {value}," for label, value in kind._NAMES_TO_VALUES.items())
    yield "},"


def _struct(kind: Any) -> Iterator[str]:
    yield f"{_text(kind.__name__)}: ("
    yield from _fields(kind)
    yield "),"


def _service(kind: Any) -> Iterator[str]:
    yield f"{_text(kind.__name__)}: {{"
    for call in kind.thrift_services:
        answers = getattr(kind, f"{call}_result")
        yield f"    {_text(call)}: ("
        for part in (getattr(kind, f"{call}_args"), answers):
            lines = list(_fields(part))
            yield from (
                ["        (", *(f"        {line}" for line in lines), "        ),"]
                if lines
                else ["        (),"]
            )
        yield f"        {answers.oneway},"
        yield "    ),"
    yield "},"


def _fields(kind: Any) -> Iterator[str]:
    """In the order of their defaults, which is that of the IDL, and an answer before its errors."""
    specs = {spec[1]: (number, spec) for number, spec in kind.thrift_spec.items()}
    for name, default in kind.default_spec:
        number, spec = specs[name]
        part = _part(spec[2]) if len(spec) == 4 else None
        yield f"    ({number}, {spec[0]}, {_text(name)}, {part}, {spec[-1]}, {_default(default)}),"


def _part(part: Any) -> str:
    if isinstance(part, tuple):
        return f"({', '.join(map(_part, part))})"
    return str(part) if isinstance(part, int) else _text(part.__name__)


def _default(value: Any) -> str:
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
