"""Results of a played node on their way: sent until acknowledged; one that is refused does not keep the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from benchmarks.nodes.wire import Line, is_final
from plow_client.errors import PlowError
from plow_client.idl import RunTaskResult

BATCH = 500
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0


class Reports:
    """What is in it survives the daemon, as a spool does."""

    def __init__(
        self,
        line: Line,
        acknowledged: Callable[[list[str]], None],
        is_over: Callable[[], bool],
        is_cut_off: Callable[[], bool],
    ) -> None:
        self._line = line
        self._acknowledged = acknowledged
        self._is_over = is_over
        self._is_cut_off = is_cut_off
        self._waiting: dict[str, RunTaskResult] = {}
        self._alone: set[str] = set()  # refused in company: each is sent by itself from then on
        self._hurried = asyncio.Event()

    def put(self, result: RunTaskResult) -> None:
        """Send this as soon as possible."""
        self._waiting[result.procId] = result
        self._hurried.set()

    def hurry(self) -> None:
        """A server answers again."""
        self._hurried.set()

    async def go_on(self) -> None:
        """The body of a task, until it is over; a cancellation alone may get lost in wait_for."""
        pause_s = 0.0
        while not self._is_over():
            self._hurried.clear()
            if pause_s or not self._waiting:
                await self._rest(pause_s)
            if self._waiting and not self._is_over():
                is_done = not self._is_cut_off() and await self._is_delivered(self._batch())
                pause_s = 0.0 if is_done else min(max(pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)

    def _batch(self) -> list[str]:
        together = [proc for proc in self._waiting if proc not in self._alone]
        return together[:BATCH] or list(self._waiting)[:1]

    async def _is_delivered(self, procs: list[str]) -> bool:
        try:
            await self._line.call("tasksComplete", results=[self._waiting[proc] for proc in procs])
        except PlowError as error:
            if is_final(error):
                self._alone.update(procs)
                self._waiting |= {proc: self._waiting.pop(proc) for proc in procs}  # to the end
            return False
        for proc in procs:
            del self._waiting[proc]
        self._alone.difference_update(procs)
        self._acknowledged(procs)
        return True

    async def _rest(self, pause_s: float) -> None:
        """Until something is to be said, or a server answers again, or the pause is over."""
        try:
            await asyncio.wait_for(self._hurried.wait(), pause_s or None)
        except asyncio.TimeoutError:
            return
