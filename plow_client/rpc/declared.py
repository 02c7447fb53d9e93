"""Makes the enums, structs and services of an IDL from tables, each when it is first asked for.

The tables are those of idl_tables.py; what comes out is what thriftpy2 makes of the file itself (a test
compares), without its parser. A node daemon needs a tenth of the interface, a script often less.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import Any, Final

from plow_client.rpc.thriftpy import TException, TPayload, gen_init

# A field: its number, wire type, name, part (of what a container, struct or enum is), whether it is
# required, and its default. A part names other kinds by a string.
Field = tuple[int, int, str, Any, bool, Any]
Fields = tuple[Field, ...]
Call = tuple[Fields, Fields, bool]  # what it takes, what it answers, and whether it is not answered at all

_STRUCT: Final = 12
_making = threading.RLock()  # one for all: kinds are made of one another, and nobody may see half of one


class Kinds(Mapping[str, type[Any]]):
    """Kinds by their names, in the order of the IDL. Any thread may ask."""

    def __init__(self, names: Mapping[str, Any], make: Callable[[str], type[Any]]) -> None:
        """`make` is called once for each of the names, under a lock."""
        self._names = names
        self._make = make
        self._made: dict[str, type[Any]] = {}

    def __getitem__(self, name: str) -> type[Any]:
        with _making:
            if name not in self._made:
                if name not in self._names:
                    raise KeyError(name)
                self._made[name] = self._make(name)
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Declared:
    """All that one IDL declares; `module` is where its kinds are found by name."""

    def __init__(
        self,
        module: str,
        enums: Mapping[str, Mapping[str, int]],
        structs: Mapping[str, Fields],
        exceptions: Mapping[str, Fields],
        calls: Mapping[str, Mapping[str, Call]],
    ) -> None:
        self._module = module
        self._fields = {**structs, **exceptions}
        self._unfilled: dict[str, type[Any]] = {}
        self.enums = Kinds(enums, lambda name: self._enum(name, enums[name]))
        self.structs = Kinds(
            self._fields, lambda name: self._struct(name, TException if name in exceptions else TPayload)
        )
        self.services = Kinds(calls, lambda name: self._service(name, calls[name]))

    def _enum(self, name: str, members: Mapping[str, int]) -> type[Any]:
        make: Any = IntEnum  # a type checker takes what it makes for a class of this file
        kind: type[Any] = make(name, members, module=self._module)
        kind._VALUES_TO_NAMES = {value: label for label, value in members.items()}  # as thriftpy2's have it
        return kind

    def _struct(self, name: str, base: type[Any]) -> type[Any]:
        """A struct may hold its own kind: it is known before its fields are."""
        kind = self._unfilled[name] = self._empty(name, base)
        self._fill(kind, self._fields[name])
        return self._unfilled.pop(name)

    def _service(self, name: str, calls: Mapping[str, Call]) -> type[Any]:
        def make(call: str, part: str) -> type[Any]:
            takes, answers, is_oneway = calls[call]
            kind: Any = self._empty(f"{call}_{part}", TPayload)
            if part == "args":
                return self._fill(kind, takes)
            kind.oneway = is_oneway
            return self._fill(kind, answers)

        own = {"__module__": self._module, "thrift_services": list(calls), "_make": staticmethod(make)}
        return _Service(name, (), own)

    def _empty(self, name: str, base: type[Any]) -> type[Any]:
        return type(name, (base,), {"__module__": self._module, "_ttype": _STRUCT})

    def _fill(self, kind: Any, fields: Fields) -> type[Any]:
        spec = {}
        for number, wire, name, part, required, _ in fields:
            spec[number] = (
                (wire, name, required) if part is None else (wire, name, self._part(part), required)
            )
        kind.default_spec = [(field[2], field[5]) for field in fields]
        return gen_init(kind, spec, kind.default_spec)

    def _part(self, part: Any) -> Any:
        """A part with the kinds themselves in the place of their names."""
        if isinstance(part, tuple):
            return tuple(map(self._part, part))
        if not isinstance(part, str):
            return part
        return self._unfilled.get(part) or (self.enums if part in self.enums else self.structs)[part]


class _Service(type):
    """A service, whose `getJob_args` and `getJob_result` are made when they are first asked for."""

    thrift_services: list[str]
    _make: Callable[[str, str], type[Any]]

    def __getattr__(cls, name: str) -> type[Any]:
        call, _, part = name.rpartition("_")
        if part not in ("args", "result") or call not in cls.thrift_services:
            raise AttributeError(f"{cls.__name__} has no '{name}'")
        with _making:
            if name not in vars(cls):
                setattr(cls, name, cls._make(call, part))
            made: type[Any] = vars(cls)[name]
            return made
