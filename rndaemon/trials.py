"""`rndaemon --selftest`: every capability tried for real on this machine, once, before it is needed.

Each trial does the thing itself, in a process of its own where it could harm ours, and says what it saw.
A trial passes, fails, or is `none`: this system or these settings have no such thing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plow_client.version import VERSION
from rndaemon.config import Config, state_folder
from rndaemon.platform.base import Platform, current

_CHILD_WITHIN_S = 20.0
_CONNECT_WITHIN_S = 3.0
_OPENAT2 = 437  # the same number on every processor
_NO_LINKS = 0x02 | 0x04  # neither magic nor symbolic ones
_SLOW_SYNC_S = 1.0
# What keeps tasks from running, or lets one harm others. The rest is worth knowing.
REQUIRED = ("users", "kill_tree", "log", "spool", "server")

Answer = tuple[str, str]  # pass | fail | none, and one sentence


def run_trials(config: Config, layer: Platform | None = None) -> dict[str, Any]:
    """Everything that was tried, for a machine to read: `pass` is false where something required has failed."""
    layer = layer or current()
    trials: dict[str, Callable[[], Answer]] = {
        "boot_id": lambda: _boot_id(layer),
        "users": lambda: _users(config),
        "pin": lambda: _in_child(_PIN),
        "limits": lambda: _in_child(_LIMITS),
        "kill_tree": lambda: _in_child(_KILL_TREE),
        "log": lambda: _log(config),
        "openat2": _openat2,
        "cgroup": lambda: _cgroup(config),
        "spool": lambda: _spool(state_folder(config)),
        "scratch": lambda: _scratch(config),
        "idle": lambda: _idle(config, layer),
        "server": lambda: _server(config),
        "reboot": lambda: _reboot(config),
    }
    told = {name: _safely(trial) for name, trial in trials.items()}
    failed = [name for name, one in told.items() if one["result"] == "fail"]
    return {
        "pass": not set(failed) & set(REQUIRED),
        "failed": failed,
        "version": VERSION,
        "platform": layer.name,
        "system": platform.platform(),
        "python": platform.python_version(),
        "uid": os.getuid() if hasattr(os, "getuid") else None,
        "trials": told,
    }


def _safely(trial: Callable[[], Answer]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        result, why = trial()
    except Exception as error:  # noqa: BLE001 - a trial that breaks has failed, and the next is tried
        result, why = "fail", f"{type(error).__name__}: {error}"
    return {"result": result, "why": why, "ms": round((time.monotonic() - began) * 1000)}


# ---- in a process of its own

_PIN = """
import os
if not hasattr(os, "sched_getaffinity"):
    print("pass" if layer.pin([0]) else "none", "as far as this system tells")
else:
    one = min(os.sched_getaffinity(0))
    done = layer.pin([one])
    print("pass" if done and os.sched_getaffinity(0) == {one} else "fail", "bound to processor", one)
"""

_LIMITS = """
layer.limit_task()
try:
    import resource
    soft = resource.getrlimit(resource.RLIMIT_CORE)[0]
    print("pass" if soft == 0 else "fail", "core files are limited to", soft)
except ImportError:
    print("pass limits of this system were set")
"""

_KILL_TREE = """
import os, subprocess, sys, time
tree = layer.own_tree()
tag = "PLOW_SELFTEST=" + str(os.getpid())
name, _, value = tag.partition("=")
code = (
    "import os, subprocess, sys, time\\n"
    "clean = {k: v for k, v in os.environ.items() if k == 'SYSTEMROOT'}\\n"
    "kinds = [dict(), dict(start_new_session=True), dict(env=clean)]\\n"
    "mine = [subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import time; time.sleep(60)'], **kind).pid"
    " for kind in kinds]\\n"
    "print(*mine, flush=True); time.sleep(60)\\n"
)
root = subprocess.Popen(
    [sys.executable, "-I", "-S", "-c", code],
    stdout=subprocess.PIPE, env={**os.environ, name: value}, start_new_session=True,
)
if hasattr(layer, "take_in"):
    layer.take_in(tree, root.pid)
pids = [root.pid, *map(int, root.stdout.readline().split())]

def is_alive(pid):
    try:
        os.waitpid(pid, os.WNOHANG)
    except (AttributeError, OSError):
        pass
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True

layer.end_tree(root.pid, tag, tree)
deadline = time.monotonic() + 5
while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
    time.sleep(0.01)
if left:
    print("fail", len(left), "of", len(pids), "processes were left")
else:
    print("pass", len(pids), "processes of three kinds were ended")
