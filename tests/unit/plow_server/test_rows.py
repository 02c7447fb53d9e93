"""Rows become structs, and specs survive being stored."""

from __future__ import annotations

from plow_client.idl import (
    DependSpecT,
    GpuT,
    JobSpecT,
    JobState,
    JobT,
    LayerSpecT,
    LayerT,
    NodeT,
    RunSettingsT,
    ServiceT,
    TaskSpecT,
    TaskStatsT,
)
from plow_server.rows import from_json, label, maker, to_json


def test_names_nest_and_labels_become_numbers() -> None:
    job = maker(JobT)({"id": "x", "state": "FINISHED", "run_cores": 3, "totals__waiting_task_count": 7})

    assert (job.id, job.state, job.runCores, job.totals.waitingTaskCount) == ("x", JobState.FINISHED, 3, 7)
    assert isinstance(job, JobT)


def test_null_and_absent_are_unset() -> None:
    service = maker(ServiceT)({"name": "shell", "tags": None, "max_retries": 0})

    assert (service.tags, service.minCores, service.maxRetries) == (None, None, 0)
    assert maker(TaskStatsT)({"end_reason": None}).endReason is None


def test_two_rows_make_two_structs() -> None:
    make = maker(JobT)
    first, second = make({"id": "1"}), make({"id": "2"})

    assert (first.id, second.id) == ("1", "2") and first.totals is not second.totals


def test_a_stored_spec_is_the_spec() -> None:
    spec = JobSpecT(
        name="shot", project="test", username="anna", attrs={"a": "b"},
        layers=[
            LayerSpecT(name="a", command=["x"], range="1-2", tags=[], minCores=0, threadable=False,
                       run=RunSettingsT(maxRunS=0, moreCommands=[["y", "z"]])),
            LayerSpecT(name="b", command=["y"], tasks=[TaskSpecT(name="t", depends=[DependSpecT(type=3)])]),
        ],
    )  # fmt: skip

    assert from_json(JobSpecT, to_json(spec)) == spec
    assert "minRam" not in to_json(spec)["layers"][0]


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert from_json(TaskSpecT, {"name": "t", "colour": "red"}) == TaskSpecT(name="t")


def test_what_is_kept_as_json_becomes_its_structs() -> None:
    layer = maker(LayerT)({"name": "a", "run": {"maxRunS": 5, "moreCommands": [["a"]], "later": 1}})
    node = maker(NodeT)({"gpus": [{"index": 1, "model": "x"}], "disks": None, "metrics": {"a": 1.5}})

    assert layer.run == RunSettingsT(maxRunS=5, moreCommands=[["a"]])
    assert maker(LayerT)({"run": None}).run is None
    assert (node.gpus, node.disks, node.metrics) == ([GpuT(index=1, model="x")], None, {"a": 1.5})


def test_a_number_of_the_wire_has_its_label() -> None:
    assert label(JobState, 3) == "POST"
