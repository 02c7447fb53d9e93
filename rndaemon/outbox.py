"""Results on their way to a server: sent until acknowledged, in batches, by a thread that cannot die."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable

from plow_client.errors import Internal, PlowError, Unavailable
from plow_client.idl import RunTaskResult
from plow_client.logs import event
from rndaemon.servers import Servers

log = logging.getLogger(__name__)

BATCH = 500
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0


class Outbox:
    """What is in it is also in the spool, so nothing is lost with us."""

    def __init__(self, servers: Servers, acknowledged: Callable[[Iterable[str]], None]) -> None:
        self._servers = servers
        self._acknowledged = acknowledged
        self._waiting: dict[str, RunTaskResult] = {}
        self._alone: set[str] = set()  # refused in company: each is sent by itself from then on
        self._changed = threading.Condition()
        self._stopping = False
        self._hurried = False
        self._pause_s = 0.0
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    def put(self, result: RunTaskResult) -> None:
        """Send this as soon as possible."""
        with self._changed:
            self._waiting[result.procId] = result
            self._changed.notify_all()

    def hurry(self) -> None:
        """A server has just answered something else: try again now, however long the pause has grown."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    def stop(self, within_s: float) -> None:
        """Send what can be sent in this time; the rest waits in the spool for the next daemon."""
        with self._changed:
            if self._thread.ident:
                self._changed.wait_for(lambda: not self._waiting or self._pause_s > 0, within_s)
            self._stopping = True
            self._changed.notify_all()
        self._servers.close()
        if self._thread.ident:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._send_next()
            except Exception:
                if self._pause_s == 0:  # once, not at each try
                    log.exception(event("outbox met a fault"))
                self._back_off()

    def _send_next(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            batch = self._next_batch()
        if self._stopping or not batch:
            return
        try:
            self._servers.complete(batch)
        except (Unavailable, Internal) as error:
            self._fail("results not delivered", error, batch)
        except PlowError as error:
            self._fail("results refused", error, batch)
            self._alone.update(result.procId for result in batch)
            self._to_the_end(batch)
        else:
            self._done(batch)

    def _next_batch(self) -> list[RunTaskResult]:
        """Those that travel together; when there is none, the first of the others."""
        together = [result for proc_id, result in self._waiting.items() if proc_id not in self._alone]
        return together[:BATCH] or list(self._waiting.values())[:1]

    def _to_the_end(self, batch: list[RunTaskResult]) -> None:
        with self._changed:
            for result in batch:
                self._waiting[result.procId] = self._waiting.pop(result.procId)

    def _done(self, batch: list[RunTaskResult]) -> None:
        proc_ids = [result.procId for result in batch]
        self._acknowledged(proc_ids)
        with self._changed:
            for proc_id in proc_ids:
                self._waiting.pop(proc_id, None)
                self._alone.discard(proc_id)
            if self._pause_s:
                log.info(event("results delivered again", server=self._servers.current, count=len(batch)))
            self._pause_s = 0.0
            self._changed.notify_all()

    def _fail(self, what: str, error: PlowError, batch: list[RunTaskResult]) -> None:
        if self._pause_s == 0:
            log.warning(event(what, count=len(batch), error=error.why, proc=batch[0].procId))
        self._back_off()

    def _back_off(self) -> None:
        with self._changed:
            self._pause_s = min(max(self._pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._changed.notify_all()
            self._hurried = False
            pause_s = self._pause_s * random.uniform(0.5, 1.0)
            self._changed.wait_for(lambda: self._stopping or self._hurried, pause_s)
