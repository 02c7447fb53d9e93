"""Procs that a server's answer to a ping names: stop what we hold, bury the rest, and say so in the next ping.

A server that could not call this node learns that way which of its procs can't run here any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from plow_client.logs import event
from rndaemon.spool import is_proc_id

log = logging.getLogger(__name__)
REASON = "the server does not want it any more"


class Unwanted:
    """For the thread that pings."""

    def __init__(self, kill: Callable[[str, str], bool]) -> None:
        """`kill` stops a proc and says True, or makes sure that it never starts here and says False."""
        self._kill = kill
        self.gone: list[str] = []  # for the next ping; until an answer names them no more

    def take(self, proc_ids: Iterable[str]) -> bool:
        """Do what an answer says; True when there is something new that its server should hear soon."""
        named = [proc_id for proc_id in proc_ids if is_proc_id(proc_id)]
        gone = [proc_id for proc_id in named if not self._kill(proc_id, REASON)]
        fresh = set(gone).difference(self.gone)
        self.gone = gone
        if fresh:
            log.info(event("procs not here", count=len(fresh), proc=min(fresh)))
        return bool(fresh)
