"""What a log costs: from a line printed to a line readable, a flood of output, and reading lines by rules.

    python -m benchmarks.node_log [--mb 200] [--lines 20]

Baselines of the same run: the same program writing straight into a file, and Python cutting the same text into lines.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.node_farm import FakeServer, Node, wait_until
from plow_client.config import load
from rndaemon import rules
from rndaemon.config import Config
from rndaemon.shim.progress import Output

LINE = "00:00:12   514MB         |    45% done - 23 rays/pixel and what else a renderer may have to say"
FLOODS = {
    "lines of a renderer": f"yes '{LINE}' | head -c {{size}}",
    "no line ends at all": "head -c {size} /dev/zero",
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--lines", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plow-bench-") as folder:
        os.chmod(folder, 0o755)
        server = FakeServer()
        server.start()
        node = Node(Path(folder), server.address)
        node.start()
        try:
            _live(node, given.lines)
            for what, script in FLOODS.items():
                _flood(node, server, what, script.format(size=given.mb << 20), given.mb)
        finally:
            node.stop()
            server.stop()
    _reading()
    return 0


def _live(node: Node, lines: int) -> None:
    """The goal is a second."""
    proc_id = node.run("sh", "-c", f"for i in $(seq {lines}); do echo at $(date +%s.%N); sleep 0.05; done")
    delays: list[float] = []
    for number in range(lines):
        wait_until(lambda number=number: len(_stamps(node, proc_id)) > number)
        delays.append(time.time() - _stamps(node, proc_id)[number])
    middle, worst = sorted(delays)[lines // 2], max(delays)
    print(
        f"a line, printed to readable: {middle * 1000:.1f} ms, at worst {worst * 1000:.1f} ms; goal 1000 ms"
    )


def _stamps(node: Node, proc_id: str) -> list[float]:
    if not node.log_file(proc_id).exists():
        return []
    lines = node.log(proc_id).split(b"\n")[:-1]
    return [float(line[3:]) for line in lines if line.startswith(b"at ")]


def _flood(node: Node, server: FakeServer, what: str, script: str, size_mb: int) -> None:
    began = time.perf_counter()
    with open(node.folder / "straight", "wb") as file:
        subprocess.run(["sh", "-c", script], stdout=file, check=True)
    straight_s = time.perf_counter() - began
    proc_id = node.run("sh", "-c", script, serv="maya")
    result = server.result(proc_id, timeout_s=600)
    logged_s = (result.clockMs or 0) / 1000
    node.log_file(proc_id).unlink()
    print(
        f"{size_mb} MB, {what}: {size_mb / logged_s:.0f} MB/s, straight into a file {size_mb / straight_s:.0f} MB/s"
    )
    print(f"    {logged_s / straight_s:.1f} times as long")


def _reading() -> None:
    """Processor time of the shim for each line, with the most rules that a ready set has."""
    chunk = (LINE.encode() + b"\n") * 600
    output = Output(rules.for_names(["maya"], load(Config, environ={}).value))
    output.feed(chunk)
    read_s, cut_s = (
        _processor_s(lambda: output.feed(chunk), 50),
        _processor_s(lambda: chunk.split(b"\n"), 5000),
    )
    print(f"reading a line by the rules of maya: {read_s / 600 * 1e6:.1f} us")
    print(f"    {read_s / cut_s:.0f} times cutting the text into lines")


def _processor_s(work: Callable[[], object], rounds: int) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds


if __name__ == "__main__":
    raise SystemExit(main())
