"""How the `plow` command shows things: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any, Final, Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plow_client.cli.words import visible
from plow_client.entity import Entity, Record

json_option: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON with all fields.")
_STYLES: Final = {
    "RUNNING": "cyan",
    "SUCCEEDED": "green",
    "FINISHED": "green",
    "UP": "green",
    "DEAD": "bold red",
    "DOWN": "bold red",
    "REPAIR": "yellow",
    "EATEN": "magenta",
    "DEPEND": "blue",
    "paused": "yellow",
    "locked": "yellow",
    "away": "yellow",
}
_ENDLESS: Final = 100_000  # into a pipe or file nothing is cut
_SHORTEST_NAME: Final = 12
_GAP: Final = 2

Cell = str | int | float | None
Column = tuple[str, Callable[[Any], Cell]]


def show(rows: Sequence[Record[Any]], columns: Sequence[Column], as_json: bool, none: str) -> None:
    """A list of things; `none` is said to people where the list is empty."""
    if as_json:
        show_json([row.as_dict() for row in rows])
    elif not rows:
        click.echo(none, err=True)
    else:
        show_table([title for title, _ in columns], ([read(row) for _, read in columns] for row in rows))


def show_json(value: object) -> None:
    """One value, indented, with a line end."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def show_table(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Columns as wide as they must be, numbers to the right. In a narrow window the last columns are left
    out, and then the first, the name, is cut."""
    lines = [list(row) for row in rows]
    to = console()
    titles = titles[: _fitting(titles, lines, to.width)]
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for number, title in enumerate(titles):
        is_number = any(isinstance(line[number], int | float) for line in lines)
        justify: Literal["left", "right"] = "right" if is_number else "left"
        # rich narrows what may be wrapped; a name has no blanks to wrap at, so it is cut
        table.add_column(title, justify=justify, no_wrap=number > 0, overflow="ellipsis")
    for line in lines:
        table.add_row(*map(_text, line[: len(titles)]))
    to.print(table)


def _fitting(titles: Sequence[str], lines: Sequence[Sequence[Cell]], width: int) -> int:
    """How many columns there is room for, with enough of the name to tell things apart."""
    cells = [[Text(title) for title in titles], *([_text(cell) for cell in line] for line in lines)]
    name, *others = (max(cell.cell_len for cell in column) for column in zip(*cells, strict=True))
    room, count = width - min(name, _SHORTEST_NAME), 1
    for needed in others:
        room -= needed + _GAP
        if room < 0:
            break
        count += 1
    return count


def show_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Names and values of one thing, one per line."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(name, _text(value))
    console().print(table)


def console() -> Console:
    """Standard output as it is now; colours and the width of the window only where there is one."""
    width = None if sys.stdout.isatty() else _ENDLESS
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def label(value: object) -> str:
    """The name of a state; a number that only the server knows stays one."""
    return value.name if isinstance(value, IntEnum) else str(value)


def when(ms: int | None) -> str:
    """A time of the farm by the clock on the wall here; a dash where it has not come."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(ms / 1000)) if ms else "-"


def short_id(found: Entity[Any]) -> str:
    """The end of an id, which commands take for the whole: the beginning is a time and much the same for all."""
    return found.id[-8:]


def lasted(start_ms: int | None, stop_ms: int | None, now_ms: int) -> str:
    """How long something has run, ``h:mm:ss``; a dash where it has not begun."""
    if not start_ms:
        return "-"
    seconds = max(0, (stop_ms or now_ms) - start_ms) // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def capped(cores: int) -> Cell:
    """A cap in cores; a dash where there is none."""
    return "-" if cores == -1 else cores


def memory(mb: int | None) -> str:
    """Memory as people say it: ``512 MB``, ``7.5 GB``."""
    if mb is None:
        return "-"
    return f"{mb} MB" if mb < 1024 else f"{mb / 1024:.1f} GB"


def _text(cell: Cell) -> Text:
    if cell is None or cell == "":
        return Text("-", style="dim")
    shown = f"{cell:g}" if isinstance(cell, float) else str(cell)
    clean = visible(shown)
    return Text(clean, style=_STYLES.get(clean, ""))
