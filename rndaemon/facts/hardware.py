"""The machine as a ping tells of it."""

from __future__ import annotations

from plow_client.idl import DiskT, GpuT, Hardware
from rndaemon.facts import cpu, host
from rndaemon.facts.disk import Disk
from rndaemon.facts.gpu import Gpu
from rndaemon.facts.memory import Memory


def hardware(topology: cpu.Topology, memory: Memory, *, cores: int = 0, threads: int = 0) -> Hardware:
    """What the node is made of and how loaded it is; settings lower the numbers of processors, never raise them."""
    physical = min(cores or topology.physical, topology.physical)
    logical = min(threads or physical * topology.threads_per_core, topology.logical)
    return Hardware(
        physicalCpus=physical,
        logicalCpus=topology.logical if physical == topology.physical and not threads else logical,
        totalRamMb=memory.total_mb,
        freeRamMb=memory.free_mb,
        totalSwapMb=memory.total_swap_mb,
        freeSwapMb=memory.free_swap_mb,
        cpuModel=topology.model or host.arch(),
        platform=host.platform_name(),
        load=cpu.load(),
    )


def told_gpus(gpus: list[Gpu]) -> list[GpuT]:
    """Devices in the wire's words."""
    return [
        GpuT(
            index=gpu.number,
            model=gpu.model,
            memoryMb=gpu.memory_mb,
            uuid=gpu.uuid or None,
            freeMemoryMb=gpu.free_mb,
            usedPercent=gpu.used_percent,
        )
        for gpu in gpus
    ]


def told_disks(disks: list[Disk]) -> list[DiskT]:
    """Disks in the wire's words."""
    return [DiskT(path=disk.path, totalMb=disk.total_mb, freeMb=disk.free_mb) for disk in disks]
