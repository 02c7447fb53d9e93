"""What a layer can be told: options with a type, a default and a description, checked where they are written.

An option is declared in the class and read like an attribute::

    class Turntable(Layer):
        model = Option(Path, REQUIRED, "The model to turn.")
        turns = Option(int, 1, "Full turns over the range.", minimum=1)
"""

from __future__ import annotations

import copy
import difflib
import enum
import math
import reprlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast, get_args, get_origin, overload

from plow_client.errors import Invalid

T = TypeVar("T")


class Required(enum.Enum):
    """The type of REQUIRED, so that a type checker can tell it from a value."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


class Option(Generic[T]):
    """One option of a layer class.

    Types: str, int, float, bool, Path, list[...] of these, list[list[str]], and dict[str, str]. One value may stand
    for a list of one, but not for a list of lists. A relative Path is taken from the blueprint's folder.
    """

    @overload
    def __init__(
        self: Option[T | None],
        kind: type[T],
        default: None,
        doc: str,
        *,
        choices: Sequence[str] = ...,
        minimum: float | None = ...,
    ) -> None: ...

    @overload
    def __init__(
        self,
        kind: type[T],
        default: T | Required,
        doc: str,
        *,
        choices: Sequence[str] = ...,
        minimum: float | None = ...,
    ) -> None: ...

    def __init__(
        self,
        kind: Any,
        default: object,
        doc: str,
        *,
        choices: Sequence[str] = (),
        minimum: float | None = None,
    ) -> None:
        self.name = ""
        self.kind = kind
        self.default = default
        self.doc = doc
        self.choices = choices
        self.minimum = minimum

    def __set_name__(self, owner: type[object], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Option[T]: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> T: ...

    def __get__(self, instance: object | None, owner: type[object]) -> Option[T] | T:
        if instance is None:
            return self
        return cast(T, vars(instance)["values"][self.name])

    def __set__(self, instance: object, value: object) -> None:
        layer = cast(Any, instance)
        layer.set_option(self.name, value)

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    def fresh_default(self) -> object:
        """The default as a value of its own, so that no two layers share a list."""
        return copy.copy(self.default)

    def type_name(self) -> str:
        """The type in the words of the error messages."""
        return "one of " + ", ".join(self.choices) if self.choices else _type_name(self.kind)

    def check(self, raw: object, folder: Path) -> object:
        """The value as the declared type; a ValueError says what was expected."""
        if raw is None and self.default is None:
            return None
        value = _fit(self.kind, raw, folder)
        if self.choices and value not in self.choices:
            raise ValueError(self.type_name())
        if self.minimum is not None and isinstance(value, (int, float)) and not value >= self.minimum:
            raise ValueError(f"at least {self.minimum:g}")
        return value


def declared(owner: type[object]) -> dict[str, Option[Any]]:
    """All options of a class by name, its own first, then those of its bases."""
    found: dict[str, Option[Any]] = {}
    for cls in owner.__mro__:
        for name, value in vars(cls).items():
            if isinstance(value, Option):
                found.setdefault(name, value)
    return found


class _Short(reprlib.Repr):
    """A value in an error message: YAML can say in a line what takes a gigabyte to print."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = 200
        self.maxlist = self.maxtuple = self.maxdict = 10
        self.maxlevel = 3

    def repr_Table(self, table: dict[str, object], level: int) -> str:
        return self.repr_dict(table, level)


shown: Final = _Short().repr


def nearest(word: str, words: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: what was probably meant, or nothing."""
    near = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def unknown(word: str, what: str, words: Collection[str]) -> Invalid:
    """The error for a name that nobody knows."""
    return Invalid(f"no {what} '{word}'{nearest(word, words)}")


_WORDS: Final[Mapping[object, tuple[str, str]]] = {
    str: ("a text", "texts"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "true or false"),
    Path: ("a path", "paths"),
    list[str]: ("a list of texts", "lists of texts"),
}


def _type_name(kind: Any) -> str:
    if get_origin(kind) is list:
        return "a list of " + _WORDS[get_args(kind)[0]][1]
    if get_origin(kind) is dict:
        return "a table of names and texts"
    return _WORDS[kind][0]


def _fit(kind: Any, raw: object, folder: Path) -> object:
    origin = get_origin(kind)
    if origin is list:
        items = raw if isinstance(raw, (list, tuple)) else [raw]
        if get_args(kind)[0] == list[str] and not all(isinstance(item, (list, tuple)) for item in items):
            raise ValueError(_type_name(kind))
        return [_fit_item(kind, item, folder) for item in items]
    if origin is dict:
        return _fit_table(kind, raw)
    return _fit_one(kind, raw, folder)


def _fit_item(kind: Any, item: object, folder: Path) -> object:
    try:
        return _fit(get_args(kind)[0], item, folder)
    except ValueError:
        raise ValueError(_type_name(kind)) from None


def _fit_table(kind: Any, raw: object) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        raise ValueError(_type_name(kind))
    if not all(isinstance(part, str) and "\0" not in part for pair in raw.items() for part in pair):
        raise ValueError(_type_name(kind))
    return dict(raw)


def _fit_one(kind: Any, raw: object, folder: Path) -> object:
    if kind is Path and isinstance(raw, (str, Path)) and str(raw) and "\0" not in str(raw):
        return folder / Path(raw).expanduser()
    if kind is str and isinstance(raw, (str, Path)) and "\0" not in str(raw):
        return str(raw)
    if kind is float and isinstance(raw, (int, float)) and not isinstance(raw, bool) and math.isfinite(raw):
        return float(raw)
    if kind in (int, bool) and type(raw) is kind:
        return raw
    raise ValueError(_type_name(kind))
