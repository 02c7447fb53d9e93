"""Reads a growing log file in bounded pieces; of a huge one only the tail. Runs on the session's threads."""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from plow_client.errors import Invalid, PlowError
from plow_client.idl import RpcService

TAIL_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 64 * 1024
FAR_PIECE_BYTES = 1024 * 1024  # what one answer may hold
LONGEST_LINE = 4000

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONG = re.compile(rf"([^\n]{{{LONGEST_LINE}}})(?=[^\n])")


@dataclass(frozen=True)
class Piece:
    """What came since the last piece.

    `is_fresh`: forget what was shown, the file is new or another one. `skipped`: bytes before the tail
    that are not shown. `has_more`: ask again at once.
    """

    text: str
    is_fresh: bool
    skipped: int
    has_more: bool


class LogReader:
    """Reads one path; it may not be there yet, grow, shrink, or be replaced while it is read."""

    def __init__(self, path: str, *, tail: int = TAIL_BYTES, piece: int = PIECE_BYTES) -> None:
        self.path = path
        self._tail, self._piece = tail, piece
        self._place = 0
        self._skipped = 0
        self._identity: tuple[int, int] | None = None
        self._start_decoding()

    def next_piece(self) -> Piece:
        """The next bytes as text; OSError where the file can't be read."""
        with Path(self.path).open("rb", buffering=0) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise Invalid(f"'{self.path}' is not a file")
            is_fresh = self._begin_if_new(facts)
            file.seek(self._place)
            return self._piece_of(file.read(self._piece), is_fresh, facts.st_size)

    def _piece_of(self, raw: bytes, is_fresh: bool, size: int) -> Piece:
        if is_fresh and self._skipped:
            raw = self._from_line_start(raw)
        self._place += len(raw)
        return Piece(self._text(raw), is_fresh, self._skipped, self._place < size)

    def _begin_if_new(self, facts: os.stat_result) -> bool:
        identity = (facts.st_dev, facts.st_ino)
        if identity == self._identity and facts.st_size >= self._place:
            return False
        self._begin(identity, max(facts.st_size - self._tail, 0))
        return True

    def _begin(self, identity: tuple[int, int], place: int) -> None:
        self._identity = identity
        self._place = self._skipped = place
        self._start_decoding()

    def _from_line_start(self, raw: bytes) -> bytes:
        """The tail begins with a whole line; a piece without a line break is taken as it is."""
        cut = raw.find(b"\n") + 1
        self._place += cut
        self._skipped += cut
        return raw[cut:]

    def _start_decoding(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._had_return = False

    def _text(self, raw: bytes) -> str:
        """Plain lines: a carriage return ends a line, colours and control characters go."""
        text = self._decoder.decode(raw)
        if self._had_return and text:
            text = "\r" + text
        self._had_return = text.endswith("\r")
        if self._had_return:
            text = text[:-1]
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", " ").replace("\u2029", " ")
        return _LONG.sub(r"\1↩\n", _CONTROLS.sub("", _ESCAPES.sub("", text)))


class FarLog(LogReader):
    """The log of an attempt that this machine cannot see: the server reads it, or asks the node."""

    def __init__(self, path: str, task_id: str, attempt: int, *, piece: int = FAR_PIECE_BYTES) -> None:
        super().__init__(path, piece=piece)
        self._task_id, self._attempt = task_id, attempt

    def ask(self, farm: RpcService) -> Piece | str:
        """The next bytes as text, or the sentence that says why there are none: a node that is away is no server
        that is away."""
        try:
            return self._ask(farm)
        except PlowError as error:
            return str(error)

    def _ask(self, farm: RpcService) -> Piece:
        is_fresh = self._identity is None
        place = -self._tail if is_fresh else self._place
        log = farm.readTaskLog(self._task_id, self._attempt, place, self._piece)
        if is_fresh:
            self._begin((0, 0), log.offset)
        elif log.size < self._place:  # another file: from its beginning
            self._identity = None
            return self._ask(farm)
        return self._piece_of(log.content, is_fresh, log.size)
