import os

import pytest

from rndaemon.logfile import acting_as, checked, open_log
from rndaemon.users import Account

MYSELF = Account("me", os.getuid(), os.getgid(), [], "", switch=False)


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
