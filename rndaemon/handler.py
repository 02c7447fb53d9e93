"""What servers can ask of a node: RndNodeApi, one short function per call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from plow_client.errors import Internal, Invalid, NotFound, PlowError
from plow_client.idl import (
    KillCommand,
    KillReply,
    LogT,
    Ping,
    RunningTask,
    RunTaskCommand,
    StartReply,
)
from plow_client.logs import event
from rndaemon.attempts import Attempts
from rndaemon.desk import Desk
from rndaemon.logs import Logs
from rndaemon.pinger import Pinger
from rndaemon.reboot import Reboot

log = logging.getLogger(__name__)

MOST = 1000


class NodeHandler:
    """Translates between the wire and the parts."""

    def __init__(
        self,
        attempts: Attempts,
        reboot: Reboot,
        make_ping: Callable[[bool], Ping],
        pinger: Pinger,
        logs: Logs,
        desk: Desk,
    ) -> None:
        self._attempts = attempts
        self._reboot = reboot
        self._make_ping = make_ping
        self._pinger = pinger
        self._logs = logs
        self._desk = desk

    def calls(self) -> Mapping[str, Callable[..., object]]:
        """Every call by its wire name, for the listener, which gives arguments by theirs."""
        return {
            "runTask": self.run_task,
            "runTasks": self.run_tasks,
            "killRunningTask": lambda procId, reason: self.kill_running_task(procId, reason),
            "killTasks": self.kill_tasks,
            "reboot": self.reboot,
            "getRunningTasks": self.get_running_tasks,
            "pingPong": lambda withTasks: self.ping_pong(withTasks),
            "readLog": self.read_log,
            "drain": self.drain,
        }

    def run_task(self, command: RunTaskCommand) -> None:
        """Start an attempt; saying it again changes nothing."""
        self._attempts.start(command)

    def run_tasks(self, commands: list[RunTaskCommand]) -> list[StartReply]:
        """Start many; one that cannot start does not keep the others."""
        _not_too_many(commands)
        return [self._start(command) for command in commands]

    def kill_running_task(self, proc_id: str, reason: str) -> None:
        """Stop an attempt; it goes on in the background."""
        if not self._attempts.holds(proc_id):
            raise NotFound(f"no proc '{proc_id}' on this node")
        self._attempts.kill(proc_id, reason)

    def kill_tasks(self, commands: list[KillCommand]) -> list[KillReply]:
        """Stop many, or keep them from ever starting here."""
        _not_too_many(commands)
        return [KillReply(procId=wish.procId, held=self._kill(wish)) for wish in commands]

    def reboot(self, now: bool) -> None:
        """Reboot now, or when nothing runs."""
        self._reboot.schedule(now)
        self._pinger.soon()

    def get_running_tasks(self) -> list[RunningTask]:
        """What runs now."""
        return self._attempts.running()

    def ping_pong(self, with_tasks: bool) -> Ping:
        """The ping that would go out now."""
        return self._make_ping(with_tasks)

    def read_log(self, path: str, offset: int, length: int) -> LogT:
        """A piece of an attempt's log."""
        piece = self._logs.read(path, offset, length)
        return LogT(
            content=piece.content, offset=piece.offset, size=piece.size, path=path, nodeName="", attempt=-1
        )

    def drain(self, wanted: bool, reason: str) -> None:
        """Finish what runs and take nothing new, or take work again."""
        if wanted:
            self._desk.drain("a server", reason)
        else:
            self._desk.resume("a server")

    def _start(self, command: RunTaskCommand) -> StartReply:
        try:
            self._attempts.start(command)
        except PlowError as error:
            log.info(event("attempt refused", why=error.why, proc=command.procId))
            return StartReply(procId=command.procId, accepted=False, code=error.code, why=error.why)
        except Exception as error:
            log.exception(event("attempt not started", proc=command.procId))
            why = f"the node failed: {type(error).__name__}: {error}"
            return StartReply(procId=command.procId, accepted=False, code=Internal.code, why=why)
        return StartReply(procId=command.procId, accepted=True)

    def _kill(self, wish: KillCommand) -> bool:
        if wish.spareHeld:
            return self._attempts.bury_unless_held(wish.procId)
        grace_s = None if wish.graceS is None else float(wish.graceS)
        return self._attempts.kill(wish.procId, wish.reason or "", grace_s)


def _not_too_many(commands: list[RunTaskCommand] | list[KillCommand]) -> None:
    if len(commands) > MOST:
        raise Invalid(f"{len(commands)} at once: at most {MOST}")
