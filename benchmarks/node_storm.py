"""Tasks with known exit statuses under a rndaemon that is killed again and again, and some of its shims too.

    python -m benchmarks.node_storm --tasks 5000 --kills 1000 --shim-kills 100 --seed 1

Prints what became of them. Good means: no task missing, none started twice, no status wrong, lost are
just the tasks whose shim was killed, and no process left.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.node_farm import FakeServer, Node, processes_with, wait_until
from plow_client.idl import AttemptEnd, RunTaskCommand

CORES = 16


@dataclass
class Storm:
    """One run; `seed` decides who is killed when, as far as the machine's timing allows."""

    folder: Path
    tasks: int
    kills: int
    shim_kills: int
    seed: int
    longest_s: float = 1.0
    wanted: dict[str, int] = field(default_factory=dict)  # proc id → exit status
    shims_killed: set[str] = field(default_factory=set)
    kills_done: int = 0

    def run(self) -> Report:
        """Storm until every task has a result."""
        self._random = random.Random(self.seed)
        (self.folder / "starts").mkdir()
        (self.folder / "starts").chmod(0o1777)
        self._server = FakeServer()
        self._server.start()
        self._node = Node(self.folder, self._server.address, cores=CORES)
        self._node.start()
        began = time.monotonic()
        commands = [self._command(number) for number in range(self.tasks)]
        feeder = threading.Thread(target=self._feed, args=(commands,))
        feeder.start()
        self._harass(feeder)
        feeder.join()
        self._server.wait_for(lambda: len(self._server.results) >= self.tasks, 120)
        wait_until(lambda: not self._node.spooled(), 60)
        report = self._report(time.monotonic() - began)
        self._node.stop()
        self._server.stop()
        return report

    def _command(self, number: int) -> RunTaskCommand:
        status = number % 200
        nap = self._random.uniform(0, self.longest_s)
        script = f"echo x >> {self.folder}/starts/$PLOW_PROC_ID; sleep {nap:.3f}; exit {status}"
        command = self._node.command("sh", "-c", script)
        self.wanted[command.procId] = status
        return command

    def _feed(self, commands: list[RunTaskCommand]) -> None:
        """As a server would: what was not answered or found no room is said again."""
        waiting = list(commands)
        while waiting:
            sent = len(commands) - len(waiting)
            free = min(CORES - (sent - len(self._server.results)), self._due() - sent)
            if free <= 0:
                time.sleep(0.01)
                continue
            batch, waiting = waiting[:free], waiting[free:]
            replies = self._node.run_many(batch)
            refused = {reply.procId for reply in replies if not reply.accepted} - set(self._server.results)
            waiting += [command for command in batch if command.procId in refused]
            if refused:
                time.sleep(0.02)

    def _due(self) -> int:
        """Tasks are held back until their share of the kills is done, so that all kills meet work."""
        done = self.kills_done + len(self.shims_killed)
        share = self.tasks * done // max(1, self.kills + self.shim_kills)
        if done >= self.kills + self.shim_kills:
            return self.tasks
        return max(CORES + share, len(self._server.results) + 1)  # a shim to kill needs a task that runs

    def _harass(self, feeder: threading.Thread) -> None:
        """Kill daemon and shims, evenly spread over the tasks."""
        plan = ["daemon"] * self.kills + ["shim"] * self.shim_kills
        self._random.shuffle(plan)
        while plan and (feeder.is_alive() or self._node.spooled()):
            time.sleep(self._random.uniform(0, 0.1))
            if plan[-1] == "daemon":
                self._node.kill()
                self.kills_done += 1
                self._node.start()
                plan.pop()
            elif self._kill_a_shim():
                plan.pop()

    def _kill_a_shim(self) -> bool:
        running = [
            proc_id
            for proc_id in self._node.spooled()
            if (self._node.state / "spool" / proc_id / "status").exists()
            and not (self._node.state / "spool" / proc_id / "exit").exists()
            and proc_id not in self.shims_killed
        ]
        if not running:
            return False
        victim = self._random.choice(running)
        if not self._kill_unfinished(victim):
            return False  # it ended before we came
        self.shims_killed.add(victim)
        return True

    def _kill_unfinished(self, proc_id: str) -> bool:
        """Hold the shim still, see that it has not recorded an end, and only then kill it: the attempt must be lost."""
        try:
            descriptor = os.pidfd_open(self._node.shim_pid(proc_id))
        except (OSError, AssertionError):
            return False
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
            wait_until(lambda: self._is_still(proc_id))
            is_unfinished = (self._node.state / "spool" / proc_id / "status").exists() and not (
                self._node.state / "spool" / proc_id / "exit"
            ).exists()
            signal.pidfd_send_signal(descriptor, signal.SIGKILL if is_unfinished else signal.SIGCONT)
        except (OSError, AssertionError):
            return False
        finally:
            os.close(descriptor)
        return is_unfinished

    def _is_still(self, proc_id: str) -> bool:
        state = Path(f"/proc/{self._node.shim_pid(proc_id)}/stat").read_text().rpartition(")")[2].split()[0]
        return state in "TtZX"

    def _report(self, seconds: float) -> Report:
        results = self._server.results
        lost = {proc_id for proc_id, result in results.items() if result.endReason == AttemptEnd.LOST}
        ended = {proc_id: r for proc_id, r in results.items() if r.endReason == AttemptEnd.EXITED}
        starts = {path.name: path.read_text().count("x") for path in (self.folder / "starts").iterdir()}
        return Report(
            tasks=self.tasks,
            seed=self.seed,
            seconds=round(seconds, 1),
            daemon_kills=self.kills_done,
            shim_kills=len(self.shims_killed),
            exited=len(ended),
            lost=len(lost),
            never_started=sum(r.endReason == AttemptEnd.ABORTED for r in results.values()),
            missing=sum(proc_id not in results for proc_id in self.wanted),
            double=sum(count > 1 for count in starts.values()),
            wrong_status=sum(r.exitStatus != self.wanted[proc_id] for proc_id, r in ended.items()),
            wrongly_lost=len(lost - self.shims_killed),
            wrongly_ended=len(self.shims_killed - lost),
            exited_unstarted=sum(proc_id not in starts for proc_id in ended),
            leaked=len(processes_with(f"{self.folder}/state/spool")) + len(self._strays()),
            folders_left=len(os.listdir(self.folder / "temp")),
        )

    def _strays(self) -> list[int]:
        return processes_with(f"{self.folder}/starts")


