"""Which logs may be read, and that nothing else ever is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from plow_client.errors import Denied, Invalid, NotFound, Unavailable
from plow_client.logpiece import MOST_BYTES, read_piece
from rndaemon.logs import Logs
from rndaemon.request import Request
from rndaemon.users import default_service_user

USER = default_service_user() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("logs")
    for above in (made, *made.parents[:3]):
        if above.stat().st_uid == os.geteuid() and above != Path("/tmp"):
            above.chmod(0o755)
    return made


@pytest.fixture
def logs(folder: Path) -> Logs:
    return Logs(str(folder), [str(folder / "root")], USER)


def noted(logs: Logs, path: Path, content: bytes = b"0123456789") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    logs.note(request(str(path)))
    return str(path)


def request(path: str) -> Request:
    return Request("p", "t", "j", "l", ["true"], path, run_as="service", user=USER)


@pytest.mark.parametrize(
    "offset, length, expected",
    [
        (0, 4, (b"0123", 0)),
        (8, 100, (b"89", 8)),
        (-3, 100, (b"789", 7)),
        (-99, 2, (b"01", 0)),
        (99, 5, (b"", 10)),
        (5, 0, (b"", 5)),
    ],
)
def test_a_piece_of_a_log(logs: Logs, folder: Path, offset: int, length: int, expected: tuple) -> None:
    path = noted(logs, folder / "a.log")

    piece = logs.read(path, offset, length)

    assert (piece.content, piece.offset) == expected and piece.size == 10


def test_bytes_are_bytes_and_no_piece_is_endless(logs: Logs, folder: Path) -> None:
    content = bytes(range(256)) * 8192
    path = noted(logs, folder / "a.log", content)

    piece = logs.read(path, 0, 1 << 30)

    assert piece.content == content[:MOST_BYTES] and piece.size == len(content)


def test_a_log_is_known_after_a_restart(logs: Logs, folder: Path) -> None:
    path = noted(logs, folder / "a.log")

    assert Logs(str(folder), [], USER).read(path, 0, 3).content == b"012"


def test_the_list_does_not_grow_for_ever(folder: Path) -> None:
    logs = Logs(str(folder), [], USER, kept=3)
    paths = [noted(logs, folder / f"{number}.log") for number in range(20)]

    again = Logs(str(folder), [], USER)

    assert again.read(paths[-1], 0, 1).content == b"0"
    assert len((folder / "logs").read_text().splitlines()) <= 7
    with pytest.raises(Denied):
        again.read(paths[0], 0, 1)


def test_a_line_that_a_crash_has_cut_is_passed_over(logs: Logs, folder: Path) -> None:
    path = noted(logs, folder / "a.log")
    with (folder / "logs").open("a") as file:
        file.write('["/x.log", "an')

    assert Logs(str(folder), [], USER).read(path, 0, 1).content == b"0"


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hostname", "/proc/self/environ"])
def test_no_other_file_is_read(logs: Logs, path: str) -> None:
    with pytest.raises(Denied, match=f"'{path}' is no log of this node"):
        logs.read(path, 0, 10)


@pytest.mark.parametrize("path", ["relative.log", "/a/../etc/passwd", "", "/", "/a\0b"])
def test_a_path_that_is_none_is_refused(logs: Logs, path: str) -> None:
    with pytest.raises(Invalid):
        logs.read(path, 0, 10)


def test_below_a_log_root_only_what_is_named_like_a_log(logs: Logs, folder: Path) -> None:
    (folder / "root" / "job").mkdir(parents=True)
    (folder / "root" / "job" / "0001-a.0.log").write_bytes(b"old")
    (folder / "root" / "job" / "secret").write_bytes(b"x")

    assert logs.read(str(folder / "root" / "job" / "0001-a.0.log"), 0, 9).content == b"old"
    with pytest.raises(Denied):
        logs.read(str(folder / "root" / "job" / "secret"), 0, 9)


def test_a_link_in_place_of_a_log_leads_nowhere(logs: Logs, folder: Path) -> None:
    path = Path(noted(logs, folder / "a.log"))
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(Denied):
        logs.read(str(path), 0, 10)

    (folder / "root").mkdir()
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "x.0.log").write_bytes(b"not yours")
    (folder / "root" / "job").symlink_to(folder / "elsewhere")
    with pytest.raises(Denied, match="is behind a link"):
        logs.read(str(folder / "root" / "job" / "x.0.log"), 0, 10)


def test_a_pipe_or_folder_in_place_of_a_log_holds_up_nobody(logs: Logs, folder: Path) -> None:
    path = Path(noted(logs, folder / "a.log"))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Denied, match="not a plain file"):
        logs.read(str(path), 0, 10)
    path.unlink()
    path.mkdir()
    with pytest.raises(Denied):
        logs.read(str(path), 0, 10)


def test_a_log_that_is_gone_is_not_found(logs: Logs, folder: Path) -> None:
    path = Path(noted(logs, folder / "a.log"))
    path.unlink()

    with pytest.raises(NotFound, match=f"no log '{path}'"):
        logs.read(str(path), 0, 10)


def test_a_file_system_that_fails_may_be_asked_again(logs: Logs, folder: Path, monkeypatch) -> None:
    path = noted(logs, folder / "a.log")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error", path)

    monkeypatch.setattr("rndaemon.logs.read_piece", fail)
    monkeypatch.setattr("rndaemon.logs._read_as", fail)
    with pytest.raises(Unavailable, match="Input/output error"):
        logs.read(path, 0, 10)


@pytest.mark.parametrize("user", ["root", "no-such-user"])
def test_root_lends_its_rights_to_nobody(folder: Path, user: str, monkeypatch) -> None:
    from rndaemon.logs import _read_as

    (folder / "a.log").write_bytes(b"x")
    with pytest.raises(PermissionError):
        _read_as(user, str(folder / "a.log"), 0, 1)


def test_a_negative_length_is_refused(logs: Logs, folder: Path) -> None:
    with pytest.raises(Invalid):
        logs.read(noted(logs, folder / "a.log"), 0, -1)


def test_the_reader_itself_opens_plain_files_only(folder: Path) -> None:
    (folder / "a").write_bytes(b"abc")
    (folder / "link").symlink_to(folder / "a")

    assert read_piece(str(folder / "a"), -2, 1) == (b"b", 1, 3)
    with pytest.raises(OSError):
        read_piece(str(folder / "link"), 0, 1)
    with pytest.raises(OSError):
        read_piece("/dev/null", 0, 1)
