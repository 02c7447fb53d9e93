"""Cores, processors and load. A core is what a task books; it may carry several processors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil

from rndaemon.slots import Place

_KINDS = ("cpu_core", "cpu_atom")  # how the kernel calls Intel's fast and slow cores, fast ones first
SYSTEM, CPUINFO = Path("/sys/devices"), Path("/proc/cpuinfo")


class Topology(NamedTuple):
    """Each core's processors, in the order of slots, the model's name, and where each core is."""

    cores: list[frozenset[int]]
    model: str
    places: tuple[Place, ...] = ()

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
        """How many threads a core runs at once; of different cores, what each of them can do."""
        return max(1, self.logical // max(1, self.physical))

    def threads_of(self, slots: Iterable[int]) -> int:
        """Processors of these cores; a slot beyond the machine's cores counts as an average one."""
        return sum(len(self.cores[slot]) if slot < self.physical else self.threads_per_core for slot in slots)


class Processor(NamedTuple):
    """One processor: the core it belongs to, and where that is."""

    core: tuple[object, ...]
    place: Place


def read_topology() -> Topology:
    """This machine's cores, as far as we may use them."""
    model = _model()
    processors = read_processors(SYSTEM)
    if processors:
        topology = arrange(processors, model)
    else:
        topology = parse_cpuinfo(_text(CPUINFO))
    if not topology.cores:
        topology = _guess(model)
    return limit_to(topology, _usable())


def read_processors(system: Path) -> dict[int, Processor]:
    """What the kernel says of each processor that is switched on; empty where it says nothing."""
    folder = system / "system" / "cpu"
    online = parse_list(_text(folder / "online"))
    nodes = _members(system.glob("system/node/node[0-9]*/cpulist"))
    kinds = {kind: parse_list(_text(system / kind / "cpus")) for kind in _KINDS}
    found = {}
    for number in online:
        topology = folder / f"cpu{number}" / "topology"
        core, socket = _number(topology / "core_id"), _number(topology / "physical_package_id")
        mates = parse_list(_text(topology / "thread_siblings_list")) or {number}
        place = Place(max(socket, 0), nodes.get(number, 0), _rank(number, kinds, folder))
        # Numbers of cores repeat in other sockets and dies, and some virtual machines give all the same one:
        # then the processors that share a core are those that the kernel calls siblings.
        key: tuple[object, ...] = (socket, core, min(mates))
        found[number] = Processor(key, place)
    return found


def arrange(processors: Mapping[int, Processor], model: str) -> Topology:
    """From processors to cores, in the order of their first processor."""
    cores: dict[tuple[object, ...], list[int]] = {}
    for number in sorted(processors):
        cores.setdefault(processors[number].core, []).append(number)
    groups = sorted(cores.values(), key=min)
    places = [processors[group[0]].place for group in groups]
    fastest = min((place.rank for place in places), default=0)
    return Topology(
        [frozenset(group) for group in groups],
        model,
        tuple(place._replace(rank=place.rank - fastest) for place in places),
    )


def parse_cpuinfo(text: str) -> Topology:
    """Read /proc/cpuinfo; where it tells of no sockets, each processor is a core of its own."""
    processors: dict[int, Processor] = {}
    for block in text.strip().split("\n\n"):
        facts = _facts(block)
        number = facts.get("processor", "")
        if not number.isdigit():
            continue
        core, socket = facts.get("core id"), facts.get("physical id", "0")
        key = (socket, core) if core is not None else ("alone", number)
        processors[int(number)] = Processor(key, Place(int(socket) if socket.isdigit() else 0, 0, 0))
    return arrange(processors, _model_in(text))


def parse_list(text: str) -> set[int]:
    """The kernel's way of naming processors: `0-3,8,10-11`."""
    found: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        if first.isdigit():
            found.update(range(int(first), int(last if last.isdigit() else first) + 1))
    return found


def limit_to(topology: Topology, usable: set[int]) -> Topology:
    """Without the processors that a container or a service file keeps from us."""
    places = topology.places or (Place(),) * topology.physical
    kept = [
        (core & usable, place) for core, place in zip(topology.cores, places, strict=True) if core & usable
    ]
    if not kept:
        return topology
    return topology._replace(
        cores=[core for core, _ in kept],
        places=tuple(place for _, place in kept) if topology.places else (),
    )


def load() -> list[float]:
    """Mean number of busy processes over 1, 5 and 15 minutes."""
    try:
        return [round(value, 2) for value in psutil.getloadavg()]
    except OSError:  # some containers hide it
        return [-1.0, -1.0, -1.0]


def _rank(number: int, kinds: Mapping[str, set[int]], folder: Path) -> int:
    """0 for the fastest kind of core; elsewhere (ARM) the kernel gives each a capacity, up to 1024."""
    for rank, kind in enumerate(_KINDS):
        if number in kinds[kind]:
            return rank
    capacity = _number(folder / f"cpu{number}" / "cpu_capacity")
    return 1024 - capacity if capacity > 0 else 0


def _members(lists: Iterable[Path]) -> dict[int, int]:
    """Which memory node a processor belongs to."""
    return {
        number: int(path.parent.name.removeprefix("node"))
        for path in lists
        for number in parse_list(_text(path))
    }


def _usable() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _model() -> str:
    return _model_in(_text(CPUINFO)) or (_model_of_mac() if sys.platform == "darwin" else "")


def _model_of_mac() -> str:
    command = ["sysctl", "-n", "machdep.cpu.brand_string"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def _model_in(text: str) -> str:
    for block in text.split("\n\n"):
        if model := _facts(block).get("model name"):
            return " ".join(model.split())
    return ""


def _facts(block: str) -> dict[str, str]:
    lines = (line.partition(":") for line in block.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _number(path: Path) -> int:
    text = _text(path).strip()
    return int(text) if text.lstrip("-").isdigit() else -1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _guess(model: str) -> Topology:
    count = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return Topology([frozenset([number]) for number in range(count)], model)
