"""Cores, processors and load. A core is what a task books; it may carry several processors."""

from __future__ import annotations

import os
from typing import NamedTuple

import psutil


class Topology(NamedTuple):
    """Each core's processors, in the order of slots, and the model's name."""

    cores: list[frozenset[int]]
    model: str

    @property
    def physical(self) -> int:
        """Cores."""
        return len(self.cores)

    @property
    def logical(self) -> int:
        """Processors."""
        return sum(map(len, self.cores))

    @property
    def threads_per_core(self) -> int:
        """How many threads a core runs at once."""
        return max(1, self.logical // max(1, self.physical))


def read_topology() -> Topology:
    """This machine's cores, as far as we may use them."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            topology = parse_cpuinfo(file.read())
    except OSError:
        topology = Topology([], "")
    if not topology.cores:
        topology = _guess(topology.model)
    return limit_to(topology, _usable())


def parse_cpuinfo(text: str) -> Topology:
    """Read /proc/cpuinfo; where it tells of no sockets, each processor is a core of its own."""
    cores: dict[tuple[str, str], set[int]] = {}
    model = ""
    for block in text.strip().split("\n\n"):
        facts = {
            name.strip(): value.strip()
            for name, _, value in (line.partition(":") for line in block.splitlines())
        }
        number = facts.get("processor", "")
        if not number.isdigit():
            continue
        model = model or " ".join(facts.get("model name", "").split())
        core = facts.get("core id")
        key = (facts.get("physical id", "0"), core) if core is not None else ("alone", number)
        cores.setdefault(key, set()).add(int(number))
    return Topology(sorted(map(frozenset, cores.values()), key=min), model)


def limit_to(topology: Topology, usable: set[int]) -> Topology:
    """Without the processors that a container or a service file keeps from us."""
    cores = [core & usable for core in topology.cores]
    return topology._replace(cores=[core for core in cores if core] or topology.cores)


def load() -> list[float]:
    """Mean number of busy processes over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in psutil.getloadavg()]


def _usable() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _guess(model: str) -> Topology:
    count = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return Topology([frozenset([number]) for number in range(count)], model)
