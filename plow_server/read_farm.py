"""Rows of the database as the farm that the planner sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from plow_server.farm import Farm
from plow_server.snapshot import Folder, Headroom, Job, Kept, Layer, Limit, Node, Quota, Shape
from plow_server.verbs import Verbs


def read_farm(database: Verbs) -> Farm:
    """The farm as it is in the database; ask inside one transaction."""
    return _read(database, database.all("farm_node", _node))


def read_work(database: Verbs) -> Farm:
    """The farm without its nodes: all that the order of what waits comes from."""
    return _read(database, [])


def _read(database: Verbs, nodes: Iterable[Node]) -> Farm:
    return Farm(
        nodes=nodes,
        quotas=database.all("farm_quota", lambda row: Quota(**row)),
        folders=database.all("farm_folder", lambda row: Folder(**row)),
        jobs=database.all("farm_job", lambda row: Job(**row)),
        layers=database.all("farm_layer", layer_of),
        limits=database.all("farm_limit", _limit),
        next_start_s=database.value("farm_next_start"),
        lapsed=database.all("farm_lapsed", lambda row: str(row["layer_id"])),
        headroom=dict(database.all("farm_headroom", _headroom)),
        headroom_lapsed=database.all("farm_headroom_lapsed", lambda row: str(row["layer_id"])),
    )


def _node(row: dict[str, Any]) -> Node:
    return Node(
        row["id"],
        row["cluster_id"],
        frozenset(row["tags"]),
        row["cores"],
        row["ram"],
        row["idle_cores"],
        row["idle_ram"],
        row["slot_mode"],
        row["slot_cores"],
        row["slot_ram"],
        frozenset(row["pools"]),
        frozenset(row["exclusive_pools"]),
        row["os"],
        {int(index): memory for index, memory in (row["gpus"] or {}).items()},
        set(row["taken"] or ()),
        Kept(row["kept_for"], row["kept_from_s"]) if row["kept_for"] else None,
    )


def _headroom(row: dict[str, Any]) -> tuple[str, Headroom]:
    project_id = row.pop("project_id")
    return project_id, Headroom(**{**row, "free_of": frozenset(row["free_of"])})


def _limit(row: dict[str, Any]) -> Limit:
    return Limit(row["id"], row["per"], row["free"], Counter(row["holders"] or {}))


def layer_of(row: Mapping[str, Any]) -> Layer:
    """A layer from its columns."""
    shape = Shape(
        frozenset(row["tags"]),
        row["min_cores"],
        row["ram"],
        frozenset([*(row["avoid"] or ()), *(row["shunned"] or ())]),
        frozenset(row["pools"]),
        row["os"],
        row["node_cores"],
        row["node_ram"],
        row["whole_node"],
        row["gpus"],
        row["gpu_ram"],
        row["id"] if row["max_per_node"] else "",
    )
    return Layer(
        row["id"],
        row["job_id"],
        shape,
        row["ready"],
        row["sort_order"],
        row["next_ord"],
        row["priority"],
        row["max_cores"],
        tuple(row["limits"]),
        row["max_per_node"],
        Counter(row["crowd"] or {}),
        row["clock_s"],
    )
