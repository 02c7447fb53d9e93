"""The text of a settings file that lists every setting of a schema with its meaning, commented out."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from plow_client.config import describe, load

_WIDTH = 100


def sample(schema: type[Any], head: str) -> str:
    """The file for this schema of sections; `head` is the remark at its top."""
    settings = load(schema, environ={})
    lines = ["\n".join(textwrap.wrap(head, _WIDTH, initial_indent="# ", subsequent_indent="# ")) + "\n"]
    section = ""
    for row in describe(settings):
        above, dot, name = row.key.partition(".")
        if above != section:
            section = above
            lines.append(f"[{section}]\n")
        lines += textwrap.wrap(row.doc, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        if dot:
            lines.append(f"#{name} = {literal(getattr(getattr(settings.value, section), name))}\n")
        else:  # a table of its own, whose names are free
            lines.append("")
    return "\n".join(lines)


def literal(value: Any) -> str:
    """A value as TOML writes it."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {literal(item)}" for key, item in value.items()) + "}"
    return json.dumps(str(value), ensure_ascii=False)
