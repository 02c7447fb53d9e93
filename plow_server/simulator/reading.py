"""A world from a YAML file; whatever is wrong with it is one sentence that names it. Pure, but for the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from plow_client.errors import Invalid
from plow_client.farm_file import table
from plow_client.farm_file.table import known
from plow_server.simulator.world import Arrival, Spread, World
from plow_server.snapshot import Folder, Job, Layer, Limit, Node, Quota, Shape

Entry = Mapping[str, Any]

# What `plow farm` makes of the same file is in the same table; filters, services and locks are passed over here.
KNOWN = {
    "world": known(table.FILE),
    "node": known(table.NODE),
    "project": known(table.PROJECT),
    "quota": known(table.QUOTA),
    "folder": known(table.FOLDER),
    "pool": known(table.POOL),
    "limit": known(table.LIMIT),
    "job": "name project folder at every count priority min_cores max_cores user layers",
    "layer": (
        "name tasks cores max_cores ram tags pools gpus gpu_ram os whole_node node_cores node_ram limits max_per_node"
        " priority time spread failures known"
    ),
}


def read_world(path: Path, seed: int) -> World:
    """A world from its file; Invalid names what is wrong."""
    import yaml

    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(f"'{path}' cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(told, dict):
        raise Invalid(f"'{path}' is not a mapping with nodes, projects and jobs")
    return make_world(told, seed)


def make_world(told: Entry, seed: int) -> World:
    """A world from what the file says."""
    _refuse_unknown("world", told)
    pools = [_pool(entry) for entry in _some(told, "pools")]
    nodes = [node for entry in _list(told, "nodes") for node in _nodes(entry, pools)]
    projects = {_name(entry, "project"): entry for entry in _list(told, "projects")}
    limits = [_limit(entry) for entry in _some(told, "limits")]
    folders = [folder for name, entry in projects.items() for folder in _folders(name, entry)]
    quotas = [quota for name, entry in projects.items() for quota in _quotas(name, entry, nodes)]
    reader = _Jobs(set(projects), {folder.id for folder in folders}, {limit.id for limit in limits})
    arrivals = [arrival for entry in _list(told, "jobs") for arrival in reader.arrivals(entry)]
    _refuse_twice("node", [node.id for node in nodes])
    _refuse_twice("job", [arrival.job.id for arrival in arrivals])
    return World(nodes, quotas, folders, arrivals, limits, seed)


class _Pool(NamedTuple):
    name: str
    hosts: frozenset[str]
    is_exclusive: bool


def _pool(entry: Entry) -> _Pool:
    hosts = frozenset(host.lower() for host in _texts(entry, "hosts", ()))
    return _Pool(_name(entry, "pool"), hosts, _flag(entry, "exclusive", False))


def _nodes(entry: Entry, known_pools: Sequence[_Pool]) -> Iterator[Node]:
    """One of this name, or as many as it counts, with numbers. Pools may name a node, and a node its pools."""
    name = _name(entry, "node")
    own = frozenset(_texts(entry, "pools", ()))
    exclusive = {pool.name for pool in known_pools if pool.is_exclusive}
    cores, ram = _whole(entry, "cores", 1), _whole(entry, "ram", 1)
    gpu_ram = _whole(entry, "gpu_ram", 0, 0)
    count = _whole(entry, "count", 1, 1)
    for called in [f"{name}{number + 1}" for number in range(count)] if "count" in entry else [name]:
        hosts = {called.lower(), called.lower().partition(".")[0]}
        pools = own | {pool.name for pool in known_pools if hosts & pool.hosts}
        yield Node(
            called,
            _text(entry, "cluster", "default"),
            frozenset(_texts(entry, "tags", ["render"])),
            cores,
            ram,
            cores,
            ram,
            _choice(entry, "slot_mode", ("DYNAMIC", "SINGLE", "SLOTS")),
            _whole(entry, "slot_cores", 1, 1),
            _whole(entry, "slot_ram", 1, 1024),
            pools=pools,
            exclusive=pools & exclusive,
            os=_text(entry, "os", "linux"),
            gpus=dict.fromkeys(range(_whole(entry, "gpus", 0, 0)), gpu_ram),
        )


def _quotas(project: str, entry: Entry, nodes: Sequence[Node]) -> Iterator[Quota]:
    """Its own shares, or else the same share of each cluster; without a size or burst, all of it."""
    own = {_text(quota, "cluster"): quota for quota in _some(entry, "quotas")}
    for cluster in sorted({node.cluster_id for node in nodes}):
        if own and cluster not in own:
            continue
        told = own.get(cluster, entry)
        _refuse_unknown("quota" if own else "project", told)
        cores = sum(node.cores for node in nodes if node.cluster_id == cluster)
        size, burst = _whole(told, "size", 0, cores), _whole(told, "burst", 0, cores)
        yield Quota(f"{project}.{cluster}", project, cluster, size, burst)


def _folders(project: str, entry: Entry) -> Iterator[Folder]:
    """The project's own, named like it, and those that it lists."""
    yield Folder(project)
    for told in _some(entry, "folders"):
        name = _name(told, "folder")
        yield Folder(f"{project}/{name}", _whole(told, "min_cores", 0, 0), _whole(told, "max_cores", -1, -1))


