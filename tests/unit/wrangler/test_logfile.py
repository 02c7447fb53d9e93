"""A log is read in pieces, whatever happens to the file meanwhile."""

from __future__ import annotations

import os

import pytest

from plow_client.errors import Invalid, Unavailable
from plow_client.idl import LogT
from wrangler.logfile import FarLog, LogReader


def read_all(reader: LogReader) -> str:
    text = ""
    for _ in range(1000):
        piece = reader.next_piece()
        text = piece.text if piece.is_fresh else text + piece.text
        if not piece.has_more:
            return text
    raise AssertionError("the file has no end")


def test_a_log_is_read_in_pieces_that_add_up(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("".join(f"line {number} ä\n" for number in range(500)), encoding="utf-8")

    assert read_all(LogReader(str(path), piece=101)) == path.read_text(encoding="utf-8")


def test_what_is_added_is_read_once(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("one\n")
    reader = LogReader(str(path))
    read_all(reader)
    with path.open("a") as file:
        file.write("two\n")

    piece = reader.next_piece()

    assert (piece.text, piece.is_fresh) == ("two\n", False)


def test_of_a_huge_log_only_the_tail_is_read_from_a_whole_line(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("".join(f"line {number:06}\n" for number in range(10_000)))
    reader = LogReader(str(path), tail=1000)

    piece = reader.next_piece()

    assert piece.text.startswith("line 00") and piece.text.endswith("line 009999\n")
    assert piece.skipped + len(piece.text) == path.stat().st_size


def test_a_log_that_was_replaced_begins_anew(tmp_path):
    path, other = tmp_path / "a.log", tmp_path / "b.log"
    path.write_text("first attempt\n")
    reader = LogReader(str(path))
    read_all(reader)
    other.write_text("second attempt, longer than before\n")
    os.replace(other, path)

    piece = reader.next_piece()

    assert (piece.text, piece.is_fresh) == ("second attempt, longer than before\n", True)


def test_a_log_that_shrank_begins_anew(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("a long first text\n")
    reader = LogReader(str(path))
    read_all(reader)
    path.write_text("short\n")

    assert reader.next_piece().text == "short\n"


def test_colours_bells_and_carriage_returns_become_plain_lines(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"\x1b[31mred\x1b[0m\r\n10%\r20%\x07\r30%\n\x00")

    assert read_all(LogReader(str(path))) == "red\n10%\n20%\n30%\n"


def test_a_line_break_cut_in_two_is_one_line_break(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"abc\r\ndef\r\n")

    assert read_all(LogReader(str(path), piece=4)) == "abc\ndef\n"


def test_broken_utf8_is_shown_and_does_not_stop_the_rest(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"a\xff\xfeb\n")

    assert read_all(LogReader(str(path))) == "a\ufffd\ufffdb\n"


def test_an_endless_line_is_broken(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("x" * 20_000)

    assert max(map(len, read_all(LogReader(str(path))).splitlines())) <= 4001


def test_a_log_that_is_not_there_yet_is_an_error_with_its_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"a\.log"):
        LogReader(str(tmp_path / "a.log")).next_piece()


def test_a_device_is_not_a_log():
    with pytest.raises(Invalid, match="is not a file"):
        LogReader("/dev/zero").next_piece()


class FarFarm:
    """Answers readTaskLog from a piece of memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def readTaskLog(self, task_id: str, attempt: int, offset: int, length: int) -> LogT:
        assert (task_id, attempt) == ("t", 2)
        start = max(len(self.content) + offset, 0) if offset < 0 else offset
        return LogT(content=self.content[start:][:length], offset=start, size=len(self.content))


def test_a_far_log_is_read_in_pieces_like_a_near_one():
    farm, log = (
        FarFarm("".join(f"line {number} ä\n" for number in range(99)).encode()),
        FarLog("/x", "t", 2, piece=50),
    )
    pieces = [log.ask(farm)]
    while pieces[-1].has_more:
        pieces.append(log.ask(farm))

    assert "".join(piece.text for piece in pieces) == farm.content.decode()
    assert [piece.is_fresh for piece in pieces] == [True] + [False] * (len(pieces) - 1)
    farm.content += b"more\n"
    assert log.ask(farm).text == "more\n"


def test_a_far_log_that_begins_anew_is_read_anew():
    farm, log = FarFarm(b"long, long ago\n"), FarLog("/x", "t", 2)
    log.ask(farm)
    farm.content = b"new\n"

    assert (log.ask(farm).text, log.ask(farm).text) == ("new\n", "")


def test_why_a_far_log_cannot_be_read_is_a_sentence(monkeypatch):
    farm = FarFarm(b"")
    monkeypatch.setattr(
        farm, "readTaskLog", lambda *_: (_ for _ in ()).throw(Unavailable("node 'r1' is DOWN"))
    )

    assert FarLog("/x", "t", 2).ask(farm) == "node 'r1' is DOWN"