"""


def _in_child(code: str) -> Answer:
    head = "import sys\nsys.path[:0] = sys.argv[1:]\nfrom rndaemon.platform.base import current\nlayer = current()\n"
    done = subprocess.run(
        [sys.executable, "-c", head + code, *sys.path],
        capture_output=True,
        text=True,
        timeout=_CHILD_WITHIN_S,
        check=False,
    )
    result, _, why = done.stdout.strip().partition(" ")
    if result not in ("pass", "fail", "none"):
        return "fail", (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    return result, why


# ---- here


def _boot_id(layer: Platform) -> Answer:
    told = layer.boot_id()
    return (
        ("pass", told)
        if told
        else ("fail", "nobody says which boot this is: a reboot is not noticed by its id")
    )


def _users(config: Config) -> Answer:
    from rndaemon.selftest import complaints

    found = complaints(config)
    return ("fail", "; ".join(found)) if found else ("pass", f"run_as = {config.task.run_as}")


def _log(config: Config) -> Answer:
    """As a task's user, below the first log root that is there, else beside scratch files."""
    from rndaemon.config import log_roots
    from rndaemon.logfile import open_log
    from rndaemon.preparing import run_as
    from rndaemon.request import Request
    from rndaemon.users import account_for, default_service_user

    mode = run_as(config.task)
    if mode == "submitter":
        mode = "service" if os.getuid() == 0 else "same"
    user = config.task.user or default_service_user()
    account = account_for(Request("", "", "", "", [], "", run_as=mode, user=user))
    roots = [root for root in log_roots(config) if os.path.isdir(root)]
    folder = roots[0] if roots else str(config.task.temp_root)
    path = os.path.join(folder, f".plow-selftest-{uuid.uuid4()}")
    descriptor = open_log(path, account, roots, 0o022)
    try:
        os.write(descriptor, b"selftest\n")
    finally:
        os.close(descriptor)
        os.unlink(path)
    return "pass", f"'{account.name}' wrote in '{folder}'"


def _openat2() -> Answer:
    if not sys.platform.startswith("linux"):
        return "none", "only Linux has it; logs are opened step by step without following links"
    libc = ctypes.CDLL(None, use_errno=True)
    how = (ctypes.c_uint64 * 3)(os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, 0, _NO_LINKS)
    descriptor = libc.syscall(_OPENAT2, -100, b"/", ctypes.byref(how), ctypes.sizeof(how))
    if descriptor < 0:
        number = ctypes.get_errno()
        missing = number in (errno.ENOSYS, errno.EPERM)
        return (
            "none" if missing else "fail",
            f"{os.strerror(number)}; logs are opened step by step all the same",
        )
    os.close(descriptor)
    return "pass", "the kernel opens paths without following links"


def _cgroup(config: Config) -> Answer:
    if not sys.platform.startswith("linux"):
        return "none", "only Linux has control groups; memory is watched"
    from rndaemon import cgroup

    found = cgroup.find_base(config.task.cgroup)
    return ("pass", found.path) if found.path else ("none", f"{found.why or 'off'}; memory is watched")


def _spool(state: Path) -> Answer:
    state.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    descriptor, path = tempfile.mkstemp(prefix=".selftest-", dir=state)
    try:
        os.write(descriptor, bytes(4096))
        os.fsync(descriptor)
        os.rename(path, path + ".new")
        path += ".new"
    finally:
        os.close(descriptor)
        os.unlink(path)
    took_s = time.monotonic() - began
    slow = f" ({took_s:.1f} s: slow, every start of a task waits for it)" if took_s > _SLOW_SYNC_S else ""
    return "pass", f"'{state}' keeps what is written{slow}"


def _scratch(config: Config) -> Answer:
    from rndaemon.facts.disk import shortage

    lacking = shortage(config)
    return ("fail", lacking) if lacking else ("pass", f"room in '{config.task.temp_root}'")


def _idle(config: Config, layer: Platform) -> Answer:
    """What can be known of the person at the machine; only a workstation has to."""
    if layer.name != "linux":
        idle_s = layer.idle_s()
        return ("none", "no idle time here") if idle_s is None else ("pass", f"idle for {idle_s:.0f} s")
    from rndaemon.nimby.sources import EventDevices, terminal_times
    from rndaemon.nimby.xidle import Asker

    devices, x11 = EventDevices(), Asker()
    idle_s = x11.idle_s() if os.environ.get("DISPLAY") else None
    found = f"{devices.readable()} keyboards and mice, {len(terminal_times())} terminals, X11 " + (
        "no" if idle_s is None else f"idle for {idle_s:.0f} s"
    )
    heard = devices.readable() > 0 or idle_s is not None
    devices.close()
    x11.close()
    wanted = config.nimby.enabled and "input" in config.nimby.watch
    return "pass" if heard else "fail" if wanted else "none", found


def _server(config: Config) -> Answer:
    from rndaemon.servers import parse_address

    if config.daemon.offline:
        return "none", "daemon.offline is set"
    away = []
    for address in config.daemon.servers:
        try:
            socket.create_connection(parse_address(address), timeout=_CONNECT_WITHIN_S).close()
        except OSError as error:
            away.append(f"{address}: {error.strerror or error}")
    if len(away) == len(config.daemon.servers):
        return "fail", "; ".join(away)
    return (
        "pass",
        f"{len(config.daemon.servers) - len(away)} of {len(config.daemon.servers)} take connections",
    )


def _reboot(config: Config) -> Answer:
    words = config.daemon.reboot_command
    if not words:
        return "none", "daemon.reboot_command is not set"
    import shutil

    found = shutil.which(words[0])
    return ("pass", f"'{found}' is there; not tried") if found else ("fail", f"no program '{words[0]}'")
