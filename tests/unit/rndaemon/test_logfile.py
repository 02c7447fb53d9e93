from __future__ import annotations

import ctypes
import os
import shutil
import socket
import stat
import struct
import tempfile
from pathlib import Path

import pytest

from rndaemon.logfile import _check_may_help, acting_as, checked, open_log
from rndaemon.users import Account

MYSELF = Account("me", os.getuid(), os.getgid(), [], "", switch=False)
NOBODY = Account("nobody", 65534, 65534, [65534], "", switch=True)


@pytest.mark.parametrize("path", ["", "x.log", "../x", "/a/../b", "/a/b/", "/", "/a\0b"])
def test_a_path_that_leads_elsewhere_is_refused(path):
    with pytest.raises(OSError, match="log path"):
        checked(path)


def test_a_sound_path_is_made_plain():
    assert checked("//a/./b//c.log") == "/a/b/c.log"


def test_text_is_added_and_never_lost(tmp_path):
    path = tmp_path / "a" / "b.log"
    for word in (b"one ", b"two"):
        descriptor = open_log(str(path), MYSELF, [], 0o027)
        os.write(descriptor, word)
        os.close(descriptor)

    assert path.read_bytes() == b"one two"
    assert path.stat().st_mode & 0o777 == 0o640 and path.parent.stat().st_mode & 0o777 == 0o750


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(OSError):
        open_log(str(tmp_path / "link"), MYSELF, [], 0o022)


