"""`plow node`: the machines."""

from __future__ import annotations

import re

import click

from plow_client import avoid as avoids
from plow_client import node as nodes
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, choice, told, words_of
from plow_client.cli.columns import Cell, Column, count, label, lasted, memory, short, when, words
from plow_client.cli.complete import argument, option
from plow_client.cli.find import find_cluster, find_node, is_query
from plow_client.cli.proc import COLUMNS as PROCS
from plow_client.cli.show import View, listing, long_listing, show_table_after, shown
from plow_client.cluster import Cluster
from plow_client.idl import NodeState, SlotMode

_NODE = argument("name", "node", "NODE")
_NODES = argument("names", "node", "NODE|QUERY...", nargs=-1, required=True)
_STATES = click.Choice([state.name.lower() for state in NodeState], case_sensitive=False)
_KEPT = [
    Column("NODE", "node_name"),
    Column("JOB", "job_name"),
    Column("LAYER", "layer_name"),
    Column("CORES", "cores"),
    Column("RAM", "ram", memory),
    Column("FROM", "start_time", when),
    Column("WHY", "sentence"),
]


@click.group()
def node() -> None:
    """Nodes: the machines that run tasks. NODE is a name, an id, or a part of an id."""


@node.command("list")
@click.argument("part", metavar="[QUERY|PART]", required=False)
@click.option("--state", "states", multiple=True, type=_STATES, help="Only nodes in this state.")
@click.option("--locked/--unlocked", default=None, help="Only locked, or only unlocked nodes.")
@option("--cluster", "clusters", "cluster", "CLUSTER", "Only of this cluster.", multiple=True)
@long_listing
def list_(
    part: str | None, states: tuple[str, ...], locked: bool | None, clusters: tuple[str, ...], view: View
) -> None:
    """List nodes by name: all, those of a QUERY ("state=up and free_ram>32g"), or with PART in their name."""
    where = part if part and is_query(part) else None
    found = nodes.get_nodes(
        where=where,
        regex=re.escape(part) if part and not where else None,
        states=states or None,
        locked=locked,
        clusters=[find_cluster(name) for name in clusters] or None,
        limit=view.most,
    )
    view.rows(found, COLUMNS, "no nodes")


@node.command("show")
@_NODE
@shown
def show_(name: str, view: View) -> None:
    """Show a node and what it runs."""
    found = find_node(name)
    procs = found.get_procs()
    if view.one(found, lambda: _facts(found), procs=procs):
        show_table_after(procs, [column for column in PROCS if column.title != "NODE"], "runs nothing")


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
@yes_option
def reboot(names: tuple[str, ...], now: bool, yes: bool) -> None:
    """Reboot nodes; until then they take nothing new."""
    meant = find_nodes(names)
    if now:
        running = sum(found.run_procs or 0 for found in meant)
        confirm(yes, f"reboot {count(len(meant), 'node')} and stop {count(running, 'task')} there")
    for found in meant:
        found.reboot(now)
        click.echo(f"node {found.name} reboots {'now' if now else 'when nothing runs there'}")


@node.command("delete")
@_NODES
@yes_option
def delete(names: tuple[str, ...], yes: bool) -> None:
    """Forget nodes that are down and have no procs."""
    meant = find_nodes(names)
    confirm(yes, f"forget {count(len(meant), 'node')}: {', '.join(found.name for found in meant[:5])}")
    for found in meant:
        found.delete()
        click.echo(f"node {found.name} deleted")


@node.command("release")
@_NODES
def release(names: tuple[str, ...]) -> None:
    """Give up what nodes are kept for."""
    for found in find_nodes(names):
        found.clear_reservation()
        click.echo(f"node {found.name} is kept for nobody")


@node.command("forgive")
@_NODES
def forgive(names: tuple[str, ...]) -> None:
    """Let the jobs that stay away from nodes try them again."""
    for found in find_nodes(names):
        avoids.clear_avoids(node=found)
        click.echo(f"no job stays away from node {found.name}")


@node.command("reservations")
@listing
def reservations(view: View) -> None:
    """List nodes that are kept for tasks that found no room, the soonest first."""
    view.rows(nodes.get_reservations(), _KEPT, "no node is kept")


@node.command("set")
@_NODES
@option("--cluster", "cluster", "cluster", "CLUSTER", "Move them; they take its tags.")
@click.option("--tags", metavar="TAG,...", help="Their tags.")
@click.option(
    "--mode", type=choice(SlotMode), help="How they are divided: as layers ask, whole, or into slots."
)
@click.option(
    "--slot-cores", type=click.IntRange(min=0), default=0, help="With --mode slots: cores of a slot."
)
@click.option(
    "--slot-ram", type=click.IntRange(min=0), default=0, metavar="MB", help="With --mode slots: its memory."
)
def set_(
    names: tuple[str, ...],
    cluster: str | None,
    tags: str | None,
    mode: str | None,
    slot_cores: int,
    slot_ram: int,
) -> None:
    """Change nodes."""
    to = find_cluster(cluster) if cluster else None
    for found in find_nodes(names):
        _set(found, to, tags, mode, slot_cores, slot_ram)
        told("node", found, "changed")


def find_nodes(names: tuple[str, ...]) -> list[nodes.Node]:
    """Those that are named, and all of queries."""
    found: dict[str, nodes.Node] = {}
    for name in names:
        meant = nodes.get_nodes(where=name) if is_query(name) else [find_node(name)]
        found.update({one.id: one for one in meant})
    return list(found.values())


def _set_state(names: tuple[str, ...], state: NodeState) -> None:
    for found in find_nodes(names):
        found.set_state(state)
        click.echo(f"node {found.name} is {label(state)}")


def _lock(names: tuple[str, ...], locked: bool) -> None:
    for found in find_nodes(names):
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


def _set(
    found: nodes.Node, to: Cluster | None, tags: str | None, mode: str | None, slot_cores: int, slot_ram: int
) -> None:
    apply(
        (to, found.set_cluster),
        (tags, lambda text: found.set_tags(words_of(text))),
        (mode, lambda text: found.set_slot_mode(text, slot_cores, slot_ram)),
    )


def _facts(found: nodes.Node) -> list[tuple[str, Cell]]:
    return [
        ("node", found.name),
        ("id", found.id),
        ("state", _state(found)),
        ("cluster", found.cluster_name),
        ("tags", words(found.tags)),
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
        ("load", _load(found)),
        ("version", found.version),
        ("booted", when(found.boot_time)),
        ("heard", f"{lasted(found.updated_time)} ago"),
    ]


def _load(found: nodes.Node) -> str:
    return " ".join(f"{value / 100:.2f}" for value in found.system.load or [])


COLUMNS = [
    Column("NODE", "name"),
    Column("STATE", _state),
    Column("CLUSTER", "cluster_name"),
    Column("IDLE", "idle_cores"),
    Column("CORES", "total_cores"),
    Column("FREE", "free_ram_mb", memory),
    Column("RAM", "total_ram_mb", memory),
    Column("PROCS", "run_procs"),
    Column("GPUS", _idle_gpus),
    Column("LOAD", _load, extra=True),
    Column("SWAP FREE", "system.free_swap_mb", memory, extra=True),
    Column("OS", "os", extra=True),
    Column("MODE", "mode", extra=True),
    Column("TAGS", "tags", words),
    Column("POOLS", "pools", words),
    Column("BOOTED", "boot_time", when, extra=True),
    Column("VERSION", "version", extra=True),
    Column("HEARD", "updated_time", lasted),
    Column("ID", "id", short, extra=True),
]
