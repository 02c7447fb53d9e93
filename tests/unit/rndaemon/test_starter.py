import os
import select
import socket
import subprocess
import sys
import threading

import pytest

from benchmarks.node_farm import wait_until
from rndaemon import starter
from rndaemon.platform.boot import boot_id
from rndaemon.request import Request
from rndaemon.spool import Identity, Spool, identity_of
from rndaemon.starter import Starter, find_shim, has_shim, open_process

PROC = "0190a1b2-0000-7000-8000-000000000001"


@pytest.fixture
def entry(tmp_path):
    return Spool(str(tmp_path)).add(Request(PROC, "t", "j", "l", ["true"], "/log"))


@pytest.fixture
def holder(entry):
    """A process that holds the lock of an entry, named in its command as a shim's is."""
    lock = entry.hold_lock()
    command = [sys.executable, "-c", "import time; time.sleep(1000)", entry.folder]
    process = subprocess.Popen(command, pass_fds=[lock])
    os.close(lock)
    yield process
    process.kill()
    process.wait()


def test_without_a_lock_there_is_no_shim(entry):
    assert not has_shim(entry)
    assert find_shim(entry) is None


def test_a_shim_is_known_by_what_it_wrote(entry, holder):
    entry.write_shim(Identity(7, 8, "b"))

    assert has_shim(entry) and find_shim(entry) == Identity(7, 8, "b")


def test_a_shim_that_never_wrote_is_found_all_the_same(entry, holder, monkeypatch):
    """Else its attempt would be reported as never begun, and it might begin after all."""
    monkeypatch.setattr(starter, "_APPEAR_S", 0.0)
    wait_until(lambda: find_shim(entry) == identity_of(holder.pid))


def test_a_shim_that_dies_while_we_wait_is_no_shim(entry, holder):
    holder.kill()

    assert find_shim(entry) is None


def test_only_the_process_that_was_meant_is_opened():
    myself = identity_of(os.getpid())
    descriptor = open_process(myself)
    assert descriptor is not None
    os.close(descriptor)

    assert open_process(myself._replace(start=1)) is None
    assert open_process(Identity(2**22 + 1, 1, boot_id())) is None


@pytest.fixture
def births():
    made = Starter()
    yield made
    made.close()


def other_entry(entry, number):
    spool = Spool(os.path.dirname(os.path.dirname(entry.folder)), min_free_mb=0)
    return spool.add(Request(f"{PROC[:-1]}{number}", "t", "j", "l", ["true"], "/nowhere/x", temp="/nowhere"))


def test_a_shim_lives_on_when_the_template_it_was_forked_from_ends(entry, births):
    stopped = other_entry(entry, 2)
    started = births.start(stopped)
    births.close()

    select.select([started.descriptor], [], [], 20)
    os.close(started.descriptor)
    assert stopped.read_exit()["end"] == "NOT_STARTED"
    assert stopped.read_shim() == started.identity


def test_a_template_that_was_killed_is_replaced(entry, births):
    births.warm_up()
    births._process.kill()
    births._process.wait()
    second = other_entry(entry, 3)
    os.close(births.start(second).descriptor)

    wait_until(second.read_exit)


def test_a_birth_that_was_not_told_is_found(entry, holder, births, monkeypatch):
    """The template died between the fork and the answer: the shim must not be started a second time."""
    entry.write_shim(identity_of(holder.pid))

    def lose(_):
        raise EOFError

    monkeypatch.setattr(births, "_ask", lose)
    started = births.start(entry)
    os.close(started.descriptor)

    assert started.identity == identity_of(holder.pid)


class Template:
    """Answers as it is told, in the place of the real one."""

    def __init__(self, births, answer):
        births._channel, self._channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._answer = answer
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with self._channel:
            _, descriptors, _, _ = socket.recv_fds(self._channel, 8192, 2)
            for descriptor in descriptors:
                os.close(descriptor)
            if self._answer:
                self._channel.send(self._answer)

    def close(self):
        self._thread.join()


def test_a_machine_without_room_for_another_process_is_a_reason(entry, births):
    template = Template(births, b"! Resource temporarily unavailable")
    with pytest.raises(BlockingIOError, match="Resource temporarily unavailable"):
        births.start(entry)
    template.close()

    assert not has_shim(entry)


def test_a_template_that_ends_without_an_answer_is_replaced(entry, births):
    template = Template(births, b"")
    os.close(births.start(entry).descriptor)
    template.close()

    wait_until(entry.read_exit)
