"""The loop: results in, complete, release, plan, commit, push.

There is no timer while work arrives: what arrives meanwhile is the next batch. One server leads; the others
store the results that reach them and ring, so that the leader hears. What a lost message or a died server
leaves behind is found by the clockwork of `_again`: starts and stops that no node has confirmed are sent again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as NoAnswer
from itertools import groupby

from plow_client.errors import Internal, Unavailable
from plow_client.idl import KillCommand
from plow_client.logs import event
from plow_server.command import run_task_command
from plow_server.config import Config
from plow_server.database import Dedicated, Row
from plow_server.failing import rules_of
from plow_server.farm import Farm, read_farm
from plow_server.inbox import Batch, Ending, Inbox, absent, columns_of
from plow_server.nodes import Absent, Accepted, NodeCalls, Outcome, Refused, Unreachable
from plow_server.overtaken import Overtaken
from plow_server.pauses import Pauses
from plow_server.planner import plan
from plow_server.reach import Reach
from plow_server.snapshot import Plan

log = logging.getLogger(__name__)

HOLDING = frozenset({"LICENSE", "ENVIRONMENT"})  # ends that hold a layer back
_LONGEST_WAIT_S = 1.0
_DELIVERY_S = 15.0
_LATER = 1000  # tasks whose time has come, in one transaction
_RETRY_S = (0.05, 0.1, 0.2, 0.5, 1.0)


class Dispatcher:
    """One for each server process; `complete`, `ask` and `lead` may be called by any thread."""

    def __init__(self, connect: Callable[[], Dedicated], config: Config) -> None:
        self._connect = connect
        self._config = config
        self._settings = config.dispatch
        self._inbox = Inbox()
        self.calls = NodeCalls(self._inbox.tell, call_s=config.node.call_s, threads=config.node.threads)
        self._pauses = Pauses(self._settings.refused_wait_most_s)
        self._untold: list[
            tuple[str, float, str]
        ] = []  # pauses that the database has not heard of: seconds, why
        self._reach = Reach(self._settings.uncallable_calls)
        self._overtaken = Overtaken(self._settings.reserve_after_s)
        self._capped = Overtaken(self._settings.reserve_after_s)  # under their caps
        self._session: Dedicated | None = None
        self._farm: Farm | None = None
        self._leads = False
        self._stopping = False
        self._failures = 0
        self._fruitless = 0
        self._hurry = False
        self._one_by_one = 0  # so many turns take one delivery each
        self._reload_at = self._resend_at = self._turned_at = 0.0
        self.held: Counter[str] = Counter()  # how many tasks wait for what, by the last plan
        self._thread = threading.Thread(target=self._run, name="dispatch", daemon=True)

    # ---- for other threads

    def start(self) -> None:
        """Begin to take results; booking begins with `lead`."""
        self.calls.open()
        self._thread.start()

    def stop(self) -> None:
        """End after the turn in hand; nodes repeat what was not stored."""
        self._stopping = True
        self._inbox.close()
        if self._thread.is_alive():
            self._thread.join()
        self.calls.close()
        self._hang_up()

    @property
    def leads(self) -> bool:
        """Whether this server books."""
        return self._leads

    def lead(self, leads: bool) -> None:
        """This server is the one that books, or no more."""
        self._leads = leads
        if leads:
            self._inbox.ring(farm=True, kill=True)

    def rang(self, farm: bool, kill: bool) -> None:
        """A bell of the database."""
        self._inbox.ring(farm=farm, kill=kill)

    def is_alive(self) -> bool:
        """Whether the loop turns."""
        return time.monotonic() - self._turned_at < self._settings.leader_silent_s

    def complete(self, endings: Sequence[Ending]) -> None:
        """Store these; returns after the commit. Unavailable: come again."""
        try:
            self._inbox.deliver(endings).result(_DELIVERY_S)
        except NoAnswer:
            raise Unavailable("the results could not be stored in time; try again") from None

    def note(self, endings: Sequence[Ending]) -> None:
        """Store these, some time soon; if that fails, they will be noticed again."""
        if endings:
            self._inbox.deliver(endings)

    # ---- the loop

    def _run(self) -> None:
        while not self._stopping:
            batch = self._inbox.take(self._wait_s(), 1 if self._one_by_one else self._settings.inbox)
            self._one_by_one = max(self._one_by_one - 1, 0)
            self._turned_at = time.monotonic()
            try:
                self._turn(batch)
                self._failures = 0
            except Unavailable as error:
                batch.fail(error)
                self._stumble(event("dispatch interrupted", why=error.why), fault=False)
            except Exception as error:  # noqa: BLE001 - a loop that died would stop the farm
                if (
                    len(batch.waiting) > 1
                ):  # they come again: what cannot be stored is not to fail the others again
                    self._one_by_one = 2 * len(batch.waiting)
                batch.fail(Internal(f"the results could not be stored: {error}"))
                self._stumble(event("dispatch met a fault"), fault=True)

    def _turn(self, batch: Batch) -> None:
        endings = batch.endings + list(self._listen(batch.outcomes))
        session = self._connected()
        self._confirm(session, batch.outcomes)
        has_dependents = self._store(session, endings)
        batch.stored()
        if has_dependents:
            self._release(session)
        if not self._leads:
            self._farm = None
            return
        self._again(session, batch.kill_rang)
        self._look(session, batch.farm_rang)
        self._book(session)

    def _wait_s(self) -> float:
        if self._failures:
            return _RETRY_S[min(self._failures, len(_RETRY_S)) - 1]
        if not self._leads:
            return _LONGEST_WAIT_S
        if self._hurry:
            return 0.0
        now = time.monotonic()
        due = min(self._reload_at, self._resend_at) - now
        for overtaken in (self._overtaken, self._capped):
            impatient = overtaken.due_s(now)
            if impatient is not None:
                due = min(due, impatient)
        return max(0.0, min(due, self._pauses.left_s(), _LONGEST_WAIT_S))

    def _connected(self) -> Dedicated:
        if self._session is None:
            self._session = self._connect()
        return self._session

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _stumble(self, line: str, *, fault: bool) -> None:
        """Start over: a fresh connection, a fresh picture of the farm."""
        if fault:
            log.exception(line)
        elif not self._failures:
            log.warning(line)
        self._failures += 1
        self._farm = None
        self._hang_up()

    # ---- what nodes say

    def _listen(self, outcomes: Iterable[Outcome]) -> Iterator[Ending]:
        """What calls to nodes have shown, as endings of the attempts that will not run."""
        for outcome in outcomes:
            if isinstance(outcome, Accepted):
                self._pauses.succeeded(outcome.node_id)
            elif isinstance(outcome, Refused):
                self._pause(outcome.node_id, self._settings.refused_wait_s, outcome.why)
                yield Ending(outcome.proc, "ABORTED", reason=outcome.why)
            elif isinstance(outcome, Unreachable):
                self._pause(outcome.node_id, self._settings.unreachable_wait_s, outcome.why)
            elif isinstance(outcome, Absent):
                yield from (absent(proc, outcome.was_killed) for proc in outcome.procs)

    def _pause(self, node_id: str, first_s: float, why: str) -> None:
        pause_s = self._pauses.begin(node_id, first_s)
        if pause_s is None:
            return
        log.warning(event("node paused", seconds=pause_s, why=why, node=node_id))
        self._untold.append((node_id, pause_s, why))
        if self._farm is not None:
            self._farm.close(node_id)

    def _confirm(self, session: Dedicated, outcomes: Iterable[Outcome]) -> None:
        while self._untold:
            node_id, seconds, why = self._untold[-1]
            session.run("tell_pause", node=node_id, seconds=seconds, why=why)
            self._untold.pop()
        procs = [proc for outcome in outcomes if isinstance(outcome, Accepted) for proc in outcome.procs]
        if procs:
            session.run("confirm_procs", p_proc=procs)
        for node_id in self._reach.hear(session, outcomes):
            if self._farm is not None:
                self._farm.close(node_id)

    def _store(self, session: Dedicated, endings: Sequence[Ending]) -> bool:
        """One transaction for all; whether work that waits for them is to be released."""
        if not endings:
            return False
        rings = not (self._leads and self._settings.single_leader)
        rows = session.all("complete_tasks", **columns_of(endings), p_ring=rings)
        if self._farm is not None:
            self._farm.ended(rows)
            if any(one.end in HOLDING for one in endings) or any(_is_put_off(row) for row in rows):
                self._farm.is_stale = True  # it says when to look again
        return any(row["has_dependents"] for row in rows)

    def _release(self, session: Dedicated) -> None:
        rings = False
        while rows := session.all("release_dependents"):
            rings |= any(row["woken"] for row in rows)
            if self._farm is not None:
                self._farm.woken(rows)
        if rings and not (self._leads and self._settings.single_leader):
            session.run(
                "ring_farm"
            )  # whoever books has read the farm at the bell of the results, before this

    # ---- what the leader does

    def _again(self, session: Dedicated, kill_rang: bool) -> None:
        """Send stops when the bell rang, and everything unconfirmed when it is due."""
        is_due = time.monotonic() >= self._resend_at
        if kill_rang or is_due:
            self._stop_procs(session.all("killing_procs"))
        if is_due:
            overdue = session.all("overdue_starts", after_s=self._settings.resend_after_s)
            if overdue:
                log.info(event("starts sent again", count=len(overdue)))
                self._push(session, [row["id"] for row in overdue])
            self._release(session)
            self._probe(session)
            self._bring_forward(session)
            self._resend_at = time.monotonic() + self._settings.resend_after_s / 2

    def _probe(self, session: Dedicated) -> None:
        """Ask nodes that did not answer whether they do now; a pause stands between two times."""
        paused, shut = set(self._pauses.nodes), set(self._reach.shut)
        found = self._reach.look(session)
        for node_id in shut.difference(paused, self._reach.shut):
            if self._farm is not None:
                self._farm.open(node_id)  # a ping told another address, or another server reached it
        for row in found:
            if row["node_id"] not in paused:
                self.calls.probe(row["node_id"], row["address"])

    def _bring_forward(self, session: Dedicated) -> None:
        """Nodes are kept for work that starts as soon as what runs there allows, by what is known of that now."""
        if self._farm is not None and self._farm.kept:
            self._farm.is_stale |= bool(session.all("bring_forward"))

    def _look(self, session: Dedicated, farm_rang: bool) -> None:
        """Read the farm anew if this picture may be wrong; let nodes whose pause is over take part again."""
        farm = self._farm
        if farm is None or farm_rang or farm.is_stale or time.monotonic() >= self._reload_at:
            if farm_rang:
                self._release(session)
            if farm is None:
                session.run("set_share_half_life", half_life_s=self._settings.share_half_life_h * 3600)
                session.run("set_failure_rules", **rules_of(self._config.failure))
            while session.value("release_later", p_most=_LATER) >= _LATER:
                pass
            farm = self._farm = session.atomically(read_farm)
            for node_id in self._reach.opened(session):
                self._pauses.end(node_id)
                session.run("end_pause", node=node_id)
            self._reload_at = time.monotonic() + self._reload_s(farm)
            self._fruitless = 0 if farm_rang else self._fruitless
        for node_id in self._pauses.over():
            farm.open(node_id)
        for node_id in [*self._pauses.nodes, *self._reach.shut]:
            farm.close(node_id)

    def _reload_s(self, farm: Farm) -> float:
        """How long this picture is good: until a job's time comes, and a moment more, for clocks are not alike."""
        if farm.next_start_s is None:
            return self._settings.reload_s
        return min(self._settings.reload_s, max(farm.next_start_s, 0.0) + 0.002)

    def _book(self, session: Dedicated) -> None:
        farm = self._farm
        assert farm is not None
        made = plan(farm.snapshot(), self._settings.plan, self._settings.visit)
        self.held = made.held
        booked = 0
        for entries in made.slices(self._settings.slice):
            columns = zip(*entries, strict=True)
            layers, nodes, counts, cores = (list(column) for column in columns)
            rows = session.all("commit_plan", p_layer=layers, p_node=nodes, p_n=counts, p_cores=cores)
            farm.booked(rows)
            booked += len(rows)
            self._push(session, [row["proc_id"] for row in rows])
        self._after_plan(farm, made.size, booked)
        self._hurry = self._hurry or (made.again and booked == made.size)
        self._reserve(session, farm, made)
        self._keep_headroom(session, farm, made)
        if booked == made.size:
            farm.remember(made)

    def _reserve(self, session: Dedicated, farm: Farm, made: Plan) -> None:
        """Keep nodes for those who were passed over for too long, and give up those that are kept for nothing."""
        due: list[str] = []
        if self._settings.reserve_most:
            due = self._overtaken.notice(made, farm.waits, time.monotonic())
        if not due and not farm.lapsed:
            return
        asked = [*farm.lapsed, *due]
        rows = session.all("reserve_nodes", p_layer=asked, p_most=self._settings.reserve_most)
        self._overtaken.forget(row["layer_id"] for row in rows)
        self._overtaken.put_off(due, time.monotonic())
        for row in rows:
            log.info(event("node kept", until=row["starts"], layer=row["layer_id"], node=row["node_id"]))
        farm.is_stale = farm.is_stale or bool(rows or farm.lapsed)
        self._hurry = self._hurry or bool(farm.lapsed)  # what was kept is for others

    def _keep_headroom(self, session: Dedicated, farm: Farm, made: Plan) -> None:
        """The same under caps: keep cores for those who were passed over for too long."""
        due: list[str] = []
        if self._settings.reserve_most:
            due = self._capped.notice(made, farm.waits, time.monotonic(), made.capped)
        if not due and not farm.headroom_lapsed:
            return
        rows = session.all("keep_headroom", p_layer=[*farm.headroom_lapsed, *due])
        self._capped.forget(row["layer_id"] for row in rows)
        self._capped.put_off(due, time.monotonic())
        for row in rows:
            log.info(event("headroom kept", cores=row["cores"], layer=row["layer_id"], quota=row["quota_id"]))
        farm.is_stale = farm.is_stale or bool(rows or farm.headroom_lapsed)
        self._hurry = self._hurry or bool(farm.headroom_lapsed)  # what was kept is for others

    def _after_plan(self, farm: Farm, planned: int, booked: int) -> None:
        """A refusal means that the picture is wrong: look again, at once unless that did not help."""
        self._hurry = planned >= self._settings.plan
        if booked == planned:
            self._fruitless = 0
            return
        farm.forget()
        self._fruitless = 0 if booked else self._fruitless + 1
        wait_s = 0.0 if self._fruitless < 2 else _RETRY_S[min(self._fruitless, len(_RETRY_S)) - 1]
        self._reload_at = time.monotonic() + wait_s
        log.info(event("plan refused in part", planned=planned, booked=booked))

    def _push(self, session: Dedicated, procs: Sequence[str]) -> None:
        if not procs:
            return
        rows = session.all("start_orders", procs=procs)
        for (node_id, address), orders in _by_node(rows):
            grace_s = self._config.job.kill_grace_s
            self.calls.start(node_id, address, [run_task_command(row, grace_s) for row in orders])

    def _stop_procs(self, rows: Sequence[Row]) -> None:
        for (node_id, address), orders in _by_node(rows):
            stops = [KillCommand(procId=row["proc_id"], reason=row["reason"]) for row in orders]
            self.calls.stop(node_id, address, stops)


def _is_put_off(row: Row) -> bool:
    return row["task_state"] == "WAITING" and not row["is_ready"]


def _by_node(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Rows of one node together, in their order."""

    def place(row: Row) -> tuple[str, str]:
        return row["node_id"], row["address"]

    for key, group in groupby(sorted(rows, key=place), key=place):
        yield key, list(group)