def _limit(entry: Entry) -> Limit:
    left = max(0, _whole(entry, "total", 0) - _whole(entry, "held_back", 0, 0))
    return Limit(_name(entry, "limit"), _choice(entry, "per", ("TASK", "NODE", "USER")), left)


class _Jobs:
    """Reads jobs, and knows what they may name."""

    def __init__(self, projects: set[str], folders: set[str], limits: set[str]) -> None:
        self._projects, self._folders, self._limits = projects, folders, limits

    def arrivals(self, entry: Entry) -> Iterator[Arrival]:
        """The job, as often as it comes."""
        name, project = _name(entry, "job"), _text(entry, "project")
        if project not in self._projects:
            raise Invalid(f"job '{name}' is of project '{project}', which is not there")
        folder = f"{project}/{entry['folder']}" if "folder" in entry else project
        if folder not in self._folders:
            raise Invalid(f"job '{name}' is in folder '{entry['folder']}', which project '{project}' has not")
        for number in range(_whole(entry, "count", 1, 1)):
            at_s = _seconds(entry, "at", 0.0) + number * _seconds(entry, "every", 0.0)
            job = self._job(f"{name}.{number + 1}", project, folder, at_s, entry)
            pairs = [self._layer(job.id, order, one) for order, one in enumerate(_list(entry, "layers"))]
            _refuse_twice("layer", [layer.id for layer, _ in pairs])
            yield Arrival(
                at_s, job, tuple(layer for layer, _ in pairs), {layer.id: times for layer, times in pairs}
            )

    @staticmethod
    def _job(job_id: str, project: str, folder: str, at_s: float, entry: Entry) -> Job:
        return Job(
            job_id,
            project,
            folder,
            _whole(entry, "min_cores", 0, 0),
            _whole(entry, "max_cores", -1, -1),
            age=at_s,
            priority=_whole(entry, "priority", -1_000_000, 0),
            user=_text(entry, "user", "anna"),
        )

    def _layer(self, job_id: str, order: int, entry: Entry) -> tuple[Layer, Spread]:
        layer_id = f"{job_id}/{_name(entry, 'layer')}"
        limits = _texts(entry, "limits", ())
        for limit in limits:
            if limit not in self._limits:
                raise Invalid(f"layer '{layer_id}' uses limit '{limit}', which is not there")
        times = Spread(
            _seconds(entry, "time", 60.0, 0.001),
            _share(entry, "spread", 0.3, 5.0),
            _share(entry, "failures", 0.0, 0.9),
        )
        max_per_node = _whole(entry, "max_per_node", 0, 0)
        layer = Layer(
            layer_id,
            job_id,
            _shape(entry, layer_id if max_per_node else ""),
            _whole(entry, "tasks", 1),
            order,
            priority=_whole(entry, "priority", -1_000_000, 0),
            max_cores=_whole(entry, "max_cores", 0, 0),
            limits=tuple(limits),
            max_per_node=max_per_node,
            clock_s=times.expected_s() if _flag(entry, "known", True) else None,
        )
        return layer, times


