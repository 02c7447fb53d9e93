"""docs/guide/top.md names every key, every column and every option of `plow top`."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from plow_client.cli.top import top
from plow_client.top.app import TopApp
from plow_client.top.columns import JOBS, NODES
from plow_client.top.grid import Grid

MANUAL = (Path(__file__).parents[2] / "docs" / "guide" / "top.md").read_text(encoding="utf-8")
SHOWN = {"slash": "/", "space": "Space", "question_mark": "?", "escape": "Esc", "tab": "Tab", "enter": "Enter",
         "pagedown": "PgDn", "pageup": "PgUp", "down": "arrows", "up": "arrows"}  # fmt: skip
SILENT = {"ctrl+d", "ctrl+u", "home", "end"}  # what hands try on other lists
KEYS = sorted(
    {key for kind in (TopApp, Grid) for each in kind.BINDINGS for key in each.key.split(",")} - SILENT
)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_in_the_manual(key):
    lines = [line for line in MANUAL.splitlines() if line.startswith("| `") and "plow top" not in line]

    assert any(SHOWN.get(key, key) in line.split("|")[1] for line in lines), key


TITLES = {column.title for column in (*JOBS, *NODES)} - {
    "JOB",
    "NODE",
    "USER",
    "CLUSTER",
}  # which say themselves


@pytest.mark.parametrize("title", sorted(TITLES))
def test_every_column_is_in_the_manual(title):
    assert any(title in line.split("|")[1] for line in MANUAL.splitlines() if line.startswith("| "))


def test_every_option_is_in_the_manual():
    for option in top.params:
        names = option.opts if isinstance(option, click.Option) else ["QUERY"]
        assert all(f"| `{name}` |" in MANUAL for name in names)
