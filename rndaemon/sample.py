"""Writes etc/rndaemon.toml: every setting with its meaning, commented out.

python -m rndaemon.sample > etc/rndaemon.toml
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from plow_client.config import describe, load
from rndaemon.config import Config

HEAD = """\
# Settings of `rndaemon`, with their defaults. Read from the file named by --config, else from
# ~/.config/plow/rndaemon.toml or /etc/plow/rndaemon.toml. Later wins: this file, the environment
# (PLOW_RNDAEMON_TASK_USER for task.user), -o task.user=NAME, the options of the command.
"""
_WIDTH = 100


def render() -> str:
    """The text of the file."""
    settings = load(Config, environ={})
    lines = [HEAD]
    section = ""
    for row in describe(settings):
        head, _, name = row.key.partition(".")
        if head != section:
            section = head
            lines.append(f"[{section}]\n")
        lines += textwrap.wrap(row.doc, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        lines.append(f"#{name} = {literal(getattr(getattr(settings.value, section), name))}\n")
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


if __name__ == "__main__":
    print(render(), end="")
