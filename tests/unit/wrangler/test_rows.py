"""What the server says, as rows."""

from __future__ import annotations

import pytest

from plow_client.idl import (
    AttemptEnd,
    GpuT,
    JobState,
    JobT,
    NodeState,
    NodeSystemT,
    NodeT,
    ReservationT,
    TaskState,
    TaskStatsT,
    TaskT,
    TaskTotalsT,
)
from wrangler.models.attempt import attempt_row
from wrangler.models.column import Chip
from wrangler.models.job import JOB_COLUMNS, job_rows
from wrangler.models.node import NODE_COLUMNS, node_row
from wrangler.models.state import TASK_CHIPS, Totals, job_chip, node_chip
from wrangler.models.task import TASK_COLUMNS, task_row


def job(name: str, folder: str, project: str = "ocean", **more: object) -> JobT:
    return JobT(
        id=name, name=name, folderId=f"{project}/{folder}", folderName=folder, projectId=project,
        projectCode=project, state=JobState.RUNNING, maxCores=-1, **more,
    )  # fmt: skip


def test_jobs_stand_under_their_folder_and_project():
    rows = {row.id: row for row in job_rows([job("a", "fx"), job("b", "fx"), job("c", "comp", "moon")])}

    assert rows["a"].parent_id == "ocean/fx"
    assert rows["ocean/fx"].parent_id == "project ocean"
    assert rows["project moon"].parent_id == ""
    assert len(rows) == 7


def test_a_folder_adds_up_its_jobs():
    totals = TaskTotalsT(totalTaskCount=10, succeededTaskCount=4, deadTaskCount=1)

    folder = job_rows([job("a", "fx", totals=totals, runCores=3), job("b", "fx", totals=totals)])[1]

    assert (folder.totals.total, folder.totals.done, folder.totals.dead) == (20, 8, 2)
    assert (folder.run_cores, folder.job_count) == (3, 2)


@pytest.mark.parametrize("state", list(JobState))
def test_a_job_in_any_state_has_a_word(state):
    assert job_chip(state, False, Totals()).word


def test_a_paused_job_is_paused_even_while_tasks_run():
    assert job_chip(JobState.RUNNING, True, Totals(total=2, running=2)).word == "Paused"


def test_a_job_with_a_dead_task_is_failing():
    assert job_chip(JobState.RUNNING, False, Totals(total=2, running=1, dead=1)).word == "Failing"


def test_every_task_state_has_a_word_and_a_sign_of_its_own():
    assert set(TASK_CHIPS) == set(TaskState)
    assert len({chip.word for chip in TASK_CHIPS.values()}) == len(TaskState)
    assert len({chip.sign for chip in TASK_CHIPS.values()}) == len(TaskState)


def test_a_node_that_is_down_is_down_before_it_is_locked():
    assert node_chip(NodeState.DOWN, True, False).word == "Down"
    assert node_chip(NodeState.UP, True, False).word == "Locked"
    assert node_chip(NodeState.UP, False, True).word == "Draining"
    assert node_chip(NodeState.UP, False, False, True).word == "Away"


def test_a_node_shows_its_gpus_its_users_and_who_has_it():
    gpus = [GpuT(index=n, model="A6000", memoryMb=49_152) for n in range(2)]
    row = node_row(
        NodeT(
            id="n",
            name="n",
            state=NodeState.UP,
            gpus=gpus,
            users=["anna", "bob"],
            awayReason="anna works here",
        )
    )
    texts = {column.title: column.text(row, 0) for column in NODE_COLUMNS}
    tips = {column.title: column.tip(row, 0) for column in NODE_COLUMNS if column.tip}

    assert (texts["State"], texts["GPUs"], texts["Users"]) == ("Away", "2", "anna, bob")
    assert (tips["State"], tips["GPUs"]) == ("anna works here", "A6000\nA6000\n96.0 GB in all")


