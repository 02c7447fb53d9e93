"""macOS and Windows with stand-ins for what their systems say; and that each file imports where its system is not."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rndaemon.platform import base, macos, windows
from rndaemon.platform.linux_node import Linux
from rndaemon.platform.macos import MacOs, Process, parse_idle_s, parse_ps, tree_of
from rndaemon.platform.windows import ExtendedLimits, Windows

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("system, name", [("linux", "linux"), ("darwin", "macos"), ("win32", "windows")])
def test_each_system_has_a_layer_with_every_part_of_the_interface(system, name):
    layer = base.current(system)
    parts = [part for part in vars(base.Platform) if not part.startswith("_")]

    assert layer.name == name
    assert {"boot_id", "idle_s", "groups_of", "pin", "end_tree", "reboot_words"} <= set(parts)
    assert all(hasattr(layer, part) for part in parts)


def test_a_system_without_a_layer_is_named():
    with pytest.raises(NotImplementedError, match="plan9"):
        base.current("plan9")


BLOCKED = {
    "windows": ["fcntl", "resource", "pwd", "grp", "termios", "pty", "syslog"],
    "macos": [],
}
MISSING_CALLS = {
    "windows": [
        "sysconf", "fork", "getuid", "geteuid", "setsid", "pidfd_open", "eventfd", "getgroups", "waitid",
        "statvfs", "posix_fallocate", "sched_getaffinity", "kill", "killpg", "O_NOFOLLOW", "O_DIRECTORY",
        "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "setresuid", "mkfifo", "O_PATH",
    ],
    "macos": ["pidfd_open", "eventfd", "sched_getaffinity", "setresuid", "posix_fallocate", "O_PATH"],
}  # fmt: skip


@pytest.mark.parametrize("system, platform", [("windows", "win32"), ("macos", "darwin")])
def test_the_self_test_says_something_of_everything_where_everything_is_lacking(system, platform):
    """In a Python from which all is taken that this system lacks: nothing fails by being imported."""
    code = f"""
import sys, os, ctypes, json, psutil, click, subprocess, tempfile, socket, ssl, platform, shutil, uuid, asyncio
import plow_client.rpc.caller, plow_client.config, plow_client.places
for name in {BLOCKED[system]!r}: sys.modules[name] = None
for name in {MISSING_CALLS[system]!r}:
    if hasattr(os, name): delattr(os, name)
