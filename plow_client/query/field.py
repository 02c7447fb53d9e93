"""The one table of what can be asked of jobs, tasks and nodes. docs/guide/queries.md and the server's SQL follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from plow_client.query.tree import GLOB, ORDER, SAME, Op

Kind = Literal["job", "task", "node"]
KINDS: Final[tuple[Kind, ...]] = ("job", "task", "node")

JOB_STATES: Final = ("RUNNING", "FINISHED", "POST")
TASK_STATES: Final = ("WAITING", "RUNNING", "DEAD", "EATEN", "DEPEND", "SUCCEEDED")
NODE_STATES: Final = ("UP", "DOWN", "REPAIR")
SLOT_MODES: Final = ("DYNAMIC", "SINGLE", "SLOTS")
ENDS: Final = (
    *("EXITED", "KILLED", "LOST", "NOT_STARTED", "SHUTDOWN", "MEMORY", "NODE_LOST", "ABORTED"),
    *("RUN_TIME", "SILENCE", "LICENSE", "ENVIRONMENT", "LOG_ERROR", "RECALLED"),
)


@dataclass(frozen=True)
class FieldType:
    """How values of a field are written and compared."""

    name: str
    ops: tuple[Op, ...]
    example: str
    is_number: bool = False
    has_key: bool = False


TEXT: Final = FieldType("text", (*SAME, *GLOB), "anna")
TEXTS: Final = FieldType("texts", (*SAME, *GLOB), "linux")
ID: Final = FieldType("id", SAME, "0193b1f0-6a5e-7c7e-9d8e-4b7f5d1c2a33")
LABEL: Final = FieldType("label", SAME, "")
TRUTH: Final = FieldType("truth", SAME, "true")
NUMBER: Final = FieldType("number", (*SAME, *ORDER), "8", is_number=True)
PERCENT: Final = FieldType("percent", (*SAME, *ORDER), "50%", is_number=True)
SIZE: Final = FieldType("memory", (*SAME, *ORDER), "32g", is_number=True)
DURATION: Final = FieldType("duration", (*SAME, *ORDER), "2h", is_number=True)
MOMENT: Final = FieldType("moment", (*SAME, *ORDER), "2h ago")
TEXT_MAP: Final = FieldType("texts by key", (*SAME, *GLOB), "sc020", has_key=True)
NUMBER_MAP: Final = FieldType("numbers by key", (*SAME, *ORDER), "80", is_number=True, has_key=True)


@dataclass(frozen=True)
class Field:
    """Something that can be asked about."""

    name: str
    type: FieldType
    meaning: str
    labels: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def _job() -> tuple[Field, ...]:
    return (
        Field("id", ID, "its id"),
        Field("name", TEXT, "its name"),
        Field("project", TEXT, "code of its project"),
        Field("folder", TEXT, "name of its folder"),
        Field("user", TEXT, "whose it is", also=("username", "owner")),
        Field("state", LABEL, "where it is in its life", JOB_STATES),
        Field("paused", TRUTH, "whether nothing new is booked"),
        Field("pausereason", TEXT, "why the farm paused it"),
        Field("priority", NUMBER, "higher first among the jobs of a project"),
        Field("mincores", NUMBER, "its share weight"),
        Field("maxcores", NUMBER, "most cores, -1 = no limit"),
        Field("cores", NUMBER, "cores in use now", also=("runcores",)),
        Field("procs", NUMBER, "procs now", also=("runprocs",)),
        Field("tasks", NUMBER, "its tasks", also=("total",)),
        Field("waiting", NUMBER, "tasks that may be booked"),
        Field("running", NUMBER, "tasks that run"),
        Field("dead", NUMBER, "tasks that failed too often"),
        Field("eaten", NUMBER, "tasks that count as done without having run"),
        Field("depend", NUMBER, "tasks that wait for other work"),
        Field("succeeded", NUMBER, "tasks that succeeded"),
        Field("done", NUMBER, "tasks that succeeded or were eaten"),
        Field("progress", PERCENT, "tasks done of all its tasks"),
        Field("ram", SIZE, "most memory that a task of it has used", also=("highram", "maxram")),
        Field("coretime", DURATION, "core time of its ended attempts"),
        Field("age", DURATION, "time since its launch"),
        Field("started", MOMENT, "when it was launched", also=("launched", "submitted", "starttime")),
        Field("finished", MOMENT, "when it ended", also=("stopped", "stoptime")),
        Field("startafter", MOMENT, "nothing is booked before"),
        Field("eta", MOMENT, "when it is expected to be done", also=("predictedend",)),
        Field("waits", TRUTH, "whether it waits for another job", also=("waitsforothers",)),
        Field("post", TRUTH, "whether it runs after another job", also=("ispost",)),
        Field("restarts", NUMBER, "how often it was restarted"),
        Field("endreason", TEXT, "why it ended, where somebody ended it"),
        Field("endedby", TEXT, "who ended it"),
        Field("pool", TEXTS, "pools for its layers that name none", also=("pools",)),
        Field("attr", TEXT_MAP, "an attribute: `attr.shot=sc020`", also=("attrs",)),
    )


def _task() -> tuple[Field, ...]:
    return (
        Field("id", ID, "its id"),
        Field("name", TEXT, "its name"),
        Field("frame", NUMBER, "its first frame; 0 without frames", also=("number",)),
        Field("order", NUMBER, "its place in the layer, from 0"),
        Field("state", LABEL, "where it is in its life", TASK_STATES),
        Field("layer", TEXT, "name of its layer", also=("layername",)),
        Field("layerid", ID, "id of its layer"),
        Field("service", TEXT, "service of its layer"),
        Field("tag", TEXTS, "tags of its layer", also=("tags",)),
        Field("job", TEXT, "name of its job", also=("jobname",)),
        Field("jobid", ID, "id of its job"),
        Field("project", TEXT, "code of its job's project"),
        Field("folder", TEXT, "name of its job's folder"),
        Field("user", TEXT, "whose its job is", also=("username", "owner")),
        Field("paused", TRUTH, "whether its job is paused"),
        Field("priority", NUMBER, "of its job"),
        Field("node", TEXT, "name of the node where it runs or ran last", also=("lastnode", "host")),
        Field("cores", NUMBER, "cores booked for its newest attempt"),
        Field("usedcores", NUMBER, "cores that it uses now"),
        Field("mincores", NUMBER, "cores that it asks for"),
        Field("gpus", NUMBER, "devices that it asks for"),
        Field("ram", SIZE, "most memory that its newest attempt has used", also=("highram", "maxram")),
        Field("usedram", SIZE, "memory that it uses now"),
        Field("bookedram", SIZE, "memory booked for its newest attempt"),
        Field("minram", SIZE, "memory that it asks for"),
        Field("retries", NUMBER, "number of its newest attempt, -1 before the first", also=("attempt",)),
        Field("failures", NUMBER, "failures that count against its retries"),
        Field("runtime", DURATION, "how long its newest attempt runs or ran"),
        Field("progress", PERCENT, "of its newest attempt"),
        Field("lastlog", TEXT, "last line of its log while it runs", also=("lastlogline",)),
        Field("exit", NUMBER, "exit status of its last ended attempt", also=("exitstatus", "status")),
        Field("signal", NUMBER, "signal that ended it, 0 = none", also=("exitsignal",)),
        Field("endreason", LABEL, "why its newest attempt ended", ENDS),
        Field("started", MOMENT, "start of its newest attempt", also=("starttime",)),
        Field("stopped", MOMENT, "end of its newest attempt", also=("stoptime", "finished")),
        Field("updated", MOMENT, "when its state changed last"),
        Field("submitted", MOMENT, "launch of its job", also=("launched",)),
        Field("age", DURATION, "time since the launch of its job"),
        Field("attr", TEXT_MAP, "an attribute of its job: `attr.shot=sc020`", also=("attrs",)),
    )


def _node() -> tuple[Field, ...]:
    return (
        Field("id", ID, "its id"),
        Field("name", TEXT, "its name"),
        Field("state", LABEL, "whether it answers", NODE_STATES),
        Field("reason", TEXT, "why it is in REPAIR, where the farm did it", also=("statereason",)),
        Field("locked", TRUTH, "whether it takes nothing new"),
        Field("cluster", TEXT, "name of its cluster", also=("clustername",)),
        Field("clusterid", ID, "id of its cluster"),
        Field("tag", TEXTS, "its tags", also=("tags",)),
        Field("pool", TEXTS, "the pools that it is in", also=("pools",)),
        Field("mode", LABEL, "how it is divided into procs", SLOT_MODES, also=("slotmode",)),
        Field("cores", NUMBER, "cores for tasks", also=("totalcores",)),
        Field("idle", NUMBER, "of these, cores that are free", also=("idlecores",)),
        Field("procs", NUMBER, "procs now", also=("runprocs",)),
        Field("ram", SIZE, "memory for tasks", also=("totalram",)),
        Field("free", SIZE, "of this, what may still be booked", also=("freeram",)),
        Field("systemram", SIZE, "memory of the machine"),
        Field("systemfree", SIZE, "free memory, as the machine says"),
        Field("swap", SIZE, "swap of the machine", also=("totalswap",)),
        Field("freeswap", SIZE, "free swap"),
        Field("freedisk", SIZE, "least free space of its disks"),
        Field("load", NUMBER, "load of the last minute"),
        Field("gpus", NUMBER, "its graphics processors"),
        Field("idlegpus", NUMBER, "of these, those that are free"),
        Field("gpuram", SIZE, "memory of its largest graphics processor"),
        Field("gpu", TEXTS, "models of its graphics processors"),
        Field("os", TEXT, "linux, macos or windows"),
        Field("arch", TEXT, "of its processor: x86_64, arm64"),
        Field("cpu", TEXT, "model of its processor", also=("cpumodel",)),
        Field("platform", TEXT, "its system, as it says"),
        Field("version", TEXT, "of its daemon"),
        Field("ip", TEXT, "its address", also=("ipaddr",)),
        Field("ping", DURATION, "time since its last ping", also=("pingage",)),
        Field("uptime", DURATION, "time since its machine was started"),
        Field("booted", MOMENT, "when its machine was started", also=("boottime",)),
        Field("created", MOMENT, "when it was first seen", also=("createdtime",)),
        Field(
            "draining", TRUTH, "whether it finishes what it has and takes nothing new", also=("isdraining",)
        ),
        Field("rebooting", TRUTH, "whether a reboot was asked for", also=("isrebooting",)),
        Field("reserved", TRUTH, "whether it is kept for a task"),
        Field("away", TEXT, "why it takes nothing new now", also=("awayreason",)),
        Field("user", TEXTS, "who is logged in at the machine", also=("users",)),
        Field("complaint", TEXTS, "what it says is wrong with it", also=("complaints",)),
        Field("job", TEXTS, "names of the jobs that run on it", also=("jobs",)),
        Field("metric", NUMBER_MAP, "one of its own meters: `metric.room_c>30`", also=("metrics",)),
    )


_TABLES: Final[Mapping[Kind, tuple[Field, ...]]] = {"job": _job(), "task": _task(), "node": _node()}
FIELDS: Final[Mapping[Kind, Mapping[str, Field]]] = {
    kind: {field.name: field for field in table} for kind, table in _TABLES.items()
}
_NAMES: Final[Mapping[Kind, Mapping[str, Field]]] = {
    kind: {name: field for field in table.values() for name in (field.name, *field.also)}
    for kind, table in FIELDS.items()
}


def find_field(kind: Kind, name: str) -> Field | None:
    """A field by any of its names; case, `_` and `-` do not matter."""
    return _NAMES[kind].get(name.lower().replace("_", "").replace("-", ""))