@dataclass(frozen=True)
class Report:
    """What became of the tasks."""

    tasks: int
    seed: int
    seconds: float
    daemon_kills: int
    shim_kills: int
    exited: int
    lost: int
    never_started: int
    missing: int
    double: int
    wrong_status: int
    wrongly_lost: int
    wrongly_ended: int
    exited_unstarted: int
    leaked: int
    folders_left: int

    @property
    def is_good(self) -> bool:
        """Nothing missing, double, wrong or left."""
        return not any(
            (
                self.missing,
                self.double,
                self.wrong_status,
                self.wrongly_lost,
                self.wrongly_ended,
                self.exited_unstarted,
                self.leaked,
                self.folders_left,
                self.exited + self.lost + self.never_started - self.tasks,
            )
        )


def main() -> int:
    """Run one storm and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=120)
    parser.add_argument("--kills", type=int, help="daemon kills; default: a fifth of the tasks")
    parser.add_argument("--shim-kills", type=int, help="default: a fiftieth of the tasks")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    kills = given.tasks // 5 if given.kills is None else given.kills
    shim_kills = given.tasks // 50 if given.shim_kills is None else given.shim_kills
    with tempfile.TemporaryDirectory(prefix="plow-storm-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        report = Storm(Path(folder), given.tasks, kills, shim_kills, given.seed).run()
    for name, value in asdict(report).items():
        print(f"{name:18}{value}")
    print("good" if report.is_good else "NOT GOOD")
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
