"""The node daemon: builds its parts, starts them in order and stops them in reverse."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from plow_client.errors import Invalid, PlowError
from plow_client.idl import Ping
from plow_client.logs import event
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.version import VERSION
from rndaemon import cgroup
from rndaemon.attempts import Attempts
from rndaemon.config import Config, log_roots, state_folder
from rndaemon.desk import Desk
from rndaemon.door import NIMBY, STOP, UNFIT, Door
from rndaemon.facts import disk, host
from rndaemon.facts.machine import Machine
from rndaemon.facts.slow import Slow
from rndaemon.handler import NodeHandler
from rndaemon.local import Guests, LocalSocket
from rndaemon.logs import Logs
from rndaemon.nimby import build
from rndaemon.nimby.watchman import Watchman
from rndaemon.outbox import Outbox
from rndaemon.pinger import Pinger
from rndaemon.platform import tree
from rndaemon.platform.base import current
from rndaemon.preparing import Preparer
from rndaemon.reboot import Reboot
from rndaemon.selftest import complaints, hindrance
from rndaemon.servers import Servers
from rndaemon.spool import Spool
from rndaemon.tombstones import Tombstones
from rndaemon.unwanted import Unwanted
from rndaemon.users import default_service_user
from rndaemon.wishes import Wishes

log = logging.getLogger(__name__)

_NODE_LIMITS = Limits(message_bytes=16_384_000, connections=256)
_LAST_RESULTS_S = 2.0
_END_TASKS_S = 5.0
_FIRST_LOOK_S = 3.0
_SCRATCH_EVERY_S = 5.0
_SCRATCH_SILENT = "the disk for scratch files does not answer: no new tasks"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SpoolTaken(PlowError):
    """Another daemon has the state folder."""


class Daemon:
    """One node."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.name = config.daemon.name or host.host_name()
        self._machine = Machine(config)
        self._slots = self._machine.slots()
        self._shortage = Slow("scratch", partial(disk.shortage, config), _SCRATCH_SILENT, _SCRATCH_EVERY_S)
        self._complaints: list[str] = []
        self._id = str(uuid.uuid4())
        self._sequence = 0
        self._sequence_lock = threading.Lock()
        self._build(config)

    @property
    def address(self) -> str:
        """HOST:PORT where servers find this node."""
        if self._config.daemon.address:
            return self._config.daemon.address
        bound, port = self._listener.address
        if bound in ("0.0.0.0", "::"):
            bound = host.ip_address()
        return f"[{bound}]:{port}" if ":" in bound else f"{bound}:{port}"

    def start(self) -> None:
        """Find what runs, then listen, then tell the servers: so the first ping is already the truth."""
        self._complaints += complaints(self._config)
        for complaint in self._complaints:
            log.warning(event("node not fit", why=complaint))
        self._door.close(UNFIT, hindrance(self._config))
        self._machine.start()
        self._shortage.start()
        self._shortage.wait(_FIRST_LOOK_S)
        found = self._attempts.open()
        if self._watchman:
            self._watchman.start()
        self._listener.start()
        self._local.start()
        if not self._config.daemon.offline:
            self._outbox.start()
            self._pinger.start()
        log.info(
            event(
                "node started",
                node=self.name,
                address=self.address,
                cores=self._machine.cores,
                ram_mb=self._machine.ram_mb,
                adopted=found,
            )
        )

    def stop(self) -> None:
        """Stop listening and telling; tasks go on under their shims, unless configured otherwise."""
        self._door.close(STOP, "the node daemon was stopped")
        self._local.stop()
        if self._watchman:
            self._watchman.stop()
        self._pinger.stop()
        self._listener.stop()
        if self._config.daemon.on_stop == "kill":
            self._attempts.kill_all("the node daemon was stopped", "SHUTDOWN", self._config.task.grace_s)
            self._attempts.wait_until_idle(self._config.task.grace_s + _END_TASKS_S)
        self._outbox.stop(_LAST_RESULTS_S)
        self._attempts.close()
        self._machine.stop()
        self._shortage.stop()
        log.info(event("node stopped", node=self.name, running=self._attempts.running_count()))

    def make_ping(self, with_tasks: bool = True) -> Ping:
        """The truth as of now."""
        with self._sequence_lock:
            self._sequence += 1
            sequence = self._sequence
        away = self._attempts.why_refusing()
        ping = Ping(
            hostname=self.name,
            isReboot=self._reboot.is_scheduled,
            tasks=self._attempts.running() if with_tasks else [],
            address=self.address,
            daemonId=self._id,
            sequence=sequence,
            procIds=self._attempts.proc_ids(),
            version=VERSION,
            isDraining=bool(away),
            awayReason=away or None,
            gone=self._unwanted.gone or None,
            complaints=self._complain() or None,
        )
        self._machine.tell(ping)
        return ping

    def _build(self, config: Config) -> None:
        daemon = config.daemon
        check_host(daemon.host, insecure=daemon.insecure)
        spool = open_spool(config)
        user = config.task.user or default_service_user()
        logs = Logs(str(state_folder(config)), log_roots(config), user)
        self._outbox = Outbox(Servers(daemon.servers, daemon.call_timeout_s), self._acknowledged)
        self._attempts = Attempts(
            spool,
            Tombstones(str(state_folder(config)), steady_clock()),
            self._slots,
            self._preparer(config),
            self._outbox.put,
            logs.note,
            lambda: self._shortage.value,
        )
        self._door = Door(self._attempts.refuse)
        self._unwanted = Unwanted(self._attempts.kill)
        self._pinger = Pinger(
            Servers(daemon.servers, daemon.call_timeout_s),
            self.make_ping,
            self._unwanted.take,
            daemon.ping_interval_s,
            self._outbox.hurry,
        )
        self._reboot = Reboot(daemon.reboot_command, self._attempts, self._door, self._pinger.tell)
        self._build_desk(config, user)
        handler = NodeHandler(self._attempts, self._reboot, self.make_ping, self._pinger, logs, self.desk)
        self._listener = Listener("RndNodeApi", handler.calls(), daemon.host, daemon.port, _NODE_LIMITS)

    def _preparer(self, config: Config) -> Preparer:
        base = cgroup.find_base(config.task.cgroup)
        log.info(event("control groups", folder=base.path or "none", why=base.why))
        if config.task.cgroup.startswith("/") and not base.path:
            self._complaints.append(f"task.cgroup: {base.why}: tasks have no control group")
        machine = self._machine
        return Preparer(
            config,
            machine.topology,
            self.name,
            machine.cores,
            base.path,
            machine.gpu_environment,
            machine.threads,
        )

    def _build_desk(self, config: Config, task_user: str) -> None:
        """What people at the node may see and say."""
        state = state_folder(config)
        wishes, platform = Wishes(state), current()
        self._watchman: Watchman | None = None
        if config.nimby.enabled:
            sources = build.sources(config.nimby, platform, host.users, self._shim_pids)
            self._watchman = Watchman(
                config.nimby, sources, wishes, platform.boot_id(), self._note_nimby, self._recall
            )
        self.desk = Desk(self._attempts, self._door, wishes, self._pinger, self._watchman, self._facts)
        self._local = LocalSocket(state, self.desk, Guests(host.users, config.nimby.people, task_user))

    def _acknowledged(self, proc_ids: Iterable[str]) -> None:
        self._attempts.acknowledge(proc_ids)

    def _note_nimby(self, reason: str) -> None:
        self._door.close(NIMBY, reason)
        self._pinger.soon()

    def _recall(self, reason: str) -> None:
        """The person at the machine waits: not as long as some job may want."""
        self._attempts.kill_all(reason, "RECALLED", self._config.task.grace_s)

    def _complain(self) -> list[str]:
        return self._complaints + ([self._reboot.failure] if self._reboot.failure else [])

    def _shim_pids(self) -> list[int]:
        """What is below them is ours, also what has left its task's process."""
        seen = (tree.look(task.pid) for task in self._attempts.running() if task.pid)
        return [process.parent for process in seen if process and process.parent > 1]

    def _facts(self) -> dict[str, Any]:
        """What else a person at the node may want to know."""
        return {
            "node": self.name,
            "address": self.address,
            "version": VERSION,
            "cores": self._machine.cores,
            "free_cores": self._slots.free,
            "unsent": len(self._outbox),
            "complaints": self._complain(),
        }


def open_spool(config: Config) -> Spool:
    """Take the state folder; SpoolTaken when another daemon has it."""
    state = str(state_folder(config))
    try:
        os.makedirs(state, mode=0o711, exist_ok=True)
        spool = Spool(state, min_free_mb=config.daemon.min_free_mb)
    except OSError as error:
        raise Invalid(f"cannot use state folder '{state}': {error.strerror}") from error
    if not spool.claim():
        raise SpoolTaken(f"another rndaemon uses the state folder '{state}'")
    return spool


def steady_clock() -> Callable[[], float]:
    """The time of day, as it goes on from now: what corrects the wall clock later makes no tombstone older."""
    began = time.time() - time.monotonic()
    return lambda: began + time.monotonic()


def check_host(address: str, *, insecure: bool) -> None:
    """Whoever reaches the port can run commands here: beyond loopback only on demand."""
    if address not in LOOPBACK and not insecure:
        raise Invalid(
            f"'{address}' is reachable from other machines and nothing is encrypted: "
            "listen on 127.0.0.1, or add --insecure"
        )
