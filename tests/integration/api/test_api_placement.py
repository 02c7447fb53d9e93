"""Pools, limits, needs, avoids and reservations through the interface: what is answered, and what is refused how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound, PlowError
from plow_client.idl import LimitPer, NeedsT, RetryRulesT, ServiceT
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_a_pool_from_its_making_to_its_end(api: Api, farm: Farm, launch: Launch) -> None:
    farm.node("r1.lan")
    made = api.createPool(name="gpu", hosts=["R1", "r9"], exclusive=True)
    assert (made.name, made.hosts, made.exclusive, made.nodeCount, made.jobCount) == (
        "gpu",
        ["r1", "r9"],
        True,
        1,
        0,
    )
    assert api.getNode(name="r1.lan").pools == ["gpu"]

    api.setPoolName(poolId=made.id, name="Cards")
    api.setPoolExclusive(poolId=made.id, exclusive=False)
    api.setPoolHosts(poolId=made.id, hosts=["r8"])
    api.changePoolHosts(poolId=made.id, added=["r9"], removed=["R8"])
    job = launch(layer(needs=NeedsT(pools=["cards"])))

    assert [api.getPool(pool=name).id for name in ("CARDS", made.id)] == [made.id] * 2
    (seen,) = api.getPools()
    assert (seen.name, seen.exclusive, seen.hosts, seen.nodeCount, seen.jobCount) == (
        "Cards",
        False,
        ["r9"],
        0,
        1,
    )
    other = api.createPool(name="other", hosts=[], exclusive=False)
    api.deletePool(poolId=made.id, moveTo=other.id)
    assert api.getLayers(jobId=job.id)[0].needs.pools == ["other"]


def test_a_jobs_pools_are_shown_and_changed(api: Api, launch: Launch) -> None:
    for name in ("a", "b"):
        api.createPool(name=name, hosts=[], exclusive=False)
    job = launch(pools=["A"])
    assert api.getJob(jobId=job.id).pools == ["a"]

    api.setJobPools(jobId=job.id, pools=["b", "a"])
    assert api.getJob(jobId=job.id).pools == ["a", "b"]
    api.setJobPools(jobId=job.id, pools=[])
    assert api.getJob(jobId=job.id).pools is None


def test_a_limit_from_its_making_to_its_end(api: Api) -> None:
    made = api.createLimit(name="nuke", total=20, per=LimitPer.USER)
    assert (made.total, made.per, made.heldBack, made.used, made.waiting) == (20, LimitPer.USER, 0, 0, 0)
    assert (made.notBefore, made.reason) == (None, None)

    api.setLimitTotal(limitId=made.id, total=3)
    api.setLimitHeldBack(limitId=made.id, heldBack=1)
    api.clearLimitWait(limitId=made.id)

    assert [(one.id, one.total, one.heldBack) for one in api.getLimits()] == [(made.id, 3, 1)]
    assert api.getLimit(limit="nuke").id == api.getLimit(limit=made.id).id == made.id
    api.deleteLimit(limitId=made.id)
    assert api.getLimits() == []


def test_needs_and_retry_rules_are_changed_and_shown(api: Api, launch: Launch) -> None:
    api.createLimit(name="nuke", total=20, per=LimitPer.TASK)
    (one,) = api.getLayers(jobId=launch(layer(needs=NeedsT(os="linux"))).id)

    api.setLayerNeeds(layerId=one.id, needs=NeedsT(limits=["nuke"], os="", gpus=2))
    api.setLayerRetryRules(layerId=one.id, rules=RetryRulesT(exits=[1], delayS=5))

    seen = api.getLayerById(layerId=one.id)
    assert seen.needs == NeedsT(limits=["nuke"], gpus=2)
    assert seen.retryRules == RetryRulesT(exits=[1], delayS=5)


def test_a_service_presets_needs(api: Api, launch: Launch) -> None:
    made = api.createService(
        svc=ServiceT(name="nuke", needs=NeedsT(gpus=1, os=""), retryRules=RetryRulesT(exits=[7]))
    )
    assert (made.needs, made.retryRules) == (NeedsT(gpus=1), RetryRulesT(exits=[7]))

    (one,) = api.getLayers(jobId=launch(layer(serv="nuke")).id)
    assert (one.needs, one.retryRules) == (NeedsT(gpus=1), RetryRulesT(exits=[7]))


def test_avoids_and_reservations_are_listed_and_undone(api: Api, farm: Farm, launch: Launch) -> None:
    node, job = farm.node("r1"), launch()
    (one,) = api.getLayers(jobId=job.id)
    until = "plow.now() + interval '1 hour'"
    farm.execute(f"insert into plow.avoid values (%s, %s, 3, {until}, 'it failed there')", job.id, node)
    farm.execute(
        "insert into plow.reservation (node_id, job_id, layer_id, cores, ram, starts, kept_until)"
        f" values (%s, %s, %s, 3, 700, {until}, {until})",
        node, job.id, one.id,
    )  # fmt: skip

    for asked in ((job.id, ""), ("", str(node)), ("", ""), (job.id, str(node))):
        (avoid,) = api.getAvoids(jobId=asked[0], nodeId=asked[1])
        assert (avoid.jobName, avoid.nodeName, avoid.failures) == ("shot", "r1", 3)
        assert (avoid.reason, avoid.endTime > 0) == ("it failed there", True)
    assert api.getAvoids(jobId=NOBODY, nodeId="") == []
    (kept,) = api.getReservations()
    assert (kept.nodeName, kept.jobName, kept.layerName, kept.cores, kept.ram) == (
        "r1",
        "shot",
        "beauty",
        3,
        700,
    )
    assert api.getNode(name="r1").reservation == kept

    api.clearAvoids(jobId=job.id, nodeId="")
    api.clearReservation(nodeId=str(node))
    assert (api.getAvoids(jobId="", nodeId=""), api.getReservations()) == ([], [])


Refused = tuple[Callable[[Api, str, str], Any], type[PlowError], str]
REFUSED: list[Refused] = [
    (lambda api, pool, limit: api.createPool(name="GPU", hosts=[], exclusive=False), AlreadyExists, "a pool 'gpu'"),
    (lambda api, pool, limit: api.createPool(name="", hosts=[], exclusive=False), Invalid, "a pool: '' is no name"),
    (lambda api, pool, limit: api.createPool(name="x", hosts=["a b"], exclusive=False), Invalid, "a host is a word"),
    (lambda api, pool, limit: api.createPool(name="x", hosts=["a"] * 20_001, exclusive=False), Invalid, "20001 hosts"),
    (lambda api, pool, limit: api.setPoolName(poolId=pool, name="a\nb"), Invalid, "is no name of a pool"),
    (lambda api, pool, limit: api.setPoolName(poolId=NOBODY, name="x"), NotFound, "no pool '0000"),
    (lambda api, pool, limit: api.getPool(pool="x"), NotFound, "no pool 'x'"),
    (lambda api, pool, limit: api.deletePool(poolId=pool, moveTo=""), NotAllowed, "pool 'gpu' is in use"),
    (lambda api, pool, limit: api.deletePool(poolId=pool, moveTo="gpu"), Invalid, "cannot take over from itself"),
    (lambda api, pool, limit: api.createLimit(name="nuke", total=1, per=0), AlreadyExists, "a limit 'nuke' exists"),
    (lambda api, pool, limit: api.createLimit(name="x", total=-1, per=0), Invalid, "a limit's total is 0 or more"),
    (lambda api, pool, limit: api.setLimitHeldBack(limitId=limit, heldBack=-1), Invalid, "held back of a limit is 0"),
    (lambda api, pool, limit: api.getLimit(limit="x"), NotFound, "no limit 'x'"),
    (lambda api, pool, limit: api.deleteLimit(limitId=NOBODY), NotFound, "no limit '0000"),
    (lambda api, pool, limit: api.setLayerNeeds(layerId=NOBODY, needs=NeedsT(gpus=1)), NotFound, "no layer '0000"),
    (lambda api, pool, limit: api.setLayerNeeds(layerId=NOBODY, needs=NeedsT(gpus=65)), Invalid, "65 GPUs"),
    (lambda api, pool, limit: api.setLayerRetryRules(layerId=NOBODY, rules=RetryRulesT()), NotFound, "no layer"),
    (lambda api, pool, limit: api.setJobPools(jobId=NOBODY, pools=["gpu"]), NotFound, "no job '0000"),
    (lambda api, pool, limit: api.setJobPools(jobId=NOBODY, pools=["x"] * 65), Invalid, "65 pools; at most 64"),
    (lambda api, pool, limit: api.clearAvoids(jobId="", nodeId=""), Invalid, "say a job, a node, or both"),
    (lambda api, pool, limit: api.clearAvoids(jobId="x", nodeId=""), Invalid, "not an id: 'x'"),
    (lambda api, pool, limit: api.clearReservation(nodeId=NOBODY), NotFound, "no node '0000"),
]  # fmt: skip


def test_each_refusal_says_why(api: Api, launch: Launch) -> None:
    pool = api.createPool(name="gpu", hosts=[], exclusive=False).id
    limit = api.createLimit(name="nuke", total=1, per=LimitPer.TASK).id
    launch(pools=["gpu"])

    for call, kind, why in REFUSED:
        with pytest.raises(kind, match=why):
            call(api, pool, limit)
