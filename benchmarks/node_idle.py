"""What a node costs while it does nothing, and what looking after a task with many processes costs.

python -m benchmarks.node_idle [SECONDS [PROCESSES]]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.installed import compiled
from benchmarks.node_farm import FakeServer, Node
from benchmarks.rpc_servers import report
from plow_client.idl import Ping
from rndaemon.config import Config
from rndaemon.facts.machine import Machine
from rndaemon.platform import tree

_ROUNDS = 200


def main(seconds: float = 60.0, processes: float = 1000) -> None:
    """An idle daemon first, then the two things it does again and again."""
    print(f"load {os.getloadavg()[0]:.1f}")
    with compiled():
        idle(seconds)
    ping_facts()
    look_at_many(int(processes))


def idle(seconds: float) -> None:
    """Memory and processor of a daemon that pings every 10 seconds, against a Python that only waits."""
    server = FakeServer()
    server.start()
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as first,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as bare,
    ):
        compiling = Node(Path(first), server.address)
        compiling.start()
        server.wait_for(lambda: server.pings)
        compiling.stop()
        server.pings.clear()
        node = Node(Path(folder), server.address, "-odaemon.ping_interval_s=10")
        node.start()
        server.wait_for(lambda: server.pings)
        assert node.process
        before = processor_s(node.process.pid)
        time.sleep(seconds)
        share = (processor_s(node.process.pid) - before) / seconds * 100
        for name in ("Rss", "Pss"):
            report(f"idle daemon: {name}", memory_mb(node.process.pid, name), memory_mb(bare.pid, name), "MB")
        print(f"of it: {', '.join(f'{mb:.1f} MB {what}' for what, mb in parts_mb(node.process.pid))}")
        print(f"idle daemon: {share:.3f} % of a core, {len(server.pings)} pings in {seconds:g} s")
        node.stop()
        bare.communicate(b"\n")
    server.stop()


def ping_facts() -> None:
    """Filling the machine's part of a ping, against reading the one file that it can't do without."""
    machine = Machine(Config())
    machine.start()
    ours = timed(lambda: machine.tell(Ping(hostname="n")))
    machine.stop()
    report("facts of one ping", ours, timed(lambda: Path("/proc/meminfo").read_text()), "us")


def look_at_many(processes: int) -> None:
    """One sample of a large tree, against reading one file for each of its processes."""
    script = f"for n in $(seq {processes}); do sleep 1000 & done; wait"
    with subprocess.Popen(["sh", "-c", script], start_new_session=True) as root:
        try:
            while len(tree.descendants(root.pid)) < processes:
                time.sleep(0.1)
            below = tree.descendants(root.pid)
            baseline = timed(lambda: [tree.look(process.pid) for process in below], 10) / 1000
            look = timed(lambda: tree.descendants(root.pid), 10) / 1000
            sample = look + timed(lambda: tree.measure(below), 10) / 1000
            shared = timed(lambda: tree.shared_once(below), 10) / 1000
            report(f"memory of {processes} processes", look, baseline, "ms")
            report(f"full sample of {processes} processes", sample, baseline, "ms")
            report(f"shared memory of {processes} processes", shared, baseline, "ms")
        finally:
            os.killpg(root.pid, 9)


def timed(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """Processor time of one call in microseconds."""
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds * 1e6


def processor_s(pid: int) -> float:
    """What a process has used, without the children it may have."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int, name: str) -> float:
    """Rss, or Pss: what is shared with others divided among them."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def parts_mb(pid: int, most: int = 6) -> list[tuple[str, float]]:
    """What of Rss is which file, the largest first; what is no file is memory of Python's and of the C library."""
    sizes: Counter[str] = Counter()
    name = ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if words[0] == "Rss:":
            sizes[name] += int(words[1])
        elif not words[0].endswith(":"):
            name = Path(words[5]).name if len(words) > 5 and words[5].startswith("/") else "no file"
    return [(name, kb / 1024) for name, kb in sizes.most_common(most)]


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
