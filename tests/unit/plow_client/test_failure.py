"""Failures that belong together, as objects, as `plow failures` prints them."""

from __future__ import annotations

import json

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.errors import NotFound
from tests.unit.plow_client.recorded import RecordedFarm

NODES = [f"r{n}" for n in range(7)]
TOLD = idl.FailureT(
    fingerprint="0123456789abcdef", line="cannot open /show/wood_0037.tx", attempts=1052, tasks=37, nodes=NODES,
    layers=["beauty", "depth"], taskIds=["t1"], firstTime=1_900_000_000_000, lastTime=1_900_000_900_000, nodeCount=9,
    sentence="37 tasks on 9 nodes: cannot open /show/wood_####.tx",
)  # fmt: skip


@pytest.fixture
def farm():
    farm = RecordedFarm(
        getJobFailures=[TOLD],
        getNodeFailures=[],
        getActiveJob=idl.JobT(id="j1", name="shot"),
        getNode=idl.NodeT(id="n1", name="r1"),
    )
    current.use(farm)
    yield farm
    current.reconnect()


def test_failures_of_a_job_are_read_by_our_names(farm):
    (failure,) = plow.get_job_failures(plow.Job(idl.JobT(id="j1")), dead_only=True)

    assert farm.last() == ("getJobFailures", {"jobId": "j1", "deadOnly": True})
    assert (failure.node_count, failure.task_ids, failure.last_time) == (9, ["t1"], 1_900_000_900_000)


def test_failures_on_a_node_are_those_of_a_day_unless_said(farm):
    assert plow.get_node_failures("n1") == []
    assert farm.last() == ("getNodeFailures", {"nodeId": "n1", "hours": 24})


def test_a_failure_is_a_sentence_and_what_it_comes_from(farm, capsys):
    assert run(["failures", "shot"]) == 0

    sentence, line, attempts, where = capsys.readouterr().out.splitlines()
    assert (sentence, line) == (TOLD.sentence, "  cannot open /show/wood_0037.tx")
    assert attempts.startswith("  1,052 attempts, 2030-") and " to 2030-" in attempts
    assert where == "  layers beauty, depth; nodes r0, r1, r2, r3, r4 and 4 more"


def test_a_line_with_nothing_of_chance_in_it_is_told_once():
    told = plow.Failure(idl.FailureT(
        line="no licence", sentence="1 task on 1 node: no licence", attempts=1, layers=["comp"], nodes=["r1"],
        nodeCount=1, firstTime=1, lastTime=1,
    ))  # fmt: skip

    assert "\n".join(told.lines()).count("no licence") == 1


def test_failures_are_told_as_json_too(farm, capsys):
    assert run(["failures", "shot", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["node_count"] == 9


def test_what_is_no_job_is_a_node(farm, capsys):
    farm.answers |= {"getActiveJob": NotFound("no"), "getJobs": []}
    assert run(["failures", "r1", "--hours", "8"]) == 0
    assert farm.last() == ("getNodeFailures", {"nodeId": "n1", "hours": 8})
    assert capsys.readouterr().out == "nothing failed\n"
    assert run(["failures", "r1", "--dead"]) == 2
    assert "--dead is for jobs" in capsys.readouterr().err
