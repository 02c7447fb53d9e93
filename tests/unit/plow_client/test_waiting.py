"""Waiting for a job ends when nothing of it can run any more."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import current, idl, waiting
from tests.unit.plow_client.recorded import RecordedFarm

FINISHED = int(plow.JobState.FINISHED)


@pytest.fixture
def farm(monkeypatch):
    made = RecordedFarm()
    current.use(made, "recorded")
    monkeypatch.setattr(waiting.time, "sleep", lambda s: None)
    yield made
    current.reconnect()


def row(state: int = 1, waits: bool = False, **counts: int) -> idl.JobT:
    totals = idl.TaskTotalsT(**{f"{name}TaskCount": count for name, count in counts.items()})
    return idl.JobT(id="j1", name="shot", state=state, totals=totals, waitsForOthers=waits)


@pytest.mark.parametrize(
    ("job", "over"),
    [
        (row(total=2, running=1, succeeded=1), False),
        (row(total=2, waiting=1, dead=1), False),
        (row(total=2, dead=2), True),
        (row(total=2, dead=1, depend=1), True),
        (row(total=2, dead=1, depend=1, waits=True), False),
        (row(total=2, depend=2), False),
        (row(FINISHED, total=2, waiting=2), True),
    ],
)
def test_a_job_is_over_when_nothing_of_it_can_run(job, over):
    assert plow.is_over(plow.Job(job)) is over


@pytest.mark.parametrize(
    ("last", "was_done"),
    [
        (row(FINISHED, total=2, succeeded=1, eaten=1), True),
        (row(FINISHED, total=2, succeeded=1, waiting=1), False),
        (row(total=2, succeeded=1, dead=1), False),
    ],
)
def test_waiting_says_whether_all_was_done(farm, last, was_done):
    answers = iter([row(total=2, waiting=2), plow.Unavailable("away"), row(total=2, running=2), last])

    def answer(jobId: str) -> idl.JobT:
        told = next(answers)
        if isinstance(told, Exception):
            raise told
        return told

    farm.answers["getJob"] = answer
    job = plow.Job(row())

    assert job.wait() is was_done
    assert job.totals.total == 2


def test_waiting_has_an_end(farm):
    farm.answers["getJob"] = row(total=1, running=1)

    with pytest.raises(TimeoutError, match="job 'shot' is not over after 0 s"):
        plow.wait(plow.Job(row()), timeout_s=0)
