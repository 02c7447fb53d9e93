"""Linux behind the interface that all systems share; what the shim needs is in linux.py and tree.py."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

from rndaemon.platform import boot

_END_WITHIN_S = 2.0


class Linux:
    """The layer of Linux."""

    name = "linux"

    def boot_id(self) -> str:
        """As the kernel says."""
        return boot.boot_id()

    def idle_s(self) -> float | None:
        """Not known to the kernel: rndaemon.nimby.sources watches devices and terminals."""
        return None

    def groups_of(self, user: str) -> list[int]:
        """By name, from the directory that this machine uses."""
        import pwd

        account = pwd.getpwnam(user)
        return sorted(os.getgrouplist(user, account.pw_gid))

    def limit_task(self) -> None:
        """See linux.py."""
        from rndaemon.platform import linux

        linux.limit_task()

    def pin(self, cpus: Iterable[int]) -> bool:
        """Those of them that we may use."""
        from rndaemon.platform import linux

        linux.pin(cpus)
        return True

    def own_tree(self) -> object:
        """Orphans come to us."""
        from rndaemon.platform import linux

        linux.become_subreaper()
        return None

    def end_tree(self, root: int, tag: str, tree: object) -> list[int]:
        """Everything below the root and everything that carries the tag, until nothing is left."""
        from rndaemon.platform import tree as processes

        hit: set[int] = set()
        deadline = time.monotonic() + _END_WITHIN_S
        while time.monotonic() < deadline:
            found = {one.pid: one for one in [*processes.descendants(root), *processes.tagged(tag)]}
            found.pop(os.getpid(), None)
            top = processes.look(root)
            if top:
                found[root] = top
            alive = [one for one in found.values() if one.state != "Z"]
            if not alive:
                break
            for one in alive:
                processes.send(one, signal.SIGKILL)
                hit.add(one.pid)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
        return sorted(hit)

    def reboot_words(self) -> list[str]:
        """systemd's where it is, else the old one."""
        return ["systemctl", "reboot"] if os.path.isdir("/run/systemd/system") else ["/sbin/reboot"]
