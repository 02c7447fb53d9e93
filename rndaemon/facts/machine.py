"""This node as a whole: read at the start, watched while it runs, told with each ping."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import NamedTuple

from plow_client.errors import NotAllowed
from plow_client.idl import Ping
from plow_client.logs import event
from rndaemon.config import Config
from rndaemon.facts import cpu, disk, gpu, host, memory
from rndaemon.facts.allowance import Allowance
from rndaemon.facts.hardware import hardware, told_disks, told_gpus
from rndaemon.facts.slow import Slow
from rndaemon.meters.board import Board
from rndaemon.platform.boot import boot_id
from rndaemon.slots import Slots

log = logging.getLogger(__name__)

_FIRST_LOOK_S = 3.0


class Now(NamedTuple):
    """What is read anew for each ping."""

    address: str
    boot_time_s: int
    memory: memory.Memory


class Machine:
    """What the node has for tasks, and how it is now."""

    def __init__(
        self,
        config: Config,
        topology: cpu.Topology | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        daemon, facts = config.daemon, config.facts
        self._config = config
        self.topology = topology or cpu.read_topology()
        self._allowance = allowance or Allowance()
        self.cores = daemon.cores or self._allowance.cores(self.topology.physical)
        self._threads = daemon.threads or int(self._allowance.cpus or 0)
        self._total_mb = memory.told_mb(memory.total_mb(), self._allowance.memory_mb)
        self.ram_mb = memory.for_tasks_mb(self._total_mb, daemon.ram_mb)
        self._boot_id = boot_id()
        self._now = Now("", 0, memory.Memory(0, 0, 0, 0))
        self._look()
        self._gpus: Slow[list[gpu.Gpu]] = Slow(
            "gpus", lambda: gpu.read_gpus(facts.gpu_tool), [], facts.gpu_interval_s
        )
        folders = disk.folders(config)
        self._disks: Slow[list[disk.Disk]] = Slow(
            "disks", lambda: disk.read_disks(folders), [], facts.interval_s
        )
        self._users: Slow[list[str]] = Slow("users", host.users, [], facts.interval_s)
        self._meters = Board(facts.meters, facts.meter_interval_s, facts.meter_limit_s)

    def start(self) -> None:
        """Begin to watch. Waits a moment for the first look, so that the first ping is whole."""
        self._warn()
        slow = (self._gpus, self._disks, self._users)
        for fact in slow:
            fact.start()
        deadline = time.monotonic() + _FIRST_LOOK_S
        for fact in slow:
            fact.wait(max(0.0, deadline - time.monotonic()))
        self._meters.start()

    def stop(self) -> None:
        """Watch no more."""
        for fact in (self._gpus, self._disks, self._users, self._meters):
            fact.stop()

    def slots(self) -> Slots:
        """Its cores, all free, given to tasks by where they are."""
        return Slots(self.cores, self.topology.places)

    def threads(self, slots: list[int]) -> int:
        """How many threads a task on these cores should start: PLOW_THREADS."""
        if self._threads:
            return len(slots) * max(1, self._threads // self.cores)
        if self.cores == self.topology.physical:
            return self.topology.threads_of(slots)
        return len(slots) * self.topology.threads_per_core

    @property
    def gpus(self) -> list[gpu.Gpu]:
        """Its devices, as last seen."""
        return self._gpus.value

    def gpu_environment(self, indices: Iterable[int]) -> dict[str, str]:
        """The variables that show a task these devices only; NotAllowed where one is not there."""
        wanted = list(indices)
        lacking = set(wanted) - {device.number for device in self.gpus}
        if lacking:
            raise NotAllowed(f"this node has no GPU {min(lacking)}")
        return gpu.visible(self.gpus, wanted)

    def tell(self, ping: Ping) -> None:
        """Fill in a ping what is about the machine; takes well under a millisecond and waits for nothing."""
        now = self._look()
        ping.ipAddr = now.address
        ping.bootTime = now.boot_time_s
        ping.bootId = self._boot_id
        ping.hw = hardware(self.topology, now.memory, cores=self.cores, threads=self._threads)
        ping.cores = self.cores
        ping.ramMb = self.ram_mb
        ping.os = host.os_name()
        ping.arch = host.arch()
        ping.gpus = told_gpus(self.gpus)
        ping.disks = told_disks(self._disks.value)
        ping.users = self._users.value
        ping.metrics = self._meters.values()

    def _look(self) -> Now:
        """A machine out of descriptors still pings, with what was seen last."""
        try:
            most = memory.told_mb(self._total_mb, self._config.daemon.ram_mb)
            told = memory.read_memory(most, self._allowance.free_mb())
            self._now = Now(host.ip_address(), host.boot_time_s(), told)
        except OSError as fault:
            log.warning(event("machine not read", error=fault))
        return self._now

    def _warn(self) -> None:
        wanted = self._config.daemon.ram_mb
        if wanted > self._total_mb:
            log.warning(event("daemon.ram_mb ignored", wanted=wanted, total=self._total_mb))
        if self.cores > self.topology.physical:
            log.warning(
                event("more cores than the machine has", cores=self.cores, has=self.topology.physical)
            )