def _shape(entry: Entry, crowd: str) -> Shape:
    return Shape(
        frozenset(_texts(entry, "tags", ["render"])),
        _whole(entry, "cores", 1, 1),
        _whole(entry, "ram", 0, 1024),
        pools=frozenset(_texts(entry, "pools", ())),
        os=_text(entry, "os", ""),
        node_cores=_whole(entry, "node_cores", 0, 0),
        node_ram=_whole(entry, "node_ram", 0, 0),
        whole_node=_flag(entry, "whole_node", False),
        gpus=_whole(entry, "gpus", 0, 0),
        gpu_ram=_whole(entry, "gpu_ram", 0, 0),
        crowd=crowd,
    )


# -------------------- words of the file


def _list(told: Entry, name: str) -> list[Entry]:
    found = told.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise Invalid(f"'{name}' is not a list of mappings")
    return found


def _some(told: Entry, name: str) -> list[Entry]:
    """A list that may be left out."""
    return _list(told, name) if told.get(name) else []


def _name(told: Entry, noun: str) -> str:
    """Its name; what else it says must be known."""
    name = _text(told, "name")
    _refuse_unknown(noun, told)
    return name


def _value(told: Entry, name: str, otherwise: Any, fits: Callable[[Any], bool], wanted: str) -> Any:
    found = told.get(name, otherwise)
    if not fits(found):
        raise Invalid(f"'{name}' is {found!r}; {wanted} is needed")
    return found


def _text(told: Entry, name: str, otherwise: str | None = None) -> str:
    empty = otherwise == ""
    return str(
        _value(told, name, otherwise, lambda it: isinstance(it, str) and (bool(it) or empty), "a text")
    )


def _texts(told: Entry, name: str, otherwise: Sequence[str]) -> list[str]:
    def fits(found: Any) -> bool:
        return isinstance(found, (list, tuple)) and all(isinstance(one, str) and one for one in found)

    return list(_value(told, name, otherwise, fits, "a list of texts"))


def _choice(told: Entry, name: str, choices: Sequence[str]) -> str:
    """In any case."""

    def fits(found: Any) -> bool:
        return isinstance(found, str) and found.upper() in choices

    return str(_value(told, name, choices[0], fits, f"one of {', '.join(choices)}")).upper()


def _flag(told: Entry, name: str, otherwise: bool) -> bool:
    return bool(_value(told, name, otherwise, lambda it: isinstance(it, bool), "true or false"))


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool) and found < float("inf")


def _whole(told: Entry, name: str, least: int, otherwise: int | None = None) -> int:
    def fits(found: Any) -> bool:
        return isinstance(found, int) and not isinstance(found, bool) and found >= least

    return int(_value(told, name, otherwise, fits, f"a whole number, {least} or more,"))


def _share(told: Entry, name: str, otherwise: float, most: float) -> float:
    def fits(found: Any) -> bool:
        return _is_number(found) and 0 <= found <= most

    return float(_value(told, name, otherwise, fits, f"a number from 0 to {most:g}"))


def _seconds(told: Entry, name: str, otherwise: float, least: float = 0.0) -> float:
    """Seconds, or a text such as 90s, 5m, 2h, 1d."""
    found = told.get(name, otherwise)
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
    if isinstance(found, str) and found[-1:] in units:
        with suppress(ValueError):  # then it is refused below, as it is
            found = float(found[:-1]) * units[found[-1]]
    if _is_number(found) and found >= least:
        return float(found)
    raise Invalid(f"'{name}' is {found!r}; seconds, or a text such as 90s, 5m, 2h, is needed")


def _refuse_unknown(noun: str, told: Entry) -> None:
    known = KNOWN[noun].split()
    unknown = sorted(str(name) for name in told if name not in known)
    if unknown:
        raise Invalid(f"a {noun} has no '{unknown[0]}'; it has: {', '.join(known)}")


def _refuse_twice(noun: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"{noun} '{name}' is there twice")
        seen.add(name)
