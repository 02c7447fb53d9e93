"""What people do from the screen, one thing after the other on a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from plow_client.errors import PlowError
from plow_client.explanation import explain
from plow_client.job import kill_job, pause_job
from plow_client.node import set_node_locked
from plow_client.task import kill_tasks, retry_tasks
from plow_client.task_log import get_task_log_path, read_task_log
from plow_client.top.rows import JobRow, NodeRow, TaskRow

LOG_BYTES: Final = 32 * 1024


@dataclass(frozen=True)
class Done:
    """A deed was done, or refused; one sentence."""

    sentence: str
    is_refused: bool = False


@dataclass(frozen=True)
class Text:
    """Something to be read."""

    title: str
    lines: Sequence[str]


Deed = Callable[[], object]


class Deeds:
    """Does deeds and tells their outcome, `Done` or `Text`."""

    def __init__(self, tell: Callable[[object], object], then: Callable[[], None]) -> None:
        self._tell, self._then = tell, then
        self._queue: queue.Queue[Deed | None] = queue.Queue()

    def start(self) -> None:
        """Begin; the thread ends with the program."""
        threading.Thread(target=self._work, name="top_deeds", daemon=True).start()

    def stop(self) -> None:
        """After what is being done."""
        self._queue.put(None)

    def ask(self, deed: Deed) -> None:
        """Do this when its turn comes."""
        self._queue.put(deed)

    def _work(self) -> None:
        while (deed := self._queue.get()) is not None:
            try:
                outcome = deed()
            except PlowError as error:
                outcome = Done(error.why, is_refused=True)
            self._tell(outcome)
            if isinstance(outcome, Done) and not outcome.is_refused:
                self._then()


def pause(row: JobRow) -> Deed:
    """Pause a job, or let it go on."""

    def deed() -> Done:
        pause_job(row.id, not row.is_paused)
        return Done(f"job '{row.name}' {'goes on' if row.is_paused else 'is paused; what runs goes on'}")

    return deed


def retry_dead(row: JobRow) -> Deed:
    """Queue a job's dead tasks again."""

    def deed() -> Done:
        if not row.dead:
            return Done(f"job '{row.name}' has no dead tasks", is_refused=True)
        retry_tasks(job=row.id, states="DEAD")
        return Done(f"{counted(row.dead, 'dead task')} of job '{row.name}' queued again")

    return deed


def kill(row: JobRow) -> Deed:
    """End a job."""

    def deed() -> Done:
        kill_job(row.id, "killed in plow top")
        return Done(f"job '{row.name}' is ended")

    return deed


def lock(row: NodeRow) -> Deed:
    """Lock a node, or take the lock away."""

    def deed() -> Done:
        set_node_locked(row.id, not row.is_locked)
        return Done(
            f"node '{row.name}' {'takes work again' if row.is_locked else 'is locked; what runs goes on'}"
        )

    return deed


def retry_task(row: TaskRow) -> Deed:
    """Queue a task again."""

    def deed() -> Done:
        retry_tasks(tasks=row.id)
        return Done(f"task '{row.name}' queued again")

    return deed


def kill_task(row: TaskRow) -> Deed:
    """Stop a task and queue it again."""

    def deed() -> Done:
        kill_tasks(tasks=row.id)
        return Done(f"task '{row.name}' is stopped and queued again")

    return deed


def why(id: str, name: str) -> Deed:
    """Why it waits, runs, or is idle."""
    return lambda: Text(f"Why {name}?", explain(id).lines())


def log(row: TaskRow) -> Deed:
    """The end of a task's newest log."""

    def deed() -> Text:
        if not row.attempts:
            return Text(row.name, [f"It has not started yet; its log will be {get_task_log_path(row.id)}"])
        piece = read_task_log(row.id, offset=-LOG_BYTES, length=LOG_BYTES)
        return Text(piece.path, piece.content.decode("utf-8", "replace").splitlines())

    return deed


def counted(number: int, noun: str) -> str:
    """``1 task``, ``1,204 tasks``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
