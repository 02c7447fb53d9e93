"""What jobs, tasks and nodes have, by the fields of a query, from what calls answer: the two can't disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.query_world import NOW

NOW_MS = int(NOW.timestamp() * 1000)

Has = dict[str, Any]


def rows(db: Database, farm: Farm, kind: str) -> dict[str, Has]:
    """Every job, task or node by id, with the value of each field."""
    has: Mapping[str, Callable[[Database, Farm], dict[str, Has]]] = {
        "job": _jobs,
        "task": _tasks,
        "node": _nodes,
    }
    return has[kind](db, farm)


def _age(ms: int | None) -> int | None:
    return NOW_MS - ms if ms else None


def _jobs(db: Database, farm: Farm) -> dict[str, Has]:
    found: dict[str, Has] = {}
    for row in db.all("jobs", ids=None, projects=None, users=None, names=None, states=None, regex=None,
                      is_living=False, most=1000):  # fmt: skip
        done = row["totals__succeeded_task_count"] + row["totals__eaten_task_count"]
        total = row["totals__total_task_count"]
        found[row["id"]] = {
            **{name: row[name] for name in ("id", "name", "state", "paused", "priority", "restarts")},
            "project": row["project_code"], "folder": row["folder_name"], "user": row["username"],
            "pausereason": row["pause_reason"] or "", "mincores": row["min_cores"], "maxcores": row["max_cores"],
            "cores": row["run_cores"], "procs": row["run_procs"], "tasks": total,
            **{name: row[f"totals__{name}_task_count"]
               for name in ("waiting", "running", "dead", "eaten", "depend", "succeeded")},
            "done": done, "progress": 100.0 * done / total, "ram": row["stats__high_ram"],
            "coretime": row["stats__total_core_time"], "age": _age(row["start_time"]),
            "started": row["start_time"] or None, "finished": row["stop_time"] or None,
            "startafter": row["start_after"] or None, "eta": row["predicted_end"] or None,
            "waits": row["waits_for_others"], "post": row["is_post"], "endreason": row["end_reason"] or "",
            "endedby": row["ended_by"] or "", "pool": row["pools"] or [], "attr": row["attrs"],
        }  # fmt: skip
    return found


def _tasks(db: Database, farm: Farm) -> dict[str, Has]:
    about = farm.execute(
        "select task.id::text, layer.service, layer.tags, layer.gpus, project.code as project, folder.name as folder,"
        "       job.username, job.paused, job.priority, job.attrs, job.created, task.failures, task.updated,"
        "       (select attempt.end_reason from plow.attempt where attempt.task_id = task.id"
        "           and attempt.number = task.retries) as end_reason"
        "  from plow.task join plow.layer on layer.id = layer_id join plow.job on job.id = task.job_id"
        "  join plow.project on project.id = project_id join plow.folder on folder.id = folder_id"
        " where job.state <> 'FINISHED'"
    )
    found: dict[str, Has] = {}
    for beside in about:
        row = db.one("task_by_id", id=beside["id"], missing="no such task")
        start, stop, runs = row["stats__start_time"], row["stats__stop_time"], row["stats__active"]
        submitted, updated = (int(beside[name].timestamp() * 1000) for name in ("created", "updated"))
        found[row["id"]] = {
            **{name: row[name] for name in ("id", "name", "order", "state", "retries")},
            "frame": row["number"], "layer": row["layer_name"], "layerid": row["layer_id"], "job": row["job_name"],
            "jobid": row["job_id"], "node": row["stats__last_node"], "cores": row["stats__cores"],
            "usedcores": row["stats__used_cores"], "mincores": row["min_cores"], "ram": row["stats__high_ram"],
            "usedram": row["stats__used_ram"], "bookedram": row["stats__ram"], "minram": row["min_ram"],
            "runtime": (NOW_MS if runs else stop) - start if start and (runs or stop) else None,
            "progress": row["stats__progress"], "lastlog": row["stats__last_log_line"],
            "exit": row["stats__exit_status"], "signal": row["stats__exit_signal"],
            "endreason": None if runs else beside["end_reason"],
            "started": start or None, "stopped": stop or None, "updated": updated, "submitted": submitted,
            "age": _age(submitted), "tag": beside["tags"], "user": beside["username"], "attr": beside["attrs"],
            **{name: beside[name] for name in ("service", "gpus", "project", "folder", "paused", "priority")},
            "failures": beside["failures"],
        }  # fmt: skip
    return found


def _nodes(db: Database, farm: Farm) -> dict[str, Has]:
    loads = {row["id"]: row for row in farm.execute(
        "select node_id::text as id, load[1] as load,"
        " array(select job.name from plow.proc join plow.job on job.id = job_id"
        " where proc.node_id = node_report.node_id) as jobs from plow.node_report")}  # fmt: skip
    found: dict[str, Has] = {}
    for row in db.all(
        "nodes", **dict.fromkeys(("ids", "clusters", "names", "states", "locked", "regex", "most"))
    ):
        gpus, disks = row["gpus"] or [], row["disks"]
        found[row["id"]] = {
            **{name: row[name] for name in ("id", "name", "state", "locked", "mode")},
            "reason": row["state_reason"] or "", "cluster": row["cluster_name"], "clusterid": row["cluster_id"],
            "tag": row["tags"], "pool": row["pools"] or [], "cores": row["total_cores"], "idle": row["idle_cores"],
            "procs": row["run_procs"], "ram": row["total_ram_mb"], "free": row["free_ram_mb"],
            "systemram": row["system__total_ram_mb"], "systemfree": row["system__free_ram_mb"],
            "swap": row["system__total_swap_mb"], "freeswap": row["system__free_swap_mb"],
            "freedisk": min(disk["freeMb"] for disk in disks) if disks else None, "load": loads[row["id"]]["load"],
            "gpus": len(gpus), "idlegpus": row["idle_gpus"] or 0,
            "gpuram": max((gpu["memoryMb"] for gpu in gpus), default=0), "gpu": [gpu["model"] for gpu in gpus],
            "os": row["os"] or "", "arch": row["arch"] or "", "cpu": row["system__cpu_model"],
            "platform": row["system__platform"],
            "version": row["version"] or "", "ip": row["ipaddr"], "ping": _age(row["updated_time"]),
            "uptime": _age(row["boot_time"]), "booted": row["boot_time"] or None,
            "created": row["created_time"] or None,
            "draining": row["is_draining"], "rebooting": row["is_rebooting"],
            "reserved": row["reservation"] is not None, "away": row["away_reason"] or "", "user": row["users"] or [],
            "complaint": row["complaints"] or [], "job": loads[row["id"]]["jobs"], "metric": row["metrics"] or {},
        }  # fmt: skip
    return found
