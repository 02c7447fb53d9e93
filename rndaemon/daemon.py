"""The node daemon: builds its parts, starts them in order and stops them in reverse."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Iterable

from plow_client.errors import Invalid, PlowError
from plow_client.idl import Ping
from plow_client.logs import event
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.version import VERSION
from rndaemon.attempts import Attempts
from rndaemon.config import Config, log_roots, state_folder
from rndaemon.facts import cpu, host, memory
from rndaemon.facts.hardware import read_hardware
from rndaemon.handler import NodeHandler
from rndaemon.logs import Logs
from rndaemon.outbox import Outbox
from rndaemon.pinger import Pinger
from rndaemon.platform.boot import boot_id
from rndaemon.preparing import Preparer
from rndaemon.reboot import Reboot
from rndaemon.selftest import complaints
from rndaemon.servers import Servers
from rndaemon.slots import Slots
from rndaemon.spool import Spool
from rndaemon.tombstones import Tombstones
from rndaemon.users import default_service_user

log = logging.getLogger(__name__)

_NODE_LIMITS = Limits(message_bytes=16_384_000, connections=256)
_LAST_RESULTS_S = 2.0
_END_TASKS_S = 5.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SpoolTaken(PlowError):
    """Another daemon has the state folder."""


class Daemon:
    """One node."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.name = config.daemon.name or host.host_name()
        self._topology = cpu.read_topology()
        self._cores = config.daemon.cores or self._topology.physical
        self._ram_mb = memory.for_tasks_mb(memory.total_mb(), config.daemon.ram_mb)
        self._boot_id = boot_id()
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
        for complaint in complaints(self._config):
            log.warning(event("node not fit", why=complaint))
        self._outbox.start()
        found = self._attempts.open()
        self._listener.start()
        self._pinger.start()
        log.info(
            event(
                "node started",
                node=self.name,
                address=self.address,
                cores=self._cores,
                ram_mb=self._ram_mb,
                adopted=found,
            )
        )

    def stop(self) -> None:
        """Stop listening and telling; tasks go on under their shims, unless configured otherwise."""
        self._pinger.stop()
        self._listener.stop()
        if self._config.daemon.on_stop == "kill":
            self._attempts.kill_all("the node daemon was stopped", "SHUTDOWN")
            self._attempts.wait_until_idle(self._config.task.grace_s + _END_TASKS_S)
        self._outbox.stop(_LAST_RESULTS_S)
        self._attempts.close()
        log.info(event("node stopped", node=self.name, running=self._attempts.running_count()))

    def make_ping(self, with_tasks: bool = True) -> Ping:
        """The truth as of now."""
        with self._sequence_lock:
            self._sequence += 1
            sequence = self._sequence
        return Ping(
            hostname=self.name,
            ipAddr=host.ip_address(),
            isReboot=self._reboot.is_scheduled,
            bootTime=host.boot_time_s(),
            hw=read_hardware(self._topology),
            tasks=self._attempts.running() if with_tasks else [],
            address=self.address,
            bootId=self._boot_id,
            daemonId=self._id,
            sequence=sequence,
            procIds=self._attempts.proc_ids(),
            cores=self._cores,
            ramMb=self._ram_mb,
            version=VERSION,
            isDraining=self._attempts.is_refusing(),
        )

    def _build(self, config: Config) -> None:
        daemon = config.daemon
        check_host(daemon.host, insecure=daemon.insecure)
        spool = open_spool(config)
        user = config.task.user or default_service_user()
        logs = Logs(str(state_folder(config)), log_roots(config), user)
        self._outbox = Outbox(Servers(daemon.servers, daemon.call_timeout_s), self._acknowledged)
        self._attempts = Attempts(
            spool,
            Tombstones(str(state_folder(config))),
            Slots(self._cores),
            Preparer(config, self._topology, self.name, self._cores),
            self._outbox.put,
            logs.note,
        )
        self._reboot = Reboot(daemon.reboot_command, self._attempts)
        self._pinger = Pinger(
            Servers(daemon.servers, daemon.call_timeout_s),
            self.make_ping,
            self._stop_procs,
            daemon.ping_interval_s,
            self._outbox.hurry,
        )
        handler = NodeHandler(self._attempts, self._reboot, self.make_ping, self._pinger, logs)
        self._listener = Listener("RndNodeApi", handler.calls(), daemon.host, daemon.port, _NODE_LIMITS)

    def _acknowledged(self, proc_ids: Iterable[str]) -> None:
        self._attempts.acknowledge(proc_ids)

    def _stop_procs(self, proc_ids: Iterable[str]) -> None:
        for proc_id in proc_ids:
            self._attempts.kill(proc_id, "the server does not want it any more")


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


def check_host(address: str, *, insecure: bool) -> None:
    """Whoever reaches the port can run commands here: beyond loopback only on demand."""
    if address not in LOOPBACK and not insecure:
        raise Invalid(
            f"'{address}' is reachable from other machines and nothing is encrypted: "
            "listen on 127.0.0.1, or add --insecure"
        )
