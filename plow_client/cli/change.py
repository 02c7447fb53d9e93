"""What commands that change things share: values from the command line, and doing only what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from enum import IntEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import click

from plow_client.entity import Entity, member_of
from plow_client.errors import Invalid
from plow_client.spec import Spec

Settings = TypeVar("Settings", bound=Spec)


def apply(*changes: tuple[object, Callable[[Any], object]]) -> None:
    """Call with each value that was given; a command that says none is written wrongly."""
    said = [(value, change) for value, change in changes if value is not None and value != ()]
    if not said:
        raise click.UsageError("nothing to change: name an option (see --help)")
    for value, change in said:
        change(value)


def choice(kind: type[IntEnum]) -> click.Choice[str]:
    """The members of an enum, as people write them."""
    return click.Choice([member.name.lower() for member in kind], case_sensitive=False)


def told(noun: str, thing: Entity[Any], done: str) -> None:
    """One line for a thing that was changed."""
    click.echo(f"{noun} {getattr(thing, 'name', None) or thing.id} {done}")


def words_of(text: str) -> list[str]:
    """``a,b`` as a list; nothing is no word."""
    return [word.strip() for word in text.split(",") if word.strip()]


def pairs_of(texts: Iterable[str]) -> dict[str, str]:
    """``KEY=VALUE`` each."""
    pairs = [text.partition("=") for text in texts]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise Invalid(f"'{key}' is no attribute: write KEY=VALUE")
    return {key: value for key, _, value in pairs}


def settings_of(kind: type[Settings], texts: Iterable[str]) -> Settings:
    """``KEY=VALUE`` each, as settings of a layer or a service; Invalid names the keys there are."""
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    values = {}
    for key, text in pairs_of(texts).items():
        if key not in known:
            raise Invalid(f"no setting '{key}'; there are {', '.join(known)}")
        try:
            values[key] = _value(hints[key], key, text)
        except ValueError as error:
            raise Invalid(f"{key}={text}: expected {error}") from None
    return kind(**values)


def _value(kind: Any, key: str, text: str) -> object:
    import json  # these three are needed by few commands
    import shlex

    from plow_client.convert import convert

    inner = next(part for part in get_args(kind) if part is not type(None))
    if isinstance(inner, type) and issubclass(inner, IntEnum):
        return member_of(inner, text)
    if get_origin(inner) is not list:
        return "" if text == "" and inner is str else convert(inner, text)
    if text.startswith("["):
        return json.loads(text)
    if key.endswith("_command") or key == "wrapper":
        return shlex.split(text)
    item = get_args(inner)[0]
    if item not in (str, int):
        raise ValueError('a list of lists, as in JSON: [["a", "b"], ["c"]]')
    return [convert(item, word) for word in words_of(text)]
