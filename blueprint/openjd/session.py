"""One session on the node: environments are entered, tasks run, environments left again, whatever happened."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from openjd.model import parse_model
from openjd.model.v2023_09 import Environment, StepScript
from openjd.sessions import LOG, ActionState, ActionStatus, Session, SessionState

from blueprint.openjd.values import parameter_values, task_values
from blueprint.process import CommandFailed

_LOOK_EVERY_S: Final = 1.0  # a signal is seen between two looks


def run_step(said: Mapping[str, Any], frames: Sequence[int]) -> None:
    """Do the sets of parameters that these frames stand for. CommandFailed with the status of what failed."""
    _log_to_output()
    script = parse_model(model=StepScript, obj=said["script"])
    environments = [parse_model(model=Environment, obj=found) for found in said["environments"]]
    with _Run(said) as run:
        for environment in environments:
            run.enter(environment)
        for frame in frames:
            run.do(f"task {frame}", partial(run.task, script, task_values(said, frame)))


class _Run:
    """A session, and what it does one after the other."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._moved = threading.Event()
        self._progress: float | None = None
        self._entered: list[str] = []
        self._session = Session(
            session_id=os.environ.get("PLOW_PROC_ID", f"plow-{os.getpid()}"),
            job_parameter_values=parameter_values(said),
            callback=self._on_change,
            session_root_directory=Path(tempfile.gettempdir()),
        )

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Leave what was entered, the last one first; an error there counts only where all was well before."""
        trouble: CommandFailed | None = None
        try:
            if self._session.state is SessionState.RUNNING:  # we are asked to end
                self._session.cancel_action()
                self._wait()
            while self._entered:
                name = self._entered.pop()
                try:
                    self.do(f"leaving {name}", partial(self._session.exit_environment, identifier=name))
                except CommandFailed as error:
                    trouble = trouble or error
        finally:
            self._session.cleanup()
        if trouble is not None and kind is None:
            raise trouble

    def enter(self, environment: Environment) -> None:
        """Enter an environment; one that fails at that is left as well, as the specification has it."""
        name = f"{len(self._entered)}:{environment.name}"
        self._entered.append(name)
        self.do(
            f"environment {environment.name}",
            partial(self._session.enter_environment, environment=environment, identifier=name),
        )

    def task(self, script: StepScript, values: Mapping[str, Any]) -> None:
        """Start the step's own action."""
        self._session.run_task(step_script=script, task_parameter_values=dict(values))

    def do(self, what: str, start: Callable[[], object]) -> None:
        """Start something and wait for its end."""
        start()
        self._wait()
        status = self._session.action_status
        if status is None or status.state is ActionState.SUCCESS:
            return
        why = status.fail_message or f"ended with status {status.exit_code}"
        if status.state is ActionState.TIMEOUT:
            why = "took longer than its timeout"
        raise CommandFailed(_as_status(status.exit_code), f"{what}: {why}")

    def _wait(self) -> None:
        while self._session.state in (SessionState.RUNNING, SessionState.CANCELING):
            self._moved.wait(_LOOK_EVERY_S)
            self._moved.clear()

    def _on_change(self, session_id: str, status: ActionStatus) -> None:
        """Called from the library's own threads."""
        if status.progress is not None and status.progress != self._progress:
            self._progress = status.progress
            print(f"PLOW_PROGRESS {status.progress:.0f}%", flush=True)  # the node reads this of every task
        self._moved.set()


def _as_status(code: int | None) -> int:
    """A shell's status: 128 + the signal; never 0, as something has failed."""
    return 1 if not code else (128 - code if code < 0 else code)


def _log_to_output() -> None:
    """What the session and its programs say is the task's output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.handlers[:] = [handler]
    LOG.propagate = False
