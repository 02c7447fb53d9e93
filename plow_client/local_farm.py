"""A whole farm on this machine: a server with its own database and some nodes, as child processes.

    with LocalFarm(state, nodes=2) as farm:
        plow_client.connect(farm.hosts)

Everything it keeps lies in one folder, and it reads no settings but those there, so that a farm for trying
things out never touches a real one. Leaving the block stops all of it; if this process dies, the kernel does.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from plow_client.account import first_account
from plow_client.errors import Invalid, Unavailable
from plow_client.places import running_as_root, state_dir
from plow_client.program import Program

LOOPBACK = "127.0.0.1"
RPC_PORT, NODE_PORT = 11336, 11337
TASK_USERS = ("plowtask", "nobody")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
SMALLEST_RAM_MB = 1024  # an ordinary task fits, on the smallest machine too
_STRANGE = ("PLOW_SERVER_", "PLOW_RNDAEMON_")


@dataclass(frozen=True)
class Share:
    """What one node gives to tasks."""

    cores: int
    ram_mb: int


class LocalNode(Program):
    """A node daemon of the farm. Its name and port stay when it is started again."""

    def __init__(self, name: str, share: Share, farm: LocalFarm) -> None:
        log_file = farm.state / "log" / f"{name}.log"
        super().__init__(name, self._words_of_command, _NODE_READY, log_file, farm.environment)
        self.share = share
        self.address = ""
        self.state = farm.state / name
        self._farm = farm

    def start(self, within_s: float = 60.0) -> tuple[str, ...]:
        """Start it, or start it again."""
        found = super().start(within_s)
        self.address = found[1]
        return found

    def _words_of_command(self) -> list[str]:
        port = self.address.rpartition(":")[2] or "0"
        return [
            *_python("rndaemon.main", self._farm.state / "rndaemon.toml"),
            *("--server", f"{LOOPBACK}:{self._farm.node_port}", "--host", LOOPBACK, "--port", port),
            *("--name", self.name, "--state", str(self.state)),
            *("--cores", str(self.share.cores), "--ram-mb", str(self.share.ram_mb)),
            *_options(self._farm.node_options),
        ]


class LocalFarm:
    """The farm; `start` and `stop`, or use it in a `with` block.

    `cores_per_node` overbooks this machine where the nodes' cores are more than it has.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        nodes: int = 2,
        cores_per_node: int | None = None,
        standard_ports: bool = False,
        database: str | None = None,
        server_options: Sequence[str] = (),
        node_options: Sequence[str] = (),
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Options are ``section.key=value``. `standard_ports` takes 11336 and 11337 where they are free.

        `tell` hears what is being done, a few words at a time.
        """
        self.state = (state or state_dir()).absolute()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(_STRANGE)}
        self.rpc_port = _free_or_any(RPC_PORT) if standard_ports else 0
        self.node_port = _free_or_any(NODE_PORT) if standard_ports else 0
        self.node_options = [*_task_options(self.state), "daemon.on_stop=kill", *node_options]
        self._server_options = list(server_options)
        self._database = database
        self._tell = tell or (lambda words: None)
        self.server = Program(
            "plow-server",
            self._server_command,
            _SERVER_READY,
            self.state / "log" / "plow-server.log",
            self.environment,
        )
        shares = share_machine(nodes, cores_per_node)
        self.nodes = [LocalNode(f"node-{number}", share, self) for number, share in enumerate(shares, 1)]
        self._former_handler: object = None

    @property
    def hosts(self) -> str:
        """Where clients reach the server: for `connect`, or as PLOW_HOSTS."""
        return f"{LOOPBACK}:{self.rpc_port}"

    @property
    def has_standard_ports(self) -> bool:
        """Whether clients find it without being told where."""
        return self.rpc_port == RPC_PORT

    def start(self) -> None:
        """Start the server, then the nodes, each when the one before is ready."""
        self._make_folder()
        try:
            self.start_server()
            self._prepare_tasks()
            for node in self.nodes:
                self._tell(f"starting {node.name}")
                node.start()
        except BaseException:
            self.stop()
            raise

    def start_server(self) -> None:
        """Start the server, or start it again on the same ports."""
        self._tell("starting the server and its database")
        rpc, node = self.server.start()
        self.rpc_port, self.node_port = int(rpc), int(node)

    def start_node(self, number: int) -> LocalNode:
        """Start the node at this place of `nodes` (again)."""
        self.nodes[number].start()
        return self.nodes[number]

    def kill(self, what: Program) -> None:
        """End the server or a node as a crash would (kill -9); tasks of a node go on."""
        what.kill()

    def stop(self) -> None:
        """Stop the nodes with their tasks, then the server."""
        try:
            for node in self.nodes:
                if self._left_tasks(node):
                    self._end_tasks_of(node)
                node.ask_to_stop()
            for node in self.nodes:
                node.stop()
        finally:
            self.server.stop()

    def __enter__(self) -> LocalFarm:
        self._listen_to_sigterm()
        try:
            self.start()
        except BaseException:
            self._forget_sigterm()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._forget_sigterm()

    def _server_command(self) -> list[str]:
        database = ["--database", self._database] if self._database else []
        return [
            *_python("plow_server.main", self.state / "plow-server.toml", "serve"),
            *("--data", str(self.state / "server"), *database, "--host", LOOPBACK),
            *("--rpc-port", str(self.rpc_port), "--node-port", str(self.node_port)),
            *_options(self._server_options),
        ]

    def _make_folder(self) -> None:
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            for program in ("plow-server", "rndaemon"):
                settings = self.state / f"{program}.toml"
                if not settings.exists():
                    settings.write_text(f"# Settings of {program} in this local farm; yours to change.\n")
        except OSError as error:
            raise Invalid(f"cannot keep a farm in '{self.state}': {error.strerror}") from error

    def _prepare_tasks(self) -> None:
        """Tasks never run as root: as root they run as another account, which needs a Python it can reach."""
        if not running_as_root() or any(option.startswith("task.path=") for option in self.node_options):
            return
        from plow_client.task_python import (
            ensure_task_python,
        )  # copies a Python tree: only where it is needed

        self._tell("looking for a Python that tasks can run, or making one")
        programs = ensure_task_python(self.state, first_account(TASK_USERS).name)
        self.node_options.append(f"task.path={programs}:{SYSTEM_PATH}")

    def _left_tasks(self, node: LocalNode) -> bool:
        """Whether it was killed by somebody, so that its tasks may still run without it."""
        return not node.is_running and node.exit_status is not None and node.exit_status < 0

    def _end_tasks_of(self, node: LocalNode) -> None:
        try:
            node.start(within_s=10.0)
        except Unavailable:
            return  # it cannot be started any more, and its log says why: nobody else can end its tasks

    def _listen_to_sigterm(self) -> None:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            self._former_handler = signal.signal(signal.SIGTERM, _leave)

    def _forget_sigterm(self) -> None:
        if self._former_handler is not None:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._former_handler = None


_SERVER_READY = r"^plow-server ready rpc=\S*:(\d+) node=\S*:(\d+)\s*$"
_NODE_READY = r"^rndaemon ready node=(\S+) address=(\S+)\s*$"


def share_machine(
    nodes: int, cores_per_node: int | None = None, *, cores: int | None = None, ram_mb: int | None = None
) -> list[Share]:
    """Divide this machine among nodes; each has a core and enough memory for an ordinary task."""
    if nodes < 1:
        raise Invalid(f"a farm of {nodes} nodes: expected at least 1")
    if cores_per_node is not None and cores_per_node < 1:
        raise Invalid(f"{cores_per_node} cores per node: expected at least 1")
    whole = _cores() if cores is None else cores
    memory = _ram_mb() if ram_mb is None else ram_mb
    each = max(SMALLEST_RAM_MB, (memory - memory // 10) // nodes)
    return [
        Share(cores_per_node or max(1, whole // nodes + (number < whole % nodes)), each)
        for number in range(nodes)
    ]


def _task_options(state: Path) -> list[str]:
    if not running_as_root():
        return []
    return [f"task.user={first_account(TASK_USERS).name}", f"task.log_roots={state / 'server' / 'logs'}"]


def _python(module: str, settings: Path, *words: str) -> list[str]:
    return [sys.executable, "-u", "-m", module, *words, "--config", str(settings)]


def _options(options: Sequence[str]) -> list[str]:
    return [word for option in options for word in ("-o", option)]


def _free_or_any(port: int) -> int:
    """The port if nobody has it, else 0: any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return 0
    return port


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ram_mb() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
    except (AttributeError, ValueError, OSError):
        return 2 * SMALLEST_RAM_MB


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
