"""Rows of the views become structs of the wire, whatever the struct.

A view's columns are named like its struct's fields, in snake_case; `totals__waiting_task_count` is a field of
a struct within. An enum's label becomes its number, a null leaves the field unset. A job's spec is kept as
JSON: `to_json` and `from_json` go that way and back, and so are the structs of `_AS_JSON`, in one column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from plow_client import idl
from plow_client.errors import Invalid
from plow_client.names import wire_names

Struct = TypeVar("Struct")
Row = Mapping[str, Any]

_I32, _STRUCT, _MAP, _SET, _LIST = 8, 12, 13, 14, 15
_AS_JSON = (
    idl.RunSettingsT,
    idl.GpuT,
    idl.DiskT,
    idl.NeedsT,
    idl.RetryRulesT,
    idl.PredictionT,
    idl.ReservationT,
    idl.RuleCountT,
)
_known_fields: dict[Any, list[tuple[str, str, int, Any]]] = {}  # worked out once for each struct


class Shape:
    """How the rows of one view become one struct: made once for each struct and each part of it."""

    def __init__(self, struct: Any, prefix: str = "") -> None:
        self._struct = struct
        self._unset = dict(vars(struct()))
        self._plain: list[tuple[str, str]] = []
        self._enums: list[tuple[str, str, dict[str, int]]] = []
        self._parts: list[tuple[str, Shape]] = []
        self._json: list[tuple[str, str, int, Any]] = []
        for column, field, kind, part in _fields(struct):
            if _is_json(kind, part):
                self._json.append((field, prefix + column, kind, part))
            elif kind == _STRUCT:
                self._parts.append((field, Shape(part, f"{prefix}{column}__")))
            elif kind == _I32 and part is not None:
                self._enums.append((field, prefix + column, labels(part)))
            elif not _holds_structs(kind, part):
                self._plain.append((field, prefix + column))
        self._plain_fields = [field for field, _ in self._plain]
        self._plain_values = _getter([column for _, column in self._plain])

    def columns(self) -> list[str]:
        """Every column that the view has to have."""
        inner = [column for _, part in self._parts for column in part.columns()]
        enums = [column for _, column, _ in self._enums]
        json = [column for _, column, _, _ in self._json]
        return [column for _, column in self._plain] + enums + json + inner

    def make(self, row: Row) -> Any:
        """The struct of one row; a column that the row does not have leaves its field unset."""
        values = self._unset.copy()
        try:
            values.update(zip(self._plain_fields, self._plain_values(row), strict=True))
        except KeyError:
            values.update((field, row[column]) for field, column in self._plain if column in row)
        for field, column, numbers in self._enums:
            label = row.get(column)
            values[field] = None if label is None else numbers[label]
        for field, part in self._parts:
            values[field] = part.make(row)
        for field, column, wire, inside in self._json:
            told = row.get(column)
            values[field] = None if told is None else _from_json(wire, inside, told)
        made: Any = object.__new__(self._struct)
        made.__dict__ = values
        return made


def maker(struct: type[Struct]) -> Callable[[Row], Struct]:
    """What `db.one` and `db.all` take to make this struct of each row."""
    return Shape(struct).make


def labels(enum: Any) -> dict[str, int]:
    """The numbers of an enum of the IDL by the labels that SQL has."""
    return {member.name: int(member) for member in idl.enums[enum.__name__]}


def label(enum: type[Any], number: int) -> str:
    """What SQL calls this number of the wire; Invalid for one that it does not have."""
    try:
        return str(enum(number).name)
    except ValueError:
        raise Invalid(f"there is no {enum.__name__} {number}") from None


def to_json(value: Any) -> Any:
    """A struct as JSON: fields by name, those that are unset left out, enums as numbers."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if hasattr(value, "thrift_spec"):
        return {field: to_json(item) for field, item in vars(value).items() if item is not None}
    return value


def from_json(struct: type[Struct], value: Mapping[str, Any]) -> Struct:
    """The struct that `to_json` wrote; a field that is no longer known is passed over."""
    made = struct()
    for _, field, kind, part in _fields(struct):
        if field in value:
            setattr(made, field, _from_json(kind, part, value[field]))
    return made


def _from_json(kind: int, part: Any, value: Any) -> Any:
    if kind == _STRUCT:
        return from_json(part, value)
    if _holds_structs(kind, part):
        return [from_json(part[1], item) for item in value]
    return value


def _getter(columns: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """All these values of a row at once; a loop in Python would cost twice as much."""
    if len(columns) < 2:
        return lambda row: tuple(row[column] for column in columns)
    return itemgetter(*columns)


def _fields(struct: Any) -> Sequence[tuple[str, str, int, Any]]:
    """Column, field, wire type and what stands inside, for each field."""
    if struct not in _known_fields:
        specs = struct.thrift_spec.values()
        columns = {wire: column for column, wire in wire_names(spec[1] for spec in specs).items()}
        _known_fields[struct] = [
            (columns[spec[1]], spec[1], spec[0], spec[2] if len(spec) == 4 else None) for spec in specs
        ]
    return _known_fields[struct]


def _is_json(kind: int, part: Any) -> bool:
    return (part if kind == _STRUCT else part[1] if _holds_structs(kind, part) else None) in _AS_JSON


def _holds_structs(kind: int, part: Any) -> bool:
    return kind in (_SET, _LIST) and isinstance(part, tuple) and part[0] == _STRUCT
