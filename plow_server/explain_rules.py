"""The rules that keep a task from a node, in the order in which explain asks them: a sentence and an advice for each.

Pure. The codes are those of `closed_by`, `busy_by`, `place_for` and `explain_pairs` in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from plow_client.clock import clock

Row = Mapping[str, Any]
Say = Callable[[Row, Row], str]


def counted(count: int, noun: str) -> str:
    """``1 node``, ``2,000 nodes``"""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def memory(mb: int) -> str:
    """``512 MB``, ``7.5 GB``"""
    return f"{mb} MB" if mb < 1024 else f"{round(mb / 1024, 1):g} GB"


def any_of(names: list[str]) -> str:
    """``a``, ``a, b or c``"""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@dataclass(frozen=True)
class Rule:
    """`phrase` says it of any node and layer; `detail` of a layer (its row) and a group of nodes (theirs); `advice`
    is what to do about it. `is_lasting`: time alone does not mend it."""

    phrase: str
    advice: Say
    detail: Say | None = None
    is_lasting: bool = False


def _told(text: str) -> Say:
    return lambda layer, nodes: text.format(node=nodes["name"], cluster=nodes["cluster"], **layer)


def _cores(layer: Row, nodes: Row) -> str:
    return f"a task takes {counted(nodes['task_cores'], 'core')}, the largest{_among(layer)} has {nodes['cores']}"


def _ram(layer: Row, nodes: Row) -> str:
    return f"a task takes {memory(nodes['task_ram'])}, the largest{_among(layer)} has {memory(nodes['ram'])}"


def _machine(layer: Row, nodes: Row) -> str:
    wanted = f"{layer['node_cores']} cores and {memory(layer['node_ram'])}"
    return f"it wants machines of {wanted}; these have up to {nodes['cores']} and {memory(nodes['ram'])}"


def _gpus(layer: Row, nodes: Row) -> str:
    return f"a task takes {_devices(layer)}, at most {nodes['gpus']} such are there"


def _room_gpus(layer: Row, nodes: Row) -> str:
    return f"a task takes {_devices(layer)}, at most {nodes['idle_gpus']} such are idle"


def _devices(layer: Row) -> str:
    return counted(layer["gpus"], "device") + (f" of {memory(layer['gpu_ram'])}" if layer["gpu_ram"] else "")


def _room_cores(layer: Row, nodes: Row) -> str:
    return f"a task takes {counted(nodes['task_cores'], 'core')}, at most {nodes['idle_cores']} are idle"


def _room_ram(layer: Row, nodes: Row) -> str:
    return f"a task takes {memory(nodes['task_ram'])}, at most {memory(nodes['idle_ram'])} are idle"


def _burst(layer: Row, nodes: Row) -> str:
    return f"{nodes['quota_cores']} of {nodes['burst']} cores run, a task takes {nodes['task_cores']}"


def _limit(layer: Row, nodes: Row) -> str:
    return "; ".join(_one_limit(limit) for limit in layer["limit_list"])


def _one_limit(limit: Row) -> str:
    if limit["wait"]:
        until = clock(limit["until"], limit["now"])
        return f"'{limit['name']}' waits until {until}: {limit['reason'] or 'its users found none free'}"
    return f"'{limit['name']}': {limit['used']} of {limit['total'] - limit['held_back']} in use"


def _limit_advice(layer: Row, nodes: Row) -> str:
    waits = [limit["name"] for limit in layer["limit_list"] if limit["wait"]]
    if waits:
        return f"wait, or `plow limit retry {waits[0]}` to try it now"
    return "wait, or raise the total (`plow limit set`); `plow limit list` shows how many are in use"


def _pause(layer: Row, nodes: Row) -> str:
    return f"{nodes['paused_why']}; nothing is sent there before {clock(nodes['paused_until'], nodes['now'])}"


def _among(layer: Row) -> str:
    return f" in pool {any_of(layer['pool_names'])}" if layer["pool_names"] else ""


def _pools(layer: Row, nodes: Row) -> str:
    return f"it may run in pool {any_of(layer['pool_names'])} only"


WAIT: Final = "wait: it starts when enough of what runs there has ended"

RULES: Final[Mapping[str, Rule]] = {
    "down": Rule(
        "down", _told("start rndaemon on node '{node}', or see why it does not ping"), is_lasting=True
    ),
    "repair": Rule("set aside as REPAIR", _told("`plow node up {node}` when it is mended"), is_lasting=True),
    "locked": Rule("locked", _told("`plow node unlock {node}`"), is_lasting=True),
    "cluster_locked": Rule(
        "in a locked cluster", _told("unlock cluster '{cluster}' (lockCluster)"), is_lasting=True
    ),
    "draining": Rule("about to stop or to reboot", _told("wait until node '{node}' is back")),
    "away": Rule(
        "taken by somebody or by its own rules", _told("`plow node show {node}` says why and until when")
    ),
    "uncallable": Rule(
        "the server cannot call it",
        _told("look at the address, the firewall and rndaemon of node '{node}'"),
        is_lasting=True,
    ),
    "refusing": Rule(
        "it refused a start, or did not answer, a moment ago",
        _told("wait: it is tried again by itself"),
        _pause,
    ),
    "quota_missing": Rule(
        "in a cluster where the project has no quota",
        _told("give project '{project}' a quota in cluster '{cluster}' (createQuota)"),
        _told("project '{project}', cluster '{cluster}'"),
        is_lasting=True,
    ),
    "quota_locked": Rule(
        "in a cluster where the project's quota is locked",
        _told("unlock the quota of project '{project}' in cluster '{cluster}' (setQuotaLocked)"),
        is_lasting=True,
    ),
    "tags": Rule(
        "none of the tags",
        _told("give a node one of the tags (setNodeTags), or the layer others (setLayerTags)"),
        lambda layer, nodes: f"it needs {any_of(layer['tags'])}",
        is_lasting=True,
    ),
    "pool": Rule(
        "in none of the pools",
        _told("add a node to the pool (`plow pool add`), or name others (setLayerNeeds)"),
        _pools,
        is_lasting=True,
    ),
    "exclusive": Rule(
        "in a pool that takes only who names it",
        _told(
            "name the pool of node '{node}' (setLayerNeeds), or open it (`plow pool exclusive POOL --off`)"
        ),
        is_lasting=True,
    ),
    "os": Rule(
        "another system",
        _told("ask for another system (setLayerNeeds)"),
        _told("it needs {os}"),
        is_lasting=True,
    ),
    "machine": Rule(
        "too small a machine", _told("ask for smaller machines (setLayerNeeds)"), _machine, is_lasting=True
    ),
    "cores": Rule(
        "too few cores", _told("ask for fewer cores (setLayerMinCoresPerTask)"), _cores, is_lasting=True
    ),
    "ram": Rule(
        "too little memory", _told("ask for less memory (setLayerMinRamPerTask)"), _ram, is_lasting=True
    ),
    "gpus": Rule(
        "too few devices", _told("ask for fewer or smaller devices (setLayerNeeds)"), _gpus, is_lasting=True
    ),
    "avoid": Rule("the job failed there too often", _told("mend the cause, then `plow node forgive {node}`")),
    "kept": Rule(
        "kept for other work", _told("wait, or give up what it is kept for: `plow node release {node}`")
    ),
    "per_node": Rule(
        "as many tasks of the layer run there as may",
        _told("allow more tasks on a node (setLayerNeeds), or wait"),
        _told("at most {max_per_node} on a node"),
    ),
    "held_back": Rule(
        "held back after what its attempts met",
        _told("wait: it is tried again by itself"),
        _told("{held_reason}"),
    ),
    "quota_burst": Rule(
        "the project's quota is used up",
        _told("wait, or raise the burst of project '{project}' in cluster '{cluster}' (setQuotaBurst)"),
        _burst,
    ),
    "folder_cap": Rule(
        "the folder runs as many cores as it may",
        _told("wait, or raise the cap of folder '{folder}' (setFolderMaxCores)"),
        _told("folder '{folder}' runs {folder_cores} of {folder_max_cores}"),
    ),
    "job_cap": Rule(
        "the job runs as many cores as it may",
        _told("wait, or raise its cap (setJobMaxCores)"),
        _told("it runs {job_cores} of {job_max_cores}"),
    ),
    "headroom": Rule(
        "cores under a cap are kept for a large task",
        _told("wait until that has started, or pause its job: `plow job pause {headroom_job}`"),
        _told("{headroom_cores} for layer '{headroom_layer}' of job '{headroom_job}'"),
    ),
    "limit": Rule(
        "a limit has none left",
        _limit_advice,
        _limit,
    ),
    "room_cores": Rule("too few idle cores", _told(WAIT), _room_cores),
    "room_ram": Rule("too little idle memory", _told(WAIT), _room_ram),
    "room_gpus": Rule("too few idle devices", _told(WAIT), _room_gpus),
}
ORDER: Final[Mapping[str, int]] = {code: place for place, code in enumerate(RULES)}
SIZES: Final = (
    "cores",
    "ram",
    "idle_cores",
    "idle_ram",
    "gpus",
    "idle_gpus",
)  # the largest of a group of nodes
CAPS: Final = frozenset({"quota_burst", "folder_cap", "job_cap", "headroom", "limit"})


def is_lasting(codes: list[str]) -> bool:
    """Whether time alone does not mend it."""
    return any(RULES[code].is_lasting for code in codes)


def said(code: str, layer: Row, nodes: Row) -> str:
    """What a rule says of a group of nodes to a layer."""
    rule = RULES[code]
    detail = rule.detail(layer, nodes) if rule.detail else ""
    return f"{rule.phrase} ({detail})" if detail else rule.phrase
