"""Large requests are done, or refused with the limit or the circle; benchmarks/big_inputs.py times them."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT, TaskFilterT
from tests.integration.calls.conftest import Scene


def ring(scene: Scene, size: int) -> list[LayerSpecT]:
    """Layers that wait for each other in a circle."""
    return [
        scene.layer(
            f"l{i}",
            depends=[DependSpecT(type=DependType.LAYER_ON_LAYER, dependOnLayer=f"l{(i - 1) % size}")],
        )
        for i in range(size)
    ]


def test_a_job_of_100_000_tasks_is_launched_whole(scene: Scene) -> None:
    job = scene.launch(scene.layer(range="1-100000"), paused=True)
    assert (job.totals.totalTaskCount, job.totals.waitingTaskCount) == (100_000, 100_000)
    page = scene.api.getTasks(filter=TaskFilterT(jobId=job.id, offset=99_999, limit=10))
    assert [task.number for task in page] == [100_000]
    scene.api.killJob(jobId=job.id, reason="")


def test_a_job_of_1_000_layers_is_launched_whole(scene: Scene) -> None:
    job = scene.launch(*(scene.layer(f"l{i}", range="1") for i in range(1000)), paused=True)
    assert len(scene.api.getLayers(jobId=job.id)) == job.totals.totalTaskCount == 1000


@pytest.mark.parametrize(
    "spec, why",
    [
        (lambda scene: [scene.layer(range="1-100001")], "more than 100,000 tasks"),
        (lambda scene: [scene.layer(range="1-1000000")], "more than 100,000 tasks"),
        (lambda scene: [scene.layer(range="1-2000000000x2")], "more than 1,000,000 frames"),
        (lambda scene: [scene.layer(f"l{i}") for i in range(10_000)], "has 10,000 layers; at most 1,000"),
    ],
    ids=["tasks", "many tasks", "frames", "layers"],
)
def test_what_is_too_large_is_refused_with_the_limit(scene: Scene, spec, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        scene.launch(*spec(scene))
    assert scene.launch()  # the name is free


def test_a_circle_of_500_layers_is_refused_and_named(scene: Scene) -> None:
    with pytest.raises(Invalid, match="waits in a circle: ") as refused:
        scene.launch(*ring(scene, 500))
    named = refused.value.why.split("waits in a circle: ")[1].split(" -> ")
    assert named[0] == named[-1]
    assert set(named) == {f"l{i}" for i in range(500)}


def test_a_spec_of_many_words_comes_back_as_it_was_sent(scene: Scene) -> None:
    command = [f"word{i}" for i in range(4000)]
    spec: JobSpecT = scene.spec(scene.layer(command=command, range="1"))
    job = scene.api.launch(spec=spec)
    assert scene.api.getJobSpec(jobId=job.id).layers[0].command == command
