"""Runs a whole job on this machine, without a farm: what depends say, as many at once as there are cores."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from blueprint.backends.plan import PlannedTask, plan_tasks
from plow_client.idl import JobSpecT


@dataclass(frozen=True)
class Done:
    """How a task ended; `status` is None where it never ran because something it waits for failed."""

    task: PlannedTask
    status: int | None
    seconds: float
    log: Path


Watcher = Callable[[PlannedTask, Done | None], None]  # called when a task starts (None) and when it is done


class LocalRun:
    """One run of a job; the tasks' logs go to `log_dir`."""

    def __init__(self, spec: JobSpecT, log_dir: Path, *, cores: int | None = None) -> None:
        self.tasks = plan_tasks(spec)
        self.job_name = spec.name
        self.log_dir = log_dir
        self.cores = cores or os.cpu_count() or 1
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopping = False

    def run(self, watch: Watcher = lambda task, done: None) -> list[Done]:
        """Run everything that can run; a task whose depend failed is left out. Results in task order."""
        self.log_dir.mkdir(parents=True, exist_ok=True)
        results: dict[int, Done] = {}
        running: dict[Future[Done], PlannedTask] = {}
        with ThreadPoolExecutor(max_workers=self.cores) as pool:
            try:
                while len(results) < len(self.tasks):
                    for task in self._startable(results, running):
                        watch(task, None)
                        running[pool.submit(self._run_one, task)] = task
                    self._take_ended(results, running, watch)
            except BaseException:
                self.stop()
                raise
        return [results[task.place] for task in self.tasks]

    def stop(self) -> None:
        """End what runs; nothing new is started."""
        with self._lock:
            self._stopping = True
            for process in self._processes:
                process.terminate()

    def _take_ended(
        self, results: dict[int, Done], running: dict[Future[Done], PlannedTask], watch: Watcher
    ) -> None:
        """Wait until something ends; where nothing runs any more, the rest can never start."""
        if not running:
            for task in self.tasks:
                results.setdefault(task.place, Done(task, None, 0.0, self._log(task)))
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            results[task.place] = future.result()
            watch(task, results[task.place])

    def _startable(
        self, results: Mapping[int, Done], running: Mapping[Future[Done], PlannedTask]
    ) -> list[PlannedTask]:
        started = {task.place for task in running.values()}
        free, found = self.cores - sum(min(task.cores, self.cores) for task in running.values()), []
        good = {place for place, done in results.items() if done.status == 0}
        for task in self.tasks:
            need = min(task.cores, self.cores)
            new = task.place not in started and task.place not in results
            if new and need <= free and task.waits_for <= good:
                found.append(task)
                free -= need
        return found

    def _run_one(self, task: PlannedTask) -> Done:
        start, log = time.monotonic(), self._log(task)
        status: int | None = None
        # As on a node, TMPDIR is the task's own and gone afterwards, whatever it did to it.
        with (
            log.open("wb") as out,
            tempfile.TemporaryDirectory(prefix="plow-", ignore_cleanup_errors=True) as temp,
        ):
            for command in task.steps:
                status = self._run_command(task, command, out, temp)
                if status != 0:
                    break
            if task.last:
                self._run_command(task, task.last, out, temp)
        return Done(task, status, 0.0 if status is None else time.monotonic() - start, log)

    def _run_command(
        self, task: PlannedTask, command: tuple[str, ...], out: BinaryIO, temp: str
    ) -> int | None:
        """Its status as a shell tells it; None where the run is being stopped and nothing was started."""
        try:
            with self._lock:
                if self._stopping:
                    return None
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    cwd=tempfile.gettempdir(),
                    env={**self._environment(task), "TMPDIR": temp},
                )
                self._processes.add(process)
        except OSError as error:
            out.write(f"cannot start '{command[0]}': {error.strerror}\n".encode())
            out.flush()
            return 127
        status = process.wait()
        with self._lock:
            self._processes.discard(process)
        return 128 - status if status < 0 else status

    def _environment(self, task: PlannedTask) -> dict[str, str]:
        own = {
            "PLOW_JOB_NAME": self.job_name,
            "PLOW_LAYER_NAME": task.layer,
            "PLOW_TASK_NAME": task.name,
            "PLOW_CORES": str(task.cores),
            "PLOW_THREADS": str(task.cores),
        }
        return {**os.environ, **task.env, **own}

    def _log(self, task: PlannedTask) -> Path:
        return self.log_dir / f"{task.name}.log"
