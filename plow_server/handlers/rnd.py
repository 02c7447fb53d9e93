"""What nodes say to the server: signs of life and results, of our own nodes and of those of Plow 2013."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from uuid import UUID

from plow_client.errors import Invalid
from plow_client.idl import (
    AttemptEnd,
    DiskT,
    GpuT,
    Hardware,
    KillCommand,
    Ping,
    PingReply,
    RunningTask,
    RunTaskResult,
)
from plow_client.logs import event
from plow_server.config import Node
from plow_server.database import Database, Json, Row
from plow_server.dispatcher import Dispatcher
from plow_server.inbox import Ending, absent
from plow_server.rows import to_json

log = logging.getLogger(__name__)

MOST = 1000
OLD_SHUTDOWN = 86  # what a node of Plow 2013 sends as signal when its daemon stops
I32 = 2**31 - 1
MOST_MS = 366 * 86_400_000  # a year; sums over a layer's attempts stay far from what 64 bits hold
MOST_CORES = 32_767.0
MOST_TEXT = 4096
MOST_NAME = 255
MOST_LINE = 500  # of what a program said last
MOST_COMPLAINT = 1024
MOST_PARTS = 64  # GPUs, disks, users of a node
MOST_METRICS = 100
STRAY = "the server does not know this attempt"


def rnd_calls(db: Database, dispatcher: Dispatcher, settings: Node) -> Mapping[str, Callable[..., object]]:
    """RndServiceApi for the listener of the node port."""
    rnd = _Rnd(db, dispatcher, settings)
    return {
        "ping": lambda ping: rnd.ping(ping),
        "sendPing": lambda ping: rnd.old_ping(ping),
        "taskComplete": lambda result: dispatcher.complete([ending_of(result)]),
        "tasksComplete": lambda results: dispatcher.complete(endings_of(results)),
    }


class _Rnd:
    def __init__(self, db: Database, dispatcher: Dispatcher, settings: Node) -> None:
        self._db = db
        self._dispatcher = dispatcher
        self._settings = settings

    def ping(self, ping: Ping) -> PingReply:
        """Believe the node, and tell it what to stop."""
        return PingReply(
            kill=self._hear(ping, self._settings.uncallable_after_s)[1],
            serverTime=int(time.time() * 1000),
            pingIntervalS=self._settings.ping_interval_s,
        )

    def old_ping(self, ping: Ping) -> None:
        """As `ping`; since nothing can be answered, what has to stop is stopped by a call."""
        node_id, strays = self._hear(ping, None)
        if strays:
            stop = [KillCommand(procId=proc, reason=STRAY) for proc in strays]
            self._dispatcher.calls.stop(node_id, self._address(ping), stop)

    def _hear(self, ping: Ping, uncallable_after_s: float | None) -> tuple[str, list[str]]:
        """Store what was said; the node's id, and the procs that it should not hold."""
        address = self._address(ping)
        told = self._db.one(
            "ping_node",
            **ping_columns(ping, address),
            p_vanished_after_s=self._settings.vanished_after_s,
            p_uncallable_after_s=uncallable_after_s,
        )
        assert told is not None
        if told["is_new"]:
            log.info(event("node joined", node=ping.hostname, address=address))
        if told["is_stale"]:
            return told["node_id"], []
        if ping.tasks:
            self._db.run("record_use", **use_columns(ping.tasks))
        self._reconcile(told, address)
        return told["node_id"], list(told["stop"])

    def _reconcile(self, told: Row, address: str) -> None:
        gone = zip(told["gone"] or (), told["gone_state"] or (), strict=True)
        self._dispatcher.note(
            [Ending(proc, "LOST", reason="the node was booted anew") for proc in told["lost"]]
            + [_ending_of_gone(proc, state) for proc, state in gone if proc not in told["lost"]]
        )
        if told["missing"]:
            log.info(
                event("procs not listed by their node", count=len(told["missing"]), node=told["node_id"])
            )
            asked = [KillCommand(procId=proc, reason="lost", spareHeld=True) for proc in told["missing"]]
            self._dispatcher.calls.stop(told["node_id"], address, asked)

    def _address(self, ping: Ping) -> str:
        address = (ping.address or "") or f"{(ping.hostname or '')}:{self._settings.default_port}"
        host, colon, port = address.rpartition(":")
        if not host or not colon or not port.isdigit() or not 0 < int(port) < 65536:
            raise Invalid(f"node '{ping.hostname}': address '{address}' is not host:port")
        return address


