"""Settings of every program: typed sections, filled from a file, the environment and the command line.

A schema is a frozen dataclass whose fields are settings or sections (frozen dataclasses again)::

    @dataclass(frozen=True)
    class Node:
        silent_s: float = setting(30.0, "Seconds without a ping until nothing new is booked.", minimum=1)


    @dataclass(frozen=True)
    class Config:
        node: Node = Node()


    settings = load(Config, file=path, overrides=["node.silent_s=5"])
    settings.value.node.silent_s, settings.origins["node.silent_s"]

Later sources win: default, file, environment, `-o`, command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast, get_type_hints

from plow_client import toml
from plow_client.convert import convert
from plow_client.errors import Invalid

Schema = TypeVar("Schema")
Value = TypeVar("Value")
SECRET = "***"


@dataclass(frozen=True)
class Key:
    """One setting of a schema, by its full name: ``node.silent_s``."""

    name: str
    kind: Any
    default: object
    doc: str
    minimum: float | None
    maximum: float | None
    secret: bool


@dataclass(frozen=True)
class Settings(Generic[Schema]):
    """The finished settings, and for each key the words that say where its value came from."""

    value: Schema
    origins: dict[str, str]


@dataclass(frozen=True)
class Row:
    """A line of the list that a program prints about itself."""

    key: str
    value: str
    origin: str
    doc: str


def setting(
    default: Value,
    doc: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    secret: bool = False,
) -> Value:
    """A field of a section; a secret one is never printed."""
    told = {"doc": doc, "minimum": minimum, "maximum": maximum, "secret": secret}
    if isinstance(default, dict):  # dataclasses refuse a default that could be shared
        return field(default_factory=lambda: cast(Value, dict(default)), metadata=told)
    return field(default=default, metadata=told)


def load(
    schema: type[Schema],
    *,
    file: Path | Sequence[Path] | None = None,
    overrides: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
    prefix: str = "PLOW_",
    arguments: Mapping[str, object] | None = None,
) -> Settings[Schema]:
    """Read every source and check every value; Invalid names the key, the value and what is expected.

    Of several files the last that has a key is believed. `arguments` holds what the command line gave by full
    key; None there means not given.
    """
    keys = {key.name: key for key in _keys(schema)}
    values = {name: key.default for name, key in keys.items()}
    origins = dict.fromkeys(keys, "default")
    files = [file] if isinstance(file, Path) else list(file or ())
    for name, raw, origin in _sources(keys, files, overrides, environ, prefix, arguments):
        values[name] = _checked(_known(keys, name, origin), raw, origin)
        origins[name] = origin
    return Settings(_build(schema, values), origins)


def describe(settings: Settings[Any]) -> list[Row]:
    """Every key with its value, origin and meaning, in the order of the schema."""
    rows = []
    for key in _keys(type(settings.value)):
        value: Any = settings.value
        for part in key.name.split("."):
            value = getattr(value, part)
        shown = SECRET if key.secret and value else _as_text(value)
        rows.append(Row(key.name, shown, settings.origins[key.name], key.doc))
    return rows


def environment_name(key: str, prefix: str = "PLOW_") -> str:
    """``node.silent_s`` is ``PLOW_NODE_SILENT_S``."""
    return prefix + key.replace(".", "_").upper()


def _keys(schema: Any, above: str = "") -> Iterator[Key]:
    hints = get_type_hints(schema)
    for entry in fields(schema):
        name, kind = above + entry.name, hints[entry.name]
        if is_dataclass(kind):
            yield from _keys(kind, name + ".")
            continue
        default = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        if default is MISSING:
            raise TypeError(f"setting '{name}' has no default")
        told = entry.metadata
        yield Key(
            name,
            kind,
            default,
            told.get("doc", ""),
            told.get("minimum"),
            told.get("maximum"),
            told.get("secret", False),
        )


def _sources(
    keys: Mapping[str, Key],
    files: Sequence[Path],
    overrides: Iterable[str],
    environ: Mapping[str, str] | None,
    prefix: str,
    arguments: Mapping[str, object] | None,
) -> Iterator[tuple[str, object, str]]:
    for file in files:
        yield from ((name, raw, f"file {file}") for name, raw in _flat(_read(file), keys))
    environ = os.environ if environ is None else environ
    for name in keys:
        variable = environment_name(name, prefix)
        if variable in environ:
            yield name, environ[variable], f"environment {variable}"
    for text in overrides:
        name, equals, raw = text.partition("=")
        if not equals:
            raise Invalid(f"-o '{text}': expected section.key=value")
        yield name.strip(), raw.strip(), "-o"
    for name, value in (arguments or {}).items():
        if value is not None:
            yield name, value, "command line"


def _read(file: Path) -> dict[str, Any]:
    try:
        return toml.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Invalid(f"no settings file '{file}'") from None
    except OSError as error:
        raise Invalid(f"cannot read settings file '{file}': {error.strerror}") from error
    except UnicodeDecodeError:
        raise Invalid(f"settings file '{file}' is not UTF-8 text") from None
    except ValueError as error:
        raise Invalid(f"settings file '{file}' is not valid TOML: {error}") from error


def _flat(table: Mapping[str, Any], keys: Mapping[str, Key], above: str = "") -> Iterator[tuple[str, object]]:
    for part, value in table.items():
        name = above + part
        if isinstance(value, dict) and name not in keys:
            yield from _flat(value, keys, name + ".")
        else:
            yield name, value


def _known(keys: Mapping[str, Key], name: str, origin: str) -> Key:
    if name in keys:
        return keys[name]
    import difflib  # only for whoever has made a mistake

    near = difflib.get_close_matches(name, keys, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise Invalid(f"no setting '{name}' ({origin}){hint}")


def _checked(key: Key, raw: object, origin: str) -> object:
    shown = SECRET if key.secret else repr(raw)
    try:
        value = convert(key.kind, raw)
    except ValueError as error:
        raise Invalid(f"{key.name} = {shown} ({origin}): expected {error}") from None
    if isinstance(value, (int, float)):
        if key.minimum is not None and not value >= key.minimum:
            raise Invalid(f"{key.name} = {shown} ({origin}): expected at least {key.minimum:g}")
        if key.maximum is not None and not value <= key.maximum:
            raise Invalid(f"{key.name} = {shown} ({origin}): expected at most {key.maximum:g}")
    return value


def _build(schema: type[Schema], values: Mapping[str, object], above: str = "") -> Schema:
    hints = get_type_hints(schema)
    parts: dict[str, object] = {}
    for entry in fields(cast(Any, schema)):
        name, kind = above + entry.name, hints[entry.name]
        parts[entry.name] = (
            _build(cast(Any, kind), values, name + ".") if is_dataclass(kind) else values[name]
        )
    try:
        return schema(**parts)
    except ValueError as error:
        raise Invalid(f"{above.rstrip('.') or 'settings'}: {error}") from error


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(_as_text(item) for item in value)
    if isinstance(value, Mapping):
        return ",".join(f"{key}={_as_text(item)}" for key, item in value.items())
    return str(value)
