"""What the attempts of a job have used, summed up."""

from __future__ import annotations

from plow_client.entity import Record
from plow_client.idl import JobStatsT


class JobStats(Record[JobStatsT]):
    """What a job has used: RAM in MB, times in milliseconds of a core or of the clock."""

    __slots__ = ()
    _struct = JobStatsT
    high_ram: int
    high_cores: float
    high_core_time: int
    total_core_time: int
    total_success_core_time: int
    total_fail_core_time: int
    high_clock_time: int
