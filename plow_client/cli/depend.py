"""`plow depend`: work that waits for other work."""

from __future__ import annotations

from typing import Any

import click

from plow_client import depend as depends
from plow_client.cli.columns import Column, label, long_part, when
from plow_client.cli.complete import argument
from plow_client.cli.find import choose, find_job, find_layer, the_task
from plow_client.cli.show import View, listing
from plow_client.current import is_uuid
from plow_client.depend import Depend, DependSpec
from plow_client.errors import Invalid, NotFound
from plow_client.idl import DependType
from plow_client.job import Job
from plow_client.layer import Layer
from plow_client.task import Task

_THING = argument("name", "task", "JOB[/LAYER[/FRAME]]")


def _who(found: Depend, side: str) -> str:
    parts = [getattr(found, f"{side}_{part}_name") for part in ("job", "layer", "task")]
    return "/".join(part for part in parts if part)


_COLUMNS = [
    Column("WAITS", lambda one: _who(one, "dependent")),
    Column("FOR", lambda one: _who(one, "depend_on")),
    Column("TYPE", "type"),
    Column("ACTIVE", lambda one: "yes" if one.active else "no"),
    Column("MADE", "created_time", when, extra=True),
    Column("SATISFIED", "satisfied_time", when, extra=True),
    Column("ID", "id", long_part),
]


@click.group()
def depend() -> None:
    """Depends: work that waits for other work. A depend is known by its id, or with what waits, by a part of it."""


@depend.command("list")
@_THING
@click.option("--on", "is_on", is_flag=True, help="Only what it waits for.")
@click.option("--of", "is_of", is_flag=True, help="Only what waits for it.")
@listing
def list_(name: str, is_on: bool, is_of: bool, view: View) -> None:
    """List what a job, a layer or a task waits for, and what waits for it."""
    thing = find_part(name)
    found = [] if is_of and not is_on else thing.get_depends_on()
    found += [] if is_on and not is_of else thing.get_depends()
    view.rows(found, _COLUMNS, "no depends")


@depend.command("create")
@argument("name", "task", "WAITS")
@argument("on", "task", "FOR")
@click.option(
    "--frame-by-frame", is_flag=True, help="Of two layers: each task waits for those with its frames."
)
def create(name: str, on: str, frame_by_frame: bool) -> None:
    """Let a job, a layer or a task wait for another: JOB, JOB/LAYER or JOB/LAYER/FRAME each."""
    dependent, depended = find_part(name), find_part(on)
    spec = DependSpec(type=_type(dependent, depended, frame_by_frame))
    for side, thing in (("dependent", dependent), ("depend_on", depended)):
        for field, identity in _ids(thing).items():
            setattr(spec, f"{side}_{field}", identity)
    made = depends.create_depend(spec)
    click.echo(f"{name} waits for {on} ({label(made.type)} {long_part(made.id)})")


@depend.command("drop")
@argument("name", "task", "ID|WAITS")
@click.argument("part", metavar="[ID]", required=False)
def drop(name: str, part: str | None) -> None:
    """Let what waits go on: one depend by its id, or all that a job, a layer or a task waits for."""
    found = _meant(name, part, active_only=True)
    for identity in found:
        depends.drop_depend(identity)
    click.echo(f"{len(found)} depend{'' if len(found) == 1 else 's'} dropped")


@depend.command("activate")
@argument("name", "task", "ID|WAITS")
@click.argument("part", metavar="[ID]", required=False)
def activate(name: str, part: str | None) -> None:
    """Make a dropped or satisfied depend hold again."""
    found = _meant(name, part)
    for identity in found:
        depends.activate_depend(identity)
    click.echo(f"{len(found)} depend{'' if len(found) == 1 else 's'} active")


def find_part(text: str) -> Job | Layer | Task:
    """A job, JOB/LAYER, JOB/LAYER/FRAME, JOB/TASK, or any of their ids."""
    if is_uuid(text):
        return _by_id(text)
    slashes = text.count("/")
    if slashes == 0:
        return find_job(text)
    if slashes > 1:
        return the_task(text)
    try:
        return find_layer(text)
    except NotFound:
        return the_task(text)


def _by_id(text: str) -> Job | Layer | Task:
    for way in (find_job, find_layer, the_task):
        try:
            return way(text)
        except NotFound:
            continue
    raise NotFound(f"no job, layer or task has the id {text}")


def _ids(thing: Job | Layer | Task) -> dict[str, str]:
    if isinstance(thing, Job):
        return {"job": thing.id}
    if isinstance(thing, Layer):
        return {"job": thing.job_id, "layer": thing.id}
    return {"job": thing.job_id, "layer": thing.layer_id, "task": thing.id}


def _type(dependent: Any, depended: Any, frame_by_frame: bool) -> DependType:
    kinds = type(dependent).__name__.upper(), type(depended).__name__.upper()
    if frame_by_frame:
        if kinds != ("LAYER", "LAYER"):
            raise Invalid("--frame-by-frame is for two layers: JOB/LAYER JOB/LAYER")
        return DependType.TASK_BY_TASK
    try:
        return DependType[f"{kinds[0]}_ON_{kinds[1]}"]
    except KeyError:
        raise Invalid(f"a {kinds[0].lower()} can't wait for a {kinds[1].lower()}") from None


def _meant(name: str, part: str | None, active_only: bool = False) -> list[str]:
    """Ids of depends: the one that is named, or all that something waits for."""
    if part is None and is_uuid(name):
        return [name]
    there = find_part(name).get_depends_on()
    if part is not None:
        return [choose(part, there, "depend").id]
    return [one.id for one in there if one.active or not active_only]
