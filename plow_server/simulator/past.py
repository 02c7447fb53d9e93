"""A day that was, as a world to simulate: what arrived, how long it ran, and the farm as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from plow_client.errors import NotFound
from plow_server.database import Verbs
from plow_server.read_farm import layer_of, read_farm
from plow_server.simulator.world import Arrival, Drawn, Past, World
from plow_server.snapshot import Job, Limit

MOST = 500_000  # attempts
MOST_DAYS = 8  # that an attempt of the day may have taken

Row = Mapping[str, Any]


def read_past(database: Verbs, day: date) -> tuple[World, int]:
    """The world of a day, and how many of its attempts are left out; ask inside one transaction.

    Left out is what is above the most that is read. NotFound where nothing started on that day.
    """
    rows = database.all("past_work", day=day, most=MOST, most_days=MOST_DAYS)
    if not rows:
        raise NotFound(f"nothing started on {day}")
    ran = int(database.value("past_count", day=day, most_days=MOST_DAYS))
    farm = read_farm(database)
    nodes = [
        replace(node, idle_cores=node.cores, idle_ram=node.ram, taken_gpus=set(), kept=None)
        for node in farm.nodes.values()
    ]
    quotas = [replace(quota, run_cores=0, lately=0.0) for quota in farm.quotas.values()]
    folders = [replace(folder, run_cores=0) for folder in farm.folders.values()]
    limits = [Limit(row["id"], row["per"], row["free"]) for row in database.all("all_limits")]
    world = World(nodes, quotas, folders, list(_arrivals(rows)), limits)
    return world, ran - sum(len(row["clocks"]) for row in rows)


def _arrivals(rows: Iterable[Row]) -> Iterable[Arrival]:
    """Each layer by itself, for each may come at another time."""
    for row in rows:
        job = Job(
            row["job_id"],
            row["project_id"],
            row["folder_id"],
            row["job_min_cores"],
            row["job_max_cores"],
            age=row["age"],
            priority=row["priority"],
            user=row["username"],
        )
        told = {**row, "avoid": (), "shunned": (), "crowd": None, "priority": row["layer_priority"]}
        layer = layer_of(told)
        yield Arrival(row["at_s"], job, (layer,), {layer.id: Past(_attempts(row))})


def _attempts(row: Row) -> list[Drawn]:
    """How long they would have taken with the least cores, and which came again."""
    attempts = zip(row["clocks"], row["agains"], row["booked"], strict=True)
    scaled = row["max_cores"] > row["min_cores"]
    return [
        Drawn(max(clock_s, 0.001) * (max(booked / row["min_cores"], 1.0) if scaled else 1.0), not again)
        for clock_s, again, booked in attempts
    ]
