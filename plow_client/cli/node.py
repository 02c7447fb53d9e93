"""`plow node`: the machines."""

from __future__ import annotations

import re

import click

from plow_client import avoid as avoids
from plow_client import node as nodes
from plow_client.cli.show import (
    Column,
    json_option,
    label,
    lasted,
    memory,
    show,
    show_facts,
    show_json,
    when,
)
from plow_client.current import get_plow_time
from plow_client.idl import NodeState

_NODE = click.argument("name", metavar="NODE")
_NODES = click.argument("names", metavar="NODE...", nargs=-1, required=True)
_STATES = click.Choice([state.name.lower() for state in NodeState], case_sensitive=False)


@click.group()
def node() -> None:
    """Nodes: the machines that run tasks. NODE is a name or an id."""


@node.command("list")
@click.argument("part", metavar="[PART]", required=False)
@click.option("--state", "states", multiple=True, type=_STATES, help="Only nodes in this state.")
@click.option("--locked/--unlocked", default=None, help="Only locked, or only unlocked nodes.")
@json_option
def list_(part: str | None, states: tuple[str, ...], locked: bool | None, as_json: bool) -> None:
    """List nodes by name; PART is a part of the name."""
    found = nodes.get_nodes(regex=re.escape(part) if part else None, states=states or None, locked=locked)
    now = 0 if as_json else get_plow_time()
    show(found, _columns(now), as_json, "no nodes")


@node.command("show")
@_NODE
@json_option
def show_(name: str, as_json: bool) -> None:
    """Show a node and what it runs."""
    found = nodes.get_node(name)
    procs = found.get_procs()
    if as_json:
        show_json({**found.as_dict(), "procs": [proc.as_dict() for proc in procs]})
        return
    now = get_plow_time()
    show_facts(
        [
            ("node", found.name),
            ("id", found.id),
            ("state", _state(found)),
            ("cluster", found.cluster_name),
            ("tags", ",".join(sorted(found.tags))),
            ("pools", ", ".join(found.pools or ())),
            ("cores", f"{found.idle_cores} idle of {found.total_cores}, {label(found.mode)}"),
            ("RAM", f"{memory(found.free_ram_mb)} free of {memory(found.total_ram_mb)}"),
            ("address", found.address or found.ipaddr),
            ("takes nothing", found.away_reason),
            ("set aside", found.state_reason),
            ("kept", found.reservation.sentence if found.reservation else None),
            *(("complaint", complaint) for complaint in found.complaints or ()),
            ("machine", f"{found.system.cpu_model}, {found.system.platform}"),
            ("system", " ".join(filter(None, (found.os, found.arch)))),
            *(("GPU", _gpu(gpu)) for gpu in found.gpus or ()),
            *(("disk", _disk(disk)) for disk in found.disks or ()),
            ("users", ", ".join(found.users or ())),
            *((name, f"{value:g}") for name, value in sorted((found.metrics or {}).items())),
            ("load", " ".join(f"{value / 100:.2f}" for value in found.system.load or [])),
            ("version", found.version),
            ("booted", when(found.boot_time)),
            ("heard", f"{lasted(found.updated_time, None, now)} ago"),
        ]
    )
    click.echo()
    show(procs, _proc_columns(now), False, "runs nothing")


@node.command("lock")
@_NODES
def lock(names: tuple[str, ...]) -> None:
    """Give nodes no new tasks; what runs goes on."""
    _lock(names, True)


@node.command("unlock")
@_NODES
def unlock(names: tuple[str, ...]) -> None:
    """Give nodes tasks again."""
    _lock(names, False)


@node.command("repair")
@_NODES
def repair(names: tuple[str, ...]) -> None:
    """Set nodes aside: nothing new, what runs goes on."""
    _set_state(names, NodeState.REPAIR)


@node.command("up")
@_NODES
def up(names: tuple[str, ...]) -> None:
    """Take nodes back that were set aside."""
    _set_state(names, NodeState.UP)


