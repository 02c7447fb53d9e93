"""A living job gets more: layers, frames, tasks; and a layer's frames are cut anew.

Each is one transaction. It begins with `open_job`, which keeps the job from finishing and locks, in the one order,
whatever the new depends are going to touch; so either the job was over first and the call is refused, or the new
work is part of it. What that is must not change between the look and the lock: frames take the turn of those who make
depends before they look, and what is named by name is looked up once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from plow_client.errors import Invalid
from plow_client.frames import chunk_frames, parse_frames
from plow_client.idl import DependSpecT, DependType, LayerSpecT, TaskSpecT
from plow_server.config import Limit
from plow_server.database import Database, Json, Row, Transaction
from plow_server.launch import LARGE_S, read_presets, task_chunks
from plow_server.linking import Link, add_links, find_link, find_on, refuse_circle
from plow_server.pairing import pair_by_frame
from plow_server.spec import Size, Tasks, expand_layers, frame_tasks, named_tasks, refuse_too_large
from plow_server.waits import ON_PART, depend_type
from plow_server.wording import is_id, short

Depends = list[tuple[DependType, DependSpecT]]


def append_layers(db: Database, job_id: str, specs: Sequence[LayerSpecT], limit: Limit) -> list[str]:
    """Add layers with their depends; the ids of the new ones."""
    presets = read_presets(db)

    def work(transaction: Transaction) -> list[str]:
        job = transaction.one("job_by_id", id=job_id, missing=f"no job '{job_id}'")
        _refuse_post(job["name"], specs)
        depends = list(_depends_of_layers(job, specs))
        _open(transaction, job["id"], _outside(transaction, job["id"], depends), links=bool(depends))
        made = expand_layers(job["name"], specs, presets, limit, _size(transaction, job["id"]))
        rows = transaction.all(
            "append_layers",
            p_job=job["id"],
            p_layers=Json([layer.row() for layer in made.layers]),
            p_task_layer=made.tasks.layer,
            **_columns(made.tasks),
        )
        _link(transaction, [find_link(transaction, kind, depend) for kind, depend in depends], limit)
        return [str(row["append_layers"]) for row in rows]

    return db.atomically(work, limit_s=LARGE_S)


def append_tasks(db: Database, layer_id: str, specs: Sequence[TaskSpecT], limit: Limit) -> None:
    """Add named tasks with their depends."""
    if not specs:
        raise Invalid("no tasks are given")

    def work(transaction: Transaction) -> None:
        layer = _layer(transaction, layer_id)
        job = transaction.one("job_by_id", id=layer["job_id"], missing="its job is gone")
        depends = list(_depends_of_tasks(job, layer["name"], specs))
        _open(transaction, job["id"], _outside(transaction, job["id"], depends), links=bool(depends))
        tasks = named_tasks(1, specs, limit)
        size = _size(transaction, job["id"])
        refuse_too_large(job["name"], Size(size.layers, size.tasks + len(specs), size.frames), limit)
        transaction.run("append_tasks", p_layer=layer_id, p_range=None, **_columns(tasks))
        _link(transaction, [find_link(transaction, kind, depend) for kind, depend in depends], limit)

    db.atomically(work, limit_s=LARGE_S)


def append_frames(db: Database, layer_id: str, text: str, limit: Limit) -> None:
    """Add frames, cut into tasks of their own; what waits frame by frame waits for, or with, the new ones too."""

    def work(transaction: Transaction) -> None:
        transaction.run(
            "take_depends_turn"
        )  # before the look, or a depend made since would be locked too late
        pairs = transaction.all("frame_pairs", layer_id=layer_id)
        job = _open(transaction, _layer(transaction, layer_id)["job_id"], pairs, links=True)
        layer = _layer(transaction, layer_id)  # somebody may have cut it anew before the lock
        frames = _new_frames(transaction, layer, text)
        chunks = chunk_frames(frames, layer["chunk"])
        size = _size(transaction, layer["job_id"])
        grown = Size(size.layers, size.tasks + len(chunks), size.frames + len(frames))
        refuse_too_large(job, grown, limit)
        made = transaction.all(
            "append_tasks",
            p_layer=layer_id,
            p_range=text,
            **_columns(frame_tasks(layer["name"], 1, chunks, limit)),
        )
        tasks = [{**_ids(layer), "task_id": row["append_tasks"]} for row in made]
        _link(transaction, list(_frame_links(transaction, layer_id, tasks, chunks)), limit)

    db.atomically(work, limit_s=LARGE_S)


def set_layer_chunk(db: Database, layer_id: str, chunk: int, limit: Limit) -> None:
    """Cut a layer's frames into tasks of another size, while nothing of it has begun; 0 = all in one."""

    def work(transaction: Transaction) -> None:
        job = _open(transaction, _layer(transaction, layer_id)["job_id"], [])
        layer = _layer(transaction, layer_id)  # it may have grown before the lock
        frames = _frames(transaction, layer)
        chunks = chunk_frames(frames, chunk)
        size = _size(transaction, layer["job_id"])
        tasks = size.tasks - layer["totals__total_task_count"] + len(chunks)
        refuse_too_large(job, Size(size.layers, tasks, size.frames), limit)
        transaction.run(
            "set_layer_chunk",
            p_layer=layer_id,
            p_chunk=chunk if chunk > 0 else len(frames),
            **_columns(frame_tasks(layer["name"], 1, chunks, limit)),
        )

    db.atomically(work, limit_s=LARGE_S)


