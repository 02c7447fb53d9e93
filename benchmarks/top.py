"""How long a key of `plow top` takes to be seen, and what the program costs, on 5,000 nodes and 1,000 jobs.

python -m benchmarks.top [--nodes N] [--jobs N] [--keys N]

The program runs in a terminal of its own (a pty). A key moves the selected row; it is seen when the terminal is sent
the colour of that row. The server, its PostgreSQL and the work that goes on there share the machine's processors with
it. Against: `cat`, which sends a key back.
"""

from __future__ import annotations

import argparse
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import ioctl
from termios import TIOCSWINSZ

import psutil
import psycopg

from benchmarks.big_farm import Bench, big_farm
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database, connect_dedicated
from plow_server.events import Events
from plow_server.handlers.bind import bind

SELECTED = b"48;2;38;79;115"  # tones.SELECTED
ROWS, COLUMNS = 50, 160
BOOKED, REPORTS, STEP_S = 40, 400, 0.5
DEADLINE_S = 120.0
_PINGS = """
    update plow.node_report
       set updated = plow.now(), free_ram = (random() * 60000)::int, load = array[random() * 16]
     where node_id in (select id from plow.node offset (random() * 4000)::int limit %(most)s)
"""


class Terminal:
    """A program in a terminal, and what it sends there."""

    def __init__(self, command: Sequence[str]) -> None:
        self._ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        env.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            list(command), stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
        )
        os.close(theirs)
        self.seen = b""

    def read(self, wait_s: float) -> bytes:
        """What it sends next; nothing where it is silent for so long."""
        if not select.select([self._ours], [], [], wait_s)[0]:
            return b""
        with suppress(OSError):  # it has ended
            return os.read(self._ours, 1 << 20)
        return b""

    def wait_for(self, sign: bytes) -> None:
        """Until it has sent this."""
        told, deadline = b"", time.monotonic() + DEADLINE_S
        while sign not in told:
            told = told[-len(sign) :] + self.read(1.0)
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"the program did not show {sign!r}")

    def rest(self, seconds: float) -> None:
        """Read on and wait for nothing."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.read(left)

    def press(self, key: bytes, sign: bytes) -> float:
        """Milliseconds from the key to what it shows."""
        while self.read(0.0):
            pass
        began = time.perf_counter()
        os.write(self._ours, key)
        self.wait_for(sign)
        return (time.perf_counter() - began) * 1000

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


class Work(threading.Thread):
    """Tasks end and others start, and nodes ping."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(daemon=True)
        self._bench, self._stopping = bench, threading.Event()
        self.ended = 0

    def run(self) -> None:
        """Until it is stopped."""
        procs = [str(row["proc_id"]) for row in self._bench.plan_and_commit(most=2000)]
        with psycopg.connect(self._bench.dsn, autocommit=True) as session:
            while not self._stopping.wait(STEP_S):
                self._bench.complete(procs[:BOOKED])
                self.ended += len(procs[:BOOKED])
                procs = [
                    *procs[BOOKED:],
                    *(str(row["proc_id"]) for row in self._bench.plan_and_commit(most=BOOKED)),
                ]
                session.execute(_PINGS, {"most": REPORTS})

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        self.join()


@contextmanager
def served(bench: Bench) -> Iterator[str]:
    """A server in front of the farm; its address."""
    events = Events(lambda: connect_dedicated(bench.dsn, name="events"), 20)
    with Database(bench.dsn) as db, Listener("RpcService", bind(db, Config(), events)) as listener:
        events.start()
        try:
            yield f"{listener.address[0]}:{listener.address[1]}"
        finally:
            events.stop()


def measure(terminal: Terminal, keys: int) -> list[float]:
    """Keys down and up again, as a person holds them."""
    found = []
    for number in range(keys):
        found.append(terminal.press(b"j" if number % 60 < 30 else b"k", SELECTED))
        terminal.rest(0.05)
    return found


def share(terminal: Terminal, seconds: float) -> float:
    """Processor time of the program while nobody presses a key, in percent of a core."""
    process = psutil.Process(terminal.process.pid)
    before = process.cpu_times()
    terminal.rest(seconds)
    after = process.cpu_times()
    return 100 * (after.user + after.system - before.user - before.system) / seconds


def told(what: str, found: Sequence[float], baseline: float, busy: float) -> None:
    """A line."""
    ordered = sorted(found)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(
        f"{what:<34} median {middle:6.1f} ms  95th {late:6.1f} ms  worst {ordered[-1]:6.1f} ms"
        f"  cat {baseline:4.2f} ms  x {middle / baseline:4.0f}   {busy:5.1f} % of a core",
        flush=True,
    )


def echo(keys: int) -> float:
    """What a terminal takes by itself, in ms."""
    terminal = Terminal(["cat"])
    terminal.rest(0.5)
    found = [terminal.press(b"j", b"j") for _ in range(keys)]
    terminal.end()
    return statistics.median(found)


def main() -> int:
    """Quiet, and then while things happen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=200, help="of each kind")
    parser.add_argument("--serve", action="store_true", help="only the server, as a process of its own")
    given = parser.parse_args()
    return serve(given.nodes, given.jobs) if given.serve else play(given.nodes, given.jobs, given.keys)


def serve(nodes: int, jobs: int) -> int:
    """Say the address; a line "work" begins the work, the end of the input ends it all."""
    with big_farm(nodes=nodes, jobs=jobs, tasks=10) as bench, served(bench) as address:
        print(address, flush=True)
        work = None
        for _ in sys.stdin:
            work = Work(bench)
            work.start()
        if work is not None:
            work.stop()
            print(f"{work.ended:,} tasks ended meanwhile", flush=True)
    return 0


def play(nodes: int, jobs: int, keys: int) -> int:
    """The server in a process of its own, the program in another."""
    words = [sys.executable, "-m", "benchmarks.top", "--serve", f"--nodes={nodes}", f"--jobs={jobs}"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        address = server.stdout.readline().strip()
        baseline = echo(keys)
        for is_busy in (False, True):
            if is_busy:
                server.stdin.write("work\n")
                server.stdin.flush()
            for noun in ("jobs", "nodes"):
                look(address, noun, f"{'busy' if is_busy else 'quiet'}, {noun}", keys, baseline)
        server.stdin.close()
        print(server.stdout.read(), end="", flush=True)
    return 0


def look(address: str, noun: str, what: str, keys: int, baseline: float) -> None:
    """One start of the program."""
    options = ["--nodes"] if noun == "nodes" else []
    began = time.perf_counter()
    command = [sys.executable, "-m", "plow_client.cli.main", "--host", address, "top", *options]
    terminal = Terminal(command)
    try:
        terminal.wait_for(SELECTED)
        shown_s = time.perf_counter() - began
        terminal.rest(5.0)
        busy = share(terminal, 20.0)
        told(f"{what} (shown in {shown_s:.1f} s)", measure(terminal, keys), baseline, busy)
    finally:
        terminal.end()


if __name__ == "__main__":
    sys.exit(main())