def _ending_of_gone(proc: str, state: str) -> Ending:
    """The node's own word that an attempt is not there and never will be."""
    if state == "BOOKED":
        return Ending(proc, "ABORTED", reason="the node could not be called")
    return absent(proc, was_killed=state == "KILLING")


def ping_columns(ping: Ping, address: str) -> dict[str, object]:
    """The arguments of ping_node."""
    if not ping.hostname:
        raise Invalid("a ping without a host name")
    hw = vars(ping)["hw"] or Hardware()  # unset by careless nodes, whatever its type says
    held = {task.procId for task in ping.tasks or ()} | set(ping.procIds or ())
    return {
        "p_name": ping.hostname or "",
        "p_address": address,
        "p_ip": ping.ipAddr or "",
        "p_boot_time": _time(ping.bootTime),
        "p_boot_id": ping.bootId or None,
        "p_daemon_id": _id(ping.daemonId) if ping.daemonId else None,
        "p_sequence": ping.sequence,
        "p_version": ping.version or None,
        "p_is_draining": bool(ping.isDraining),
        "p_is_reboot": bool(ping.isReboot),
        "p_physical_cores": hw.physicalCpus or 0,
        "p_logical_cores": hw.logicalCpus or 0,
        "p_total_ram": hw.totalRamMb or 0,
        "p_free_ram": hw.freeRamMb or 0,
        "p_total_swap": hw.totalSwapMb or 0,
        "p_free_swap": hw.freeSwapMb or 0,
        "p_cpu_model": _text(hw.cpuModel),
        "p_platform": _text(hw.platform),
        "p_load": [_real(load, 1e6) for load in [*(hw.load or ()), 0.0, 0.0, 0.0][:3]],
        "p_cores": _bookable(ping.cores, hw.physicalCpus),
        "p_ram": _bookable(ping.ramMb, (hw.totalRamMb or 0) - min((hw.totalRamMb or 0) // 20, 384)),
        "p_held": [_id(proc) for proc in sorted(held)],
        "p_gone": [_id(proc) for proc in sorted(set(ping.gone or ()))],
        **_machine_columns(ping),
    }


def _machine_columns(ping: Ping) -> dict[str, object]:
    """What nodes may tell of their machine; a list that is too long is cut, for a node has to be heard."""
    gpus = [_fit_gpu(gpu) for gpu in (ping.gpus or ())[:MOST_PARTS]]
    disks = [_fit_disk(disk) for disk in (ping.disks or ())[:MOST_PARTS]]
    metrics = {
        _text(name, MOST_NAME): value for name, value in (ping.metrics or {}).items() if math.isfinite(value)
    }
    users = sorted({_text(user, MOST_NAME) for user in ping.users or ()})
    return {
        "p_os": _text(ping.os, MOST_NAME) or None,
        "p_arch": _text(ping.arch, MOST_NAME) or None,
        "p_gpus": None if ping.gpus is None else Json(to_json(gpus)),
        "p_disks": None if ping.disks is None else Json(to_json(disks)),
        "p_users": None if ping.users is None else users[:MOST_PARTS],
        "p_metrics": None if ping.metrics is None else Json(dict(sorted(metrics.items())[:MOST_METRICS])),
        "p_away_reason": _text(ping.awayReason, MOST_NAME) or None,
        "p_complaints": [_text(said, MOST_COMPLAINT) for said in ping.complaints or ()][:MOST_PARTS] or None,
    }


def _fit_gpu(gpu: GpuT) -> GpuT:
    return GpuT(
        index=gpu.index or 0,
        model=_text(gpu.model, MOST_NAME),
        memoryMb=gpu.memoryMb or 0,
        uuid=_text(gpu.uuid, MOST_NAME) or None,
        freeMemoryMb=gpu.freeMemoryMb,
        usedPercent=gpu.usedPercent,
    )


def _fit_disk(disk: DiskT) -> DiskT:
    return DiskT(path=_text(disk.path), totalMb=disk.totalMb or 0, freeMb=disk.freeMb or 0)


def use_columns(tasks: Iterable[RunningTask]) -> dict[str, object]:
    """The arguments of record_use."""
    rows = [(_id(task.procId), *_use(task)) for task in tasks]
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = ["proc", "rss", "high_rss", "cores", "high_cores", "progress", "last_log", "io"]
    told: dict[str, object] = {f"p_{name}": column for name, column in zip(names, columns, strict=True)}
    told["p_io"] = [number for four in columns[-1] for number in four]
    return told


def _use(task: RunningTask) -> tuple[object, ...]:
    rss = max(task.rssMb or 0, 0)
    cores = _real((task.cpuPercent or 0) / 100 if task.usedCores is None else task.usedCores, MOST_CORES)
    disk = task.diskIO
    counts = (disk.readCount, disk.writeCount, disk.readBytes, disk.writeBytes) if disk else (0, 0, 0, 0)
    progress = round(100 * _real(task.progress, 1.0))
    return rss, max(task.highRssMb or 0, rss), cores, cores, progress, _text(task.lastLog), counts


def endings_of(results: Iterable[RunTaskResult]) -> list[Ending]:
    """Many results, checked before any of them is stored."""
    endings = [ending_of(result) for result in results]
    if len(endings) > MOST:
        raise Invalid(f"{len(endings)} results at once; at most {MOST} are taken")
    return endings


def ending_of(result: RunTaskResult) -> Ending:
    """A result as complete_tasks wants it; one without an exit status is never taken for a success.

    Numbers and texts are brought into bounds, for many results are stored at once: what the database cannot take
    from one node would hold up those of all.
    """
    if result.exitStatus is None:
        raise Invalid(f"the result of proc '{result.procId}' has no exit status")
    signal = result.signal if result.signal is not None else abs(result.exitSignal or 0)
    return Ending(
        proc=_id(result.procId),
        end=_end(result, signal),
        status=result.exitStatus,
        signal=signal,
        reason=_text(result.reason),
        high_ram=min(max(result.maxRssMb or 0, 0), I32),
        high_cores=_real(result.highCores, MOST_CORES),
        clock_ms=min(max(result.clockMs or 0, 0), MOST_MS),
        cpu_ms=min(max(result.cpuMs or 0, 0), MOST_MS),
        command_index=result.commandIndex,
        warnings=result.warnings,
        failure_line=_text(result.failureLine, MOST_LINE),
    )


def _end(result: RunTaskResult, signal: int) -> str:
    if result.endReason is None:
        return "SHUTDOWN" if signal == OLD_SHUTDOWN and result.signal is None else "EXITED"
    try:
        return AttemptEnd(result.endReason).name
    except ValueError:
        raise Invalid(
            f"the result of proc '{result.procId}' has the unknown end {result.endReason}"
        ) from None


def _id(text: str | None) -> str:
    try:
        return str(UUID(text))
    except (TypeError, ValueError, AttributeError):
        raise Invalid(f"'{text}' is not an id") from None


def _time(seconds: int | None) -> datetime | None:
    """A boot time; one that no calendar has is not said at all."""
    if not seconds or not math.isfinite(seconds) or not 0 < seconds < 1 << 35:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc)


def _text(said: str | None, most: int = MOST_TEXT) -> str:
    """Words from a node, whatever a program wrote there; the database takes no NUL."""
    return (said or "").replace("\0", "")[:most]


def _real(said: float | None, most: float) -> float:
    """A measurement: no less than 0, no more than `most`, and a number."""
    return min(max(said, 0.0), most) if said is not None and math.isfinite(said) else 0.0


def _bookable(said: int | None, otherwise: int | None) -> int:
    return max(said if said is not None else otherwise or 0, 0)
