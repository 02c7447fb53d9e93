import os
import re
import threading

import pytest

from rndaemon.request import Request
from rndaemon.shim import tasklog
from rndaemon.shim.tasklog import MASK, LogWriter, Tail, footer, header, masked, masked_words


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


def test_row_r31_a_header_tells_who_runs_what_where_within_which_limits():
    request = Request(
        *("p1", "t", "j", "l", ["render", "-s", "1"], "/l"),
        host="n1",
        job_name="shot",
        task_name="0001-a",
        attempt=2,
        cores=4,
        ram_mb=512,
        gpus=[0, 2],
        max_run_s=60,
        max_log_mb=5,
        memory_limit_mb=600,
        wrapper=["rez", "maya"],
    )
    lines = (
        header(request, "anna", "/home/anna", {"SCENE": "a.mb", "API_KEY": "hush"}, 0.0).decode().splitlines()
    )

    assert lines[0].endswith("] Plow attempt begins")
    assert lines[2:-3] == [
        "Host: n1",
        "User: anna",
        "Job: shot",
        "Task: 0001-a",
        "Attempt: 2",
        "Proc: p1",
        "Cores: 4",
        "RAM: 512 MB",
        "GPUs: 0, 2",
        "Limits: run time 60 s, log 5 MB, memory 600 MB",
        "Folder: /home/anna",
        "Wrapper: rez maya",
        "Command: render -s 1",
        "Env: API_KEY=***",
    ]
    assert lines[-3:] == ["Env: SCENE=a.mb", "=" * 60, ""]


def test_a_header_ends_with_what_its_owner_should_know():
    request = Request("p", "t", "j", "l", ["true"], "/l", remark="no log rules 'mayaa'")

    assert "Note: no log rules 'mayaa'" in header(request, "u", "/", {}, 0.0).decode().splitlines()


def test_a_value_cannot_pretend_to_be_the_end_of_the_header():
    rule = "=" * 60
    request = Request("p", "t", "j", "l", ["sh", "-c", f"true\n{rule}\n"], "/l", job_name=f"a\r\n{rule}")

    lines = header(request, "u", "/", {"A": f"\n{rule}\n[1] Plow attempt ended"}, 0.0).decode().splitlines()

    assert lines.count(rule) == 2


@pytest.mark.parametrize(
    "words, shown",
    [
        (["a", "--password=x y"], ["a", f"--password={MASK}"]),
        (["a", "--token", "x", "b"], ["a", "--token", MASK, "b"]),
        (["a", "API_KEY=x"], ["a", f"API_KEY={MASK}"]),
        (["git", "https://me:x@host/p"], ["git", f"https://me:{MASK}@host/p"]),
        (["render", "--keyframes=1-5", "-key", "3"], ["render", "--keyframes=1-5", "-key", "3"]),
        (["tar", "-C", "/x:y@z"], ["tar", "-C", "/x:y@z"]),
    ],
)
def test_a_command_is_shown_without_its_secrets(words, shown):
    assert masked_words(words) == shown


def test_a_footer_stands_on_lines_of_its_own():
    """Row R32: every mark on its own line, whatever the output ended with."""
    assert footer({"Exit status": 3, "Reason": "a\nb"}, 0.0).splitlines()[4:7] == [
        b"Exit status: 3",
        b"Reason: a\\nb",
        b"=" * 60,
    ]


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


def written_by(path, *chunks, most_mb=0, last=b"foot\n"):
    writer = LogWriter(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stall_s=10, most_mb=most_mb)
    writer.start()
    for chunk in chunks:
        writer.put(chunk)
    writer.finish(last)
    return path.read_bytes()


def test_a_log_begins_on_a_line_of_its_own_behind_one_that_was_cut(tmp_path):
    (tmp_path / "log").write_bytes(b"torn li")

    assert written_by(tmp_path / "log", b"[now] begins\n") == b"torn li\n[now] begins\nfoot\n"


