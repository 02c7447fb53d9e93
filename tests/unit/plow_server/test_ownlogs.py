"""Which files the server reads itself, and for how long it tries."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from plow_client.logpiece import Piece
from plow_server import ownlogs
from plow_server.ownlogs import OwnLogs

CONTENT = b"[2026-01-01 00:00:00+0000] Plow attempt begins\nframe 1\n"


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownlogs, "running_as_root", lambda: False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    (folder / "shot").mkdir(parents=True)
    (folder / "shot" / "a.log").write_bytes(CONTENT)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.log").write_bytes(CONTENT)
    return folder


def read(root: Path, path: object) -> Piece | None:
    return OwnLogs([root], 5, 2).read(str(path), 0, 100)


def test_a_log_below_a_root_is_read(root: Path) -> None:
    assert read(root, root / "shot" / "a.log") == (CONTENT, 0, len(CONTENT))
    assert OwnLogs([root / "x", root], 5, 1).read(str(root / "shot" / "a.log"), -3, 2) == (b" 1", 52, 55)


def test_the_root_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(root)
    assert read(tmp_path / "way", tmp_path / "way" / "shot" / "a.log") is not None


@pytest.mark.parametrize(
    "way", ["elsewhere/a.log", "logs/shot/../../elsewhere/a.log", "logs/../elsewhere/a.log"]
)
def test_what_is_not_below_a_root_is_left_to_the_node(root: Path, tmp_path: Path, way: str) -> None:
    assert read(root, tmp_path / way) is None
    assert read(root, "shot/a.log") is None
    assert read(root, root) is None


def test_no_link_on_the_way_is_followed(root: Path, tmp_path: Path) -> None:
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "in").symlink_to(root / "shot")
    (root / "shot" / "link.log").symlink_to(root / "shot" / "a.log")
    for path in ("out/a.log", "in/a.log", "shot/link.log", "shot", "nothing/a.log"):
        assert read(root, root / path) is None, path


def test_where_folders_cannot_be_held_links_are_seen_all_the_same(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownlogs, "_HAS_FOLDERS", False)
    (root / "out").symlink_to(tmp_path / "elsewhere")
    assert read(root, root / "out" / "a.log") is None
    assert read(root, root / "shot" / "a.log") is not None


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that does not answer until this is set."""
    answers = threading.Event()

    def wait(*_: object) -> Piece:
        assert answers.wait(20)
        return Piece(b"late", 0, 4)

    monkeypatch.setattr(ownlogs, "_read_below", wait)
    yield answers
    answers.set()


def test_a_disk_that_hangs_holds_nobody_up_and_no_more_threads_than_there_are(
    root: Path, hung: threading.Event
) -> None:
    logs, path = OwnLogs([root], 0.01, 2), str(root / "shot" / "a.log")
    before = threading.active_count()
    assert [logs.read(path, 0, 1) for _ in range(4)] == [None] * 4
    assert threading.active_count() == before + 2
    hung.set()
    patient = OwnLogs([root], 5, 1)
    assert patient.read(path, 0, 1) == (b"late", 0, 4)


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for path in ("shot/a.log", "shot/nothing", "nothing/a.log"):
        read(root, root / path)
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after == before
