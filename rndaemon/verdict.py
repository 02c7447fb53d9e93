"""From what a shim left behind to the result a server gets."""

from __future__ import annotations

import time
from typing import Any

from plow_client.idl import AttemptEnd, DiskIO, RunningTask, RunTaskResult
from rndaemon.request import Request
from rndaemon.spool import Entry

_SHUT_DOWN = 86  # how servers of 2013 know that the daemon ended its tasks


def result_of(request: Request, outcome: dict[str, Any]) -> RunTaskResult:
    """The exit record in the wire's words."""
    signal_number, disk = int(outcome.get("signal", 0)), outcome.get("disk")
    return RunTaskResult(
        procId=request.proc_id,
        taskId=request.task_id,
        jobId=request.job_id,
        maxRssMb=outcome.get("max_rss_mb", 0),
        exitStatus=outcome["exit_status"],
        exitSignal=_SHUT_DOWN if outcome["end"] == "SHUTDOWN" else -signal_number,
        signal=signal_number,
        endReason=AttemptEnd[outcome["end"]],
        reason=outcome.get("reason") or None,
        startTime=outcome.get("started_ms", request.accepted_ms),
        stopTime=outcome.get("stopped_ms", int(time.time() * 1000)),
        clockMs=outcome.get("clock_ms"),
        cpuMs=outcome.get("cpu_ms"),
        highCores=outcome.get("high_cores"),
        commandIndex=outcome.get("command_index"),
        warnings=outcome.get("warnings"),
        diskIO=DiskIO(*disk) if disk else None,
        failureLine=outcome.get("failure_line"),
    )


def outcome_without_record(entry: Entry) -> dict[str, Any]:
    """What can be said when the shim is gone and left no record. Never an invented success."""
    status, wish = entry.read_status(), entry.read_kill()
    told = {"started_ms": status["started_ms"]} if "started_ms" in status else {}
    told["max_rss_mb"] = status.get("high_rss_mb", 0)
    complaint = entry.read_complaint()
    because = f": {complaint.splitlines()[-1]}" if complaint else ""
    if wish:
        return _ended(wish.get("end", "KILLED"), wish.get("reason", ""), told)
    if not status:
        if entry.read_shim() or complaint:
            return _ended("NOT_STARTED", f"the supervisor ended before it started the command{because}", told)
        return _ended("ABORTED", "the node daemon ended before it could start the command", told)
    return _ended("LOST", f"the supervisor died; how the command ended is unknown{because}", told)


def outcome_of_other_boot(entry: Entry) -> dict[str, Any]:
    """The machine went down under the attempt."""
    return _ended(
        "LOST", "the machine was restarted", {"max_rss_mb": entry.read_status().get("high_rss_mb", 0)}
    )


def running_task(request: Request, status: dict[str, Any]) -> RunningTask:
    """An attempt as a ping tells of it."""
    used_cores = float(status.get("used_cores", 0.0))
    disk = status.get("disk")
    return RunningTask(
        procId=request.proc_id,
        taskId=request.task_id,
        jobId=request.job_id,
        layerId=request.layer_id,
        rssMb=status.get("rss_mb", 0),
        pid=status.get("pid", 0),
        progress=status.get("progress", 0.0),
        lastLog=status.get("last_log", ""),
        cpuPercent=min(32767, int(used_cores * 100)),
        diskIO=DiskIO(*disk) if disk else None,
        usedCores=used_cores,
        startTime=status.get("started_ms", request.accepted_ms),
        highRssMb=status.get("high_rss_mb", 0),
        attempt=request.attempt,
        commandIndex=status.get("command_index"),
        warnings=status.get("warnings"),
        gpus=request.gpus or None,
    )


def _ended(end: str, reason: str, told: dict[str, Any]) -> dict[str, Any]:
    return {"exit_status": 1, "signal": 0, "end": end, "reason": reason, **told}
