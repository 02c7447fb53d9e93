"""The server's own reading of log files: only below its log roots, never through a link, and never for long.

Whoever launches a job says where its logs lie. Below a root the way is walked folder by folder, each opened in the one
before and none through a link, as openat2 with "beneath, no symbolic links" would have it. A disk that does not answer
holds the thread that asked it, so each read has a thread of its own, of which there are only so many: while they hang,
nothing more is tried here, and the nodes are asked.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from pathlib import Path

from plow_client.logpiece import Piece, read_piece
from plow_client.logs import event
from plow_client.places import running_as_root
from plow_client.rpc.seldom import Seldom
from plow_server.config import Config, log_root

log = logging.getLogger(__name__)

BEGINS = b" Plow attempt begins\n"  # after the time, in each log that a node writes
_WAY = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_HAS_FOLDERS = os.open in os.supports_dir_fd


class OwnLogs:
    """Any thread may ask."""

    def __init__(self, roots: Sequence[Path], wait_s: float, readers: int) -> None:
        """`readers` files are read at once, and nobody waits for one longer than `wait_s`."""
        self._roots = [Path(os.path.abspath(root)) for root in roots]
        self._wait_s = wait_s
        self._free = threading.BoundedSemaphore(readers)
        self._noted = Seldom(every_s=60)

    def read(self, path: str, offset: int, length: int) -> Piece | None:
        """None where this machine does not have it, or not for us, or not in time. A server that is root reads none
        itself: the node does, with the rights of the task's user."""
        root = self._root_of(path)
        if root is None or running_as_root() or not self._free.acquire(blocking=False):
            return None
        found: Future[Piece | None] = Future()

        def work() -> None:
            try:
                found.set_result(_read_below(root, path, offset, length))
            except OSError:  # whatever it is, the node is the one to say why
                found.set_result(None)
            except BaseException as error:  # noqa: BLE001 - whoever asked shall hear it, not this thread
                found.set_exception(error)
            finally:
                self._free.release()

        threading.Thread(target=work, name="own-log", daemon=True).start()
        try:
            return found.result(self._wait_s)
        except NoAnswer:
            more = self._noted.due(root)
            if more is not None:
                log.warning(
                    event("disk with logs does not answer", root=root, seconds=self._wait_s, more=more)
                )
            return None

    def _root_of(self, path: str) -> Path | None:
        """The nearest root above it; none for a path that goes upwards."""
        if not os.path.isabs(path) or ".." in Path(path).parts:
            return None
        above = [root for root in self._roots if root in Path(path).parents]
        return max(above, key=lambda root: len(root.parts), default=None)


def own_logs(config: Config) -> OwnLogs:
    """As the settings say."""
    told = config.job
    roots = [log_root(config), *(Path(root) for root in told.log_roots or ())]
    return OwnLogs(roots, told.log_read_s, told.log_readers)


def _read_below(root: Path, path: str, offset: int, length: int) -> Piece | None:
    *folders, name = Path(path).relative_to(root).parts
    if not _HAS_FOLDERS:  # Windows: links need a right there that tasks do not have, and are seen here
        if Path(os.path.realpath(path)) != Path(os.path.realpath(root)).joinpath(*folders, name):
            return None
        return read_piece(path, offset, length, BEGINS)
    folder = os.open(root, _WAY)
    try:
        for part in folders:
            below = os.open(part, _WAY | _NO_LINK, dir_fd=folder)
            os.close(folder)
            folder = below
        return read_piece(name, offset, length, BEGINS, folder)
    finally:
        os.close(folder)
