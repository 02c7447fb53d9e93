"""Nodes: what they have, what is in use, whether they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plow_client.idl import NodeSystemT, NodeT
from wrangler.models.column import Chip, Column, Meter
from wrangler.models.natural import natural_key
from wrangler.models.state import node_chip
from wrangler.models.words import duration, memory, moment, one_line


@dataclass(slots=True)
class NodeRow:
    """A machine: cores and memory that tasks may use, and what the system itself says."""

    id: str
    name: str
    cluster: str
    state: int
    is_locked: bool
    is_draining: bool
    cores: int
    idle_cores: int
    ram_mb: int
    free_ram_mb: int
    system_ram_mb: int
    system_free_ram_mb: int
    swap_mb: int
    free_swap_mb: int
    load: float
    logical_cores: int
    procs: int
    updated_ms: int
    boot_ms: int
    tags: str
    about: str
    gpus: tuple[str, ...]
    gpu_mb: int
    users: str
    away: str
    set_aside: str = ""  # why, where the farm did that
    pools: str = ""
    kept: str = ""  # for what, and until when
    parent_id: str = ""

    @property
    def chip(self) -> Chip:
        """Its state to look at."""
        return node_chip(self.state, self.is_locked, self.is_draining, bool(self.away))


_NO_SYSTEM = NodeSystemT()


def node_row(node: NodeT) -> NodeRow:
    """What the server says of a node, as a row; what it does not know is 0."""
    told: NodeSystemT | None = node.system
    system = told or _NO_SYSTEM
    return NodeRow(
        id=node.id,
        name=one_line(node.name),
        cluster=one_line(node.clusterName or ""),
        state=node.state,
        is_locked=bool(node.locked),
        is_draining=bool(node.isDraining),
        cores=node.totalCores or 0,
        idle_cores=node.idleCores or 0,
        ram_mb=node.totalRamMb or 0,
        free_ram_mb=node.freeRamMb or 0,
        system_ram_mb=system.totalRamMb or 0,
        system_free_ram_mb=system.freeRamMb or 0,
        swap_mb=system.totalSwapMb or 0,
        free_swap_mb=system.freeSwapMb or 0,
        load=(system.load[0] / 100) if system.load else 0.0,
        logical_cores=system.logicalCores or node.totalCores or 0,
        procs=node.runProcs or 0,
        updated_ms=node.updatedTime or 0,
        boot_ms=node.bootTime or 0,
        tags=one_line(", ".join(sorted(node.tags or ()))),
        about=one_line(" · ".join(filter(None, (system.cpuModel, system.platform, node.version)))),
        gpus=tuple(one_line(gpu.model or "") for gpu in node.gpus or ()),
        gpu_mb=sum(gpu.memoryMb or 0 for gpu in node.gpus or ()),
        users=one_line(", ".join(node.users or ())),
        away=one_line(node.awayReason or ""),
        set_aside=one_line(node.stateReason or ""),
        pools=one_line(", ".join(node.pools or ())),
        kept=one_line(node.reservation.sentence or "") if node.reservation else "",
    )


def _share(part: float, whole: float) -> float:
    """0 where there is nothing to have a share of."""
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0


def _cores(row: NodeRow) -> Meter:
    used = row.cores - row.idle_cores
    return Meter(_share(used, row.cores), f"{used} / {row.cores}")


def _booked_ram(row: NodeRow) -> Meter:
    used = row.ram_mb - row.free_ram_mb
    return Meter(_share(used, row.ram_mb), f"{memory(used) or '0'} / {memory(row.ram_mb) or '?'}")


def _system_ram(row: NodeRow) -> Meter | None:
    if not row.system_ram_mb:
        return None
    used = row.system_ram_mb - row.system_free_ram_mb
    return Meter(_share(used, row.system_ram_mb), f"{memory(row.system_free_ram_mb) or '0'} free", 0.85, 0.95)


def _load(row: NodeRow) -> Meter | None:
    if not row.logical_cores:
        return None
    return Meter(_share(row.load, row.logical_cores), f"{row.load:.1f}", 0.95, 1.0)


def _swap_text(row: NodeRow) -> str:
    used = row.swap_mb - row.free_swap_mb
    return f"{memory(used) or '0'} / {memory(row.swap_mb)}" if row.swap_mb else "none"


def _ago(since_ms: int, now: int) -> str:
    return duration(max(now - since_ms, 0)) if since_ms and now else ""


def _meter_text(meter: Meter | None) -> str:
    return meter.text if meter else ""


NODE_COLUMNS: Final[tuple[Column[NodeRow], ...]] = (
    Column(
        "Node",
        lambda row, _: row.name,
        lambda row: natural_key(row.name),
        140,
        tip=lambda row, _: f"{row.name}\n{row.about}" if row.about else row.name,
    ),
    Column(
        "State",
        lambda row, _: row.chip.word,
        lambda row: row.chip.word,
        100,
        draw=lambda row: row.chip,
        tip=lambda row, _: row.set_aside or row.away or row.kept,
    ),
    Column("Cores", lambda row, _: _cores(row).text, lambda row: _cores(row).filled, 110, draw=_cores),
    Column(
        "Booked RAM",
        lambda row, _: _booked_ram(row).text,
        lambda row: _booked_ram(row).filled,
        140,
        draw=_booked_ram,
    ),
    Column(
        "Free RAM",
        lambda row, _: _meter_text(_system_ram(row)),
        lambda row: row.system_free_ram_mb,
        120,
        draw=_system_ram,
        tip=lambda row, _: (
            f"free {memory(row.system_free_ram_mb) or '0'} of {memory(row.system_ram_mb) or '?'}\n"
            f"swap used {_swap_text(row)}"
        ),
    ),
    Column(
        "Load",
        lambda row, _: _meter_text(_load(row)),
        lambda row: row.load,
        90,
        draw=_load,
        tip=lambda row, _: f"load {row.load:.2f} on {row.logical_cores} logical cores",
    ),
    Column(
        "GPUs",
        lambda row, _: str(len(row.gpus) or ""),
        lambda row: row.gpu_mb,
        56,
        is_number=True,
        tip=lambda row, _: "\n".join((*row.gpus, f"{memory(row.gpu_mb)} in all")) if row.gpus else "",
    ),
    Column("Procs", lambda row, _: str(row.procs or ""), lambda row: row.procs, 56, is_number=True),
    Column(
        "Ping",
        lambda row, now: _ago(row.updated_ms, now),
        lambda row: -row.updated_ms,
        64,
        is_number=True,
        tip=lambda row, _: f"last ping {moment(row.updated_ms) or 'never'}",
    ),
    Column(
        "Uptime",
        lambda row, now: _ago(row.boot_ms, now),
        lambda row: -row.boot_ms,
        84,
        is_number=True,
        tip=lambda row, _: f"booted {moment(row.boot_ms) or 'unknown'}",
    ),
    Column("Cluster", lambda row, _: row.cluster, lambda row: natural_key(row.cluster), 100),
    Column("Pools", lambda row, _: row.pools, lambda row: natural_key(row.pools), 120),
    Column("Users", lambda row, _: row.users, lambda row: natural_key(row.users), 100),
    Column("Tags", lambda row, _: row.tags, lambda row: natural_key(row.tags), 160),
)