def test_a_pipe_with_a_reader_is_no_log(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    with pytest.raises(OSError, match="not a plain file"):
        open_log(str(tmp_path / "pipe"), MYSELF, [], 0o022)
    os.close(reader)


def test_rights_come_back_after_acting_as_somebody():
    before = (os.getresuid(), os.getresgid())
    with pytest.raises(ValueError), acting_as(MYSELF):
        raise ValueError

    assert (os.getresuid(), os.getresgid()) == before


@pytest.fixture
def ground():
    """A folder that every user can reach, with a log root in it and things beside that no log may touch."""
    folder = Path(tempfile.mkdtemp(prefix="plow-test-"))
    folder.chmod(0o755)
    for path in (folder / "root" / "job", folder / "beside"):
        path.mkdir(parents=True)
    (folder / "beside" / "victim").write_text("mine")
    (folder / "beside" / "victim").chmod(0o666)
    (folder / "beside").chmod(0o777)
    yield folder
    shutil.rmtree(folder)


OTHER = Account("other", 12345, 12345, [12345], "", switch=True)
ACCOUNTS = [MYSELF] if os.geteuid() else [MYSELF, NOBODY]
SEVERAL = [MYSELF] if os.geteuid() else [NOBODY, OTHER, MYSELF]


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_row_r30_missing_folders_are_made_and_the_last_is_the_users(ground, account):
    path = ground / "root" / "a" / "b" / "c" / "x.log"
    os.close(open_log(str(path), account, [str(ground / "root")], 0o022))

    owners = [each.stat().st_uid for each in (path, *list(path.parents)[:3])]
    assert owners == [account.uid] * 2 + [os.geteuid()] * 2
    assert path.stat().st_mode & 0o7777 == 0o640 and path.parent.stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize("is_below_a_root", [True, False])
@pytest.mark.parametrize("mode", [0o755, 0o1777])
def test_the_logs_of_one_user_leave_room_for_those_of_the_next(ground, mode, is_below_a_root):
    """Who is the first in a project does not own it."""
    (ground / "root").chmod(mode)
    roots = [str(ground / "root")] if is_below_a_root else []
    several = SEVERAL if is_below_a_root or mode == 0o1777 else [MYSELF]
    for account in several:
        path = ground / "root" / "show" / account.name / "x.log"
        os.close(open_log(str(path), account, roots, 0o027))

        assert (path.stat().st_uid, path.parent.stat().st_uid) == (account.uid, account.uid)
        assert path.parent.stat().st_mode & 0o7777 == 0o750
    assert (ground / "root" / "show").stat().st_mode & 0o7777 in (0o755, mode)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_a_folder_that_another_attempt_makes_meanwhile_is_entered(ground, account, monkeypatch):
    make = os.mkdir

    def made_by_another_first(part, mode, *, dir_fd=None):
        make(part, mode, dir_fd=dir_fd)
        make(part, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", made_by_another_first)
    os.close(open_log(str(ground / "root" / "new" / "x.log"), account, [str(ground / "root")], 0o022))

    assert (ground / "root" / "new" / "x.log").stat().st_uid == account.uid


def test_the_nearest_root_counts(ground):
    """So a link above it is the site's own affair."""
    (ground / "root" / "disk2").symlink_to(ground / "beside")
    with pytest.raises(OSError, match="in the way"):
        open_log(str(ground / "root" / "disk2" / "x.log"), MYSELF, [str(ground / "root")], 0o022)
    roots = [str(ground / "root"), str(ground / "root" / "disk2")]
    os.close(open_log(str(ground / "root" / "disk2" / "x.log"), MYSELF, roots, 0o022))

    assert (ground / "beside" / "x.log").exists()


def test_root_makes_nothing_in_a_third_partys_folder(ground, monkeypatch):
    theirs = os.stat_result([0o40755, 1, 1, 1, 12345, 12345, 0, 0, 0, 0])
    monkeypatch.setattr(os, "fstat", lambda _: theirs)
    with pytest.raises(PermissionError, match="user 'nobody' may not make '/logs/x.log'"):
        _check_may_help(3, NOBODY, "/logs/x.log")


def test_elsewhere_the_user_needs_the_right_by_itself(ground):
    account = ACCOUNTS[-1]
    (ground / "beside").chmod(0o555 if os.geteuid() else 0o755)
    with pytest.raises(PermissionError, match="not below one of task.log_roots"):
        open_log(str(ground / "beside" / "x.log"), account, [str(ground / "root")], 0o022)


LINKS = {
    "to_folder": "../../beside",
    "to_file": "../../beside/victim",
    "to_absolute": "{ground}/beside",
    "to_new": "../../beside/new",
    "to_self": "to_self",
    "to_inside": ".",
    "to_proc": "/proc/self/cwd",
    "to_fd": "/proc/self/fd/1",
    "to_root": "/",
    "to_etc": "/etc",
    "to_above": "..",
    "to_device": "/dev/sda",
}
NAMES = [
    *(
        "x.log",
        "a/x.log",
        "a/b/c/d/e/f/x.log",
        ".x",
        "...",
        "-rf",
        "--",
        " ",
        "a b.log",
        "ä.log",
        "日本/x.log",
    ),
    *(
        "%s%n",
        "$HOME",
        "`id`",
        ";true",
        "*",
        "~",
        "~root/x",
        "\\..\\x",
        "x" * 255,
        "\n",
        "\r\n",
        "\x1b[2J",
        "\x7f",
    ),
    *(
        "..",
        "../x",
        "../../beside/victim",
        "a/../x.log",
        "a/../../../beside/victim",
        "./../x",
        "a/..",
        "..//x",
    ),
    *(
        "/x.log",
        "//x.log",
        "./x.log",
        "a//b.log",
        "a/./b.log",
        "/",
        "",
        ".",
        "a/",
        "a/.",
        "x.log/",
        "\0",
        "a\0b",
    ),
    *(link for link in LINKS),
    *(f"{link}/x.log" for link in LINKS),
    *("to_folder/victim", "to_folder/../x", "to_root/etc/passwd", "to_etc/passwd", "to_proc/x", "x" * 256),
    *("pipe", "socket", "folder", "folder/x.log", "device", "file/x.log", "hard", "victim"),
]


def lay_out(ground):
    """What a task may have put below the log root."""
    job = ground / "root" / "job"
    for name, target in LINKS.items():
        (job / name).symlink_to(target.format(ground=ground))
    os.mkfifo(job / "pipe", 0o666)
    with socket.socket(socket.AF_UNIX) as each:
        each.bind(str(job / "socket"))
    (job / "folder").mkdir()
    (job / "file").write_text("")
    if os.geteuid() == 0:
        os.mknod(job / "device", 0o666 | stat.S_IFBLK, os.makedev(7, 99))


def the_kernel_lets_it_be(root, name):
    """Whether openat2 with "beneath, no symbolic links, no magic links" opens it below the root; None: no such call."""
    how = struct.pack("QQQ", os.O_WRONLY | os.O_NONBLOCK, 0, 0x08 | 0x04 | 0x02)
    descriptor = ctypes.CDLL(None, use_errno=True).syscall(437, root, os.fsencode(name), how, len(how))
    if descriptor >= 0:
        os.close(descriptor)
    return descriptor >= 0


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_t10_no_path_leads_out_of_the_log_root(ground, account):
    """Each opens a plain file below the root, of the user, or nothing; a link is followed nowhere."""
    lay_out(ground)
    job, root = ground / "root" / "job", os.open(ground / "root", os.O_RDONLY)
    escapes, opened = [], 0
    for name in NAMES:
        try:
            descriptor = open_log(f"{job}/{name}", account, [str(ground / "root")], 0o022)
        except (OSError, ValueError):
            continue
        opened += 1
        real, facts = os.readlink(f"/proc/self/fd/{descriptor}"), os.fstat(descriptor)
        relative = os.path.normpath(f"job/{name}")
        if not (
            real == os.path.normpath(f"{job}/{name}")
            and stat.S_ISREG(facts.st_mode)
            and facts.st_uid == account.uid
            and the_kernel_lets_it_be(root, relative)
        ):
            escapes.append((name, real))
        os.write(descriptor, b"log")
        os.close(descriptor)
    os.close(root)

    assert escapes == [] and len(NAMES) >= 60 and opened >= 25
    assert [path.name for path in (ground / "beside").iterdir()] == ["victim"]
    assert (ground / "beside" / "victim").read_text() == "mine"
    assert sorted(path.name for path in ground.iterdir()) == ["beside", "root"]
