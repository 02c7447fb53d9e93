"""The machine as a ping tells of it."""

from __future__ import annotations

from plow_client.idl import Hardware
from rndaemon.facts import cpu, host, memory


def read_hardware(topology: cpu.Topology) -> Hardware:
    """What the node is made of and how loaded it is now."""
    total_swap, free_swap = memory.swap_mb()
    return Hardware(
        physicalCpus=topology.physical,
        logicalCpus=topology.logical,
        totalRamMb=memory.total_mb(),
        freeRamMb=memory.free_mb(),
        totalSwapMb=total_swap,
        freeSwapMb=free_swap,
        cpuModel=topology.model,
        platform=host.platform_name(),
        load=cpu.load(),
    )
