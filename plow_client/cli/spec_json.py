"""Specs as JSON: what `plow job spec` prints and `plow job launch` reads, with the names of `JobSpec` in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from enum import IntEnum
from typing import Any, TypeVar, get_args, get_type_hints

from plow_client.entity import member_of
from plow_client.errors import Invalid
from plow_client.job_spec import JobSpec
from plow_client.layer_spec import LayerSpec
from plow_client.spec import Spec

Kind = TypeVar("Kind", bound=Spec)


def write_spec(spec: Spec) -> str:
    """A spec as JSON, without what is not said. The id of the request is left out: it would be the same launch."""
    told = _plain(spec)
    told.pop("request_id", None)
    return json.dumps(told, indent=2, ensure_ascii=False)


def read_spec(text: str) -> JobSpec:
    """A job; Invalid says what is wrong where."""
    return _spec(JobSpec, _json(text), "the job")


def read_layers(text: str) -> list[LayerSpec]:
    """One layer, or a list of them."""
    told = _json(text)
    return [_spec(LayerSpec, one, "the layer") for one in (told if isinstance(told, list) else [told])]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Invalid(f"this is no JSON: {error}") from None


def _plain(value: object) -> Any:
    if isinstance(value, Spec):
        told = ((field.name, getattr(value, field.name)) for field in fields(value))  # type: ignore[arg-type]
        return {name: _plain(part) for name, part in told if part is not None}
    if isinstance(value, IntEnum):
        return value.name.lower()
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _spec(kind: type[Kind], told: object, where: str) -> Kind:
    if not isinstance(told, Mapping):
        raise Invalid(f"{where}: expected an object in braces")
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    for name in told:
        if name not in known:
            raise Invalid(f"{where} has no '{name}'; it has {', '.join(known)}")
    hints = get_type_hints(kind)
    values = {
        name: _value(kind._parts.get(name), hints[name], value, f"{where}'s {name}")
        for name, value in told.items()
    }
    try:
        return kind(**values)
    except TypeError as error:
        raise Invalid(f"{where}: {str(error).partition('() ')[2] or error}") from None


def _value(part: type[Spec] | None, hint: Any, value: Any, where: str) -> object:
    if value is None:
        return None
    if part is not None:
        if isinstance(value, list):
            return [_spec(part, item, where) for item in value]
        return _spec(part, value, where)
    for inner in (hint, *get_args(hint)):
        if isinstance(inner, type) and issubclass(inner, IntEnum):
            return member_of(inner, value)
    return value
