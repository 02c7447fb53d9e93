"""Where the parts of a picture lie: a grid of columns and rows that covers each pixel once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Pixels of a picture; row 0 is its top. `right` and `bottom` are the first ones that are not in it."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Part:
    """One cell of a grid: which column and row, counted from 0, of how many."""

    column: int
    row: int
    columns: int
    rows: int

    @property
    def word(self) -> str:
        """Its name within the frame, as people count: ``r03`` of strips, ``r2c1`` of tiles."""
        row = f"r{self.row + 1:0{len(str(self.rows))}d}"
        return row if self.columns == 1 else f"{row}c{self.column + 1:0{len(str(self.columns))}d}"

    def box(self, width: int, height: int) -> Box:
        """Its pixels in a picture of this size; empty where there are more parts than pixels."""
        return Box(
            width * self.column // self.columns,
            height * self.row // self.rows,
            width * (self.column + 1) // self.columns,
            height * (self.row + 1) // self.rows,
        )


def grid(columns: int, rows: int) -> Iterator[Part]:
    """All parts, row by row from the top."""
    for row in range(rows):
        for column in range(columns):
            yield Part(column, row, columns, rows)
