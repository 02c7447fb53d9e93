"""Every setting of the node daemon; etc/rndaemon.toml lists them with these words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from plow_client.config import setting
from plow_client.errors import Invalid
from plow_client.places import state_dir
from rndaemon.nimby.settings import Nimby
from rndaemon.pathmap import check_rule
from rndaemon.rules import check_pattern, check_sets
from rndaemon.servers import parse_address
from rndaemon.wrappers import check_template

RunAs = Literal["auto", "same", "service", "submitter"]


def _check_address(key: str, text: str) -> None:
    try:
        parse_address(text)
    except Invalid as error:
        raise ValueError(f"{key}: {error.why}") from None


@dataclass(frozen=True)
class Daemon:
    """The node itself."""

    name: str = setting("", "Name of this node; empty: the machine's host name.")
    host: str = setting("127.0.0.1", "Address to listen on. Anything but loopback needs `insecure`.")
    port: int = setting(11338, "Port to listen on; 0 takes a free one.", minimum=0, maximum=65535)
    address: str = setting("", "HOST:PORT under which servers reach this node; empty: where it listens.")
    insecure: bool = setting(
        False, "Listen beyond loopback without encryption: whoever reaches the port can run commands here."
    )
    servers: tuple[str, ...] = setting(
        ("127.0.0.1:11337",), "Servers as HOST:PORT; if one does not answer, the next is asked."
    )
    ping_interval_s: float = setting(
        10.0,
        "Seconds between signs of life, give or take a fifth; the server's answer may change it.",
        minimum=0.05,
    )
    offline: bool = setting(
        False, "Talk to no server: no pings, and results wait in the state folder. For trying things out."
    )
    call_timeout_s: float = setting(10.0, "Seconds that a server may take to answer.", minimum=0.1)
    state: Path | None = setting(
        None,
        "Folder for attempts, results and tombstones; one daemon has it at a time. "
        "Empty: `node` in Plow's state folder.",
    )
    min_free_mb: int = setting(100, "Refuse new tasks when the state folder has less room, in MB.", minimum=0)
    cores: int = setting(0, "Cores for tasks; 0: all that the machine has.", minimum=0)
    threads: int = setting(
        0, "Processors that the cores have together, for PLOW_THREADS; 0: as found on the machine.", minimum=0
    )
    ram_mb: int = setting(
        0,
        "Memory for tasks in MB, told as all that the machine has; more than there is is ignored. "
        "0: all but 5 % or 384 MB, whichever is less.",
        minimum=0,
    )
    on_stop: Literal["leave", "kill"] = setting(
        "leave",
        "What a stopping daemon does with its tasks: they go on under their shims, or they are ended.",
    )
    reboot_command: tuple[str, ...] = setting(
        (), "Words of the command that reboots the machine; empty: reboots are not permitted."
    )

    def __post_init__(self) -> None:
        if self.name and not re.fullmatch(r"\w[\w.@+-]*", self.name):
            raise ValueError(f"name: '{self.name}': expected letters, digits, '_', '.' and '-'")
        for server in self.servers:
            _check_address("servers", server)
        if self.address and not re.search(r":\d+$", self.address):
            raise ValueError(f"address: '{self.address}' is not HOST:PORT")
        if self.address:
            _check_address("address", self.address)


@dataclass(frozen=True)
class Task:
    """How tasks run."""

    run_as: RunAs = setting(
        "auto",
        "Whose rights a task has: same (the daemon's user, never root), service (`user`), submitter (the user of "
        "that name on this node), auto (service for a daemon started as root, else same).",
    )
    user: str = setting("", "User for run_as = service; empty: plowtask where it exists, else nobody.")
    min_uid: int = setting(1000, "Submitters with a lower user id are refused.", minimum=1)
    denied_users: tuple[str, ...] = setting((), "Submitters who may not run tasks here.")
    group: str = setting("", "Submitters must be in this group; empty: any.")
    allow_setuid: bool = setting(False, "Let set-uid programs such as sudo work inside tasks.")
    umask: str = setting("022", "File mode mask of tasks and logs, octal.")
    path: str = setting(
        "", "PATH of a task; empty: the folder of this daemon's Python, then the system's usual folders."
    )
    inherit: tuple[str, ...] = setting(
        ("LANG", "LC_*", "TZ"), "Variables of the daemon that tasks get too; * stands for any ending."
    )
    env: dict[str, str] = field(
        default_factory=dict,
        metadata={"doc": "Variables that every task on this node gets; a job's own win."},
    )
    folder: Literal["home", "temp"] = setting(
        "home",
        "Where commands start: the user's home (where there is none: temp), or the private temp folder.",
    )
    temp_root: Path = setting(
        Path("/tmp"), "Where each attempt gets its private TMPDIR, removed when the attempt is over."
    )
    log_roots: tuple[str, ...] | None = setting(
        None,
        "Folders below which a daemon started as root may make log folders and hand them to the task's user. "
        "Empty: where a server with default settings on this machine wants its logs.",
    )
    max_run_s: int = setting(
        0,
        "Longest that an attempt may run, where its layer does not say, in seconds; 0: no limit.",
        minimum=0,
    )
    max_silence_s: int = setting(0, "The same for the time without output.", minimum=0)
    max_log_mb: int = setting(
        0, "The same for its log, in MB: what comes after is dropped; 0: no limit.", minimum=0
    )
    niceness: int = setting(
        0, "How much tasks yield to other programs, where their layer does not say.", minimum=0, maximum=19
    )
    max_processes: int = setting(
        0,
        "Processes and threads that the user of a task may have at once, or the task where it has a control group; "
        "0: 4096 and 512 for each processor.",
        minimum=0,
    )
    open_files: int = setting(
        16384, "Files that each process of a task may have open; 0: as many as the daemon.", minimum=0
    )
    log_stall_s: float = setting(
        30.0,
        "Seconds that a log may stand still until output is dropped instead of holding up the task.",
        minimum=1,
    )
    grace_s: float = setting(
        10.0, "Seconds between asking a task to end and ending it, where the job does not say.", minimum=0
    )
    leftover_grace_s: float = setting(
        1.0, "The same for processes that a task leaves behind when it ends.", minimum=0
    )
    sample_s: float = setting(5.0, "Seconds between two looks at memory and processor use.", minimum=0.1)
    pin: Literal["auto", "always", "never"] = setting(
        "auto",
        "Bind a task to the processors of its cores; auto: where the daemon has all cores of the machine.",
    )
    min_temp_mb: int = setting(500, "Refuse new tasks when `temp_root` has less room, in MB.", minimum=0)
    cgroup: str = setting(
        "auto",
        "Where each task gets a control group of the kernel for its memory and processes: auto (what the service "
        "manager gave us), off, or a folder such as /sys/fs/cgroup/plow.",
    )

    def __post_init__(self) -> None:
        if not re.fullmatch(r"0?[0-7]{3}", self.umask):
            raise ValueError(f"umask = '{self.umask}': expected three octal digits")
        if self.cgroup not in ("auto", "off") and not self.cgroup.startswith("/"):
            raise ValueError(f"cgroup = '{self.cgroup}': expected auto, off, or the whole path of a folder")
        for root in self.log_roots or ():
            if not root.startswith("/"):
                raise ValueError(f"log_roots: '{root}' is no whole path")
        for name in self.env:
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise ValueError(f"env: '{name}' is no name of a variable")


@dataclass(frozen=True)
class Progress:
    """How a task's output is read. `PLOW_PROGRESS 0.42` on a line of its own always works."""

    patterns: dict[str, str] = setting(
        {},
        "A regular expression per service, tried first for its tasks; "
        "its group is NN%, n/total, or a number up to 1 or 100.",
    )
    generic: bool = setting(
        True, "Read what any program may say too: a percentage, a warning, that a licence is missing."
    )

    def __post_init__(self) -> None:
        for name, pattern in self.patterns.items():
            check_pattern(name, "percent", pattern)


