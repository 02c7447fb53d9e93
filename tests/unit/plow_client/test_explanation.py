"""What the server explains, as an object, as `plow why` prints it."""

from __future__ import annotations

import json

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.errors import NotFound
from tests.unit.plow_client.recorded import RecordedFarm

TOLD = idl.ExplainT(
    noun="layer", sentence="layer 'beauty' of job 'shot' waits with 3 tasks", fitting=1,
    rules=[idl.RuleCountT(code="ram", nodes=2, sentence="2 nodes: too little memory")],
    nearest="node 'r1': too little memory", advice=["ask for less memory"],
    orderKey="project 'a', job priority 0, job tier 1 (1, 0)", place=2,
    ahead=[idl.AheadT(jobId="j2", jobName="other", waiting=4,
                      orderKey="project 'a', job priority 5, job tier 1 (0, 0)")],
    predictedStart=1_800_000_000_000,
)  # fmt: skip
JOB, LAYER = idl.JobT(id="j1", name="shot"), idl.LayerT(id="l1", name="beauty")


@pytest.fixture
def farm():
    answers = {
        "explain": TOLD,
        "getActiveJob": JOB,
        "getLayer": LAYER,
        "getNode": idl.NodeT(id="n1", name="r1"),
    }
    farm = RecordedFarm(**answers)
    current.use(farm)
    yield farm
    current.reconnect()


def test_an_explanation_is_read_by_our_names(farm):
    told = plow.explain(plow.Job(JOB))

    assert farm.last() == ("explain", {"id": "j1"})
    assert (told.rules[0].code, told.rules[0].nodes, told.ahead[0].job_name, told.place) == (
        "ram",
        2,
        "other",
        2,
    )


def test_an_explanation_reads_from_the_sentence_to_the_start(farm):
    told = plow.explain("j1").lines()

    assert told[0] == "Layer 'beauty' of job 'shot' waits with 3 tasks"
    assert "Nearest: node 'r1': too little memory" in told and "  ask for less memory" in told
    assert "  ram             2 nodes: too little memory" in told and "  nothing         1 node" in told
    assert told[-10:-2] == [
        "",
        "Place 2 in the order, by",
        "  project 'a'",
        "  job priority 0",
        "  job tier 1 (1, 0)",
        "",
        "First comes",
        "  other, 4 waiting: job priority 5",
    ]
    assert told[-1].startswith("Starts at about 20")


def test_what_there_is_nothing_to_say_of_has_no_line():
    told = plow.Explanation(
        idl.ExplainT(noun="job", sentence="job 'shot' is paused", rules=[], advice=[], place=0)
    )

    assert told.lines() == ["Job 'shot' is paused"]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["shot"], "j1"),
        (["shot", "beauty"], "l1"),
        (["01a1f80a-2a17-70e0-8599-e854c1f6e360"], "01a1f80a-2a17-70e0-8599-e854c1f6e360"),
    ],
)
def test_why_finds_what_is_named(farm, capsys, words, asked):
    assert run(["why", *words]) == 0

    assert farm.last() == ("explain", {"id": asked})
    assert capsys.readouterr().out.startswith("Layer 'beauty' of job 'shot' waits with 3 tasks\n")


def test_why_of_a_node_by_name(farm):
    farm.answers["getActiveJob"] = NotFound("no unfinished job 'r1'")
    farm.answers["getJobs"] = []

    assert run(["why", "r1"]) == 0
    assert farm.last() == ("explain", {"id": "n1"})


def test_why_says_what_it_did_not_find(farm, capsys):
    farm.answers |= {"getActiveJob": NotFound("no"), "getJobs": [], "getNode": NotFound("no"), "getNodes": []}

    assert run(["why", "x"]) == 3
    assert "no job or node 'x'" in capsys.readouterr().err


def test_why_as_json(farm, capsys):
    assert run(["why", "shot", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["rules"][0]["code"] == "ram"
