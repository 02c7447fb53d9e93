"""Writes the tables of options in docs/blueprint/modules.md from the modules themselves.

    python docs/make_modules.py

The page is written by hand; between ``<!-- options of NAME -->`` and ``<!-- end -->`` stands what this puts there.
A test writes the page again and compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from blueprint.layer import Layer
from blueprint.options import Option, declared
from blueprint.plugins import find_module

PAGE = Path(__file__).parent / "blueprint" / "modules.md"
_TABLE = re.compile(r"(<!-- options of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables as the code has them now."""
    return _TABLE.sub(lambda match: match[1] + table(match[2]) + match[3], text)


def table(name: str) -> str:
    """The options of a module that other layers do not have, or have otherwise."""
    common = declared(Layer)
    rows = [
        _row(word, option)
        for word, option in declared(find_module(name)).items()
        if common.get(word) is not option
    ]
    return "\n".join(["", "| option | type | default | |", "|---|---|---|---|", *rows, "", ""])


def _row(word: str, option: Option[object]) -> str:
    doc = re.sub(r"(%\{\w+\})", r"`\1`", option.doc).replace("|", r"\|")
    return f"| `{word}` | {option.type_name()} | {_default(option)} | {doc} |"


def _default(option: Option[object]) -> str:
    if option.required:
        return "needed"
    if option.default is None or option.default in ([], {}):
        return ""
    if isinstance(option.default, bool):
        return str(option.default).lower()
    if isinstance(option.default, float):
        return f"{option.default:g}"
    return f"`{option.default}`" if isinstance(option.default, str) else str(option.default).replace("'", '"')


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
