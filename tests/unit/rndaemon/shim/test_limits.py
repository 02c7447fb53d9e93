import resource
import subprocess
import sys

import pytest

from rndaemon.shim.limits import Limits, machine_oom_kills


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_run_time_is_over_when_it_is_reached(clock):
    limits = Limits(60, 0, clock)
    assert (limits.broken(), limits.wait_s()) == (None, 60)
    clock.now += 60

    assert limits.broken() == ("RUN_TIME", "it ran longer than the 60 s it may")


def test_output_ends_a_silence(clock):
    limits = Limits(0, 10, clock)
    clock.now += 9
    limits.hear()
    clock.now += 9
    assert (limits.broken(), limits.wait_s()) == (None, 1)
    clock.now += 1

    assert limits.broken() == ("SILENCE", "it wrote nothing for 10 s")


def test_no_limit_is_never_broken(clock):
    limits = Limits(0, 0, clock)
    clock.now += 1e9

    assert limits.broken() is None


@pytest.mark.parametrize("call", ["limit_process(300, 200)", "limit_process(300, 0)"])
def test_processes_and_files_are_limited_for_those_who_ask(call):
    """In a process of its own: the hard limit does not come back."""
    told = f"import resource; from rndaemon.shim.limits import limit_process; {call}"
    told += "; print(resource.getrlimit(resource.RLIMIT_NPROC), resource.getrlimit(resource.RLIMIT_NOFILE))"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout

    files = (soft, hard) if call.endswith(" 0)") else (200, hard)
    assert said.strip() == f"(300, 300) {files}"


def test_the_kernels_count_is_a_number():
    assert machine_oom_kills() >= 0
