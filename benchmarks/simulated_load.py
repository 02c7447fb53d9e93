"""A server, its PostgreSQL and 2,000 played nodes on one machine: what pings and work cost, and how long a ping takes.

    python -m benchmarks.simulated_load [--nodes 2000] [--seconds 60] [--running 2000]

Baseline of the same run: the same nodes without work.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.node_cost import cpu_s
from benchmarks.nodes import Count, SimulatedFarm, Work
from plow_client.idl import JobSpecT, LayerSpecT
from plow_client.program import Program
from plow_client.rpc.caller import Caller
from rndaemon.platform.tree import descendants

READY = r"plow-server ready rpc=\S+?:(\d+) node=\S+?:(\d+)"
RUN_S = (5.0, 60.0)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each half")
    parser.add_argument("--running", type=int, default=2000, help="tasks at once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plow-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Program("plow-server", lambda: _command(folder), READY, folder / "server.log")
        rpc_port, node_port = server.start()
        assert server.pid
        try:
            farm = SimulatedFarm(
                f"127.0.0.1:{node_port}", given.nodes, Work(RUN_S, 0.02), cores=16, spread_s=10
            )
            with farm, Caller("RpcService", "127.0.0.1", int(rpc_port)) as caller:
                began = time.monotonic()
                farm.wait_for(lambda: farm.count().up == given.nodes, 300)
                print(f"{given.nodes} nodes joined in {time.monotonic() - began:.1f} s")
                _half(farm, server.pid, given.seconds, "idle")
                _launch(caller, given.running, given.seconds)
                farm.wait_for(lambda: farm.count().running >= given.running * 0.95, 300)
                _half(farm, server.pid, given.seconds, f"{given.running} tasks at once")
        finally:
            server.stop()
    return 0


def _command(folder: Path) -> list[str]:
    words = [sys.executable, "-m", "plow_server.main", "serve", "--data", str(folder / "server")]
    return [*words, "--rpc-port", "0", "--node-port", "0"]


def _launch(caller: Caller, running: int, seconds: float) -> None:
    """Enough for the whole time, but only so many at once."""
    rounds = 2 + int(2 * seconds / RUN_S[0] / 3)
    layer = LayerSpecT(
        name="a", command=["x", "%{FRAME}"], range=f"1-{running * rounds}", minRam=256, maxRetries=3
    )
    spec = JobSpecT(name="load", project="default", username="bench", uid=1, layers=[layer], paused=True)
    job = caller.call("launch", spec=spec)
    caller.call("setJobMaxCores", jobId=job.id, value=running)
    caller.call("pauseJob", jobId=job.id, paused=False)


def _half(farm: SimulatedFarm, server: int, seconds: float, what: str) -> None:
    farm.forget_pings()
    before, cost, began = farm.count(), _cost(server), time.monotonic()
    time.sleep(seconds)
    after, took, now = farm.count(), time.monotonic() - began, _cost(server)
    missed, spans = (
        after.missed - before.missed,
        f"{after.ping_p50_ms:.1f} ms, p99 {after.ping_p99_ms:.1f} ms",
    )
    shares = ", ".join(f"{name} {(now[name] - cost[name]) / took:.1%}" for name in now)
    print(f"{what} (load {os.getloadavg()[0]:.1f}):")
    print(f"    {_rates(before, after, took)}")
    print(f"    pings: median {spans}, {missed} missed")
    print(f"    of a core: {shares}")


def _rates(before: Count, after: Count, took: float) -> str:
    over = after.done + after.failed - before.done - before.failed
    return f"{(after.pings - before.pings) / took:.0f} pings/s, {over / took:.0f} tasks/s, {after.running} running"


def _cost(server: int) -> dict[str, float]:
    """Processor seconds, by whom; of a process that has ended meanwhile nothing is known any more."""
    postgres = cpu_s(process.pid for process in descendants(server))
    return {"simulator": time.process_time(), "server": cpu_s([server]), "PostgreSQL": postgres}


if __name__ == "__main__":
    sys.exit(main())
