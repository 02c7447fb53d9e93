"""Turns what a file or a line of text holds into the type a setting declares.

A failed conversion is a ValueError whose message says what was expected: ``a whole number``.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from plow_client import toml

_YES = {"true", "yes", "on", "1"}
_NO = {"false", "no", "off", "0"}


def convert(kind: Any, raw: object) -> object:
    """Text is read generously (`on`, `5`, `a,b`, `["a", "b"]`); a value that has a type already must fit."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional(kind, raw)
    if origin is Literal:
        return _one_of(get_args(kind), raw)
    if origin is tuple:
        return _row(get_args(kind)[0], raw)
    if origin is dict or kind is dict or origin is Mapping:
        inner = get_args(kind)[1:] or (str,)
        return _table(raw) if inner[0] is str else _tables(inner[0], raw)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(_one_of([member.value for member in kind], raw))
    reader = _READERS.get(kind)
    if reader is None:
        raise TypeError(f"a setting cannot be of type {kind}")
    return reader(raw)


def _optional(kind: Any, raw: object) -> object:
    inner = [part for part in get_args(kind) if part is not type(None)]
    if raw is None or raw == "":
        return None
    return convert(inner[0], raw)


def _one_of(choices: Sequence[object], raw: object) -> object:
    for choice in choices:
        if raw == choice or str(raw) == str(choice):
            return choice
    raise ValueError("one of " + ", ".join(map(str, choices)))


def _row(kind: Any, raw: object) -> tuple[object, ...]:
    if isinstance(raw, str):
        written = _as_in_a_file(raw, "[")
        raw = [part.strip() for part in raw.split(",") if part.strip()] if written is None else written
    if not isinstance(raw, (list, tuple)):
        raise ValueError("a list")
    return tuple(convert(kind, item) for item in raw)


def _as_in_a_file(raw: str, opening: str) -> object:
    """What a line of text means that is written as in a settings file; None where it is not (`[::1]:11337`)."""
    if not raw.lstrip().startswith(opening):
        return None
    try:
        return toml.loads(f"value = {raw}")["value"]
    except ValueError:
        return None


def _table(raw: object) -> dict[str, str]:
    if isinstance(raw, str):
        written = _as_in_a_file(raw, "{")
        raw = raw if written is None else written
    if isinstance(raw, str):
        pairs = [part.partition("=") for part in raw.split(",") if part.strip()]
        if any(not equals for _, equals, _ in pairs):
            raise ValueError("pairs like name=value,name=value")
        return {key.strip(): value.strip() for key, _, value in pairs}
    if not isinstance(raw, Mapping):
        raise ValueError("a table of names and values")
    return {str(key): _text(value) for key, value in raw.items()}


def _tables(kind: Any, raw: object) -> dict[str, object]:
    if not isinstance(raw, Mapping):
        raise ValueError("tables, as a settings file has them")
    return {str(key): convert(kind, value) for key, value in raw.items()}


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError("a text")
    if "\0" in raw:
        raise ValueError("a text without NUL characters")
    return raw


def _path(raw: object) -> Path:
    if isinstance(raw, Path):
        return raw
    return Path(_text(raw)).expanduser()


def _whole(raw: object) -> int:
    if isinstance(raw, str):
        try:
            return int(raw)
        except ValueError:
            raise ValueError("a whole number") from None
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError("a whole number")
    return raw


def _number(raw: object) -> float:
    wanted = "a number"
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError(wanted)
    try:
        value = float(raw)
    except ValueError:
        raise ValueError(wanted) from None
    if not math.isfinite(value):
        raise ValueError(wanted)
    return value


def _truth(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("true or false")


_READERS: dict[Any, Callable[[object], object]] = {
    str: _text,
    Path: _path,
    int: _whole,
    float: _number,
    bool: _truth,
}
