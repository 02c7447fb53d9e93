"""Waiting for a job."""

from __future__ import annotations

import contextlib
import math
import time

from plow_client.errors import Unavailable
from plow_client.idl import JobState
from plow_client.job import Job

_LOOK_S = 0.5


def is_over(job: Job) -> bool:
    """Whether nothing of a job, as it was read last, can still run.

    A job with dead tasks is over when the rest of it waits for them. It is not when its depends reach into another job.
    """
    totals = job.totals
    if job.state == JobState.FINISHED:
        return True
    if not totals.dead or totals.running or totals.waiting:
        return False
    return not (totals.depend and job.waits_for_others)


def wait(job: Job, timeout_s: float | None = None) -> bool:
    """Wait until a job is over, and say whether all of it was done; it is up to date then.

    False where tasks are dead or the job was killed. TimeoutError if it is not over within `timeout_s`, None being any
    time; until then a server out of reach is waited for.
    """
    deadline = time.monotonic() + (math.inf if timeout_s is None else timeout_s)
    while True:
        with contextlib.suppress(Unavailable):  # it may be there again the next time
            job.refresh()
            if is_over(job):
                return job.totals.done == job.totals.total
        if time.monotonic() >= deadline:
            raise TimeoutError(f"job '{job.name}' is not over after {timeout_s} s")
        time.sleep(_LOOK_S)
