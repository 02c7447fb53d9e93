import os
import subprocess
import sys

import pytest

from benchmarks.node_farm import wait_until
from rndaemon import starter
from rndaemon.platform.boot import boot_id
from rndaemon.request import Request
from rndaemon.spool import Identity, Spool, identity_of
from rndaemon.starter import find_shim, has_shim, open_process

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
