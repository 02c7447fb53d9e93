"""What the specs of jobs, layers, tasks and depends share: fields that know whether they were set.

An unset field is None and is not sent, so that the service's preset or the server's own value holds;
0, False and an empty list are said and are sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from plow_client.entity import Entity
from plow_client.names import to_camel, to_snake

Self = TypeVar("Self", bound="Spec")


class Spec:
    """A base for dataclasses that become a struct of the wire; camelCase names are understood too."""

    _struct: ClassVar[type[Any]]
    _wire: ClassVar[Mapping[str, str]] = {}
    _parts: ClassVar[Mapping[str, type[Spec]]] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return object.__getattribute__(self, self._own(name))

        def __setattr__(self, name: str, value: object) -> None:
            object.__setattr__(self, self._own(name), value)

    def to_wire(self) -> Any:
        """The struct that is sent."""
        row = self._struct()
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value is not None:
                setattr(row, self._wire_name(field.name), _sent(value))
        return row

    @classmethod
    def from_wire(cls: type[Self], row: Any) -> Self:
        """The spec that a struct came from."""
        told = {}
        for field in fields(cls):  # type: ignore[arg-type]
            value = getattr(row, cls._wire_name(field.name))
            part = cls._parts.get(field.name)
            told[field.name] = value if part is None or value is None else _read(part, value)
        return cls(**told)

    @classmethod
    def _wire_name(cls, name: str) -> str:
        return cls._wire.get(name, to_camel(name))

    @classmethod
    def _own(cls, name: str) -> str:
        """The field meant by a name; AttributeError, so that a misspelt field is no silent new one."""
        known = [field.name for field in fields(cls)]  # type: ignore[arg-type]
        for own in known:
            if name in (own, cls._wire_name(own)) or to_snake(name) == own:
                return own
        raise AttributeError(f"a {cls.__name__} has no '{name}'; it has {', '.join(known)}")


def _read(part: type[Spec], value: Any) -> object:
    return [part.from_wire(item) for item in value] if isinstance(value, list) else part.from_wire(value)


def _sent(value: object) -> object:
    if isinstance(value, Spec):
        return value.to_wire()
    if isinstance(value, Entity):
        return value.id
    if isinstance(value, tuple | list):
        return [_sent(item) for item in value]
    return value
