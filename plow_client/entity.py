"""What all of Plow's nouns share: a row of the server, read by Python's names.

    class Task(Entity[TaskT]):
        _struct = TaskT
        state: TaskState            # declared here, read from the row

A declared name is read from the wire's field of the same name (`min_cores` from `minCores`), or the one
that `_wire` gives. The wire's own names are understood as well, as scripts of Plow 2013 use them.
Numbers become enum members, structs become records, and what the server did not say is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    runtime_checkable,
)

from plow_client.errors import Invalid
from plow_client.names import to_snake, wire_names

if TYPE_CHECKING:
    from plow_client.blame import Blame

Row = TypeVar("Row")
Convert = Callable[[Any], Any]


@runtime_checkable
class SentAsStruct(Protocol):
    """Settings that a script fills in and sends: a Spec, which is built on this module."""

    def to_wire(self) -> Any:
        """The struct that is sent."""

    @classmethod
    def from_wire(cls, row: Any) -> Any:
        """What a struct came from."""


class Record(Generic[Row]):
    """A part of the farm without an id of its own: statistics, totals."""

    __slots__ = ("_row",)
    _row: Row
    _struct: ClassVar[type[Any]]
    _wire: ClassVar[Mapping[str, str]] = {}
    _settable: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, row: Row) -> None:
        object.__setattr__(self, "_row", row)

    if not TYPE_CHECKING:  # a checker shall know the declared names only, and find the misspelt ones

        def __getattr__(self, name: str) -> Any:
            reader = _readers(type(self)).get(name)
            if reader is None:
                raise AttributeError(f"a {type(self).__name__} has no '{name}'")
            wire, convert = reader
            value = getattr(self._row, wire)
            return value if value is None else convert(value)

    def __setattr__(self, name: str, value: object) -> None:
        reader = _readers(type(self)).get(name)
        if reader is None or to_snake(name) not in self._settable:
            raise AttributeError(f"'{name}' of a {type(self).__name__} cannot be assigned")
        self._accept(name, value)

    def __reduce__(self) -> tuple[type[Record[Row]], tuple[Row]]:
        return type(self), (self._row,)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *declared(type(self))]

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in declared(type(self)))
        return f"{type(self).__name__}({told})"

    def as_dict(self) -> dict[str, object]:
        """Plain values by snake_case names, enums by their labels: what `--json` prints."""
        return {name: _plain(getattr(self, name)) for name in declared(type(self))}

    def _accept(self, name: str, value: object) -> None:
        """Take over what the server has accepted."""
        wire, _ = _readers(type(self))[name]
        setattr(self._row, wire, value.to_wire() if isinstance(value, SentAsStruct) else value)


class Entity(Record[Row]):
    """Something with an id: equal to every other copy of itself, however old."""

    __slots__ = ()
    id: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entity) and type(self) is type(other) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        name = getattr(self, "name", None)
        return f"<{type(self).__name__} {name} {self.id}>" if name else f"<{type(self).__name__} {self.id}>"

    def history(self, limit: int = 0) -> list[Blame]:
        """Who changed it, newest first; see `get_history`."""
        from plow_client.blame import get_history  # which is made of records itself

        return get_history(self, limit)

    def _reload(self, row: Row) -> None:
        object.__setattr__(self, "_row", row)


Ref = Entity[Any] | str
Refs = Ref | Iterable[Ref]
Kind = TypeVar("Kind", bound=IntEnum)
_PLAIN = frozenset((str, int, float, bool))
_declared: dict[type[Any], tuple[str, ...]] = {}  # worked out once for each class
_known_readers: dict[type[Any], dict[str, tuple[str, Convert]]] = {}


def id_of(thing: Ref) -> str:
    """The id of an object, or the id itself."""
    return thing if isinstance(thing, str) else thing.id


def ids_of(things: Refs | None) -> list[str] | None:
    """The ids of one thing or many; None stays "not said"."""
    if things is None:
        return None
    if isinstance(things, str | Entity):
        return [id_of(things)]
    return [id_of(thing) for thing in things]


def texts_of(texts: str | Iterable[str] | None) -> list[str] | None:
    """One text or many; None stays "not said"."""
    if texts is None:
        return None
    return [texts] if isinstance(texts, str) else list(texts)


def member_of(kind: type[Kind], value: Kind | int | str) -> Kind:
    """An enum's member by itself, by number, or by label in any case."""
    try:
        return kind[value.upper()] if isinstance(value, str) else kind(value)
    except (KeyError, ValueError):
        known = ", ".join(member.name for member in kind)
        raise Invalid(f"'{value}' is no {kind.__name__}; one of {known}") from None


def members_of(
    kind: type[Kind], values: Kind | int | str | Iterable[Kind | int | str] | None
) -> list[int] | None:
    """Members for a filter; None stays "not said"."""
    if values is None:
        return None
    if isinstance(values, str | int):
        return [int(member_of(kind, values))]
    return [int(member_of(kind, value)) for value in values]


def declared(kind: type[Any]) -> tuple[str, ...]:
    """The fields a class declares, in the order of the wire."""
    if kind not in _declared:
        own = [name for name in get_type_hints(kind) if not name.startswith("_")]
        order = [spec[1] for spec in kind._struct.thrift_spec.values()]
        _declared[kind] = tuple(sorted(own, key=lambda name: order.index(_wire_name(kind, name))))
    return _declared[kind]


def _readers(kind: type[Any]) -> dict[str, tuple[str, Convert]]:
    """By every name that is understood: the wire's field, and what its value becomes."""
    if kind not in _known_readers:
        hints = get_type_hints(kind)
        readers: dict[str, tuple[str, Convert]] = {}
        for name in declared(kind):
            wire = _wire_name(kind, name)
            for known in (name, wire, to_snake(wire)):
                readers.setdefault(known, (wire, _converter(hints[name])))
        _known_readers[kind] = readers
    return _known_readers[kind]


def _wire_name(kind: type[Any], name: str) -> str:
    renamed: Mapping[str, str] = kind._wire
    if name in renamed:
        return renamed[name]
    return wire_names(spec[1] for spec in kind._struct.thrift_spec.values())[name]


def _converter(hint: Any) -> Convert:
    if get_origin(hint) in (Union, UnionType):
        return _converter(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is list:
        inner = _converter(get_args(hint)[0])
        return list if inner is _same else lambda values: [inner(value) for value in values]
    if get_origin(hint) is set:
        return set  # the codec reads a set as a list
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return lambda value: _labelled(hint, value)
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint
    if isinstance(hint, type) and issubclass(hint, SentAsStruct):
        return hint.from_wire
    return _same


def _same(value: object) -> object:
    return value


def _labelled(kind: type[IntEnum], value: int) -> int:
    """A number that only a newer server knows stays a number."""
    try:
        return kind(value)
    except ValueError:
        return value


def _plain(value: object) -> object:
    if value is None or type(value) in _PLAIN:
        return value  # most are: the questions below cost a list of 200 jobs a quarter of a second
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, Record):
        return value.as_dict()
    if isinstance(value, SentAsStruct):
        return {name: told for name, told in vars(value).items() if told is not None}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