@dataclass(frozen=True)
class Facts:
    """What a node tells of itself beyond its processors and memory."""

    disks: tuple[str, ...] = setting(
        (), "Further folders whose disks are told, besides the state folder and `task.temp_root`."
    )
    gpu_tool: str = setting(
        "nvidia-smi", "Program that lists NVIDIA devices; empty: none are looked for, of any maker."
    )
    gpu_interval_s: float = setting(
        60.0, "Seconds between two looks at memory and use of GPUs: each starts that program.", minimum=1
    )
    interval_s: float = setting(10.0, "Seconds between two looks at disks and users.", minimum=1)
    meters: tuple[str, ...] = setting(
        (), "Folders of meters of your own: NAME.py with `def measure() -> dict[str, float]`."
    )
    meter_interval_s: float = setting(60.0, "Seconds between two measurements of a meter.", minimum=1)
    meter_limit_s: float = setting(
        10.0, "Seconds that a measurement may take until its values are dropped.", minimum=0.1
    )


@dataclass(frozen=True)
class Paths:
    """Folders that have other names elsewhere: in commands, in a job's variables and in paths of logs."""

    everywhere: dict[str, str] = setting({}, "A path to turn and what it is on nodes: on all platforms.")
    linux: dict[str, str] = setting({}, "The same, on nodes with Linux; wins over `everywhere`.")
    macos: dict[str, str] = setting({}, "The same, on nodes with macOS.")
    windows: dict[str, str] = setting(
        {}, "The same, on nodes with Windows, for example {\"/mnt/show\" = 'P:\\show'}."
    )

    def __post_init__(self) -> None:
        for rules in (self.everywhere, self.linux, self.macos, self.windows):
            for source, target in rules.items():
                check_rule(source, target)


@dataclass(frozen=True)
class Wrappers:
    """What gives a command its environment, where a layer asks for it."""

    commands: dict[str, str] = setting(
        {},
        "A command for each kind, put before the task's; {words} or {word} stands for what the layer says. rez, "
        "conda, docker, podman and apptainer are ready; an empty text takes one away.",
    )

    def __post_init__(self) -> None:
        for kind, template in self.commands.items():
            check_template(kind, template)


@dataclass(frozen=True)
class Config:
    """All settings of `rndaemon`."""

    daemon: Daemon = Daemon()
    task: Task = Task()
    progress: Progress = Progress()
    facts: Facts = Facts()
    paths: Paths = Paths()
    nimby: Nimby = Nimby()
    wrappers: Wrappers = Wrappers()
    rules: dict[str, dict[str, tuple[str, ...]]] = setting(
        {},
        "What lines of output mean, by program: a table such as [rules.maya] with lists named percent, warning, error, "
        "licence, done, finished (regular expressions), names, also (other sets), without (lists of ours to leave "
        "out). They stand before the ready ones of rulesets.toml; docs/guide/logs.md shows how.",
    )

    def __post_init__(self) -> None:
        check_sets(self.rules)


def state_folder(config: Config) -> Path:
    """Where the daemon keeps what it must not forget."""
    return config.daemon.state or state_dir() / "node"


def log_roots(config: Config) -> list[str]:
    """Below these, root may make folders for logs."""
    if config.task.log_roots is None:
        return [str(state_dir() / "server" / "logs")]
    return list(config.task.log_roots)
