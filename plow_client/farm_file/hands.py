"""How each noun of a farm file is found, made, changed and deleted: the calls of the API, one class per noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from plow_client import cluster as clusters
from plow_client import folder as folders
from plow_client import limit as limits
from plow_client import node as nodes
from plow_client import pool as pools
from plow_client import project as projects
from plow_client import quota as quotas
from plow_client.errors import NotFound
from plow_client.farm_file import farm
from plow_client.farm_file.filter_hand import FilterHand
from plow_client.farm_file.plan import wanted_order
from plow_client.farm_file.service_hand import ServiceHand
from plow_client.farm_file.things import ORDER, SECTIONS, Path, Thing, Values


class Hand(Protocol):
    """One noun's calls."""

    def find(self, path: Path) -> Thing | None:
        """The thing as it is now; None where it is not there."""

    def make(self, wanted: Thing) -> Thing:
        """Make it; what its creation cannot say is left for `change`."""

    def change(self, thing: Thing, values: Values) -> None:
        """Set these values."""

    def delete(self, thing: Thing) -> None:
        """Delete it."""


class _Row:
    """A thing whose object deletes itself and has one setter for each value."""

    setters: Mapping[str, str] = {}

    def change(self, thing: Thing, values: Values) -> None:
        """One call for each value, in the order of the table."""
        for key in SECTIONS[thing.noun].keys:
            if key.name in values:
                getattr(thing.row, self.setters[key.name])(values[key.name])

    def delete(self, thing: Thing) -> None:
        """By its object."""
        thing.row.delete()


class ClusterHand(_Row):
    """Clusters; the old default ends when another begins."""

    setters = {"tags": "set_tags", "locked": "lock"}

    def find(self, path: Path) -> Thing | None:
        """By name."""
        return next((farm.cluster_thing(row) for row in clusters.get_clusters() if row.name == path[1]), None)

    def make(self, wanted: Thing) -> Thing:
        """With its name as its tag."""
        return farm.cluster_thing(clusters.create_cluster(wanted.path[1]))

    def change(self, thing: Thing, values: Values) -> None:
        """`default: false` is done by the other cluster's `default: true`."""
        if values.pop("default", False):
            thing.row.set_default()
        super().change(thing, values)


class PoolHand(_Row):
    """Pools; whatever their case, and before a name that is an id."""

    setters = {"hosts": "set_hosts", "exclusive": "set_exclusive"}

    def find(self, path: Path) -> Thing | None:
        """By name."""
        found = (farm.pool_thing(row) for row in pools.get_pools())
        return next((thing for thing in found if thing.path == path), None)

    def make(self, wanted: Thing) -> Thing:
        """Whole, so that no node is in a pool that should be exclusive and is not yet."""
        told = wanted.values
        return farm.pool_thing(
            pools.create_pool(wanted.name, told.get("hosts", ()), told.get("exclusive", False))
        )


class LimitHand(_Row):
    """Limits."""

    setters = {"total": "set_total", "held_back": "set_held_back"}

    def find(self, path: Path) -> Thing | None:
        """By name."""
        return next((farm.limit_thing(row) for row in limits.get_limits() if row.name == path[1]), None)

    def make(self, wanted: Thing) -> Thing:
        """Nothing of it is held back yet."""
        told = wanted.values
        return farm.limit_thing(limits.create_limit(wanted.name, told["total"], told.get("per", "TASK")))


class ProjectHand(_Row):
    """Projects; a new one has a folder `jobs` and a quota on the default cluster."""

    setters = {"active": "set_active"}

    def find(self, path: Path) -> Thing | None:
        """By code."""
        row = _project(path[1])
        return None if row is None else farm.project_thing(row)

    def make(self, wanted: Thing) -> Thing:
        """Active, until it is told otherwise."""
        return farm.project_thing(
            projects.create_project(wanted.values.get("title", wanted.name), wanted.name)
        )


class FolderHand(_Row):
    """Folders."""

    setters = {"min_cores": "set_min_cores", "max_cores": "set_max_cores"}

    def find(self, path: Path) -> Thing | None:
        """By project and name."""
        project = _project(path[1])
        found = () if project is None else project.get_folders()
        return next((farm.folder_thing(path[1], row) for row in found if row.name == path[2]), None)

    def make(self, wanted: Thing) -> Thing:
        """At the end of its project."""
        code, name = wanted.path[1:]
        return farm.folder_thing(code, folders.create_folder(projects.get_project_by_code(code), name))


class QuotaHand(_Row):
    """Quotas."""

    setters = {"size": "set_size", "burst": "set_burst", "locked": "set_locked"}

    def find(self, path: Path) -> Thing | None:
        """By project and cluster."""
        project = _project(path[1])
        found = (farm.quota_thing(path[1], row) for row in (project.get_quotas() if project else ()))
        return next((thing for thing in found if thing.path == path), None)

    def make(self, wanted: Thing) -> Thing:
        """As a new project's is, where nothing is said."""
        code, name = wanted.path[1:]
        cluster = next((row for row in clusters.get_clusters() if row.name == name), None)
        if cluster is None:
            raise NotFound(f"no cluster '{name}'")
        size, burst = wanted.values.get("size", 10), wanted.values.get("burst", 1_000_000)
        return farm.quota_thing(
            code, quotas.create_quota(projects.get_project_by_code(code), cluster, size, burst)
        )


class NodeHand:
    """Nodes come by themselves; a file says where they belong."""

    def find(self, path: Path) -> Thing | None:
        """By name."""
        return next(map(farm.node_thing, nodes.get_nodes(hostnames=path[1])), None)

    def make(self, wanted: Thing) -> Thing:
        """Never: it must have come."""
        raise NotFound(f"no node '{wanted.name}'")

    def change(self, thing: Thing, values: Values) -> None:
        """The cluster first, because it brings its tags."""
        if "cluster" in values:
            thing.row.set_cluster(clusters.get_cluster(values["cluster"]))
        if "tags" in values:
            thing.row.set_tags(values["tags"])
        if {"slot_mode", "slot_cores", "slot_ram"} & set(values):
            told = {**thing.values, **values}
            is_slotted = told["slot_mode"] == "SLOTS"
            size = (told["slot_cores"], told["slot_ram"]) if is_slotted else (0, 0)
            thing.row.set_slot_mode(told["slot_mode"], *size)

    def delete(self, thing: Thing) -> None:
        """Never: a file does not say which nodes there are."""
        raise AssertionError("a farm file deletes no nodes")


HANDS: Mapping[str, Hand] = {
    "cluster": ClusterHand(), "pool": PoolHand(), "limit": LimitHand(), "service": ServiceHand(),
    "project": ProjectHand(), "folder": FolderHand(), "quota": QuotaHand(), "filter": FilterHand(), "node": NodeHand(),
}  # fmt: skip


def order_filters(code: str, named: Sequence[Path]) -> None:
    """Bring a project's filters into the order of the file; those that it does not name keep their places."""
    things = {thing.path: thing for thing in farm.filter_things(projects.get_project_by_code(code))}
    now: list[Path] = things.pop((ORDER, code)).values[ORDER]
    missing = [path[2] for path in named if path not in now]
    if missing:
        raise NotFound(f"project '{code}' has no filter '{missing[0]}'")
    for place, path in enumerate(wanted_order(now, named)):
        if now[place] != path:
            things[path].row.set_order(place)
            now.remove(path)
            now.insert(place, path)


def _project(code: str) -> projects.Project | None:
    try:
        return projects.get_project_by_code(code)
    except NotFound:
        return None
