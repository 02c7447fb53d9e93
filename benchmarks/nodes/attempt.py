"""One attempt that takes as long as it was drawn to, uses memory, makes progress, and ends as it was drawn to."""

from __future__ import annotations

import random
import time
import zlib
from dataclasses import dataclass, field

from plow_client.idl import AttemptEnd, DiskIO, RunningTask, RunTaskCommand, RunTaskResult

RUN_S, STATUS = "SIMULATED_RUN_S", "SIMULATED_STATUS"  # variables by which a job decides instead of the draw


@dataclass(frozen=True)
class Work:
    """How attempts go."""

    run_s: tuple[float, float] = (5.0, 60.0)
    failure_rate: float = 0.0
    dying_s: tuple[float, float] = (0.0, 0.5)  # from the wish to stop to the end

    def draw(self, command: RunTaskCommand, chance: random.Random, now: float) -> SimulatedAttempt:
        """What this command will do."""
        env = command.env or {}
        run_s = float(env.get(RUN_S) or chance.uniform(*self.run_s))
        fails = chance.random() < self.failure_rate
        status = int(env.get(STATUS) or (chance.choice((1, 2, 255)) if fails else 0))
        most_mb = command.ramMb or 1024
        rss_mb = int(min(most_mb, max(16.0, chance.gauss(0.6, 0.15) * most_mb)))
        return SimulatedAttempt(command, now, run_s, status, rss_mb, chance.uniform(0.7, 1.0))


@dataclass
class SimulatedAttempt:
    """From its start until its result is acknowledged."""

    command: RunTaskCommand
    began: float  # by the loop's clock
    run_s: float
    status: int
    rss_mb: int
    effort: float  # share of its cores that it uses
    began_ms: int = field(default_factory=lambda: int(time.time() * 1000))
    is_dying: bool = False
    result: RunTaskResult | None = None

    def running(self, now: float) -> RunningTask:
        """As a ping tells of it."""
        done = min(1.0, (now - self.began) / self.run_s) if self.run_s else 1.0
        used_cores = self.effort * self.command.cores
        written = int(done * 40_000_000)
        return RunningTask(
            procId=self.command.procId,
            taskId=self.command.taskId,
            jobId=self.command.jobId,
            layerId=self.command.layerId,
            rssMb=self._rss_mb(done),
            pid=1000 + zlib.crc32(self.command.procId.encode()) % 30_000,
            progress=round(done, 4),
            lastLog=f"Fra:{self.command.frames or 1} | Sample {int(done * 128)}/128",
            cpuPercent=min(32767, int(used_cores * 100)),
            diskIO=DiskIO(int(done * 900), int(done * 300), int(done * 90_000_000), written),
            usedCores=used_cores,
            startTime=self.began_ms,
            highRssMb=self._rss_mb(done),
            attempt=self.command.attempt or 0,
            gpus=self.command.gpus,
        )

    def finish(self, now: float, end: AttemptEnd, reason: str = "", signal: int = 0) -> RunTaskResult:
        """It is over: what a server is told."""
        clock_ms = int((now - self.began) * 1000)
        by_itself = end == AttemptEnd.EXITED
        self.result = RunTaskResult(
            procId=self.command.procId,
            taskId=self.command.taskId,
            jobId=self.command.jobId,
            maxRssMb=self._rss_mb(min(1.0, (now - self.began) / self.run_s) if self.run_s else 1.0),
            exitStatus=self.status if by_itself else 1,
            exitSignal=-signal,
            signal=signal,
            endReason=end,
            reason=reason or None,
            startTime=self.began_ms,
            stopTime=self.began_ms + clock_ms,
            clockMs=clock_ms,
            cpuMs=int(clock_ms * self.effort * self.command.cores),
            highCores=self.effort * self.command.cores,
        )
        return self.result

    def log(self, now: float) -> bytes:
        """What its log would hold by now."""
        samples = int(min(1.0, (now - self.began) / self.run_s) * 128) if self.run_s else 128
        head = f"Command: {' '.join(self.command.command)}\n\n"
        return (head + "".join(f"Sample {n}/128\n" for n in range(1, samples + 1))).encode()

    def _rss_mb(self, done: float) -> int:
        """A scene loads during the first fifth, then memory stays."""
        return int(self.rss_mb * min(1.0, 0.1 + done * 4.5))
