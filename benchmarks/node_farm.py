"""An honest stand-in for plow-server, and a real rndaemon in a process of its own, for tests and measurements.

The server answers the node port over the real wire, acknowledges what it is given, and keeps it for
those who look. The node is started, killed and started again on the same state folder.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from plow_client.errors import Unavailable
from plow_client.idl import Ping, PingReply, RunTaskCommand, RunTaskResult, StartReply
from plow_client.rpc.caller import Caller
from plow_client.rpc.listener import Listener

READY = re.compile(rb"rndaemon ready node=(\S+) address=(\S+):(\d+)\n")
PROGRAM = [sys.executable, "-m", "rndaemon.main"]


class FakeServer:
    """Says yes to every ping and every result, unless told to refuse."""

    def __init__(self, port: int = 0) -> None:
        self.pings: list[Ping] = []
        self.results: dict[str, RunTaskResult] = {}
        self.deliveries = 0
        self.to_kill: set[str] = set()  # of what a node holds
        self.to_bury: set[str] = set()  # whether it holds it or not
        self.refuse: Callable[[RunTaskResult], Exception | None] = lambda _: None
        self.reply_interval_s: int | None = None
        self.changed = threading.Condition()
        self._port = port
        self._listener: Listener | None = None

    @property
    def address(self) -> str:
        """HOST:PORT for `--server`; stays the same when the server goes and comes back."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Answer."""
        calls = {
            "ping": self._ping,
            "sendPing": self._ping,
            "tasksComplete": self._tasks_complete,
            "taskComplete": lambda result: self._tasks_complete([result]),
        }
        self._listener = Listener("RndServiceApi", calls, "127.0.0.1", self._port)
        self._listener.start()
        self._port = self._listener.address[1]

    def stop(self) -> None:
        """Be away."""
        if self._listener:
            self._listener.stop()
            self._listener = None

    def wait_for(self, happened: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        """Wait until something is so; what it was, or AssertionError."""
        with self.changed:
            if not self.changed.wait_for(happened, timeout_s):
                raise AssertionError(f"did not happen within {timeout_s} s")
            return happened()

    def result(self, proc_id: str, timeout_s: float = 20.0) -> RunTaskResult:
        """The result of an attempt, once it is here."""
        self.wait_for(lambda: proc_id in self.results, timeout_s)
        return self.results[proc_id]

    def _ping(self, ping: Ping) -> PingReply:
        with self.changed:
            self.pings.append(ping)
            self.changed.notify_all()
            kill = sorted(self.to_kill & set(ping.procIds or ()) | self.to_bury)
        return PingReply(kill=kill, serverTime=int(time.time() * 1000), pingIntervalS=self.reply_interval_s)

    def _tasks_complete(self, results: list[RunTaskResult]) -> None:
        for result in results:
            fault = self.refuse(result)
            if fault:
                raise fault
        with self.changed:
            self.deliveries += 1
            for result in results:
                self.results.setdefault(result.procId, result)
            self.changed.notify_all()


class Node:
    """A rndaemon and its state folder."""

    def __init__(self, folder: Path, server: str, *options: str, cores: int = 8) -> None:
        self.folder = folder
        self.server = server
        self.port = 0
        self._options = [
            "--name=n1",
            f"--cores={cores}",
            "--ram-mb=4096",
            "-odaemon.ping_interval_s=0.3",
            f"-otask.log_roots={folder}",
            f"-otask.temp_root={folder / 'temp'}",
            "-otask.sample_s=0.2",
            "-odaemon.min_free_mb=0",
            *options,
        ]
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "temp").mkdir(parents=True, exist_ok=True)
        (folder / "temp").chmod(0o777 | 0o1000)
        folder.chmod(0o755)

    @property
    def state(self) -> Path:
        """Its spool and tombstones."""
        return self.folder / "state"

    def start(self, timeout_s: float = 20.0) -> None:
        """Start it and wait until it is ready."""
        command = [*PROGRAM, f"--server={self.server}", f"--port={self.port}", f"--state={self.state}"]
        with open(self.folder / "rndaemon.log", "ab") as log:
            self.process = subprocess.Popen([*command, *self._options], stdout=subprocess.PIPE, stderr=log)
        self.port = self._read_port(timeout_s)

    def kill(self) -> None:
        """As a crash would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self._wait()

    def stop(self, timeout_s: float = 20.0) -> int:
        """As systemd would; its exit status."""
        assert self.process
        self.process.terminate()
        return self._wait(timeout_s)

    def is_running(self) -> bool:
        """Whether the daemon lives."""
        return self.process is not None and self.process.poll() is None

    def caller(self, timeout_s: float = 20.0) -> Caller:
        """Talk to it."""
        return Caller("RndNodeApi", "127.0.0.1", self.port, timeout_s=timeout_s)

    def run(self, *command: str, **fields: Any) -> str:
        """Start one attempt; its proc id."""
        wanted = self.command(*command, **fields)
        with self.caller() as caller:
            caller.call("runTask", command=wanted)
        return wanted.procId

    def run_many(self, commands: Sequence[RunTaskCommand]) -> list[StartReply]:
        """Start many, saying it again until somebody answers, as servers do."""
        deadline = time.monotonic() + 120
        while True:
            try:
                with self.caller() as caller:
                    replies: list[StartReply] = caller.call("runTasks", commands=list(commands))
                    return replies
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def command(self, *command: str, **fields: Any) -> RunTaskCommand:
        """What a server would send."""
        proc_id = fields.pop("procId", None) or str(uuid.uuid4())
        given = {
            "procId": proc_id,
            "taskId": str(uuid.uuid4()),
            "jobId": str(uuid.uuid4()),
            "layerId": str(uuid.uuid4()),
            "cores": 1,
            "command": list(command),
            "env": {},
            "logFile": str(self.log_file(proc_id)),
            "uid": 0,
            "username": "root",
            "killGraceS": 2,
        }
        return RunTaskCommand(**{**given, **fields})

    def log_file(self, proc_id: str) -> Path:
        """Where `command` puts an attempt's log."""
        return self.folder / "logs" / f"{proc_id}.log"

    def log(self, proc_id: str) -> bytes:
        """An attempt's log so far."""
        return self.log_file(proc_id).read_bytes()

    def spooled(self) -> list[str]:
        """Proc ids that it remembers."""
        return [path.name for path in (self.state / "spool").iterdir() if not path.name.startswith(".")]

    def shim_pid(self, proc_id: str) -> int:
        """Who supervises an attempt."""
        told = self.state / "spool" / proc_id / "shim"
        wait_until(told.exists)
        return int(json.loads(told.read_bytes())["pid"])

    def _read_port(self, timeout_s: float) -> int:
        assert self.process and self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], timeout_s)
        line = self.process.stdout.readline() if ready else b""
        found = READY.fullmatch(line)
        if not found:
            raise AssertionError(f"rndaemon is not ready: {line!r}; {self.folder / 'rndaemon.log'}")
        return int(found.group(3))

    def _wait(self, timeout_s: float = 20.0) -> int:
        assert self.process and self.process.stdout
        status = self.process.wait(timeout_s)
        self.process.stdout.close()
        return status


def wait_until(happened: Callable[[], Any], timeout_s: float = 20.0) -> Any:
    """Look again and again; what it was, or AssertionError."""
    deadline = time.monotonic() + timeout_s
    while not (found := happened()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {timeout_s} s")
        time.sleep(0.01)
    return found


def processes_with(text: str) -> list[int]:
    """Pids whose command line holds this, zombies not among them."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{name}/cmdline").read_bytes()
        except OSError:
            continue
        if text.encode() in line and int(name) != os.getpid():
            found.append(int(name))
    return found


def end_processes(pids: Iterable[int]) -> None:
    """Kill what a test may have left."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
