"""What a tree uses: real processes below a stand-in for the shim, and the arithmetic by a clock of our own."""

import json
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest

from benchmarks.node_farm import wait_until
from rndaemon.platform import tree
from rndaemon.shim import meter as module
from rndaemon.shim.meter import Meter

MB = 2**20
SHIM = """
import json, os, subprocess, sys
from rndaemon.shim.meter import Meter
from rndaemon.platform.linux import become_subreaper
become_subreaper()
meter = Meter(float(sys.argv[1]), int(sys.argv[2]))
child = subprocess.Popen(sys.argv[3:], stdin=subprocess.PIPE)
for line in sys.stdin:
    if line == "end\\n":
        child.communicate()
        try:
            while True: os.wait()
        except ChildProcessError: pass
        print(json.dumps({"status": child.returncode, **meter.finish(1.0)}), flush=True)
    elif line == "go on\\n":
        child.stdin.write(b"\\n")
        child.stdin.flush()
    else:
        meter.sample()
        print(json.dumps({**meter.as_dict(), "excess": meter.excess()}), flush=True)
"""


class Shim:
    """Samples when it is told."""

    def __init__(self, every_s, limit_mb, *command):
        words = [sys.executable, "-c", SHIM, str(every_s), str(limit_mb), *command]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def ask(self, word):
        self.say(word)
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def shim():
    made = []

    def make(code, every_s=0.0, limit_mb=0):
        made.append(Shim(every_s, limit_mb, sys.executable, "-S", "-c", code))
        return made[-1]

    yield make
    for each in made:
        each.process.communicate()
        assert each.process.returncode == 0


def test_row_r41_memory_of_the_tree_with_its_peak_kept(shim):
    told = shim("import os; x = b'x' * (500 * 2**20); input(); del x; input()")
    wait_until(lambda: told.ask("sample")["rss_mb"] > 480)
    assert told.ask("sample")["rss_mb"] < 560

    told.say("go on")
    wait_until(lambda: told.ask("sample")["rss_mb"] < 100)
    assert 480 <= told.ask("sample")["high_rss_mb"] < 560
    told.say("go on")
    assert 480 <= told.ask("end")["max_rss_mb"] < 560


BUSY = """
import os, time
def burn():
    while time.process_time() < 0.25: pass
pids = [os.fork() for _ in range(2)]
if 0 in pids: burn(); os._exit(0)
for pid in pids: os.waitpid(pid, 0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: burn()
    os._exit(0)
os.wait(); input()
"""


def test_row_r42_processor_time_of_children_that_have_ended_is_counted(shim):
    told = shim(BUSY)
    told.ask("sample")
    told.say("go on")

    assert 750 <= told.ask("end")["cpu_ms"] < 2000


def test_row_r42_two_busy_children_use_200_percent(monkeypatch):
    now, ticks = [0.0], [0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(tree, "descendants", lambda pid: [])
    monkeypatch.setattr(tree, "measure", lambda processes: tree.Use(0, ticks[0], 0, 0, 0, 0))
    monkeypatch.setattr(module, "_reaped_cpu_s", lambda: 0.0)
    meter = Meter(5.0)
    for now[0], ticks[0] in ((5.0, 10 * tree.TICKS_PER_S), (10.0, 20 * tree.TICKS_PER_S)):
        meter.sample()

    assert meter.as_dict()["used_cores"] == 2.0
    # One of them ends while we look and is missed: it is not counted twice in the next sample.
    for now[0], ticks[0] in ((15.0, 5 * tree.TICKS_PER_S), (20.0, 40 * tree.TICKS_PER_S)):
        meter.sample()
    assert meter.as_dict()["used_cores"] == 2.0 and meter.finish(20.0)["high_cores"] == 2.0


def test_row_r43_disk_traffic_of_a_child_that_has_ended_is_counted(shim):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # a disk: what lies in memory is no traffic
        write = f"open('{folder}/big', 'wb').write(b'x' * {100 * MB}); os._exit(0)"
        told = shim(f"import os\nif os.fork() == 0: {write}\nos.wait(); input()")
        wait_until(lambda: told.ask("sample")["disk"][3] >= 100 * MB)
        told.say("go on")

        assert told.ask("end")["disk"][3] >= 100 * MB


def test_an_attempt_above_its_memory_is_told_with_both_figures(shim):
    told = shim("x = b'x' * (80 * 2**20); input()", every_s=1000, limit_mb=50)
    sentence = wait_until(lambda: told.ask("sample")["excess"])

    assert "MB of memory and may use 50 MB" in sentence
    told.say("go on")


def test_what_processes_share_counts_once_where_it_decides(shim):
    """Four processes with the same 60 MB: 240 MB resident, and far below a limit of 150 MB."""
    code = "import os; x = b'x' * (60 * 2**20); c = [os.fork() for _ in range(2)]; input() if all(c) else os.read(0, 1)"
    told = shim(code, limit_mb=150)
    wait_until(lambda: len(told.ask("sample")["tree"]) == 4 and told.ask("sample")["rss_mb"] > 50)
    seen = told.ask("sample")

    assert seen["excess"] == "" and seen["rss_mb"] < 150
    for _ in range(4):
        told.say("go on")


@pytest.fixture
def slow_look(monkeypatch):
    """Looking at the tree takes 50 ms by a clock of our own."""
    now = [0.0]

    def look(pid):
        now[0] += 0.05
        return []

    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(tree, "descendants", look)
    return now


def test_a_tree_that_is_dear_to_look_at_is_looked_at_less_often(slow_look):
    meter = Meter(0.2, limit_mb=100)
    slow_look[0] = 1.0
    meter.sample()

    assert meter.wait_s() == pytest.approx(5.0)


def test_without_a_limit_only_the_samples_are_due(slow_look):
    assert Meter(60.0).wait_s() == 0.5
    meter = Meter(60.0)
    slow_look[0] = 1.0
    meter.sample()
    assert meter.wait_s() == pytest.approx(60.0)


def test_a_limit_is_looked_after_between_the_samples(slow_look, monkeypatch):
    monkeypatch.setattr(tree, "descendants", lambda pid: [])
    meter = Meter(60.0, limit_mb=100)
    slow_look[0] = 1.0
    meter.sample()
    assert meter.wait_s() == pytest.approx(1.0)
    slow_look[0] = 2.0
    assert meter.is_due()
    meter.sample()
    assert meter.wait_s() == pytest.approx(1.0)


def test_near_the_limit_it_looks_more_often(slow_look, monkeypatch):
    big = tree.Process(1, 0, "R", 0, 0, 60 * MB)
    monkeypatch.setattr(tree, "descendants", lambda pid: [big])
    meter = Meter(60.0, limit_mb=100)
    slow_look[0] = 1.0
    meter.sample()

    assert meter.wait_s() == pytest.approx(0.1)


def test_a_control_group_that_ended_something_is_the_reason():
    group = SimpleNamespace(oom_kills=lambda: 0)
    meter = Meter(5.0, limit_mb=100, group=group)
    assert meter.excess() == ""
    group.oom_kills = lambda: 1

    assert meter.excess() == "it needed more than the 100 MB of memory it may use"
