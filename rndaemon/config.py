"""Every setting of the node daemon; etc/rndaemon.toml lists them with these words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from plow_client.config import setting
from plow_client.places import state_dir
from rndaemon.progress import PATTERNS

RunAs = Literal["auto", "same", "service", "submitter"]


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
    call_timeout_s: float = setting(10.0, "Seconds that a server may take to answer.", minimum=0.1)
    state: Path | None = setting(
        None,
        "Folder for attempts, results and tombstones; one daemon has it at a time. "
        "Empty: `node` in Plow's state folder.",
    )
    min_free_mb: int = setting(100, "Refuse new tasks when the state folder has less room, in MB.", minimum=0)
    cores: int = setting(0, "Cores for tasks; 0: all that the machine has.", minimum=0)
    ram_mb: int = setting(
        0, "Memory for tasks in MB; 0: all but 5 % or 384 MB, whichever is less.", minimum=0
    )
    on_stop: Literal["leave", "kill"] = setting(
        "leave",
        "What a stopping daemon does with its tasks: they go on under their shims, or they are ended.",
    )
    reboot_command: tuple[str, ...] = setting(
        (), "Words of the command that reboots the machine; empty: reboots are not permitted."
    )


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

    def __post_init__(self) -> None:
        if not re.fullmatch(r"0?[0-7]{3}", self.umask):
            raise ValueError(f"umask = '{self.umask}': expected three octal digits")


@dataclass(frozen=True)
class Progress:
    """How progress is read from a task's output. `PLOW_PROGRESS 0.42` on a line of its own always works."""

    patterns: dict[str, str] = field(
        default_factory=lambda: dict(PATTERNS),
        metadata={
            "doc": "A regular expression per service, tried first for its tasks; "
            "its group is NN%, n/total, or a number up to 1 or 100."
        },
    )
    generic: bool = setting(True, "Believe known programs and any percentage on other services too.")

    def __post_init__(self) -> None:
        for name, pattern in self.patterns.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"pattern of '{name}' is no regular expression: {error}") from None


@dataclass(frozen=True)
class Config:
    """All settings of `rndaemon`."""

    daemon: Daemon = Daemon()
    task: Task = Task()
    progress: Progress = Progress()


def state_folder(config: Config) -> Path:
    """Where the daemon keeps what it must not forget."""
    return config.daemon.state or state_dir() / "node"


def log_roots(config: Config) -> list[str]:
    """Below these, root may make folders for logs."""
    if config.task.log_roots is None:
        return [str(state_dir() / "server" / "logs")]
    return list(config.task.log_roots)