sys.platform = {platform!r}
import rndaemon.main, rndaemon.platform.macos, rndaemon.platform.windows, rndaemon.platform.linux_node
from rndaemon import trials
trials._in_child = lambda code: ("none", "another system")
print(json.dumps(trials.run_trials(rndaemon.main.read(None, ["daemon.servers=127.0.0.1:1"], {{}}).value)))
print("daemon", rndaemon.main.run(None, [], {{}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    told, daemon = done.stdout.splitlines()

    assert json.loads(told)["platform"] == system
    assert all(
        one["result"] in ("pass", "fail", "none") and one["why"]
        for one in json.loads(told)["trials"].values()
    )
    assert daemon == "daemon 1" and "Linux so far" in done.stderr


# ---- Linux


def test_linux_tells_its_boot_and_the_groups_of_a_user():
    assert Linux().boot_id() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert 0 in Linux().groups_of("root")
    with pytest.raises(KeyError):
        Linux().groups_of("no-such-user")
    assert Linux().idle_s() is None
    assert Linux().reboot_words()[-1] in ("reboot", "/sbin/reboot")


# ---- macOS

IOREG = """
+-o IOHIDSystem  <class IOHIDSystem, id 0x100000411, registered, matched, active>
    {
      "HIDIdleTime" = 12500000000
      "HIDServiceCount" = 14
    }
"""

PS = """
    1     0     1 /sbin/launchd
  300     1   300 /opt/plow/bin/rndaemon
  310   300   310 render PLOW_PROC_ID=abc
  311   310   310 child of it
  312   311   312 grandchild with a group of its own
  313     1   312 orphan in that group
  320     1   320 daemonised PLOW_PROC_ID=abc
  330     1   330 another render PLOW_PROC_ID=abcd
  junk
"""


class Mac:
    """Answers as its commands do; what is killed is gone from the next list."""

    def __init__(self, answers):
        self.answers = answers
        self.killed = []

    def ask(self, words):
        told = self.answers.get(words[0], "")
        if words[0] != "ps":
            return told
        return "\n".join(
            line
            for line in told.splitlines()
            if not any(line.split() and line.split()[0] == str(pid) for pid, _ in self.killed)
        )

    def kill(self, pid, number):
        if pid == 312:
            self.killed.append((pid, number))
            raise ProcessLookupError
        self.killed.append((pid, number))


def test_macos_counts_idle_time_in_nanoseconds():
    assert parse_idle_s(IOREG) == 12.5
    assert parse_idle_s("") is None
    assert MacOs(Mac({"ioreg": IOREG}).ask).idle_s() == 12.5


def test_macos_tells_its_boot_and_groups():
    layer = MacOs(Mac({"sysctl": "UUID-1\n", "id": "20 12 61\n"}).ask)
    assert layer.boot_id() == "UUID-1"
    assert layer.groups_of("anna") == [12, 20, 61]
    with pytest.raises(KeyError):
        MacOs(Mac({}).ask).groups_of("nobody-here")


def test_macos_finds_a_tree_by_parents_groups_and_tag():
    found = tree_of(310, "PLOW_PROC_ID=abc", parse_ps(PS))

    assert [one.pid for one in found] == [310, 311, 312, 313, 320]


def test_macos_ends_the_tree_and_nothing_else():
    mac = Mac({"ps": PS})
    hit = MacOs(mac.ask, mac.kill).end_tree(310, "PLOW_PROC_ID=abc", None)

    assert hit == [310, 311, 312, 313, 320]
    assert {pid for pid, _ in mac.killed} == {310, -310, 311, 312, -312, 313, 320, -320}
    assert {number for _, number in mac.killed} == {signal.SIGKILL}


def test_macos_never_ends_the_group_of_somebody_else():
    """A member may sit in a group that its parent's shell leads."""
    processes = [Process(10, 1, 10, "shell"), Process(11, 10, 10, "render PLOW_PROC_ID=a")]
    mac = Mac({"ps": "\n".join(f"{one.pid} {one.parent} {one.group} {one.text}" for one in processes)})
    MacOs(mac.ask, mac.kill).end_tree(11, "PLOW_PROC_ID=a", None)

    assert {pid for pid, _ in mac.killed} == {11}


def test_macos_has_no_pinning_and_a_reboot():
    assert not MacOs().pin([0])
    assert MacOs().reboot_words()[0] == "/sbin/shutdown"


def test_a_command_that_is_not_there_says_nothing():
    assert macos.ask_command(["no-such-program-here"]) == ""
    assert macos.ask_command([sys.executable, "-c", "print(1)"]) == "1\n"


# ---- Windows


class Kernel:
    """Notes what is asked of kernel32 and user32; handles are numbers."""

    def __init__(self, **answers):
        self.answers = {
            "CreateJobObjectW": 11, "SetInformationJobObject": 1, "OpenProcess": 22,
            "AssignProcessToJobObject": 1, "TerminateJobObject": 1, "CloseHandle": 1, "GetCurrentProcess": -1,
            "SetProcessAffinityMask": 1, "SetPriorityClass": 1, "GetTickCount": 0, **answers,
        }  # fmt: skip
        self.calls = []

    def __getattr__(self, name):
        def call(*arguments):
            self.calls.append((name, arguments))
            answer = self.answers[name]
            return answer(*arguments) if callable(answer) else answer

        return call

    def said(self, name):
        return [arguments for called, arguments in self.calls if called == name]


def test_windows_holds_a_tree_in_a_job_that_ends_with_its_handle():
    kernel = Kernel()
    layer = Windows(kernel, kernel)
    job = layer.own_tree()
    (job_of_limits, kind, limits, size) = kernel.said("SetInformationJobObject")[0]

    assert job == job_of_limits == 11 and kind == 9 and size == ctypes.sizeof(ExtendedLimits)
    assert limits._obj.basic.limit_flags == 0x2000
    assert layer.take_in(job, 4711)
    assert kernel.said("AssignProcessToJobObject") == [(11, 22)]
    assert kernel.said("CloseHandle") == [(22,)]
    assert layer.end_tree(4711, "", job) == [4711]
    assert kernel.said("TerminateJobObject") == [(11, 1)]


def test_the_windows_limits_are_as_wide_as_microsoft_says():
    assert ctypes.sizeof(ExtendedLimits) == (144 if ctypes.sizeof(ctypes.c_void_p) == 8 else 112)


def test_windows_says_what_it_could_not_do():
    with pytest.raises(OSError, match="no Job Object"):
        Windows(Kernel(CreateJobObjectW=0)).own_tree()
    refusing = Kernel(SetInformationJobObject=0)
    with pytest.raises(OSError, match="takes no limits"):
        Windows(refusing).own_tree()
    assert refusing.said("CloseHandle") == [(11,)]
    assert not Windows(Kernel(OpenProcess=0)).take_in(11, 1)
    assert Windows(Kernel(TerminateJobObject=0)).end_tree(1, "", 11) == []


@pytest.mark.parametrize(
    "ticks, last, idle_s", [(10_000, 4_000, 6.0), (1_000, 0xFFFFFFFF - 999, 2.0), (5, 5, 0.0)]
)
def test_windows_counts_idle_time_over_the_end_of_its_counter(ticks, last, idle_s):
    def told(pointer):
        assert pointer._obj.size == 8
        pointer._obj.tick_ms = last
        return 1

    kernel = Kernel(GetTickCount=ticks, GetLastInputInfo=told)
    assert Windows(kernel, kernel).idle_s() == idle_s
    assert Windows(kernel, Kernel(GetLastInputInfo=0)).idle_s() is None


def test_windows_binds_to_the_processors_of_one_group():
    kernel = Kernel()
    assert Windows(kernel).pin([0, 2, 64])
    assert kernel.said("SetProcessAffinityMask") == [(-1, 0b101)]
    assert not Windows(kernel).pin([])


def test_windows_lets_the_person_come_first():
    kernel = Kernel()
    Windows(kernel).limit_task()
    assert kernel.said("SetPriorityClass") == [(-1, 0x4000)]


def test_windows_names_a_boot_by_its_time():
    assert Windows().boot_id() == Windows().boot_id() != ""
    assert Windows().groups_of("anna") == []
    assert Windows().reboot_words()[0] == "shutdown"


def test_windows_libraries_are_told_how_wide_handles_are(monkeypatch):
    class Library:
        def __init__(self, name, use_last_error):
            self.name = name

        def __getattr__(self, name):
            made = type("Function", (), {})()
            setattr(self, name, made)
            return made

    monkeypatch.setattr(ctypes, "WinDLL", Library, raising=False)
    library = windows._library("kernel32")
    assert library.CreateJobObjectW.restype is ctypes.c_void_p
    assert windows._library("user32").name == "user32"


def test_this_process_is_not_among_those_that_are_ended():
    assert tree_of(1, "x", [Process(os.getpid(), 1, 1, "x"), Process(1, 0, 1, "")])[0].pid == 1
