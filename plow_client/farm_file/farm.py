"""The farm as it is now, in the words of a farm file. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from plow_client import cluster as clusters
from plow_client import filter as filters
from plow_client import folder as folders
from plow_client import limit as limits
from plow_client import node as nodes
from plow_client import pool as pools
from plow_client import project as projects
from plow_client import quota as quotas
from plow_client import service as services
from plow_client.farm_file.reading import Entry
from plow_client.farm_file.things import ORDER, UNFINISHED, Path, Thing, Values, path_of
from plow_client.idl import ActionType
from plow_client.spec import Spec

# A filter that is being changed by several calls matches nothing meanwhile: no job has such a name.
GUARD = "(plow farm apply is changing this filter)"

Farm = dict[Path, Thing]
ALL_PROJECTS: Collection[str] | None = None


def read_farm(file: Entry) -> Farm:
    """What a file may be compared with: all of the small lists, and of projects and nodes those that it names."""
    codes = {entry.values["name"] for entry in file.entries("projects")}
    names = [entry.values["name"] for entry in file.entries("nodes")]
    return _farm(_basics(), _of_projects(codes), _nodes(names) if names else ())


def read_all(with_nodes: bool) -> Farm:
    """The whole farm, with where its nodes belong if that is asked for."""
    return _farm(_basics(), _of_projects(ALL_PROJECTS), _nodes(None) if with_nodes else ())


def _farm(*parts: Any) -> Farm:
    return {thing.path: thing for part in parts for thing in part}


def _basics() -> Iterator[Thing]:
    yield from map(cluster_thing, clusters.get_clusters())
    yield from map(pool_thing, pools.get_pools())
    yield from map(limit_thing, limits.get_limits())
    yield from map(service_thing, services.get_services())
    yield from map(project_thing, projects.get_projects())


def _of_projects(codes: Collection[str] | None) -> Iterator[Thing]:
    for project in projects.get_projects():
        if codes is None or project.code in codes:
            yield from (folder_thing(project.code, folder) for folder in project.get_folders())
            yield from (quota_thing(project.code, quota) for quota in project.get_quotas())
            yield from filter_things(project)


def _nodes(names: list[str] | None) -> Iterator[Thing]:
    return map(node_thing, nodes.get_nodes(hostnames=names))


# -------------------- one thing each


def cluster_thing(row: clusters.Cluster) -> Thing:
    """A cluster; `default` is said only where it is."""
    values: Values = {"tags": sorted(row.tags), "default": row.is_default, "locked": row.is_locked}
    return Thing(("cluster", row.name), values, row=row)


def pool_thing(row: pools.Pool) -> Thing:
    """A pool."""
    return Thing(
        path_of("pool", row.name), {"hosts": row.hosts, "exclusive": row.exclusive}, row=row, title=row.name
    )


def limit_thing(row: limits.Limit) -> Thing:
    """A limit."""
    values: Values = {"total": row.total, "per": row.per.name, "held_back": row.held_back}
    return Thing(("limit", row.name), values, row=row)


def service_thing(row: services.Service) -> Thing:
    """A service; what it does not preset is None."""
    values: Values = {
        name: getattr(row, name)
        for name in (
            "tags",
            "min_cores",
            "max_cores",
            "min_ram",
            "max_ram",
            "max_retries",
            "threadable",
            "kill_grace_s",
        )
    }
    values |= _part("run", row.run) | _part("needs", row.needs) | _part("retry_rules", row.retry_rules)
    return Thing(("service", row.name), values, row=row)


def _part(name: str, spec: Spec | None) -> Values:
    return {} if spec is None else {f"{name}.{field}": value for field, value in vars(spec).items()}


def project_thing(row: projects.Project) -> Thing:
    """A project by itself."""
    return Thing(("project", row.code), {"title": row.title, "active": row.is_active}, row=row)


def folder_thing(code: str, row: folders.Folder) -> Thing:
    """A folder."""
    return Thing(
        ("folder", code, row.name), {"min_cores": row.min_cores, "max_cores": row.max_cores}, row=row
    )


def quota_thing(code: str, row: quotas.Quota) -> Thing:
    """A quota, whose name is its project's and its cluster's."""
    values: Values = {"size": row.size, "burst": row.burst, "locked": row.is_locked}
    return Thing(("quota", code, row.name.removeprefix(f"{code}.")), values, row=row)


def node_thing(row: nodes.Node) -> Thing:
    """Where a node belongs and how it is divided; its size is for a simulation."""
    values: Values = {"cluster": row.cluster_name, "tags": sorted(row.tags), "slot_mode": row.mode.name}
    if row.mode.name == "SLOTS":
        values |= {"slot_cores": row.slot_cores, "slot_ram": row.slot_ram}
    values |= {"cores": row.total_cores, "ram": row.total_ram_mb}
    return Thing(("node", row.name), values, row=row)


def filter_things(project: projects.Project) -> Iterator[Thing]:
    """A project's filters, and their order."""
    seen: Counter[str] = Counter()
    order: list[Path] = []
    names = {folder.id: folder.name for folder in project.get_folders()}
    for row in project.get_filters():
        order.append(("filter", project.code, row.name, str(seen[row.name])))
        seen[row.name] += 1
        yield Thing(order[-1], filter_values(row, names), row=row)
    yield Thing((ORDER, project.code), {ORDER: order}, row=project)


def filter_values(row: filters.Filter, folder_names: dict[str, str]) -> Values:
    """What a filter looks at and does; of one that is half changed, also that it is."""
    matchers = row.get_matchers()
    values: Values = {"enabled": row.enabled}
    values["matchers"] = [_matcher(one) for one in matchers if not is_guard(one)]
    values["actions"] = [_action(one, folder_names) for one in row.get_actions()]
    if any(map(is_guard, matchers)):
        values[UNFINISHED] = True
    return values


def is_guard(matcher: filters.Matcher) -> bool:
    """Whether it is there only while its filter is changed."""
    return matcher.value == GUARD


def _matcher(row: filters.Matcher) -> Values:
    attr = {"attr": row.attr} if row.attr else {}
    return {"field": row.field.name, **attr, "type": row.type.name, "value": row.value}


def _action(row: filters.Action, folder_names: dict[str, str]) -> Values:
    return {"type": row.type.name, **action_value(row.type, row.value, folder_names)}


def action_value(kind: ActionType, value: str | None, folder_names: dict[str, str]) -> Values:
    """The server's text as a file says it."""
    if value is None:
        return {}
    if kind is ActionType.SET_FOLDER:
        return {"value": folder_names.get(value, value)}
    return {"value": value == "true" if kind is ActionType.PAUSE else int(value)}
