"""The table of a farm file as a JSON schema, for editors that complete and check while one writes. Pure."""

from __future__ import annotations

from typing import Any

from plow_client.farm_file.table import FILE, Key, Section

_PLAIN = {"text": "string", "choice": "string", "whole": "integer", "flag": "boolean"}


def json_schema() -> dict[str, Any]:
    """Draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Plow farm",
        **_section(FILE),
    }


def _section(section: Section) -> dict[str, Any]:
    needed = [key.name for key in section.keys if key.is_needed]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _key(key) for key in section.keys},
        **({"required": needed} if needed else {}),
    }


def _key(key: Key) -> dict[str, Any]:
    unit = f" ({key.unit})" if key.unit else ""
    told = {"description": f"{key.told}{unit}"}
    if key.kind == "other":
        return told
    if key.section is not None:
        inner = _section(key.section)
        return told | ({"type": "array", "items": inner} if key.kind == "list" else inner)
    value = _value(key)
    return told | ({"anyOf": [value, {"type": "null"}]} if key.may_be_null else value)


def _value(key: Key) -> dict[str, Any]:
    if key.kind == "value":
        return {"type": ["string", "integer", "boolean", "null"]}
    if key.kind in ("texts", "commands"):
        words = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": key.longest}}
        return words if key.kind == "texts" else {"type": "array", "items": words}
    number = {"type": "integer", "minimum": key.least, "maximum": key.most}
    if key.kind in ("whole", "wholes"):
        return number if key.kind == "whole" else {"type": "array", "items": number}
    told: dict[str, Any] = {"type": _PLAIN[key.kind]}
    if key.kind == "choice":  # in any case
        told["enum"] = [*key.choices, *(choice.lower() for choice in key.choices if choice.lower() != choice)]
    if key.kind == "text":
        told |= {"minLength": 1, "maxLength": key.longest} | (
            {"pattern": f"^{key.pattern}$"} if key.pattern else {}
        )
    return told