def _layer(transaction: Transaction, layer_id: str) -> Row:
    return transaction.one("layer_by_id", id=layer_id, missing=f"no layer '{layer_id}'")


def _open(transaction: Transaction, job_id: str, on: Iterable[Row], *, links: bool = False) -> str:
    """Lock the job, and the jobs and layers of everything in `on`, on either side of it; the job's name.

    `links` where depends are going to be made.
    """
    rows = list(on)
    jobs = {row[key] for row in rows for key in ("job_id", "dependent_job_id", "on_job_id") if row.get(key)}
    layers = {
        row[key] for row in rows for key in ("layer_id", "dependent_layer_id", "on_layer_id") if row.get(key)
    }
    opened = transaction.one(
        "open_job",
        missing=f"no job '{job_id}'",
        p_job=job_id,
        p_on_job=sorted(jobs),
        p_on_layer=sorted(layers),
        p_links=links,
    )
    return str(opened["name"])


def _size(transaction: Transaction, job_id: str) -> Size:
    row = transaction.one("size_of_job", missing=f"no job '{job_id}'", job_id=job_id)
    return Size(row["layers"], row["tasks"], sum(len(parse_frames(text)) for text in row["ranges"]))


def _columns(tasks: Tasks) -> dict[str, list[Any]]:
    return {"p_task_name": tasks.name, "p_task_number": tasks.number, "p_task_frames": tasks.frames}


def _link(transaction: Transaction, links: Sequence[Link], limit: Limit) -> None:
    made = add_links(transaction, links)
    if len(made) > limit.depends_per_job:
        raise Invalid(f"that makes {len(made):,} depends; at most {limit.depends_per_job:,} are allowed")
    if made:
        refuse_circle(transaction, made)


# ---- frames


def _frames(transaction: Transaction, layer: Row) -> list[int]:
    rows = transaction.all("frames_of_layer", layer_id=layer["id"])
    if not rows:
        raise Invalid(f"layer '{layer['name']}' has named tasks, no frames")
    return list(chain.from_iterable(task_chunks(rows)))


