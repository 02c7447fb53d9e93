"""Pools, limits, avoids and reservations: functions, objects and the `plow` commands."""

from __future__ import annotations

import json
from copy import copy

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.errors import NotAllowed
from tests.unit.plow_client.recorded import RecordedFarm, said

POOL = idl.PoolT(id="p1", name="gpu", exclusive=False, hosts=["r1", "r2.lan"], nodeCount=1, jobCount=3)
LIMIT = idl.LimitT(id="x1", name="nuke", total=20, per=1, heldBack=2, used=18, waiting=7, notBefore=None)
KEPT = idl.ReservationT(
    nodeId="n1", nodeName="r12", jobName="big", startTime=5, sentence="node 'r12' is kept"
)


@pytest.fixture
def farm():
    farm = RecordedFarm(
        getPool=copy(POOL), getPools=[POOL], createPool=POOL, getLimit=LIMIT, getLimits=[LIMIT], createLimit=LIMIT,
        getLayerById=idl.LayerT(id="l1"), getJob=idl.JobT(id="j1", name="shot", pools=["gpu"]),
        getNode=idl.NodeT(id="n1", name="r12"), getActiveJob=idl.JobT(id="j1", name="shot"), getReservations=[KEPT],
    )  # fmt: skip
    current.use(farm)
    yield farm
    current.reconnect()


LAYER, JOB = plow.Layer(idl.LayerT(id="l1")), plow.Job(idl.JobT(id="j1"))


@pytest.mark.parametrize(
    ("act", "call", "arguments"),
    [
        (lambda: plow.create_pool("gpu", "r1"), "createPool", {"name": "gpu", "hosts": ["r1"], "exclusive": False}),
        (lambda: plow.set_pool_name("p1", "x"), "setPoolName", {"poolId": "p1", "name": "x"}),
        (lambda: plow.set_pool_hosts("p1", ["a", "b"]), "setPoolHosts", {"poolId": "p1", "hosts": ["a", "b"]}),
        (
            lambda: plow.change_pool_hosts("p1", "a", ["b"]),
            "changePoolHosts",
            {"poolId": "p1", "added": ["a"], "removed": ["b"]},
        ),
        (lambda: plow.set_pool_exclusive("p1"), "setPoolExclusive", {"poolId": "p1", "exclusive": True}),
        (lambda: plow.delete_pool(plow.Pool(POOL)), "deletePool", {"poolId": "p1", "moveTo": ""}),
        (lambda: plow.Pool(POOL).delete(move_to="cpu"), "deletePool", {"poolId": "p1", "moveTo": "cpu"}),
        (lambda: plow.set_job_pools("j1", "gpu"), "setJobPools", {"jobId": "j1", "pools": ["gpu"]}),
        (lambda: plow.create_limit("nuke", 9, "user"), "createLimit", {"name": "nuke", "total": 9, "per": 2}),
        (lambda: plow.create_limit("nuke", 9), "createLimit", {"name": "nuke", "total": 9, "per": 0}),
        (lambda: plow.set_limit_total("x1", 9), "setLimitTotal", {"limitId": "x1", "total": 9}),
        (lambda: plow.set_limit_held_back("x1", 9), "setLimitHeldBack", {"limitId": "x1", "heldBack": 9}),
        (lambda: plow.clear_limit_wait("x1"), "clearLimitWait", {"limitId": "x1"}),
        (lambda: plow.Limit(LIMIT).delete(), "deleteLimit", {"limitId": "x1"}),
        (lambda: plow.get_avoids(job=JOB), "getAvoids", {"jobId": "j1", "nodeId": ""}),
        (lambda: plow.clear_avoids(node="n1"), "clearAvoids", {"jobId": "", "nodeId": "n1"}),
        (lambda: plow.clear_reservation("n1"), "clearReservation", {"nodeId": "n1"}),
    ],
)  # fmt: skip
def test_a_function_asks_for_what_it_says(farm, act, call, arguments):
    farm.answers["getAvoids"] = []

    act()

    assert farm.last() == (call, arguments)


@pytest.mark.parametrize(
    ("act", "calls"),
    [
        (lambda: plow.Pool(POOL).set_hosts("r1"), ["setPoolHosts", "getPool"]),
        (lambda: plow.Pool(POOL).change_hosts(add="r1"), ["changePoolHosts", "getPool"]),
        (lambda: plow.Limit(LIMIT).set_total(3), ["setLimitTotal", "getLimit"]),
        (lambda: plow.Limit(LIMIT).set_held_back(3), ["setLimitHeldBack", "getLimit"]),
        (lambda: plow.Limit(LIMIT).clear_wait(), ["clearLimitWait", "getLimit"]),
        (lambda: JOB.set_pools([]), ["setJobPools", "getJob"]),
        (lambda: LAYER.set_needs(plow.Needs(gpus=1)), ["setLayerNeeds", "getLayerById"]),
        (lambda: LAYER.set_retry_rules(plow.RetryRules(delay_s=1)), ["setLayerRetryRules", "getLayerById"]),
        (lambda: plow.Node(idl.NodeT(id="n1")).clear_reservation(), ["clearReservation", "getNode"]),
        (lambda: plow.Avoid(idl.AvoidT(jobId="j1", nodeId="n1")).clear(), ["clearAvoids"]),
    ],
)
def test_what_was_changed_is_read_again(farm, act, calls):
    act()

    assert [name for name, _ in farm.asked] == calls


def test_needs_say_only_what_was_set(farm):
    plow.set_layer_needs("l1", plow.Needs(pools=[], gpu_ram=8000, whole_node=False))
    assert said(farm.last()[1]["needs"]) == {"pools": [], "gpuRam": 8000, "wholeNode": False}

    plow.set_layer_retry_rules("l1", plow.RetryRules(exits=[1], most_delay_s=60))
    assert said(farm.last()[1]["rules"]) == {"exits": [1], "mostDelayS": 60}


