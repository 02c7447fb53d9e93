"""A table of any number of rows that draws only those in sight, and of those only the cells that changed.

textual's own DataTable keeps every cell of every row and lays them out on the loop of the screen: 5,000 nodes took it
3.3 s to take in, where this one takes in a list.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from plow_client.top.columns import Cell, Column
from plow_client.top.tones import BACK, RAISED, SELECTED, STRIPE, style

Row = TypeVar("Row", bound=Any)
_GAP = 1
_LEAST = 12  # of a column that takes what is left
_HEAD = 1


class Grid(ScrollView, Generic[Row], can_focus=True):
    """Rows in an order that people choose, with one of them selected."""

    DEFAULT_CSS = "Grid { background: #16181b; overflow-x: hidden; scrollbar-size-vertical: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False),
        Binding("k,up", "move(-1)", "up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", show=False),
        Binding("pageup,ctrl+u", "page(-1)", show=False),
        Binding("g,home", "move(-1000000)", show=False),
        Binding("G,end", "move(1000000)", show=False),
        Binding("s", "sort", "sort", show=False),
        Binding("S", "turn", "other way", show=False),
        Binding("enter", "open", "open", show=False),
    ]

    class Opened(Message):
        """Somebody pressed Enter on a row."""

        def __init__(self, grid: Grid[Any], row: Any) -> None:
            super().__init__()
            self.grid, self.row = grid, row

    class Looked(Message):
        """Other rows are in sight, or another one is selected."""

        def __init__(self, grid: Grid[Any]) -> None:
            super().__init__()
            self.grid = grid

    def __init__(self, columns: Sequence[Column[Row]], sorted_by: int = 0, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self.sorted_by, self.is_turned = sorted_by, False
        self.cursor = 0
        self.clock_ms = 0  # the farm's clock minus ours
        self._drawn: dict[int, tuple[str, tuple[Cell, ...]]] = {}  # by line: whose cells are on the screen
        self._widths: list[tuple[int, int]] = []  # of the columns that have room: place, width

    # -------------------- rows

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def in_sight(self) -> list[Row]:
        """The rows on the screen."""
        first = int(self.scroll_offset.y)
        return self.rows[first : first + max(self.size.height - _HEAD, 0)]

    def show(self, rows: Sequence[Row]) -> None:
        """These rows from now on; the selected one stays selected, and stays where it is on the screen."""
        before, place = self.selected, self.cursor - int(self.scroll_offset.y)
        self.rows = self._in_order(rows)
        self.cursor = self._place_of(before)
        if len(self.rows) + _HEAD != self.virtual_size.height:
            self.virtual_size = Size(self.size.width, len(self.rows) + _HEAD)
        top = min(max(self.cursor - place, 0), max(len(self.rows) + _HEAD - self.size.height, 0))
        if before is not None and top != int(self.scroll_offset.y):
            self.scroll_to(y=top, animate=False, force=True)
        self.draw_changes()

    def draw_changes(self) -> None:
        """Draw the cells that are not what is on the screen."""
        now = self.now()
        for line, (row_id, cells) in list(self._drawn.items()):
            row = self._row_at(line)
            if row is None or row.id != row_id:
                self._forget(line)
                continue
            fresh = self._cells(row, now)
            if fresh != cells:
                self._draw_cells(line, cells, fresh)
        for line in range(_HEAD, self.size.height):
            if line not in self._drawn and self._row_at(line) is not None:
                self._forget(line)

    def _in_order(self, rows: Sequence[Row]) -> list[Row]:
        column = self.columns[self.sorted_by]
        first = sorted(rows, key=self.columns[0].key) if self.sorted_by else rows
        return sorted(first, key=column.key, reverse=column.falls != self.is_turned)

    def _place_of(self, row: Row | None) -> int:
        if row is not None:
            for place, one in enumerate(self.rows):
                if one.id == row.id:
                    return place
        return max(min(self.cursor, len(self.rows) - 1), 0)

    # -------------------- keys

    def action_move(self, step: int) -> None:
        """Select another row."""
        self._select(self.cursor + step)

    def action_page(self, pages: int) -> None:
        """Select a row a screen further."""
        self._select(self.cursor + pages * max(self.size.height - _HEAD - 1, 1))

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.sort_by((self.sorted_by + 1) % len(self.columns))

    def action_turn(self) -> None:
        """The other way round."""
        self.is_turned = not self.is_turned
        self._sorted()

    def action_open(self) -> None:
        """Say that the row was chosen."""
        if self.selected is not None:
            self.post_message(self.Opened(self, self.selected))

    def sort_by(self, column: int) -> None:
        """Sort by a column, the way that it is asked for most; once more turns it round."""
        self.is_turned = not self.is_turned if column == self.sorted_by else False
        self.sorted_by = column
        self._sorted()

    def _sorted(self) -> None:
        self.rows = self._in_order(self.rows)
        self.cursor = 0
        self.scroll_to(y=0, animate=False, force=True)
        self._all_anew()

    def _select(self, place: int) -> None:
        place = max(min(place, len(self.rows) - 1), 0)
        if place == self.cursor:
            return
        top, height = int(self.scroll_offset.y), max(self.size.height - _HEAD, 1)
        old, self.cursor = self.cursor, place
        wanted = min(max(top, place - height + 1), place)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)
        for line in (old - top + _HEAD, place - top + _HEAD):
            self._forget(line)
        self.post_message(self.Looked(self))

    def on_click(self, event: Click) -> None:
        """A title sorts, a row is selected; twice opens it."""
        event.stop()
        if event.y >= _HEAD:
            self._select(int(self.scroll_offset.y) + event.y - _HEAD)
            if event.chain > 1:
                self.action_open()
            return
        left = 0
        for place, width in self._widths:
            if left <= event.x < left + width:
                self.sort_by(place)
            left += width + _GAP

    def on_resize(self, event: Resize) -> None:
        """The columns that have room, and how wide they are."""
        self._widths = fitting(self.columns, event.size.width)
        self.virtual_size = Size(event.size.width, len(self.rows) + _HEAD)
        self._all_anew()
        self.post_message(self.Looked(self))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Other rows are in sight."""
        super().watch_scroll_y(old, new)
        if int(old) != int(new):
            self._drawn.clear()
            self.post_message(self.Looked(self))

    # -------------------- drawing

    def render_line(self, y: int) -> Strip:
        """A line of the widget: the titles, or a row."""
        if y < _HEAD:
            return self._titles()
        row = self._row_at(y)
        if row is None:
            self._drawn.pop(y, None)
            return Strip.blank(self.size.width, style("", BACK))
        cells = self._cells(row, self.now())
        self._drawn[y] = (row.id, cells)
        place = int(self.scroll_offset.y) + y - _HEAD
        back = SELECTED if place == self.cursor and self.has_focus else RAISED if place == self.cursor else ""
        return self._strip(cells, back or (STRIPE if place % 2 else BACK))

    def _titles(self) -> Strip:
        titles = []
        for place, _ in self._widths:
            column = self.columns[place]
            is_down = column.falls != self.is_turned
            sign = ("▼" if is_down else "▲") if place == self.sorted_by else ""
            titles.append(Cell(column.title + sign, "" if sign else "idle"))
        return self._strip(tuple(titles), RAISED, bold=True)

    def _strip(self, cells: tuple[Cell, ...], back: str, bold: bool = False) -> Strip:
        segments, blank = [], style("", back)
        for (place, width), cell in zip(self._widths, cells, strict=False):
            text = cell.text
            if self.columns[place].is_number and len(text) < width:
                text = text.rjust(width)
            segments.append(Segment(set_cell_size(text, width), style(cell.tone, back, bold)))
            segments.append(Segment(" " * _GAP, blank))
        return Strip(segments).adjust_cell_length(self.size.width, blank)

    def now(self) -> int:
        """The farm's time."""
        return time.time_ns() // 1_000_000 + self.clock_ms

    def _cells(self, row: Row, now: int) -> tuple[Cell, ...]:
        return tuple(self.columns[place].read(row, now) for place, _ in self._widths)

    def _row_at(self, line: int) -> Row | None:
        place = int(self.scroll_offset.y) + line - _HEAD
        return self.rows[place] if line >= _HEAD and 0 <= place < len(self.rows) else None

    def _draw_cells(self, line: int, old: tuple[Cell, ...], new: tuple[Cell, ...]) -> None:
        left = 0
        for (_, width), was, is_now in zip(self._widths, old, new, strict=False):
            if was != is_now:
                self.refresh(Region(left, line, width, 1))
            left += width + _GAP

    def _forget(self, line: int) -> None:
        self._drawn.pop(line, None)
        self.refresh(Region(0, line, self.size.width, 1))

    def _all_anew(self) -> None:
        self._drawn.clear()
        self.refresh()


def fitting(columns: Sequence[Column[Any]], room: int) -> list[tuple[int, int]]:
    """The columns that have room, from the left, with their widths; one of width 0 takes what is left."""
    chosen: list[int] = []
    used = 0
    for place, column in enumerate(columns):
        needed = (column.width or _LEAST) + _GAP
        if used + needed <= room or not chosen:
            chosen.append(place)
            used += needed
    return [(place, columns[place].width or _LEAST + max(room - used, 0)) for place in chosen]
