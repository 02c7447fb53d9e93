"""Stopping one attempt while its shim is about to be gone."""

import os
import signal
import subprocess

from rndaemon import attempt
from rndaemon.attempt import Attempt
from rndaemon.request import Request
from rndaemon.spool import Entry, Identity


def test_a_shim_that_ends_just_before_its_signal_is_no_fault(tmp_path, monkeypatch):
    """Between the look whether it lives and the signal it may end, and be waited for."""
    shim = subprocess.Popen(["sleep", "100"])
    descriptors = []

    def open_and_end(identity):
        descriptors.append(os.pidfd_open(shim.pid))
        shim.kill()
        shim.wait()
        return descriptors[-1]

    monkeypatch.setattr(attempt, "open_process", open_and_end)
    held = Attempt(
        Entry(str(tmp_path)), Request("p", "", "", "", ["true"], "/l"), shim=Identity(shim.pid, 0, "")
    )
    held.signal(signal.SIGCONT)

    assert not os.path.exists(f"/proc/self/fd/{descriptors[0]}")
