"""The manual, the sentences and the SQL know the same rules, in the same order."""

from __future__ import annotations

import re
from pathlib import Path

from plow_server.explain_rules import RULES

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "guide" / "why.md").read_text(encoding="utf-8")
FUNCTIONS = ROOT / "plow_server" / "sql" / "functions"


def in_sql(name: str) -> list[str]:
    """Codes of the rules in a function, in the order in which it asks."""
    text = re.sub(r"--.*", "", (FUNCTIONS / f"{name}.sql").read_text(encoding="utf-8"))
    return list(dict.fromkeys(re.findall(r"(?:then|else) (?:array\[)?'([a-z_]+)'", text)))


def in_manual(title: str) -> list[str]:
    """Codes of the table below a heading."""
    return re.findall(
        r"^\| `(\w+)` \|", MANUAL.partition(f"## {title}\n")[2].partition("\n## ")[0], re.MULTILINE
    )


def in_pairs() -> list[str]:
    """explain_pairs in its order: its own codes, and those of the functions that it asks."""
    busy = in_sql("busy_by")
    first, quota, others = (in_sql("explain_pairs")[a:b] for a, b in [(0, 2), (2, 4), (4, None)])
    assert first == [busy[0], "refusing"]
    return [*in_sql("closed_by"), *first, *quota, *in_sql("place_for"), *busy[1:], *others]


def test_the_sentences_are_those_of_the_rules_in_their_order() -> None:
    assert list(RULES) == in_pairs()


def test_the_manual_has_every_rule_in_its_order() -> None:
    assert in_manual("Rules of nodes") == in_pairs()


def test_the_manual_has_what_holds_a_job() -> None:
    assert in_manual("What holds a whole job") == in_sql("held_by")
