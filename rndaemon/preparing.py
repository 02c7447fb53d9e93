"""From a server's RunTaskCommand to the request a shim gets: checked here, completed from our settings."""

from __future__ import annotations

import fnmatch
import logging
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import RunSettingsT, RunTaskCommand
from plow_client.logs import event
from plow_client.rpc.seldom import Seldom
from rndaemon import rules, wrappers
from rndaemon.cgroup import group_of
from rndaemon.config import Config, RunAs, Task, log_roots
from rndaemon.facts.cpu import Topology
from rndaemon.logfile import checked
from rndaemon.pathmap import PathMap
from rndaemon.platform.boot import boot_id
from rndaemon.request import Request
from rndaemon.spool import is_proc_id
from rndaemon.taskenv import environment_fault
from rndaemon.tokens import fill_in, tokens_of
from rndaemon.users import default_service_user, is_user

log = logging.getLogger(__name__)

USUAL_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORDS = 4096
_WORD_BYTES = 128 * 1024
_ENV_BYTES = 128 * 1024
_COMMANDS = 1000
_NOTE_EVERY_S = 600.0


class _Settings(TypedDict):
    """What a layer may say about its runs, or else this node says."""

    max_run_s: int
    max_silence_s: int
    max_log_mb: int
    niceness: int


def check_command(command: RunTaskCommand, turned: Callable[[str], str] = str) -> None:
    """Invalid says what no node could run; `turned` makes the log's path the one that it has here."""
    if not is_proc_id(command.procId or ""):
        raise Invalid(f"'{(command.procId or '')[:64]}' is not a proc id")
    if not command.command or not command.command[0]:
        raise Invalid(f"proc '{command.procId}' has no command")
    fault = _fault_in_commands(command) or environment_fault(command.env or {})
    if not fault and sum(len(name) + len(value) for name, value in (command.env or {}).items()) > _ENV_BYTES:
        fault = f"the environment is larger than {_ENV_BYTES} bytes"
    if fault:
        raise Invalid(f"proc '{command.procId}': {fault}")
    try:
        checked(turned(command.logFile or ""))
    except OSError as error:
        raise Invalid(str(error)) from None


def _fault_in_commands(command: RunTaskCommand) -> str:
    run = command.run or RunSettingsT()
    optional = [words for words in (run.beforeCommand, run.afterCommand, run.wrapper) if words]
    commands = [command.command, *optional, *(run.moreCommands or [])]
    if len(commands) > _COMMANDS:
        return f"{len(commands)} commands: at most {_COMMANDS}"
    for words in commands:
        if not words or not words[0]:
            return "one of its commands has no words"
        if len(words) > _WORDS or any(len(word) > _WORD_BYTES or "\0" in word for word in words):
            return "one of its commands is too long or contains a NUL character"
    return ""


