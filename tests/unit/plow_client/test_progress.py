"""Waiting for a job: when it is over, how it ended, and what is shown meanwhile."""

from __future__ import annotations

import io

import pytest

from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.cli.progress import FAILED, KILLED, OK, Lines, follow, outcome
from plow_client.errors import Unavailable
from plow_client.job import Job
from plow_client.layer import Layer
from tests.unit.plow_client.recorded import RecordedFarm

RUNNING, FINISHED = 1, 2


def totals(total=10, **counts):
    return idl.TaskTotalsT(
        totalTaskCount=total, **{f"{name}TaskCount": count for name, count in counts.items()}
    )


def job_row(state, **counts):
    return idl.JobT(id="j1", name="sc020", state=state, totals=totals(**counts))


def layer_row(name="fx", **counts):
    return idl.LayerT(id=f"l-{name}", jobId="j1", name=name, totals=totals(**counts))


@pytest.fixture
def farm():
    farm = RecordedFarm(getLayers=[])
    current.use(farm)
    yield farm
    current.reconnect()


def serve(farm, *steps):
    """Answer with one (job, layers) after the other; the last stays."""
    left = list(steps)

    def next_job(jobId):
        job, layers = left.pop(0) if len(left) > 1 else left[0]
        farm.answers["getLayers"] = layers
        if isinstance(job, Exception):
            raise job
        return job

    farm.answers["getJob"] = next_job


@pytest.mark.parametrize(
    ("row", "ended"),
    [
        (job_row(FINISHED, succeeded=10), OK),
        (job_row(FINISHED, succeeded=7, eaten=3), OK),
        (job_row(FINISHED, succeeded=7, waiting=3), KILLED),
        (job_row(FINISHED, succeeded=9, dead=1), KILLED),
        (job_row(RUNNING, succeeded=3, waiting=7), None),
        (job_row(RUNNING, succeeded=3, running=1, dead=6), None),
        (job_row(RUNNING, succeeded=3, waiting=1, dead=6), None),
        (job_row(RUNNING, succeeded=9, dead=1), FAILED),
        (job_row(RUNNING, succeeded=5, dead=1, depend=4), FAILED),
        (job_row(RUNNING, succeeded=6, depend=4), None),
        (job_row(3, waiting=10), None),
    ],
)
def test_how_a_job_ended(farm, row, ended):
    assert outcome(Job(row)) == ended


@pytest.mark.parametrize(("waits", "ended"), [(True, None), (False, FAILED)])
def test_a_job_that_waits_for_another_has_not_failed(waits, ended):
    row = job_row(RUNNING, succeeded=5, dead=1, depend=4)
    row.waitsForOthers = waits

    assert outcome(Job(row)) == ended


def test_plain_lines_are_written_where_there_is_no_terminal(farm):
    serve(
        farm,
        (job_row(RUNNING, succeeded=1, running=1, waiting=8), [layer_row(succeeded=1, running=1, waiting=8)]),
        (job_row(FINISHED, succeeded=10), [layer_row(succeeded=10)]),
    )
    out = io.StringIO()

    assert follow(Job(job_row(RUNNING)), out, pause=lambda seconds: None) == OK

    assert out.getvalue().splitlines() == [
        "fx: 1/10 done, 1 running",
        "fx: 10/10 done",
        "job sc020 done: 10/10 done",
    ]


def test_a_server_that_is_away_is_waited_for(farm):
    serve(
        farm,
        (Unavailable("lost x:1"), []),
        (Unavailable("lost x:1"), []),
        (job_row(FINISHED, succeeded=9, waiting=1), [layer_row(succeeded=9)]),
    )
    out = io.StringIO()

    assert follow(Job(job_row(RUNNING)), out, pause=lambda seconds: None) == KILLED

    assert out.getvalue().count("waiting for the server: lost x:1") == 1
    assert "job sc020 killed" in out.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_a_bar_for_each_layer(farm, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    serve(
        farm,
        (Unavailable("lost [x]:1"), []),
        (
            job_row(RUNNING, succeeded=1),
            [layer_row("fx", succeeded=1), layer_row("comp", dead=2, succeeded=3)],
        ),
        (job_row(RUNNING, succeeded=8, dead=2), [layer_row("fx", succeeded=10), layer_row("comp", dead=2)]),
    )
    out = Terminal()
    farm.answers["getTasks"] = [
        idl.TaskT(
            id=f"t{n}",
            jobId="j1",
            name=f"000{n}-comp",
            state=3,
            stats=idl.TaskStatsT(exitStatus=3, lastNode="r12"),
        )
        for n in range(1, 8)
    ]

    assert follow(Job(job_row(RUNNING)), out, pause=lambda seconds: None) == FAILED

    shown = out.getvalue()
    assert "fx" in shown
    assert "10/10" in shown
    assert "2 dead" in shown
    assert "lost [x]:1" in shown
    assert "job sc020 failed: 8/10 done, 2 dead" in shown
    assert "dead: 0001-comp, exit 3 on r12" in shown
    assert "and 2 more" in shown
    assert "plow job log sc020 0001-comp" in shown


def test_lines_do_not_come_too_often():
    now = [0.0]
    out = io.StringIO()
    lines = Lines(out, clock=lambda: now[0])

    for done in range(10):
        lines.update([Layer(layer_row(succeeded=done, waiting=10 - done))])
        now[0] += 0.5
    lines.update([Layer(layer_row(succeeded=10))])

    assert out.getvalue().splitlines() == [
        "fx: 0/10 done",
        "fx: 4/10 done",
        "fx: 8/10 done",
        "fx: 10/10 done",
    ]


def test_the_command_ends_as_the_job_did(farm, capsys):
    farm.answers["getActiveJob"] = job_row(RUNNING)
    serve(farm, (job_row(FINISHED, succeeded=3, waiting=7), [layer_row()]))

    assert run(["job", "wait", "sc020"]) == KILLED
    assert "job sc020 killed" in capsys.readouterr().out


def test_a_paused_job_is_told_once_with_its_reason_and_the_way_on(farm):
    paused = job_row(RUNNING, waiting=10)
    paused.paused, paused.pauseReason = True, "10 attempts failed"
    serve(farm, (paused, []), (paused, []), (job_row(FINISHED, succeeded=10), []))
    out = io.StringIO()

    assert follow(Job(paused), out, lambda _: None) == OK
    assert out.getvalue().splitlines() == [
        "job sc020 is paused: 10 attempts failed",
        "  plow job resume sc020 goes on with it",
        "job sc020 done: 10/10 done",
    ]
