"""From a server's RunTaskCommand to the request a shim gets: checked here, completed from our settings."""

from __future__ import annotations

import fnmatch
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from plow_client.errors import Invalid
from plow_client.idl import RunTaskCommand
from rndaemon.config import Config, RunAs, Task, log_roots
from rndaemon.facts.cpu import Topology
from rndaemon.logfile import checked
from rndaemon.platform.boot import boot_id
from rndaemon.progress import rules_for
from rndaemon.request import Request
from rndaemon.spool import is_proc_id
from rndaemon.taskenv import environment_fault
from rndaemon.tokens import fill_in, tokens_of
from rndaemon.users import default_service_user

USUAL_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORDS = 4096
_WORD_BYTES = 128 * 1024
_ENV_BYTES = 128 * 1024


def check_command(command: RunTaskCommand) -> None:
    """Invalid says what no node could run."""
    if not is_proc_id(command.procId or ""):
        raise Invalid(f"'{(command.procId or '')[:64]}' is not a proc id")
    words = command.command or []
    if not words or not words[0]:
        raise Invalid(f"proc '{command.procId}' has no command")
    if len(words) > _WORDS or any(len(word) > _WORD_BYTES or "\0" in word for word in words):
        raise Invalid(f"the command of proc '{command.procId}' is too long or contains a NUL character")
    fault = environment_fault(command.env or {})
    if not fault and sum(len(name) + len(value) for name, value in (command.env or {}).items()) > _ENV_BYTES:
        fault = f"the environment is larger than {_ENV_BYTES} bytes"
    if fault:
        raise Invalid(f"proc '{command.procId}': {fault}")
    try:
        checked(command.logFile or "")
    except OSError as error:
        raise Invalid(str(error)) from None


class Preparer:
    """Knows the settings and the machine; makes requests."""

    def __init__(self, config: Config, topology: Topology, name: str, cores: int) -> None:
        self._config = config
        self._topology = topology
        self._name = name
        self._run_as = run_as(config.task)
        self._user = config.task.user or default_service_user()
        self._inherited = {
            **inherited(config.task.inherit, os.environ),
            "PATH": config.task.path or f"{Path(sys.executable).parent}:{USUAL_FOLDERS}",
            **config.task.env,
        }
        self._pins = config.task.pin == "always" or (
            config.task.pin == "auto" and cores == topology.physical and not config.daemon.cores
        )

    def request(self, command: RunTaskCommand, slots: list[int]) -> Request:
        """All that a shim needs to know."""
        task = self._config.task
        values = tokens_of(command.frames or "", command.taskName or "")
        grace_s = task.grace_s if command.killGraceS is None else float(command.killGraceS)
        return Request(
            proc_id=command.procId,
            task_id=command.taskId or "",
            job_id=command.jobId or "",
            layer_id=command.layerId or "",
            command=fill_in(command.command, values),
            log_file=command.logFile,
            env=dict(command.env or {}),
            inherited=self._inherited,
            attempt=command.attempt or 0,
            cores=command.cores,
            threads=command.cores * self._topology.threads_per_core,
            ram_mb=command.ramMb or 0,
            slots=slots,
            cpus=self._processors(slots),
            host=self._name,
            job_name=command.jobName or "",
            task_name=command.taskName or "",
            run_as=self._run_as,
            user=(command.username or "") if self._run_as == "submitter" else self._user,
            min_uid=task.min_uid,
            denied_users=list(task.denied_users),
            group=task.group,
            home_as_folder=task.folder == "home",
            temp=str(task.temp_root / f"plow-{command.procId}"),
            log_roots=log_roots(self._config),
            umask=int(task.umask, 8),
            allow_setuid=task.allow_setuid,
            grace_s=max(0.0, grace_s),
            leftover_grace_s=task.leftover_grace_s,
            sample_s=task.sample_s,
            stall_s=task.log_stall_s,
            rules=self._rules(command),
            boot_id=boot_id(),
            accepted_ms=int(time.time() * 1000),
        )

    def _processors(self, slots: list[int]) -> list[int]:
        if not self._pins or any(slot >= self._topology.physical for slot in slots):
            return []
        return sorted(processor for slot in slots for processor in self._topology.cores[slot])

    def _rules(self, command: RunTaskCommand) -> list[str]:
        kinds = [*(command.taskTypes or []), *([command.serv] if command.serv else [])]
        progress = self._config.progress
        return rules_for(kinds, progress.patterns, generic=progress.generic)


def run_as(task: Task) -> RunAs:
    """What `auto` means here."""
    if task.run_as != "auto":
        return task.run_as
    return "service" if os.geteuid() == 0 else "same"


def inherited(patterns: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that tasks may have from us."""
    return {
        name: value
        for name, value in environ.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }
