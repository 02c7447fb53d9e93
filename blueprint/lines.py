"""JSON whose tables know on which lines they stand, so that an error can point there."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from json import decoder, scanner
from typing import Any

from blueprint.plain import Table


def read_json(text: str) -> object:
    """Like json.loads, with each table a Table. A name that is there twice is refused like other mistakes."""
    return _Decoder(text).decode(text)


class _Decoder(json.JSONDecoder):
    """Python's decoder, written in Python: the one in C does not tell where something was."""

    def __init__(self, text: str) -> None:
        super().__init__(object_pairs_hook=list)
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.parse_object = self._table
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    def _table(self, s_and_end: tuple[str, int], *words: Any) -> tuple[Table, int]:
        text, start = s_and_end
        pairs, end = decoder.JSONObject(s_and_end, *words)  # type: ignore[attr-defined]
        table = Table(pairs)
        if len(table) < len(pairs):
            raise json.JSONDecodeError("a name is there twice", text, start)
        table.line = self._line(start)
        at = start
        for key in table:
            at = max(text.find(json.dumps(key), at, end), at)
            table.lines[key] = self._line(at)
        return table, end

    def _line(self, place: int) -> int:
        return bisect_left(self.ends, place) + 1
