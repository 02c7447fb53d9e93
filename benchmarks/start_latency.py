"""From the call `launch` to the first process of the job: 20 launches on an idle farm that pings once a minute.

python -m benchmarks.start_latency [LAUNCHES]

Baseline of the same run: how long a shell takes to write the same line when it is started by hand.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plow_client.idl import JobSpecT, JobState, LayerSpecT
from plow_client.local_farm import LocalFarm
from plow_client.rpc.caller import Caller


def main() -> None:
    """Measure and print."""
    launches = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory(prefix="plow-bench-") as folder:
        Path(folder).chmod(0o755)
        marks = Path(folder) / "marks"
        marks.mkdir()
        marks.chmod(0o777)
        options = ["node.ping_interval_s=60"]
        with LocalFarm(Path(folder) / "farm", nodes=1, cores_per_node=4, server_options=options) as farm:
            time.sleep(2)  # the farm is idle
            with Caller("RpcService", "127.0.0.1", farm.rpc_port) as caller:
                took = [_launch(caller, marks / str(n), n) for n in range(launches)]
            data = str(farm.state / "server")
            audit = subprocess.run(
                [sys.executable, "-m", "plow_server.main", "audit", "--data", data],
                capture_output=True,
                text=True,
            )
        by_hand = [_by_hand(marks / f"hand{n}") for n in range(launches)]
    told, base = statistics.median(took), statistics.median(by_hand)
    print(f"launch to first process: median {told:.0f} ms, worst {max(took):.0f} ms, goal 250 ms")
    print(f"a shell by hand: {base:.0f} ms  x {told / base:.1f}")
    print(audit.stdout.strip())


def _launch(caller: Caller, mark: Path, n: int) -> float:
    """Milliseconds until the process says that it runs."""
    layer = LayerSpecT(name="mark", command=["sh", "-c", f"date +%s%N > {mark}"], range="1-1", serv="shell")
    spec = JobSpecT(name=f"latency-{n}", project="default", username="bench", uid=0, layers=[layer])
    began = time.time_ns()
    job = caller.call("launch", spec=spec)
    while caller.call("getJob", jobId=job.id).state != JobState.FINISHED:
        time.sleep(0.02)
    time.sleep(0.3)  # idle again
    return (int(mark.read_text()) - began) / 1e6


def _by_hand(mark: Path) -> float:
    began = time.time_ns()
    subprocess.run(["sh", "-c", f"date +%s%N > {mark}"], check=True)
    return (int(mark.read_text()) - began) / 1e6


if __name__ == "__main__":
    main()
