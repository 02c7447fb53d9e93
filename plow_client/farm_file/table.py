"""Every key of a farm file, once: for the checker, the JSON schema, the manual's test and the simulator. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Literal

from plow_client.idl import ActionType, LimitPer, MatcherField, MatcherType, SlotMode

Kind = Literal[
    "text", "whole", "flag", "choice", "texts", "wholes", "commands", "value", "list", "mapping", "other"
]
_MOST: Final = 2**31 - 1


@dataclass(frozen=True)
class Key:
    """One key of a mapping. `default` is for things that are made without it; one that is there keeps its own."""

    name: str
    kind: Kind
    told: str
    unit: str = ""
    default: str = ""
    least: int = 0
    most: int = _MOST
    longest: int = 255
    choices: tuple[str, ...] = ()
    pattern: str = ""
    section: Section | None = None  # of a list or mapping
    is_needed: bool = False
    is_fixed: bool = False  # said when the thing is made; the server cannot change it
    may_be_null: bool = False  # null takes the value away
    is_set: bool = False  # order and repetitions say nothing
    ignores_case: bool = False
    empty: tuple[object, ...] = ()  # what the server keeps as "unset"
    is_simulated: bool = False  # for `plow-server simulate` alone


@dataclass(frozen=True)
class Section:
    """One noun of the file and its keys."""

    noun: str
    keys: tuple[Key, ...]
    by_name: dict[str, Key] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({key.name: key for key in self.keys})


def _labels(kind: type[IntEnum]) -> tuple[str, ...]:
    return tuple(member.name for member in kind)


def _name(told: str, longest: int = 128, pattern: str = "") -> Key:
    return Key("name", "text", told, longest=longest, pattern=pattern, is_needed=True)


def _preset(name: str, kind: Kind, told: str, unit: str = "", least: int = 0, most: int = _MOST) -> Key:
    return Key(name, kind, told, unit, "not preset", least, most, may_be_null=True)


def _run(name: str, kind: Kind, told: str, unit: str = "", most: int = _MOST) -> Key:
    return Key(name, kind, told, unit, "not preset", 0, most, may_be_null=True, empty=([],))


def _need(
    name: str, kind: Kind, told: str, unit: str = "", most: int = _MOST, choices: tuple[str, ...] = ()
) -> Key:
    nothing: tuple[object, ...] = ([], "", 0, False)
    return Key(
        name, kind, told, unit, "not preset", 0, most, choices=choices, may_be_null=True, empty=nothing
    )


def _simulated(name: str, told: str) -> Key:
    return Key(name, "other", told, is_simulated=True)


CLUSTER: Final = Section(
    "cluster",
    (
        _name("the cluster"),
        Key(
            "tags",
            "texts",
            "given to nodes that are moved into it; nodes that are in it keep theirs",
            "",
            "its name",
            is_set=True,
        ),
        Key("default", "flag", "`true`: new nodes land here; of one cluster only", default="false"),
        Key("locked", "flag", "`true`: nothing new starts on its nodes", default="false"),
    ),
)
POOL: Final = Section(
    "pool",
    (
        _name("the pool, in any case"),
        Key(
            "hosts",
            "texts",
            "all of its hosts, known or not yet",
            default="none",
            is_set=True,
            ignores_case=True,
        ),
        Key("exclusive", "flag", "`true`: its nodes take only jobs that name it", default="false"),
    ),
)
LIMIT: Final = Section(
    "limit",
    (
        _name("the limit"),
        Key("total", "whole", "how many there are", "uses", is_needed=True),
        Key("per", "choice", "what counts as one use: a task, all on a node, or all of a user", "", "TASK",
            choices=_labels(LimitPer), is_fixed=True),
        Key("held_back", "whole", "how many the farm leaves alone", "uses", "0"),
    ),
)  # fmt: skip
RUN: Final = Section(
    "run",
    (
        _run("max_run_s", "whole", "longest that an attempt may run; 0 = no limit", "s", 366 * 86_400),
        _run("max_silence_s", "whole", "longest without output; 0 = no limit", "s", 366 * 86_400),
        _run("max_log_mb", "whole", "output beyond that is dropped; 0 = no limit", "MB", 1_000_000),
        _run("niceness", "whole", "0 to 19; higher yields to others", "", 19),
        _run("wrapper", "texts", "a kind that the node knows, and its words"),
        _run("log_rules", "texts", "names of the rule sets that read its output"),
        _run("before_command", "texts", "runs before; if it fails, so does the attempt"),
        _run("more_commands", "commands", "run after the layer's command, in order"),
        _run("after_command", "texts", "runs at the end, whatever happened"),
    ),
)
NEEDS: Final = Section(
    "needs",
    (
        _need("pools", "texts", "names; a node must be in one of them"),
        _need("os", "choice", "the node's system", choices=("linux", "macos", "windows")),
        _need("node_cores", "whole", "the whole machine has at least so many", "cores"),
        _need("node_ram", "whole", "the whole machine has at least so much", "MB"),
        _need("whole_node", "flag", "a task takes all of its node"),
        _need("gpus", "whole", "devices for each task", "GPUs", 64),
        _need("gpu_ram", "whole", "memory of each device", "MB"),
        _need("limits", "texts", "names; each task uses one of each"),
        _need("max_per_node", "whole", "tasks of a layer on one node at a time", "tasks"),
        _need("fit_ram", "flag", "what history says may lower the booked memory below `min_ram`"),
    ),
)
RETRY_RULES: Final = Section(
    "retry_rules",
    (
        _need("exits", "wholes", "exit statuses that are worth another attempt; unset = any"),
        _need("delay_s", "whole", "wait before the next attempt; doubles with each failure", "s", 86_400),
        _need("most_delay_s", "whole", "the longest wait", "s", 604_800),
    ),
)
SERVICE: Final = Section(
    "service",
    (
        _name("the service", 255),
        _preset("tags", "texts", "a node needs one of them"),
        _preset("min_cores", "whole", "for each task", "cores", 1),
        _preset("max_cores", "whole", "most for each task", "cores", 1),
        _preset("min_ram", "whole", "for each task", "MB", 1),
        _preset("max_ram", "whole", "most for each task", "MB", 1),
        _preset("max_retries", "whole", "how often a failed task is tried again", "attempts"),
        _preset("threadable", "flag", "whether tasks can use more cores than `min_cores`"),
        _preset("kill_grace_s", "whole", "between asking a task to end and ending it", "s", 0, 3600),
        Key("run", "mapping", "how attempts run on their node", section=RUN),
        Key("needs", "mapping", "what a layer needs of a node", section=NEEDS),
        Key("retry_rules", "mapping", "when a failed attempt is tried again", section=RETRY_RULES),
    ),
)
QUOTA: Final = Section(
    "quota",
    (
        Key("cluster", "text", "the cluster, by name", longest=128, is_needed=True),
        Key("size", "whole", "weight of the share", "cores", "10"),
        Key("burst", "whole", "the most cores at once", "cores", "1000000"),
        Key("locked", "flag", "`true`: nothing new starts on it", default="false"),
    ),
)
FOLDER: Final = Section(
    "folder",
    (
        _name("the folder"),
        Key("min_cores", "whole", "weight of its share in the project", "cores", "0"),
        Key(
            "max_cores",
            "whole",
            "most cores at once; -1 = no limit, 0 = nothing starts",
            "cores",
            "-1",
            least=-1,
        ),
    ),
)
MATCHER: Final = Section(
    "matcher",
    (
        Key("field", "choice", "what it looks at", choices=_labels(MatcherField), is_needed=True),
        Key("attr", "text", "the job attribute; with `field: ATTR`"),
        Key("type", "choice", "how it compares", choices=_labels(MatcherType), is_needed=True),
        Key("value", "text", "what it compares with", longest=4096, is_needed=True),
    ),
)
ACTION: Final = Section(
    "action",
    (
        Key("type", "choice", "what happens to the job", choices=_labels(ActionType), is_needed=True),
        Key(
            "value",
            "value",
            "a folder's name, a number of cores, true or false, or nothing: as the type takes it",
        ),
    ),
)
FILTER: Final = Section(
    "filter",
    (
        _name("the filter; one that is there twice counts as the first, the second, …", 255),
        Key("enabled", "flag", "whether launches ask it", default="true"),
        Key(
            "matchers",
            "list",
            "all of its conditions; what else is there goes",
            default="none",
            section=MATCHER,
        ),
        Key(
            "actions",
            "list",
            "all that it does, in order; what else is there goes",
            default="none",
            section=ACTION,
        ),
    ),
)
PROJECT: Final = Section(
    "project",
    (
        _name("its code", 16, r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,15}"),
        Key("title", "text", "its full name", default="its code", is_fixed=True),
        Key("active", "flag", "`false`: it launches no jobs", default="true"),
        Key("size", "whole", "short for the same quota on every cluster; not beside `quotas`", "cores", "10"),
        Key("burst", "whole", "likewise", "cores", "1000000"),
        Key("quotas", "list", "its shares of clusters", section=QUOTA),
        Key("folders", "list", "its folders; every new project has one, `jobs`", section=FOLDER),
        Key("filters", "list", "its filters, in the order in which they are asked", section=FILTER),
    ),
)
NODE: Final = Section(
    "node",
    (
        _name("the node; one that has not come yet is passed over", 255),
        Key("cluster", "text", "moves it, when nothing runs on it; it takes the cluster's tags", longest=128),
        Key("tags", "texts", "its own tags, instead of its cluster's", is_set=True),
        Key(
            "slot_mode",
            "choice",
            "how it is divided; changes when nothing runs on it",
            choices=_labels(SlotMode),
        ),
        Key("slot_cores", "whole", "of a slot; with `SLOTS`", "cores", least=1),
        Key("slot_ram", "whole", "of a slot; with `SLOTS`", "MB", least=1),
        _simulated("count", "so many of this kind, `blade1`, `blade2`, …"),
        _simulated("cores", "of each"),
        _simulated("ram", "MB of each"),
        _simulated("pools", "pools that it is in, beside those that name it as a host"),
        _simulated("gpus", "of each"),
        _simulated("gpu_ram", "MB of each GPU"),
        _simulated("os", "its system"),
    ),
)
FILE: Final = Section(
    "file",
    (
        Key("clusters", "list", "groups of nodes", section=CLUSTER),
        Key("pools", "list", "nodes by name", section=POOL),
        Key("limits", "list", "counts of something scarce", section=LIMIT),
        Key("services", "list", "presets of layers", section=SERVICE),
        Key("projects", "list", "who pays", section=PROJECT),
        Key("nodes", "list", "where nodes belong", section=NODE),
        _simulated("jobs", "work that comes"),
    ),
)
SECTIONS: Final = (
    FILE, CLUSTER, POOL, LIMIT, SERVICE, RUN, NEEDS, RETRY_RULES, PROJECT, QUOTA, FOLDER, FILTER, MATCHER, ACTION, NODE,
)  # fmt: skip


def known(section: Section) -> str:
    """The names of a section's keys, with blanks between."""
    return " ".join(section.by_name)
