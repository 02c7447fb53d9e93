"""explain over a real socket: a job, a layer, a task and a node, from what the database says of them."""

from __future__ import annotations

import pytest

from plow_client.errors import NotFound
from plow_client.idl import DependSpecT, DependType
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_work_without_a_node_that_fits_says_what_is_missing(api: Api, launch: Launch, farm: Farm) -> None:
    farm.node("n1", ram=8192)
    farm.node("n2", ram=4096, is_locked=True)
    job = launch(layer(minRam=16_384, maxRam=16_384, range="1-3"))

    told = api.explain(id=job.id)

    assert told.noun == "job" and told.fitting == 0
    assert told.sentence.startswith(
        "job 'shot' waits with 3 tasks, next of layer 'beauty': no node can run it"
    )
    assert [(rule.code, rule.nodes) for rule in told.rules] == [("locked", 1), ("ram", 1)]
    assert told.nearest == "node 'n1': too little memory (a task takes 16 GB, the largest has 8 GB)"
    assert told.advice == ["ask for less memory: `plow layer set shot/beauty --min-ram MB`"]
    assert told.place == 1 and told.orderKey.startswith("project 'test' uses 0 cores")


def test_a_layer_and_a_task_that_may_start_say_who_is_ahead(api: Api, launch: Launch, farm: Farm) -> None:
    farm.node()
    first, job = launch(name="first"), launch(name="second")
    (beauty,) = api.getLayers(jobId=job.id)
    task = farm.value("select id::text from plow.task where job_id = %s and ord = 1", job.id)

    told = api.explain(id=beauty.id)
    assert (told.noun, told.fitting, told.place) == ("layer", 1, 2)
    assert [(one.jobId, one.jobName) for one in told.ahead] == [(first.id, "first")]
    assert told.ahead[0].waiting == first.totals.waitingTaskCount

    assert "waits, 1 task of its layer before it" in api.explain(id=task).sentence


def test_whoever_paused_a_job_is_named(api: Api, launch: Launch) -> None:
    job = launch()
    api.introduce(username="ben", program="test")
    api.pauseJob(jobId=job.id, paused=True)

    told = api.explain(id=job.id)

    assert "job 'shot' is paused by " in told.sentence and told.place == 0
    assert told.advice == ["`plow job resume shot`"]


def test_who_depends_says_on_what(api: Api, launch: Launch) -> None:
    after = DependSpecT(type=DependType.LAYER_ON_LAYER, dependentLayer="comp", dependOnLayer="beauty")
    job = launch(layer("beauty", range="1-4"), layer("comp"), depends=[after])
    comp = next(one for one in api.getLayers(jobId=job.id) if one.name == "comp")

    told = api.explain(id=comp.id)
    assert told.sentence == "layer 'comp' of job 'shot' waits for layer 'beauty' (4 tasks left)"
    (depend,) = api.getLayerDependsOn(layerId=comp.id)
    assert told.advice == [f"`plow depend drop {depend.id}`, if it can do without layer 'beauty'"]


def test_a_running_a_dead_and_a_finished_one(api: Api, launch: Launch, farm: Farm) -> None:
    node = farm.node()
    job = launch(layer(range="1", maxRetries=0))
    (row,) = farm.book((farm.value("select id from plow.layer"), node, 1))
    task = str(row["task_id"])
    assert "runs on node 'n1' with 1 core" in api.explain(id=task).sentence

    farm.complete([row["proc_id"]], status=7)
    assert "is dead: exit status 7 (on node 'n1', failure 1 of 1)" in api.explain(id=task).sentence
    assert "has nothing left but dead tasks" in api.explain(id=job.id).sentence

    api.killJob(jobId=job.id, reason="enough")
    assert "is finished" in api.explain(id=job.id).sentence and "enough" in api.explain(id=job.id).sentence


def test_a_node_says_why_it_is_idle(api: Api, launch: Launch, farm: Farm) -> None:
    node = str(farm.node("n1"))
    assert api.explain(id=node).sentence.endswith("are idle; nothing on the farm waits")

    launch(layer(tags=["gpu"]))
    told = api.explain(id=node)
    assert told.noun == "node" and "none of 1 waiting layer may start here now" in told.sentence
    assert told.nearest == "layer 'beauty' of job 'shot': none of the tags (it needs gpu)"

    api.setNodeLocked(id=node, locked=True)
    told = api.explain(id=node)
    assert told.sentence == "node 'n1' takes nothing: locked" and told.advice == ["`plow node unlock n1`"]


def test_what_is_not_there_is_not_explained(api: Api) -> None:
    with pytest.raises(NotFound, match="no job, layer, task or node"):
        api.explain(id=NOBODY)
