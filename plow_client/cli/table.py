"""Tables on standard output: columns as wide as they must be, numbers to the right, states in their colours.

Not rich's: that takes 50 ms to import and a millisecond for each row, where a list has 300 ms for all.
"""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import click

from plow_client.cli.columns import Cell
from plow_client.cli.words import visible

_STYLES: Final[dict[str, dict[str, object]]] = {
    "RUNNING": {"fg": "cyan"},
    "SUCCEEDED": {"fg": "green"},
    "FINISHED": {"fg": "green"},
    "UP": {"fg": "green"},
    "DEAD": {"fg": "red", "bold": True},
    "DOWN": {"fg": "red", "bold": True},
    "REPAIR": {"fg": "yellow"},
    "EATEN": {"fg": "magenta"},
    "DEPEND": {"fg": "blue"},
    "paused": {"fg": "yellow"},
    "locked": {"fg": "yellow"},
    "away": {"fg": "yellow"},
    "-": {"dim": True},
}
_SHORTEST_NAME: Final = 12
_GAP: Final = "  "


def window_width() -> int | None:
    """How wide the terminal is; None where nothing is to be cut, in a pipe or a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def show_table(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print a table. In a narrow window the last columns are left out, and then the first, the name, is cut."""
    lines = list(rows)
    texts = [[_text(cell) for cell in line] for line in lines]
    widths = [
        max(_wide(title), *(_wide(line[place]) for line in texts), 0) for place, title in enumerate(titles)
    ]
    room = window_width()
    if room is not None:
        widths = _fitting(widths, room)
    is_number = [any(isinstance(line[place], int | float) for line in lines) for place in range(len(widths))]
    _print([click.style(part, bold=True) for part in _line(titles, widths, is_number)])
    for line in texts:
        _print([_styled(part) for part in _line(line, widths, is_number)])


def show_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Names and values of one thing, one per line; what is not known, or not there, is left out."""
    told = [(name, _text(value)) for name, value in facts if value is not None and value != ""]
    width = max((len(name) for name, _ in told), default=0)
    for name, text in told:
        _print([click.style(name.ljust(width), bold=True), _styled(text)])


def _fitting(widths: list[int], room: int) -> list[int]:
    """The columns that there is room for, with enough of the name to tell things apart."""
    name, *others = widths
    left, kept = room - min(name, _SHORTEST_NAME), [name]
    for needed in others:
        left -= needed + len(_GAP)
        if left < 0:
            break
        kept.append(needed)
    taken = sum(kept[1:]) + len(_GAP) * (len(kept) - 1)
    return [min(name, max(1, room - taken)), *kept[1:]]


def _line(cells: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> list[str]:
    padded = [
        _padded(_cut(cell, width), width, right)
        for cell, width, right in zip(cells, widths, is_number, strict=False)
    ]
    return [*padded[:-1], padded[-1].rstrip()]


def _print(parts: Sequence[str]) -> None:
    click.echo(_GAP.join(parts))


def _styled(padded: str) -> str:
    text = padded.strip()
    style = _STYLES.get(text)
    return padded.replace(text, click.style(text, **style), 1) if style else padded  # type: ignore[arg-type]


def _padded(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _wide(text))
    return gap + text if right else text + gap


def _cut(text: str, width: int) -> str:
    if _wide(text) <= width:
        return text
    while text and _wide(text) >= width:
        text = text[:-1]
    return text + "…"


def _wide(text: str) -> int:
    """Places on the terminal: two for Chinese or Japanese letters, none for what is set above another."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def _text(cell: Cell) -> str:
    if cell is None or cell == "":
        return "-"
    return visible(f"{cell:g}" if isinstance(cell, float) else str(cell))
