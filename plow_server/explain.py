"""Why work waits, runs or is over, and why a node is idle: rows of queries/explain.sql become sentences. Pure.

Each node counts at the first rule that refuses it, in the order of `explain_rules.RULES`. The nearest miss is the node
that the fewest rules refuse, and among those the one that came farthest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from plow_client.clock import clock
from plow_client.idl import AheadT, ExplainT, RuleCountT
from plow_server.explain_rules import CAPS, ORDER, RULES, SIZES, counted, is_lasting, memory, said
from plow_server.explain_state import Work, state_of
from plow_server.order import InLine, in_words, rival_of, turn_before

Row = Mapping[str, Any]
MOST_AHEAD: Final = 10


@dataclass(frozen=True)
class Names:
    """What the places in the order are called: cluster and project by quota, name and folder by job."""

    quotas: Mapping[str, Row] = field(default_factory=dict)
    jobs: Mapping[str, Row] = field(default_factory=dict)

    def key(self, one: InLine) -> str:
        """The order key of a layer in words."""
        quota, job = self.quotas[one.quota.id], self.jobs[one.job.id]
        return in_words(one, quota["project"], quota["cluster"], job["folder"])


@dataclass(frozen=True)
class Standing:
    """Its place in the order, from 1, and who comes first."""

    place: int = 0
    own: InLine | None = None
    ahead: Sequence[InLine] = ()


@dataclass(frozen=True)
class Prospect:
    """What is known of its start: the node kept for it, and when there is room on another; milliseconds."""

    now: int
    kept: Row | None = None
    soonest: int | None = None


def standing(line: Sequence[InLine], layer_id: str) -> Standing:
    """Where a layer stands in line; nowhere, where it has nothing ready or its project may not pay."""
    for place, one in enumerate(line):
        if one.layer.id == layer_id:
            return Standing(place + 1, one, line[:place])
    return Standing()


def ahead_jobs(stand: Standing) -> Counter[str]:
    """Ready tasks of the jobs that come first, the very first of them first."""
    waiting: Counter[str] = Counter()
    for one in stand.ahead:
        waiting[one.job.id] += one.layer.ready
    return waiting


def needs_soonest(work: Work, groups: Sequence[Row], stand: Standing) -> bool:
    """Whether it matters when there will be room: it waits for nothing else, and no node has any now."""
    return stand.place > 0 and work.is_ready and not _fitting(groups) and bool(_in_time(groups))


def explain_work(
    work: Work,
    groups: Sequence[Row],
    stand: Standing = Standing(),
    names: Names = Names(),
    prospect: Prospect | None = None,
) -> ExplainT:
    """Of a job, a layer or a task; `groups` are nodes that the same rules refuse (explain_nodes)."""
    state = state_of(work)
    told = ExplainT(
        noun=work.noun, sentence=state.sentence, advice=list(state.advice), fitting=_fitting(groups)
    )
    told.rules = _node_rules(work.layer, groups) if work.layer and work.is_coming else []
    told.place, told.orderKey, told.ahead = (
        stand.place,
        names.key(stand.own) if stand.own else "",
        _ahead(stand, names),
    )
    nearest = _nearest(groups)
    if work.layer and work.is_coming and nearest:
        told.nearest = _miss(work.layer, nearest)
    if work.layer and state.waits:
        told.sentence += f": {_outlook(work, groups, stand)}"
        if nearest and not told.fitting:
            told.advice += [RULES[code].advice(work.layer, nearest) for code in nearest["codes"]]
        if prospect:
            told.predictedStart = _predicted(work, groups, stand, prospect)
            told.sentence += _kept_for_it(prospect, work.layer)
    return told


def _kept_for_it(prospect: Prospect, layer: Row) -> str:
    told = ""
    if layer["is_headroom_its_own"]:
        told = f"; {counted(layer['headroom_cores'], 'core')} under its caps are kept free for it"
    if not prospect.kept:
        return told
    return f"{told}; node '{prospect.kept['name']}' is kept for it until {clock(prospect.kept['starts'], prospect.now)}"


def _fitting(groups: Sequence[Row]) -> int:
    return sum(group["n"] for group in groups if not group["codes"])


def _nearest(groups: Sequence[Row]) -> Row | None:
    refused = [group for group in groups if group["codes"]]
    return min(refused, key=lambda one: (len(one["codes"]), -ORDER[one["codes"][0]], -one["n"]), default=None)


def _miss(layer: Row, nodes: Row) -> str:
    who = f"node '{nodes['name']}'" if nodes["n"] == 1 else f"{nodes['n']:,} nodes, like '{nodes['name']}'"
    return f"{who}: {'; '.join(said(code, layer, nodes) for code in nodes['codes'])}"


def _node_rules(layer: Row, groups: Sequence[Row]) -> list[RuleCountT]:
    """How many nodes each rule is the first to refuse."""
    first: dict[str, list[Row]] = {}
    for group in groups:
        if group["codes"]:
            first.setdefault(group["codes"][0], []).append(group)
    rules = []
    for code in sorted(first, key=ORDER.__getitem__):
        nodes = sum(group["n"] for group in first[code])
        told = said(code, layer, _together(first[code]))
        rules.append(RuleCountT(code=code, nodes=nodes, sentence=f"{counted(nodes, 'node')}: {told}"))
    return rules


def _together(groups: Sequence[Row]) -> Row:
    """The group of most nodes, with the largest sizes of all."""
    most = max(groups, key=lambda group: int(group["n"]))
    return {**most, **{size: max(group[size] for group in groups) for size in SIZES if size in most}}


def launch_rules(groups: Sequence[Row], wanted: Row) -> list[RuleCountT]:
    """The same of a layer that is not launched yet; `groups` as room_for_layers counts them."""
    return _node_rules(wanted, [{**group, "codes": [group["code"]]} for group in groups])


def _outlook(work: Work, groups: Sequence[Row], stand: Standing) -> str:
    """What keeps it from starting this moment."""
    fitting = _fitting(groups)
    if fitting:
        turn = f"; {counted(stand.place - 1, 'layer')} before it in the order" if stand.place > 1 else ""
        first = (
            "; its layer is the first in the order"
            if work.noun == "task"
            else "; it is the first in the order"
        )
        return f"{counted(fitting, 'node')} could take a task now{first if stand.place == 1 else turn}"
    if not groups:
        return "there is no node"
    can_never = all(is_lasting(group["codes"]) for group in groups)
    return f"no node {'can run it as things are' if can_never else 'can take it now'}"


def _ahead(stand: Standing, names: Names) -> list[AheadT]:
    first: dict[str, InLine] = {}
    for one in stand.ahead:
        first.setdefault(one.job.id, one)
    return [
        AheadT(jobId=id, jobName=names.jobs[id]["name"], waiting=waiting, orderKey=names.key(first[id]))
        for id, waiting in list(ahead_jobs(stand).items())[:MOST_AHEAD]
    ]


# -------------------- when it will start


def _predicted(work: Work, groups: Sequence[Row], stand: Standing, prospect: Prospect) -> int | None:
    """When a task starts, as far as is known: unset where a run time ahead of it is not, or a cap keeps it back."""
    if prospect.kept:
        return max(int(prospect.kept["starts"]), prospect.now)
    begin = prospect.now if _fitting(groups) else prospect.soonest
    queue = _queue_ms(work, _in_time(groups), stand)
    if begin is None or queue is None:
        return None
    held_until = work.layer["held_until"] if work.layer and work.layer["held_until"] else 0
    return int(max(begin, held_until) + queue)


def _queue_ms(work: Work, nodes: Sequence[Row], stand: Standing) -> float | None:
    """How long the work ahead keeps these nodes busy; nothing, where it has room on what is idle."""
    if not nodes or not stand.own:
        return None
    own = stand.own.layer
    before = int(work.task["before"]) if work.task is not None else 0
    ahead = list(_cores_ahead(stand.own, stand.ahead, (before + 1) * own.shape.cores))
    ahead.append((before * own.shape.cores, own.clock_s))
    if sum(cores for cores, _ in ahead) <= sum(group["all_idle_cores"] for group in nodes):
        return 0.0
    seconds = 0.0
    for cores, clock_s in ahead:
        if cores and clock_s is None:
            return None
        seconds += cores * (clock_s or 0.0)
    return seconds * 1000 / max(sum(int(group["all_cores"]) for group in nodes), 1)


def _cores_ahead(own: InLine, ahead: Sequence[InLine], wanted: int) -> Iterator[tuple[float, float | None]]:
    """Cores that come before so many of this layer, with their run time: an equal is first for its turn only."""
    left: dict[str, float] = {}
    for one in ahead:
        cores: float = one.layer.ready * one.layer.shape.cores
        rival = rival_of(own, one)
        if rival:
            turn = max(turn_before(own, one, wanted), one.layer.shape.cores)
            cores = min(cores, left.setdefault(rival, turn))
            left[rival] -= cores
        yield cores, one.layer.clock_s


def _in_time(groups: Sequence[Row]) -> list[Row]:
    """Nodes that will take it when what runs there has ended."""
    return [group for group in groups if not is_lasting(group["codes"]) and CAPS.isdisjoint(group["codes"])]


# -------------------- nodes


def explain_node(
    node: Row, groups: Sequence[Row], layer: Row | None = None, here: Row | None = None
) -> ExplainT:
    """Why a node is idle; `groups` are waiting layers that the same rules keep from it (explain_waiting_layers).

    `layer` is the nearest of them, `here` what the node is to it (explain_nodes).
    """
    fitting = _fitting(groups)
    told = ExplainT(
        noun="node", fitting=fitting, rules=_layer_rules(groups), advice=[], orderKey="", place=0, ahead=[]
    )
    told.sentence = f"node '{node['name']}' {_node_state(node, groups, fitting)}"
    if layer and here:
        reasons = "; ".join(said(code, layer, here) for code in here["codes"])
        told.nearest = f"layer '{layer['name']}' of job '{layer['job']}': {reasons}"
    closing = _closed_by(node)
    if closing:
        told.advice = [RULES[closing].advice({}, node)]
    elif node["kept"]:
        told.advice = [f"`plow node release {node['name']}` gives up what it is kept for"]
    elif layer and here and not fitting:
        told.advice = [RULES[code].advice(layer, here) for code in here["codes"]]
    return told


def nearest_of_node(groups: Sequence[Row]) -> Row | None:
    """The layers that the fewest rules keep from a node."""
    return _nearest(groups)


def _node_state(node: Row, groups: Sequence[Row], fitting: int) -> str:
    if _closed_by(node):
        return f"takes nothing: {_closing(node)}{_runs(node)}"
    kept = f"; {node['kept']['sentence'].partition(' is ')[2]}" if node["kept"] else ""
    idle_ram, ram = memory(node["idle_ram"]), memory(node["ram"])
    room = f"{node['idle_cores']} of {node['cores']} cores and {idle_ram} of {ram} are idle"
    waiting = sum(group["n"] for group in groups)
    if not waiting:
        return f"is open: {room}{_runs(node)}; nothing on the farm waits{kept}"
    if fitting:
        return f"is open: {room}{_runs(node)}; {counted(fitting, 'waiting layer')} may start here{kept}"
    if not node["idle_cores"]:
        return f"is full: {node['cores']} cores are taken{_runs(node)}{kept}"
    return (
        f"is open: {room}{_runs(node)}; none of {counted(waiting, 'waiting layer')} may start here now{kept}"
    )


def _closed_by(node: Row) -> str | None:
    """The code of the rule that lets it take nothing at all."""
    code: str | None = node["closed"]
    return code or ("uncallable" if node["uncallable"] else "refusing" if node["paused_why"] else None)


def _closing(node: Row) -> str:
    code = _closed_by(node) or ""
    if code == "refusing":
        return said(code, {}, node)
    why = {
        "repair": node["state_reason"],
        "away": node["away_reason"],
        "down": f"last heard {clock(node['heard'])}" if node["heard"] else "never heard",
        "cluster_locked": f"'{node['cluster']}'",
        "uncallable": node["uncallable"],
    }.get(code, "")
    return f"{RULES[code].phrase} ({why})" if why else RULES[code].phrase


def _runs(node: Row) -> str:
    if not node["run_procs"]:
        return ""
    return f", {counted(node['run_procs'], 'task')} run{'s' if node['run_procs'] == 1 else ''} there"


def _layer_rules(groups: Sequence[Row]) -> list[RuleCountT]:
    layers: Counter[str] = Counter()
    for group in groups:
        if group["codes"]:
            layers[group["codes"][0]] += group["n"]
    return [
        RuleCountT(
            code=code, nodes=layers[code], sentence=f"{counted(layers[code], 'layer')}: {RULES[code].phrase}"
        )
        for code in sorted(layers, key=ORDER.__getitem__)
    ]
