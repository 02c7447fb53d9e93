"""What a launch would do, told before it is done: the check of a launch, and a look at nodes and history."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from plow_client.errors import AlreadyExists
from plow_client.idl import FilterTraceT, JobSpecT, LaunchPlanT, LayerPlanT
from plow_server.config import Limit
from plow_server.database import Database, Json, Row, Transaction
from plow_server.explain import launch_rules
from plow_server.launch import prepare
from plow_server.launch_needs import needed_columns, wanted_of
from plow_server.launch_warnings import (
    cap_warnings,
    memory_warnings,
    range_warnings,
    room_warnings,
)
from plow_server.rows import from_json
from plow_server.spec import Layer, Work

NOTHING_KNOWN = "no earlier tasks"


def check_launch(db: Database, spec: JobSpecT, limit: Limit) -> LaunchPlanT:
    """Refuses what a launch would refuse; nothing is made, and nothing is promised."""
    work, _ = prepare(db, spec, limit)
    return db.atomically(lambda transaction: _plan(transaction, spec, work))


def _plan(db: Transaction, spec: JobSpecT, work: Work) -> LaunchPlanT:
    judged = _judge(db, spec)
    project, layers = judged["project_id"], [_asked(layer) for layer in work.layers]
    known = db.all("predict_layers", p_project=project, p_name=spec.name, p_layers=Json(layers))
    pasts = {row["place"]: row for row in known}
    needs = needed_columns(db, spec, work.layers)
    looked = [
        {**one, **needs[one["place"]], "predicted_ram": _booked_ram(pasts.get(one["place"]))}
        for one in layers
    ]
    rooms = {row["place"]: row for row in db.all("room_for_layers", p_project=project, p_layers=Json(looked))}
    counts = Counter(work.tasks.layer)
    return LaunchPlanT(
        folderName=judged["folder_name"],
        paused=judged["paused"],
        minCores=judged["min_cores"],
        maxCores=judged["max_cores"],
        taskCount=len(work.tasks.name),
        layers=[
            _layer_plan(spec, layer, counts[layer.place], rooms[layer.place], pasts.get(layer.place))
            for layer in work.layers
        ],
        filters=[from_json(FilterTraceT, entry) for entry in judged["trace"]],
        warnings=[
            *_job_warnings(spec, judged, db.value("now_ms")),
            *_layer_warnings(spec, work, judged, rooms, pasts),
        ],
        predictedCoreMs=sum(row["core_ms"] * counts[place] for place, row in pasts.items()),
    )


def _judge(db: Transaction, spec: JobSpecT) -> Row:
    if db.one("job_by_active_name", name=spec.name) is not None:
        raise AlreadyExists(f"there is an unfinished job '{spec.name}' already")
    return db.one(
        "judged_launch",
        missing=f"no project '{spec.project}'",
        project=spec.project,
        name=spec.name,
        username=spec.username,
        attrs=spec.attrs or {},
        paused=bool(spec.paused),
    )


def _asked(layer: Layer) -> dict[str, Any]:
    """As much of a layer as the look at nodes and history needs."""
    fields = ("place", "name", "service", "tags", "min_cores", "min_ram", "max_ram")
    return {field: getattr(layer, field) for field in fields}


def _booked_ram(past: Row | None) -> int | None:
    """What history will have booked, where it knows enough."""
    return past["ram"] if past and past["is_sure"] else None


def _layer_plan(spec: JobSpecT, layer: Layer, tasks: int, room: Row, past: Row | None) -> LayerPlanT:
    return LayerPlanT(
        name=layer.name,
        taskCount=tasks,
        minCores=layer.min_cores,
        minRam=layer.min_ram,
        fittingNodes=room["fitting"],
        readyNodes=room["ready"],
        predictedRam=past["ram"] if past else 0,
        predictedClockMs=past["clock_ms"] if past else 0,
        basis=past["basis"] if past else NOTHING_KNOWN,
        predictedCores=math.ceil(past["cores"]) if past else None,
        rules=launch_rules(room["rules"], wanted_of(spec, layer)),
    )


def _job_warnings(spec: JobSpecT, judged: Row, now_ms: int) -> Iterator[str]:
    if judged["paused"] and not spec.paused:
        yield "a filter pauses the job: nothing starts until somebody resumes it"
    if spec.startAfter and spec.startAfter < now_ms:
        yield "the time to start after has passed already: the job may start at once"


def _layer_warnings(
    spec: JobSpecT, work: Work, judged: Row, rooms: dict[int, Row], pasts: dict[int, Row]
) -> Iterator[str]:
    for layer in work.layers:
        room, wanted = rooms[layer.place], wanted_of(spec, layer)
        told = launch_rules(room["rules"], wanted) if layer.needs or wanted["pool_names"] else []
        yield from room_warnings(spec.project, layer, room, [rule.sentence for rule in told])
        if not layer.post:  # which has a job of its own
            yield from cap_warnings(layer, judged)
        yield from range_warnings(layer)
        yield from memory_warnings(layer, pasts.get(layer.place))