@node.command("reboot")
@_NODES
@click.option("--now", is_flag=True, help="Stop what runs there; else when nothing runs.")
def reboot(names: tuple[str, ...], now: bool) -> None:
    """Reboot nodes; until then they take nothing new."""
    for found in [nodes.get_node(name) for name in names]:
        found.reboot(now)
        click.echo(f"node {found.name} reboots {'now' if now else 'when nothing runs there'}")


@node.command("delete")
@_NODES
def delete(names: tuple[str, ...]) -> None:
    """Forget nodes that are down and have no procs."""
    for found in [nodes.get_node(name) for name in names]:
        found.delete()
        click.echo(f"node {found.name} deleted")


@node.command("release")
@_NODES
def release(names: tuple[str, ...]) -> None:
    """Give up what nodes are kept for."""
    for found in [nodes.get_node(name) for name in names]:
        found.clear_reservation()
        click.echo(f"node {found.name} is kept for nobody")


@node.command("forgive")
@_NODES
def forgive(names: tuple[str, ...]) -> None:
    """Let the jobs that stay away from nodes try them again."""
    for found in [nodes.get_node(name) for name in names]:
        avoids.clear_avoids(node=found)
        click.echo(f"no job stays away from node {found.name}")


def _set_state(names: tuple[str, ...], state: NodeState) -> None:
    for found in [nodes.get_node(name) for name in names]:
        found.set_state(state)
        click.echo(f"node {found.name} is {label(state)}")


def _lock(names: tuple[str, ...], locked: bool) -> None:
    for found in [nodes.get_node(name) for name in names]:
        found.lock(locked)
        click.echo(f"node {found.name} {'locked' if locked else 'unlocked'}")


def _state(found: nodes.Node) -> str:
    if found.state != NodeState.UP:
        return label(found.state)
    if found.is_rebooting:
        return "rebooting"
    if found.locked:
        return "locked"
    return "draining" if found.is_draining else "away" if found.away_reason else "UP"


def _idle_gpus(found: nodes.Node) -> str | None:
    return f"{found.idle_gpus or 0}/{len(found.gpus)}" if found.gpus else None


def _gpu(gpu: nodes.Gpu) -> str:
    free = "" if gpu.free_memory_mb is None else f", {memory(gpu.free_memory_mb)} free"
    used = "" if gpu.used_percent is None else f", {gpu.used_percent} % busy"
    return f"{gpu.index}: {gpu.model}, {memory(gpu.memory_mb)}{free}{used}"


def _disk(disk: nodes.Disk) -> str:
    return f"{disk.path}: {memory(disk.free_mb)} free of {memory(disk.total_mb)}"


def _columns(now: int) -> list[Column]:
    return [
        ("NODE", lambda node: node.name),
        ("STATE", _state),
        ("CLUSTER", lambda node: node.cluster_name),
        ("IDLE", lambda node: node.idle_cores),
        ("CORES", lambda node: node.total_cores),
        ("FREE", lambda node: memory(node.free_ram_mb)),
        ("RAM", lambda node: memory(node.total_ram_mb)),
        ("PROCS", lambda node: node.run_procs),
        ("GPUS", _idle_gpus),
        ("TAGS", lambda node: ",".join(sorted(node.tags))),
        ("POOLS", lambda node: ",".join(node.pools or ())),
        ("HEARD", lambda node: lasted(node.updated_time, None, now)),
    ]


def _proc_columns(now: int) -> list[Column]:
    return [
        ("TASK", lambda proc: proc.task_name),
        ("JOB", lambda proc: proc.job_name),
        ("STATE", lambda proc: label(proc.state)),
        ("CORES", lambda proc: proc.cores),
        ("USED", lambda proc: proc.used_cores),
        ("RAM", lambda proc: memory(proc.ram)),
        ("USED", lambda proc: memory(proc.used_ram)),
        ("DURATION", lambda proc: lasted(proc.started_time, None, now)),
    ]