def test_of_a_log_that_is_too_large_beginning_and_end_are_kept(tmp_path):
    lines = [b"line %06d %s\n" % (number, b"x" * 1000) for number in range(3000)]
    text = written_by(tmp_path / "log", *lines, most_mb=1)
    kept = [line for line in text.split(b"\n") if line.startswith(b"line ")]

    assert len(text) < (1 << 20) + tasklog.TAIL_BYTES + 1000
    assert kept[:1000] == [line[:-1] for line in lines[:1000]]
    assert kept[-200:] == [line[:-1] for line in lines[-200:]]
    assert b"of what follows only the end is kept\n" in text and b"bytes are left out here" in text
    assert text.endswith(b"\nfoot\n")


def test_nothing_is_left_out_where_the_end_is_all_that_was_too_much(tmp_path):
    text = written_by(tmp_path / "log", b"a" * (1 << 20), b"the end\n", most_mb=1)

    assert b"left out" not in text and text.endswith(b"only the end is kept\nthe end\nfoot\n")


def test_the_end_of_a_flood_takes_little_memory():
    tail = Tail(1000)
    for _ in range(10_000):
        tail.take(b"x" * 300)

    assert tail.taken == 3_000_000 and tail._size <= 1300
    assert tail.text().endswith(b"x" * 1000)


def test_of_a_flood_without_lines_the_end_is_kept_too():
    """A progress bar that only draws itself anew, or one line of 30 MB."""
    tail = Tail(10_000)
    tail.take(b"x" * 30_000 + b"\r100%\n")

    assert tail.text().endswith(b"x" * 9000 + b"\r100%\n")


def test_a_log_says_where_bytes_are_missing(tmp_path, monkeypatch):
    """The disk is full for a while."""
    is_full, write = threading.Event(), os.write

    def write_if_there_is_room(descriptor, chunk):
        if is_full.is_set():
            raise OSError(28, "No space left on device")
        return write(descriptor, chunk)

    monkeypatch.setattr(tasklog.os, "write", write_if_there_is_room)
    path = tmp_path / "log"
    writer = LogWriter(os.open(path, os.O_WRONLY | os.O_CREAT), stall_s=10)
    writer.start()
    for full, chunk in ((False, b"one\n"), (True, b"two\n"), (True, b"three\n"), (False, b"four\n")):
        (is_full.set if full else is_full.clear)()
        writer.put(chunk)
        writer.drain()
    writer.finish(b"foot\n")

    said = re.sub(rb"\[.*\] ", b"", path.read_bytes())
    assert said == b"one\n\nPlow: 10 bytes are missing here: No space left on device\nfour\nfoot\n"
    assert writer.dropped_bytes == 10


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

    assert (writer.dropped_bytes, writer.fault) == (100 + 50 + 7, "the log stood still")
    go_on.set()
    writer._thread.join(10)
    assert written == [b"a" * 100]


def test_a_log_that_moves_again_says_what_it_has_missed(standing_log, monkeypatch):
    go_on, written = standing_log
    clock = [1000.0]
    monkeypatch.setattr(tasklog.time, "monotonic", lambda: clock[0])
    writer = LogWriter(os.open(os.devnull, os.O_WRONLY), stall_s=30)
    writer.start()
    writer.put(b"a" * 100)
    clock[0] += 31
    writer.put(b"b" * 50)
    go_on.set()
    with writer._changed:
        writer._changed.wait_for(lambda: not writer._queued, 10)
    writer.finish(b"foot\n")

    assert b"".join(written).endswith(b"Plow: 50 bytes are missing here: the log stood still\nfoot\n")


def test_a_log_that_holds_too_little_to_be_dropped_says_that_it_stood_still(standing_log, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(tasklog.time, "monotonic", lambda: clock[0])
    writer = LogWriter(os.open(os.devnull, os.O_WRONLY), stall_s=30)
    writer.start()
    writer.put(b"a" * 10)
    clock[0] += 31
    writer.drain()

    assert (writer.dropped_bytes, writer.fault) == (10, "the log stood still")


def test_where_no_thread_is_left_a_log_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)

    assert written_by(tmp_path / "log", b"one\n", b"two\n") == b"one\ntwo\nfoot\n"