def test_a_node_shows_its_pools_and_what_it_is_kept_for():
    kept = ReservationT(sentence="node 'n' is kept for job 'big', layer 'sim', until 14:20")
    row = node_row(NodeT(id="n", name="n", state=NodeState.UP, pools=["big", "vip"], reservation=kept))

    assert {column.title: column.text(row, 0) for column in NODE_COLUMNS}["Pools"] == "big, vip"
    assert {column.title: column.tip(row, 0) for column in NODE_COLUMNS if column.tip}[
        "State"
    ] == kept.sentence


def test_why_the_farm_set_a_node_aside_or_paused_a_job_is_seen_under_the_mouse():
    node = node_row(NodeT(id="n", name="n", state=NodeState.REPAIR, stateReason="5 attempts failed"))
    (job,) = [
        row
        for row in job_rows(
            [
                JobT(
                    id="j",
                    name="j",
                    folderId="f",
                    state=JobState.RUNNING,
                    maxCores=-1,
                    paused=True,
                    pauseReason="10 attempts failed",
                )
            ]
        )
        if row.is_job
    ]
    tips = [
        column.tip(row, 0)
        for row, columns in ((node, NODE_COLUMNS), (job, JOB_COLUMNS))
        for column in columns
        if column.title == "State" and column.tip
    ]

    assert tips == ["5 attempts failed", "10 attempts failed"]


def test_a_task_that_was_never_started_shows_no_times_and_no_tries():
    row = task_row(TaskT(id="t", name="t", layerId="l", state=TaskState.WAITING, retries=-1), {"l": "beauty"})
    texts = {column.title: column.text(row, 5000) for column in TASK_COLUMNS}

    assert (texts["Layer"], texts["Duration"], texts["Tries"], texts["Ended"]) == ("beauty", "", "", "")


@pytest.mark.parametrize(
    ("stats", "words"),
    [
        (TaskStatsT(stopTime=5, exitStatus=1, exitSignal=0), "exit 1"),
        (TaskStatsT(stopTime=5, exitStatus=1, exitSignal=11), "signal 11"),
        (TaskStatsT(stopTime=5, endReason=AttemptEnd.NODE_LOST, exitSignal=671), "node lost"),
        (TaskStatsT(stopTime=5, endReason=AttemptEnd.MEMORY, reason="12 GB used, 8 allowed"),
         "12 GB used, 8 allowed"),
        (TaskStatsT(stopTime=5, endReason=AttemptEnd.LICENSE), "no licence"),
        (TaskStatsT(stopTime=5, endReason=AttemptEnd.RECALLED), "machine taken back"),
        (TaskStatsT(stopTime=0, active=True), ""),
    ],
)  # fmt: skip
def test_how_an_attempt_ended_is_said_in_words(stats, words):
    task = TaskT(id="t", name="t", layerId="l", state=TaskState.DEAD, retries=0, stats=stats)

    assert task_row(task, {}).ended == words


def test_a_node_without_swap_or_load_is_shown_all_the_same():
    row = node_row(NodeT(id="n", name="n", state=NodeState.UP, system=NodeSystemT(), tags=set()))

    for column in NODE_COLUMNS:
        column.text(row, 0)
        column.key(row)
        if column.tip:
            column.tip(row, 0)
        if column.draw:
            column.draw(row)


@pytest.mark.parametrize("columns", [JOB_COLUMNS, TASK_COLUMNS, NODE_COLUMNS])
def test_titles_of_columns_differ(columns):
    assert len({column.title for column in columns}) == len(columns)


def test_an_attempt_is_counted_from_one_for_people():
    stats = TaskStatsT(retryNum=1, exitStatus=3, exitSignal=0, lastNode="r12", logPath="/x")

    assert attempt_row(stats).title == "Attempt 2 · exit 3 · r12"


def test_a_chip_always_has_a_word():
    assert all(isinstance(chip, Chip) and chip.word for chip in TASK_CHIPS.values())