class Preparer:
    """Knows the settings and the machine; makes requests."""

    def __init__(
        self,
        config: Config,
        topology: Topology,
        name: str,
        cores: int,
        group_base: str | None = None,
        gpu_environment: Callable[[Iterable[int]], dict[str, str]] | None = None,
        threads: Callable[[list[int]], int] | None = None,
    ) -> None:
        """`group_base` is where attempts get control groups; `gpu_environment` shows a task its devices or raises
        NotAllowed; `threads` tells how many a task on these cores should start.
        """
        self._config = config
        self._topology = topology
        self._name = name
        self.group_base = group_base
        self._gpu_environment = gpu_environment or _no_gpus
        self._threads = threads or topology.threads_of
        self._paths = PathMap.from_config(config)
        self._noted = Seldom(_NOTE_EVERY_S)
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

    def turned(self, path: str) -> str:
        """A path of whatever platform as this node knows it."""
        return self._paths.apply(path)

    def request(self, command: RunTaskCommand, slots: list[int]) -> Request:
        """All that a shim needs to know."""
        task = self._config.task
        grace_s = task.grace_s if command.killGraceS is None else float(command.killGraceS)
        base = self.group_base
        return self._with_commands(
            command,
            Request(
                proc_id=command.procId,
                task_id=command.taskId or "",
                job_id=command.jobId or "",
                layer_id=command.layerId or "",
                command=command.command,
                log_file=self._paths.apply(command.logFile),
                env={name: self._paths.apply(value) for name, value in (command.env or {}).items()},
                inherited=self._inherited,
                attempt=command.attempt or 0,
                cores=command.cores,
                threads=self._threads(slots),
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
                remark=self._remark(command),
                boot_id=boot_id(),
                accepted_ms=int(time.time() * 1000),
                **self._settings(command.run or RunSettingsT()),
                memory_limit_mb=max(0, command.memoryLimitMb or 0),
                gpu_env=self._gpu_environment(command.gpus) if command.gpus is not None else {},
                gpus=list(command.gpus or []),
                max_processes=task.max_processes,
                open_files=task.open_files,
                cgroup=group_of(base, command.procId).path if base else "",
            ),
        )

    def _with_commands(self, command: RunTaskCommand, made: Request) -> Request:
        """Tokens filled in, paths as they are here, and what gives them their environment."""
        run = command.run or RunSettingsT()
        values = tokens_of(command.frames or "", command.taskName or "")

        def ready(words: Sequence[str] | None) -> list[str]:
            return [self._paths.apply(word) for word in fill_in(split_like_a_shell(words or ()), values)]

        made = made._replace(
            before=ready(run.beforeCommand),
            command=ready(command.command),
            more=[ready(words) for words in run.moreCommands or []],
            after=ready(run.afterCommand),
        )
        names = [*made.env, *made.gpu_env, "PLOW_CORES", "PLOW_THREADS", "PLOW_PROC_ID"]
        try:
            words = fill_in(run.wrapper or [], values)
            return made._replace(wrapper=wrappers.resolve(words, self._config, names, made.temp))
        except wrappers.NoWrapper as fault:
            return made._replace(environment_fault=str(fault))

    def _settings(self, run: RunSettingsT) -> _Settings:
        task = self._config.task
        return {
            "max_run_s": max(0, task.max_run_s if run.maxRunS is None else run.maxRunS),
            "max_silence_s": max(0, task.max_silence_s if run.maxSilenceS is None else run.maxSilenceS),
            "max_log_mb": max(0, task.max_log_mb if run.maxLogMb is None else run.maxLogMb),
            "niceness": min(19, max(0, task.niceness if run.niceness is None else run.niceness)),
        }

    def _processors(self, slots: list[int]) -> list[int]:
        if not self._pins or any(slot >= self._topology.physical for slot in slots):
            return []
        return sorted(processor for slot in slots for processor in self._topology.cores[slot])

    def _rules(self, command: RunTaskCommand) -> list[list[str]]:
        named = command.run.logRules if command.run else None
        kinds = [*(command.taskTypes or []), *([command.serv] if command.serv else [])]
        return rules.for_names(kinds if named is None else named, self._config)

    def _remark(self, command: RunTaskCommand) -> str:
        """Services need no rules of their own; who names some means them."""
        remark = rules.unknown((command.run and command.run.logRules) or (), self._config)
        if remark and self._noted.due(remark) is not None:
            log.warning(
                event("task names unknown log rules", why=remark, job=command.jobName or command.jobId)
            )
        return remark


def _no_gpus(wanted: Iterable[int]) -> dict[str, str]:
    if lacking := list(wanted):
        raise NotAllowed(f"this node has no GPU {lacking[0]}")
    return {}


def split_like_a_shell(words: Sequence[str]) -> list[str]:
    """A command given as one text becomes words, unless there is a program of that very name."""
    if len(words) != 1 or " " not in words[0].strip() or os.path.exists(words[0]):
        return list(words)
    try:
        return shlex.split(words[0]) or list(words)
    except ValueError:
        return list(words)  # a quotation mark without its partner: as it is, it names no program


def run_as(task: Task) -> RunAs:
    """What `auto` means here."""
    if task.run_as != "auto":
        return task.run_as
    if os.geteuid() != 0:
        return "same"
    if task.user and not is_user(task.user):
        log.warning(event("task.user is unknown here: tasks run as their submitters", user=task.user))
        return "submitter"
    return "service"


def inherited(patterns: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that tasks may have from us."""
    return {
        name: value
        for name, value in environ.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }
