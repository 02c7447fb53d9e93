"""What the attempts of a layer have used, summed up."""

from __future__ import annotations

from plow_client.entity import Record
from plow_client.idl import LayerStatsT


class LayerStats(Record[LayerStatsT]):
    """What the attempts have used: RAM in MB, times in milliseconds, averages over successful ones."""

    __slots__ = ()
    _struct = LayerStatsT
    high_ram: int
    avg_ram: int
    std_dev_ram: float
    high_cores: float
    avg_cores: float
    std_dev_cores: float
    high_core_time: int
    avg_core_time: int
    low_core_time: int
    std_dev_core_time: float
    total_core_time: int
    total_success_core_time: int
    total_fail_core_time: int
    high_clock_time: int
    avg_clock_time: int
    low_clock_time: int
    std_dev_clock_time: float
    total_clock_time: int
    total_success_clock_time: int
    total_fail_clock_time: int
