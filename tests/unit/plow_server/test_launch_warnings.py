"""What a launch is warned of, sentence by sentence."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.idl import JobSpecT, LayerSpecT
from plow_server.config import Limit
from plow_server.launch_warnings import cap_warnings, memory_warnings, range_warnings, room_warnings
from plow_server.spec import Layer, expand

ROOM: dict[str, Any] = {
    "tagged": 3, "fitting": 2, "ready": 1, "with_quota": 2, "payable": 2, "most_cores": 8, "most_ram": 16_000,
    "ram": 1000, "clusters": ["main", "night"],
}  # fmt: skip


def a_layer(range: str = "1-3", **fields: Any) -> Layer:
    spec = LayerSpecT(
        name="beauty", command=["true"], range=range, **{"minRam": 1000, "maxRam": 20_000, **fields}
    )
    return expand(JobSpecT(name="j", project="p", username="u", layers=[spec]), {}, Limit()).layers[0]


def test_a_layer_with_room_is_not_warned_of() -> None:
    assert list(room_warnings("p", a_layer(), ROOM)) == []


@pytest.mark.parametrize(
    "room, fields, words",
    [
        ({"tagged": 0}, {"tags": ["gpu", "sim"]}, "no node has one of its tags: gpu, sim"),
        ({"fitting": 0, "ram": 300_000}, {"minRam": 300_000, "maxRam": 300_000}, "300000 MB; the largest has 16000"),
        ({"fitting": 0}, {"minCores": 9, "maxCores": 9}, "no node with its tags has 9 cores; the largest has 8"),
        ({"fitting": 0}, {}, "no node with its tags has 1 cores and 1000 MB together, as it is divided"),
        ({"with_quota": 0}, {}, "project 'p' has no quota on a cluster whose nodes fit: main, night"),
        ({"payable": 0}, {}, "are locked, or their bursts are smaller than one task"),
        ({"ready": 0}, {}, "2 nodes would fit, but none is up and unlocked now"),
        ({"ready": 0, "fitting": 1}, {}, "1 node would fit"),
    ],
)  # fmt: skip
def test_what_keeps_a_layer_from_running_is_said(
    room: dict[str, Any], fields: dict[str, Any], words: str
) -> None:
    (warning,) = room_warnings("p", a_layer(**fields), {**ROOM, **room})
    assert warning.startswith("layer 'beauty': ") and words in warning


def test_a_layer_with_needs_is_told_which_rules_refuse_the_nodes() -> None:
    (warning,) = room_warnings("p", a_layer(), {**ROOM, "fitting": 0}, ["3 nodes: in none of the pools"])
    assert warning == "layer 'beauty': no node can run it: 3 nodes: in none of the pools"


@pytest.mark.parametrize(
    "job, folder, owners",
    [
        (-1, -1, []),
        (4, 4, []),
        (3, -1, ["the job"]),
        (-1, 0, ["folder 'comp'"]),
        (0, 3, ["the job", "folder 'comp'"]),
    ],
)
def test_a_cap_below_one_task_is_said(job: int, folder: int, owners: list[str]) -> None:
    judged = {"max_cores": job, "folder_max_cores": folder, "folder_name": "comp"}
    found = list(cap_warnings(a_layer(minCores=4), judged))

    assert len(found) == len(owners)
    assert all(
        f"but {owner} may use at most" in warning for owner, warning in zip(owners, found, strict=True)
    )


@pytest.mark.parametrize(
    "text, is_told", [("1-9", False), ("1-9x2", False), ("1-9:3", False), ("5,1-4", True)]
)
def test_frames_out_of_order_are_said(text: str, is_told: bool) -> None:
    assert bool(list(range_warnings(a_layer(text)))) is is_told


@pytest.mark.parametrize(
    "ram, words", [(1000, ""), (1001, "it asks for 1000 MB"), (20_001, "more than its most of 20000 MB")]
)
def test_memory_that_earlier_tasks_needed_is_said(ram: int, words: str) -> None:
    found = list(memory_warnings(a_layer(), {"ram_high": ram}))

    assert bool(found) is bool(words) and words in "".join(found)
    assert list(memory_warnings(a_layer(), None)) == []
