"""Writes the tables of fields into docs/guide/queries.md, from the one table in plow_client/query/field.py.

python docs/make_queries.py

A test writes them again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plow_client.query import FIELDS, KINDS, Field

GUIDE = Path(__file__).parent / "guide" / "queries.md"
MARK = "Do not edit below. -->\n"
TITLES = {"job": "Jobs", "task": "Tasks", "node": "Nodes"}


def written() -> str:
    """The whole guide as it is to be."""
    head, mark, _ = GUIDE.read_text(encoding="utf-8").partition(MARK)
    return head + mark + "\n".join(_tables())


def _tables() -> Iterator[str]:
    for kind in KINDS:
        yield f"\n### {TITLES[kind]}\n\n| field | type | meaning | also |\n|---|---|---|---|"
        for field in FIELDS[kind].values():
            also = ", ".join(f"`{name}`" for name in field.also)
            yield f"| `{field.name}` | {field.type.name} | {_meaning(field)} | {also} |"
    yield ""


def _meaning(field: Field) -> str:
    if not field.labels:
        return field.meaning
    return f"{field.meaning}: " + ", ".join(f"`{label.lower()}`" for label in field.labels)


if __name__ == "__main__":
    GUIDE.write_text(written(), encoding="utf-8")
    print(f"wrote {GUIDE}")
