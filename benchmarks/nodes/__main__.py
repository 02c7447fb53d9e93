"""A farm of played nodes in one process, for a server that runs: they ping, take, run, kill, report, and start nothing.

    python -m benchmarks.nodes --count 2000 --port 11337 --run-s 5..60 --failure-rate 0.02

Prints a line a second until Ctrl-C, then what happened in all. SIMULATED_RUN_S and SIMULATED_STATUS in a job's
environment say how long its tasks take and how they end.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time

from benchmarks.nodes.attempt import Work
from benchmarks.nodes.farm import Count, SimulatedFarm


def main() -> int:
    """Play until Ctrl-C."""
    given = _parser().parse_args()
    farm = SimulatedFarm(
        f"{given.host}:{given.port}",
        given.count,
        Work(given.run_s, given.failure_rate),
        cores=given.cores,
        ram_mb=given.ram,
        gpus=given.gpus,
        ping_s=given.ping_s,
        spread_s=given.spread_s,
        seed=given.seed,
        prefix=given.prefix,
    )
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    began, cpu = time.monotonic(), time.process_time()
    with farm:
        _watch(farm, stopping, given.seconds)
        last = farm.count()
    _sum_up(last, time.monotonic() - began, time.process_time() - cpu)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100, help="nodes")
    parser.add_argument("--host", default="127.0.0.1", help="of the server")
    parser.add_argument("--port", type=int, default=11337, help="of the server, for nodes")
    parser.add_argument("--cores", type=int, help="of each node; default: 8 to 64, drawn")
    parser.add_argument("--ram", type=int, help="MB of each node; default: 4096 a core")
    parser.add_argument("--gpus", type=int, default=0, help="of each node")
    parser.add_argument("--run-s", type=_span, default=(5.0, 60.0), metavar="A..B", help="length of attempts")
    parser.add_argument("--failure-rate", type=float, default=0.0, help="share of attempts that fail, 0 to 1")
    parser.add_argument("--ping-s", type=float, help="seconds between pings; default: as the server says")
    parser.add_argument("--spread-s", type=float, default=5.0, help="over which the first pings are spread")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prefix", default="sim", help="of the nodes' names")
    parser.add_argument("--seconds", type=float, help="end after so long")
    return parser


def _span(text: str) -> tuple[float, float]:
    first, _, last = text.partition("..")
    return float(first), float(last or first)


def _watch(farm: SimulatedFarm, stopping: threading.Event, seconds: float | None) -> None:
    deadline = None if seconds is None else time.monotonic() + seconds
    before, at, width = farm.count(), time.monotonic(), 0
    while not stopping.wait(1.0) and (deadline is None or time.monotonic() < deadline):
        now, moment = farm.count(), time.monotonic()
        over = now.done + now.failed - before.done - before.failed
        line = f"{_state(now)}  {over / (moment - at):.0f} done/s"
        sys.stdout.write(f"\r{line:<{width}}" if sys.stdout.isatty() else f"{line}\n")
        sys.stdout.flush()
        before, at, width = now, moment, len(line)


def _state(now: Count) -> str:
    return (
        f"{now.up} up  {now.running} running  {now.done} done  {now.failed} failed  {now.ended} ended  "
        f"ping {now.ping_p50_ms:.1f}/{now.ping_p99_ms:.1f} ms  {now.missed} missed"
    )


def _sum_up(last: Count, seconds: float, cpu_s: float) -> None:
    print(f"\n{seconds:.0f} s, {cpu_s / seconds:.0%} of a core")
    print(
        f"attempts: {last.started} started, {last.done} done, {last.failed} failed, {last.ended} ended otherwise,"
    )
    print(
        f"          {last.reported} acknowledged, {last.refused} starts refused, {last.running} still running"
    )
    print(
        f"pings: {last.pings} answered, {last.missed} missed; the newest took {last.ping_p50_ms:.1f} ms (median)"
    )
    print(f"       and {last.ping_p99_ms:.1f} ms (99th percentile)")


if __name__ == "__main__":
    sys.exit(main())
