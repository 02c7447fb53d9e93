"""Depends of a spec: from names to places."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import DependSpecT, DependType, JobSpecT, LayerSpecT, TaskSpecT
from plow_server.config import Limit
from plow_server.cycles import refuse_cycles
from plow_server.pairing import pair_by_frame
from plow_server.spec import Work, expand
from plow_server.waits import Target, Wait, find_waits

LL, LT, TL, TT, TBT, JJ = (
    DependType.LAYER_ON_LAYER, DependType.LAYER_ON_TASK, DependType.TASK_ON_LAYER, DependType.TASK_ON_TASK,
    DependType.TASK_BY_TASK, DependType.JOB_ON_JOB,
)  # fmt: skip
SOME_ID = "01a1f802-b081-75e7-b6b0-af6cb31a3336"


def layer(name: str, *depends: DependSpecT, **fields: Any) -> LayerSpecT:
    if "tasks" not in fields:
        fields = {"range": "1-2", **fields}
    return LayerSpecT(**{"name": name, "command": ["true"], "depends": list(depends), **fields})


def on(kind: DependType | None, **sides: str) -> DependSpecT:
    return DependSpecT(type=kind, **sides)


def resolved(*layers: LayerSpecT, depends: list[DependSpecT] | None = None) -> tuple[Work, list[Wait]]:
    spec = JobSpecT(name="shot", project="test", username="anna", layers=list(layers), depends=depends)
    work = expand(spec, {}, Limit())
    waits = find_waits(spec, work)
    refuse_cycles("shot", work, waits)
    return work, waits


def waits_of(*layers: LayerSpecT, depends: list[DependSpecT] | None = None) -> list[Wait]:
    return resolved(*layers, depends=depends)[1]


def test_the_dependent_is_what_a_depend_hangs_on() -> None:
    named = layer("c", tasks=[TaskSpecT(name="t", depends=[on(TT, dependOnTask="0002-a")])])

    assert waits_of(layer("a"), layer("b", on(LL, dependOnLayer="a")), named) == [
        Wait(LL, layer=2, on_layer=1),
        Wait(TT, layer=3, task=5, on_layer=1, on_task=2),
    ]


def test_what_it_names_goes_before_what_it_hangs_on() -> None:
    spec_level = [on(LT, dependentJob="shot", dependOnJob="shot", dependentLayer="b", dependOnTask="0001-a")]

    assert waits_of(layer("a"), layer("b"), depends=spec_level) == [Wait(LT, layer=2, on_layer=1, on_task=1)]


def test_one_depend_said_twice_is_one() -> None:
    depend = on(LL, dependOnLayer="a")
    assert len(waits_of(layer("a"), layer("b", depend, depend))) == 1


def test_frame_by_frame_is_expanded_within_the_spec() -> None:
    waits = waits_of(layer("a", range="1-4", chunk=2), layer("b", on(TBT, dependOnLayer="a"), range="4,1"))

    assert [(wait.type, wait.task, wait.on_task) for wait in waits] == [(TT, 3, 2), (TT, 4, 1)]


def test_other_jobs_are_left_to_the_database() -> None:
    waits = waits_of(
        layer("a", on(LL, dependOnJob="other", dependOnLayer="x"), on(LT, dependOnTask=SOME_ID)),
        depends=[on(JJ, dependOnJob="other")],
    )

    assert [(wait.type, wait.layer, wait.target) for wait in waits] == [
        (JJ, None, Target("other", "", "")),
        (LL, 1, Target("other", "x", "")),
        (LT, 1, Target("", "", SOME_ID)),
    ]


def test_post_layers_wait_for_the_job_already() -> None:
    post = layer("report", on(LL, dependOnLayer="a"), isPost=True)

    assert waits_of(layer("a"), post) == []
    with pytest.raises(Invalid, match="layer 'b' cannot wait for 'report', which runs after the job"):
        waits_of(layer("a"), post, layer("b", on(LL, dependOnLayer="report")))


BAD: list[tuple[DependSpecT, str]] = [
    (on(None, dependOnLayer="a"), "a depend without a type"),
    (on(LL), "a LAYER_ON_LAYER depend needs dependOnLayer"),
    (on(LL, dependOnLayer="z"), "names layer 'z', which job 'shot' does not have"),
    (on(LT, dependOnTask="0009-a"), "names task '0009-a', which job 'shot' does not have"),
    (on(TL, dependOnLayer="a"), "a TASK_ON_LAYER depend needs dependentTask"),
    (on(JJ), "job 'shot' cannot wait for itself"),
    (on(JJ, dependOnJob="shot"), "job 'shot' cannot wait for itself"),
    (on(LL, dependOnLayer="b"), "'b' cannot wait for itself"),
    (on(TBT, dependOnLayer="b"), "'b' cannot wait for itself"),
    (on(TT, dependentTask="0001-b", dependOnTask="0001-b"), "'0001-b' cannot wait for itself"),
    (on(TBT, dependOnLayer="named"), "layer 'named' has no frames"),
    (on(LL, dependentJob="other", dependOnLayer="a"), "cannot make job 'other' wait"),
    (on(LL, dependOnJob="other"), "a LAYER_ON_LAYER depend on job 'other' names no layer there"),
]


@pytest.mark.parametrize("depend, sentence", BAD)
def test_a_depend_that_makes_no_sense_is_named(depend: DependSpecT, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        waits_of(layer("a"), layer("named", tasks=[TaskSpecT(name="t")]), layer("b", depend))
    assert sentence in refused.value.why


@pytest.mark.parametrize(
    "a, b, circle",
    [
        (on(LL, dependOnLayer="b"), on(LL, dependOnLayer="a"), {"a", "b"}),
        (on(LT, dependOnTask="0001-b"), on(TBT, dependOnLayer="a"), {"0001-b", "a"}),
        (on(LT, dependOnTask="0001-a"), on(LL, dependOnLayer="a"), {"0001-a", "a"}),
    ],
)
def test_a_circle_is_refused_with_its_names(a: DependSpecT, b: DependSpecT, circle: set[str]) -> None:
    with pytest.raises(Invalid, match="job 'shot' waits in a circle") as refused:
        waits_of(layer("a", a), layer("b", b))
    for name in circle:
        assert name in refused.value.why


def test_tasks_of_one_layer_may_wait_for_each_other() -> None:
    chain = on(TT, dependentTask="0002-a", dependOnTask="0001-a")
    back = on(TT, dependentTask="0001-a", dependOnTask="0002-a")

    assert len(waits_of(layer("a", chain))) == 1
    with pytest.raises(Invalid, match="circle"):
        waits_of(layer("a", chain, back))


def test_layers_may_wait_for_tasks_of_each_other_crosswise() -> None:
    """A circle of layers is none of tasks: 2-b waits for 1-a, 2-a waits for 1-b."""
    assert waits_of(
        layer("a", on(TT, dependentTask="0002-a", dependOnTask="0001-b")),
        layer("b", on(TT, dependentTask="0002-b", dependOnTask="0001-a")),
    )


@pytest.mark.parametrize("dependent, held, rows", [(1, 1, 10), (5, 1, 10), (1, 5, 10), (5, 5, 2), (2, 5, 6)])
def test_pairs_for_ten_frames(dependent: int, held: int, rows: int) -> None:
    frames = range(1, 11)
    cut = [[frames[start : start + size] for start in range(0, 10, size)] for size in (dependent, held)]

    assert len(pair_by_frame(*cut)) == rows