def _new_frames(transaction: Transaction, layer: Row, text: str) -> list[int]:
    there = set(_frames(transaction, layer))
    try:
        frames = parse_frames(text)
        parse_frames(f"{layer['range']},{text}")  # what is kept has to be readable as a whole
    except Invalid as fault:
        raise Invalid(f"layer '{layer['name']}': {fault.why}") from None
    twice = next((frame for frame in frames if frame in there), None)
    if twice is not None:
        raise Invalid(f"layer '{layer['name']}' has frame {twice} already")
    return frames


def _frame_links(
    transaction: Transaction, layer_id: str, tasks: Sequence[Row], chunks: Sequence[Sequence[int]]
) -> Iterator[Link]:
    """For the new tasks of a layer, what its TASK_BY_TASK depends mean: on this side or the other."""
    for pair in transaction.all("frame_pairs", layer_id=layer_id):
        waits = pair["dependent_layer_id"] == layer_id
        side = "on" if waits else "dependent"
        other = {"job_id": pair[f"{side}_job_id"], "layer_id": pair[f"{side}_layer_id"]}
        rows = transaction.all("frames_of_layer", layer_id=other["layer_id"])
        theirs, held = [{**other, "task_id": row["id"]} for row in rows], task_chunks(rows)
        if waits:
            found = ((tasks[own], theirs[at]) for own, at in pair_by_frame(chunks, held))
        else:
            found = ((theirs[at], tasks[own]) for at, own in pair_by_frame(held, chunks))
        yield from (Link(DependType.TASK_BY_TASK, dependent, on) for dependent, on in found)


def _ids(layer: Row) -> dict[str, str]:
    return {"job_id": layer["job_id"], "layer_id": layer["id"]}


# ---- depends


def _refuse_post(job: str, specs: Sequence[LayerSpecT]) -> None:
    if not specs:
        raise Invalid("no layers are given")
    post = next((spec.name for spec in specs if spec.isPost), None)
    if post is not None:
        raise Invalid(
            f"layer '{short(post)}' cannot be a post layer of job '{job}': append it to its post job"
        )


def _depends_of_layers(job: Row, specs: Iterable[LayerSpecT]) -> Depends:
    return [
        *(_whole(job, depend, spec.name, None) for spec in specs for depend in spec.depends or ()),
        *(found for spec in specs for found in _depends_of_tasks(job, spec.name, spec.tasks or ())),
    ]


def _depends_of_tasks(job: Row, layer: str, specs: Iterable[TaskSpecT]) -> Depends:
    return [_whole(job, depend, layer, spec.name) for spec in specs for depend in spec.depends or ()]


def _whole(job: Row, depend: DependSpecT, layer: str, task: str | None) -> tuple[DependType, DependSpecT]:
    """A depend with everything said that it may leave unsaid: who waits is what it hangs on."""
    if depend.dependentJob and depend.dependentJob not in (job["name"], job["id"]):
        raise Invalid(
            f"what is appended to job '{job['name']}' cannot make job '{short(depend.dependentJob)}' wait"
        )
    on_job = depend.dependOnJob or job["id"]
    return depend_type(depend), DependSpecT(
        type=depend.type,
        dependentJob=job["id"],
        dependOnJob=job["id"] if on_job == job["name"] else on_job,
        dependentLayer=depend.dependentLayer or layer,
        dependOnLayer=depend.dependOnLayer,
        dependentTask=depend.dependentTask or task,
        dependOnTask=depend.dependOnTask,
    )


def _outside(transaction: Transaction, job_id: str, depends: Depends) -> list[Row]:
    """What is waited for in other jobs; the names in this one mean something only once the new work is there.

    From here on the depends name the jobs by id: another job may take over a name before the lock.
    """
    found = []
    for kind, depend in depends:
        part = {"job": "", "layer": depend.dependOnLayer, "task": depend.dependOnTask}[ON_PART[kind]]
        if depend.dependOnJob != job_id or is_id(part or ""):
            found.append(find_on(transaction, kind, depend))
            depend.dependOnJob = found[-1]["job_id"]
    return found
