import os
import threading

import pytest

from rndaemon import tasklog
from rndaemon.request import Request
from rndaemon.tasklog import LogWriter, footer, header, masked


def test_secrets_are_masked():
    env = {
        "API_TOKEN": "1",
        "db_password": "2",
        "AWS_SECRET": "3",
        "SSHKEY": "4",
        "MY_CREDENTIALS": "5",
        "HOME": "6",
    }

    assert masked(env) == dict.fromkeys(env, "***") | {"HOME": "6"}


def test_a_header_survives_any_command():
    request = Request("p", "t", "j", "l", ["echo", "a b", "\udcff"], "/l")

    text = header(request, "u", "/", {}, 0.0)
    assert b"Command: echo 'a b' " in text and text.endswith(b"=\n\n")


def test_a_footer_stands_on_lines_of_its_own():
    assert footer({"Exit status": 3}, 0.0).splitlines()[4:6] == [b"Exit status: 3", b"=" * 60]


def test_everything_is_written_in_its_order(tmp_path):
    path = tmp_path / "log"
    writer = LogWriter(os.open(path, os.O_WRONLY | os.O_CREAT), stall_s=10)
    writer.put(b"head\n")
    writer.start()
    for number in range(1000):
        writer.put(b"%d\n" % number)
    writer.finish(b"foot\n")

    assert path.read_bytes() == b"head\n" + b"".join(b"%d\n" % n for n in range(1000)) + b"foot\n"
    assert (writer.dropped_bytes, writer.fault) == (0, "")


def test_what_a_full_disk_does_not_take_is_counted():
    writer = LogWriter(os.open("/dev/full", os.O_WRONLY), stall_s=10)
    writer.start()
    writer.put(b"x" * 1000)
    writer.drain()

    assert (writer.dropped_bytes, writer.fault) == (1000, "No space left on device")
    writer.finish(b"")


@pytest.fixture
def standing_log(monkeypatch):
    """A log whose file server does not answer until told to."""
    go_on = threading.Event()
    written = []

    def write(_descriptor, chunk):
        go_on.wait(10)
        written.append(bytes(chunk))
        return len(chunk)

    monkeypatch.setattr(tasklog, "QUEUE_BYTES", 100)
    monkeypatch.setattr(tasklog.os, "write", write)
    yield go_on, written
    go_on.set()


def test_a_log_that_stands_still_holds_up_the_task_only_for_a_while(standing_log, monkeypatch):
    go_on, written = standing_log
    clock = [1000.0]
    monkeypatch.setattr(tasklog.time, "monotonic", lambda: clock[0])
    writer = LogWriter(os.open(os.devnull, os.O_WRONLY), stall_s=30)
    writer.start()
    writer.put(b"a" * 100)
    assert not writer.has_room()
    clock[0] += 31
    assert writer.has_room()
    writer.put(b"b" * 50)
    writer.finish(b"c" * 7)

    assert (writer.dropped_bytes, writer.fault) == (57, "the log stood still")
    go_on.set()
    writer._thread.join(10)
    assert written == [b"a" * 100]
