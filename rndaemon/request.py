"""What a shim is asked to do: one attempt, whole, as it lies in the spool.

A daemon may find what an older release wrote: fields are only added, each with a default, and VERSION
rises when one changes its meaning. What a newer release wrote is left alone. Used by the shim, so only
the standard library.
"""

from __future__ import annotations

import json
from typing import NamedTuple

VERSION = 2  # 1 had one list of patterns as `rules`


class FromTheFuture(Exception):
    """A newer release wrote this; the message says so."""


class Request(NamedTuple):
    """One attempt: what to start, as whom, where its output goes, and how to end it."""

    proc_id: str
    task_id: str
    job_id: str
    layer_id: str
    command: list[str]
    log_file: str
    env: dict[str, str] = {}
    inherited: dict[str, str] = {}  # what the daemon passes on from its own environment
    attempt: int = 0
    cores: int = 1
    threads: int = 1
    ram_mb: int = 0
    slots: list[int] = []
    cpus: list[int] = []  # run on these only; empty = anywhere
    host: str = ""
    job_name: str = ""
    task_name: str = ""
    run_as: str = "same"  # same | service | submitter
    user: str = ""  # whom to run as, by name, where run_as is not "same"
    min_uid: int = 1000
    denied_users: list[str] = []
    group: str = ""  # a submitter must be in it, where set
    home_as_folder: bool = True
    temp: str = ""  # the attempt's private folder, made and removed by the shim
    log_roots: list[str] = []
    umask: int = 0o022
    allow_setuid: bool = False
    grace_s: float = 10.0
    leftover_grace_s: float = 1.0
    sample_s: float = 5.0
    stall_s: float = 30.0
    rules: list[list[str]] = []
    boot_id: str = ""
    accepted_ms: int = 0
    before: list[str] = []  # runs first; if it fails, so does the attempt
    more: list[list[str]] = []  # run after the command, as long as each one exits with 0
    after: list[str] = []  # runs last, whatever happened
    wrapper: list[str] = []  # stands before each command
    environment_fault: str = ""  # why this node cannot give the commands their environment; they don't run
    gpu_env: dict[str, str] = {}
    gpus: list[int] = []
    max_run_s: int = 0  # 0 = no limit, as in the next three
    max_silence_s: int = 0
    max_log_mb: int = 0
    memory_limit_mb: int = 0
    niceness: int = 0
    max_processes: int = 0
    open_files: int = 0
    cgroup: str = ""  # the control group to be made for it; empty = none
    remark: str = ""  # what its owner should know before its output, such as a misspelt name

    def to_json(self) -> bytes:
        """The bytes of the spool's `request`."""
        return json.dumps({"version": VERSION, **self._asdict()}).encode()


def from_json(text: bytes) -> Request:
    """Read a request of any version up to ours; FromTheFuture for a later one."""
    told = json.loads(text)
    if int(told.get("version", 1)) > VERSION:
        raise FromTheFuture(
            f"attempt '{told.get('proc_id', '')}' was begun by a newer rndaemon (format {told['version']}, "
            f"this one reads up to {VERSION})"
        )
    return Request(**{name: told[name] for name in Request._fields if name in told})