def test_a_layers_needs_and_a_nodes_reservation_are_read():
    layer = plow.Layer(idl.LayerT(id="l", needs=idl.NeedsT(gpus=2), retryRules=idl.RetryRulesT(delayS=3)))
    node = plow.Node(idl.NodeT(id="n", reservation=KEPT, pools=["gpu"], idleGpus=1))

    assert (layer.needs, layer.retry_rules) == (plow.Needs(gpus=2), plow.RetryRules(delay_s=3))
    assert node.reservation is not None
    assert (node.reservation.job_name, node.pools, node.idle_gpus) == ("big", ["gpu"], 1)


def test_a_spec_takes_its_needs_along():
    layer = plow.LayerSpec(
        "a", ["x"], needs=plow.Needs(limits=["nuke"]), retry_rules=plow.RetryRules(exits=[9]),
        task_order=plow.TaskOrder.EVERY_NTH, every_nth=5,
    )  # fmt: skip
    sent = plow.JobSpec("shot", "show", [layer], pools=["gpu"]).to_wire()

    assert (sent.pools, sent.layers[0].taskOrder, sent.layers[0].everyNth) == (["gpu"], 2, 5)
    assert (sent.layers[0].needs.limits, sent.layers[0].retryRules.exits) == (["nuke"], [9])
    assert plow.LayerSpec.from_wire(sent.layers[0]).needs == plow.Needs(limits=["nuke"])


# -------------------- the command


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["pool", "list"], "gpu all 2 1 3"),
        (["pool", "show", "gpu"], "jobs 3 unfinished jobs name it nodes 1 are known host r1 host r2.lan"),
        (["limit", "list"], "nuke node 18 20 2 7 - -"),
    ],
)
def test_they_are_shown(farm, capsys, words, shown):
    assert run(words) == 0
    assert shown in " ".join(capsys.readouterr().out.split())
    assert run([*words, "--json"]) == 0
    assert "gpu" in str(json.loads(capsys.readouterr().out)) or "nuke" in words[0] or words[0] == "limit"


@pytest.mark.parametrize(
    ("words", "call", "arguments"),
    [
        (
            "pool create gpu r1 r2 --exclusive",
            "createPool",
            {"name": "gpu", "hosts": ["r1", "r2"], "exclusive": True},
        ),
        ("pool add gpu r3", "changePoolHosts", {"poolId": "p1", "added": ["r3"], "removed": []}),
        ("pool remove gpu R1", "changePoolHosts", {"poolId": "p1", "added": [], "removed": ["R1"]}),
        ("pool rename gpu cards", "setPoolName", {"poolId": "p1", "name": "cards"}),
        ("pool exclusive gpu", "setPoolExclusive", {"poolId": "p1", "exclusive": True}),
        ("pool exclusive gpu --off", "setPoolExclusive", {"poolId": "p1", "exclusive": False}),
        ("pool delete gpu --move-to cpu", "deletePool", {"poolId": "p1", "moveTo": "cpu"}),
        ("limit create nuke 20 --per node", "createLimit", {"name": "nuke", "total": 20, "per": 1}),
        ("limit set nuke --total 5", "setLimitTotal", {"limitId": "x1", "total": 5}),
        ("limit set nuke --held-back 5", "setLimitHeldBack", {"limitId": "x1", "heldBack": 5}),
        ("limit retry nuke", "clearLimitWait", {"limitId": "x1"}),
        ("limit delete nuke", "deleteLimit", {"limitId": "x1"}),
        ("node release r12", "clearReservation", {"nodeId": "n1"}),
        ("node forgive r12", "clearAvoids", {"jobId": "", "nodeId": "n1"}),
        ("job forgive shot", "clearAvoids", {"jobId": "j1", "nodeId": ""}),
        ("job forgive shot --node r12", "clearAvoids", {"jobId": "j1", "nodeId": "n1"}),
        ("job pools shot gpu", "setJobPools", {"jobId": "j1", "pools": ["gpu"]}),
    ],
)
def test_a_command_asks_for_what_it_says(farm, capsys, words, call, arguments):
    assert run([*words.split(), *["--yes"] * ("delete" in words)]) == 0
    assert arguments in farm.calls(call)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_refusal_is_one_line(farm, capsys):
    farm.answers["deletePool"] = NotAllowed("pool 'gpu' is in use by unfinished jobs: 'shot' names it")
    assert run(["pool", "delete", "gpu", "--yes"]) == 4
    assert capsys.readouterr().err == "plow: pool 'gpu' is in use by unfinished jobs: 'shot' names it\n"


def test_a_job_is_shown_with_what_its_layers_need(farm, capsys):
    farm.answers |= {
        "getActiveJob": idl.JobT(
            id="j1", name="shot", state=1, paused=False, minCores=0, maxCores=-1, runCores=0, startTime=1, stopTime=0,
            totals=idl.TaskTotalsT(), stats=idl.JobStatsT(highRam=1), pools=["farm"],
        ),
        "getLayers": [idl.LayerT(
            id="l", name="a", minRam=1, tags=["x"], totals=idl.TaskTotalsT(), stats=idl.LayerStatsT(highRam=1),
            needs=idl.NeedsT(pools=["gpu", "big"], gpus=2, wholeNode=True, maxPerNode=0))],
        "getPlowTime": 5,
        "getAvoids": [],
    }  # fmt: skip
    assert run(["job", "show", "shot"]) == 0
    out = capsys.readouterr().out
    assert "pools gpu+big, whole_node, gpus 2" in out
    assert "farm" in out
