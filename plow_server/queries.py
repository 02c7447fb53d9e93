"""Named statements in .sql files: `-- name: job_by_id` and, below it, one statement."""

from __future__ import annotations

import re
from pathlib import Path

_HEAD = re.compile(r"^--[ \t]*name:[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def parse(text: str, source: str) -> dict[str, str]:
    """The statements of one file by name; what stands above the first head is a remark."""
    parts = _HEAD.split(text)
    statements: dict[str, str] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        statement = body.strip().removesuffix(";").rstrip()
        if not _NAME.fullmatch(name):
            raise ValueError(f"{source}: '{name}' is not a statement's name")
        if name in statements:
            raise ValueError(f"{source}: statement '{name}' is there twice")
        if not statement:
            raise ValueError(f"{source}: statement '{name}' is empty")
        statements[name] = statement
    return statements


def load_queries(folder: Path) -> dict[str, str]:
    """Every statement of a folder; a name belongs to one file only."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.sql")):
        statements = parse(file.read_text(encoding="utf-8"), file.name)
        twice = sorted(found.keys() & statements.keys())
        if twice:
            raise ValueError(f"{file.name}: statement '{twice[0]}' is in another file too")
        found |= statements
    return found
