"""getEvents, getHistory and introduce over a real socket; waiting that holds no thread."""

from __future__ import annotations

import getpass
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plow_client.connection import Connection
from plow_client.errors import Invalid, NotFound, Unavailable
from plow_client.idl import TaskFilterT
from plow_client.rpc import peer as peers
from plow_client.rpc.caller import Caller
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_server.config import Config, Limit
from plow_server.database import Database, connect_dedicated
from plow_server.events import Events
from plow_server.handlers.bind import bind
from tests.integration.api.conftest import Api, Launch
from tests.sql.farm import Farm
from tests.wire import Raw, call, eventually, framed

THREADS = 2
WAITERS = 20


class Served:
    """A listener with two threads, and those who wait."""

    def __init__(self, db: Database) -> None:
        config = Config(limit=Limit(event_waiters=WAITERS, refusals_per_minute=5))
        self.events = Events(lambda: connect_dedicated(db.dsn, name="events"), WAITERS)
        self.listener = Listener("RpcService", bind(db, config, self.events), limits=Limits(threads=THREADS))
        self.dsn = db.dsn
        self.asked = 0

    def waiting(self) -> int:
        return self.events.waiting

    def caller(self) -> Caller:
        return Caller("RpcService", *self.listener.address)


@pytest.fixture
def served(db: Database, farm: Farm) -> Iterator[Served]:
    served = Served(db)
    with served.listener:
        served.events.start()
        try:
            yield served
        finally:
            served.events.stop()


def now(api: Api) -> int:
    return int(api.getEvents(since=-1, limit=0, waitMs=0).nextSequence)


def test_events_since_a_number_are_those_after_it(api: Api, launch: Launch) -> None:
    since = now(api)
    job = launch()
    api.pauseJob(jobId=job.id, paused=True)
    api.setJobMaxCores(jobId=job.id, value=3)

    page = api.getEvents(since=since, limit=0, waitMs=0)
    assert [(e.noun, e.change, e.oldValue, e.newValue) for e in page.events] == [
        ("job", "made", None, "shot"),
        ("job", "paused", "false", "true"),
        ("job", "maxCores", "200", "3"),
    ]
    assert {(e.objectId, e.jobId) for e in page.events} == {(job.id, job.id)}
    assert page.isComplete
    again = api.getEvents(since=page.events[0].sequence, limit=1, waitMs=0)
    assert [e.sequence for e in again.events] == [page.events[1].sequence] == [again.nextSequence]


def test_nothing_new_keeps_the_number(api: Api) -> None:
    since = now(api)
    page = api.getEvents(since=since, limit=0, waitMs=0)
    assert (page.events, page.nextSequence, page.isComplete) == ([], since, True)


@pytest.mark.parametrize("since", ["too old", "too new"])
def test_what_is_not_kept_is_told(api: Api, farm: Farm, launch: Launch, since: str) -> None:
    launch()
    newest = now(api)
    farm.execute("set plow.now = '2100-01-01'")
    farm.execute("select plow.clear_history(1e6, 7)")

    page = api.getEvents(since=newest - 1 if since == "too old" else newest + 5, limit=0, waitMs=0)
    assert (page.events, page.nextSequence, page.isComplete) == ([], newest, False)
    oldest = api.getEvents(since=0, limit=0, waitMs=0)
    assert (oldest.events, oldest.nextSequence, oldest.isComplete) == ([], newest, True)


@pytest.mark.parametrize(("since", "limit"), [(-2, 0), (0, -1)])
def test_numbers_that_make_no_sense_are_refused(api: Api, since: int, limit: int) -> None:
    with pytest.raises(Invalid):
        api.getEvents(since=since, limit=limit, waitMs=0)
    with pytest.raises(Invalid):
        api.getHistory(objectId="0190a5f0-0000-7000-8000-000000000001", limit=limit, before=since + 1)


def test_many_wait_on_two_threads_and_all_hear(served: Served, farm: Farm) -> None:
    """Ten times as many wait as there are threads, and other calls are answered meanwhile."""
    with served.caller() as caller:
        since = caller.call("getEvents", since=-1, limit=0, waitMs=0).nextSequence

        def wait(_: int) -> Any:
            with served.caller() as own:
                return own.call("getEvents", since=since, limit=0, waitMs=30_000)

        with ThreadPoolExecutor(WAITERS) as pool:
            pages = [pool.submit(wait, n) for n in range(WAITERS)]
            eventually(lambda: served.waiting() == WAITERS)
            with pytest.raises(Unavailable, match="20 calls wait for events already"):
                wait(0)
            assert caller.call("getPlowTime") > 0

            farm.execute("update plow.cluster set name = 'fx'")
            heard = [page.result() for page in pages]
    assert {(page.events[0].newValue, page.nextSequence) for page in heard} == {("fx", since + 1)}


def test_waiting_ends_when_the_time_is_over(served: Served) -> None:
    with served.caller() as caller:
        page = caller.call("getEvents", since=-1, limit=0, waitMs=300)
    assert (page.events, page.isComplete) == ([], True)
    assert served.waiting() == 0


def test_who_waits_is_answered_when_the_server_stops(served: Served) -> None:
    with served.caller() as caller, ThreadPoolExecutor(1) as pool:
        page = pool.submit(caller.call, "getEvents", since=-1, limit=0, waitMs=30_000)
        eventually(lambda: served.waiting() == 1)
        served.events.stop()
        assert page.result().events == []


def test_what_happens_between_looking_and_waiting_is_heard(served: Served, farm: Farm) -> None:
    """The waiter comes with a number that is old by then."""
    farm.execute("update plow.cluster set name = 'fx'")
    eventually(lambda: served.events._newest > 0)
    later = served.events.when_more(lambda: "heard", after=served.events._newest - 1, wait_s=30)
    due = threading.Event()
    later.when_due(due.set)
    assert due.is_set()


def test_a_waiter_that_went_away_harms_nobody(served: Served, farm: Farm) -> None:
    caller = served.caller()
    thread = threading.Thread(target=lambda: _ignore(caller), daemon=True)
    thread.start()
    eventually(lambda: served.waiting() == 1)
    caller.close()
    thread.join()
    eventually(lambda: served.waiting() == 0)
    farm.execute("update plow.cluster set name = 'fx'")
    with served.caller() as other:
        assert other.call("getPlowTime") > 0


def test_who_hangs_up_leaves_its_place_to_the_next(served: Served) -> None:
    question = call("getEvents", since=-1, limit=0, waitMs=30_000)
    gone = [Raw(served.listener.address) for _ in range(WAITERS)]
    for raw in gone:
        raw.send(question)
    eventually(lambda: served.waiting() == WAITERS)
    for number, raw in enumerate(gone):
        if number % 2:  # no polite end: a reset
            raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.socket.close()
    eventually(lambda: served.waiting() == 0, within_s=5)


def test_who_stops_talking_hears_at_once_and_does_not_wait(served: Served) -> None:
    with Raw(served.listener.address) as raw:
        raw.send(framed(call("getEvents", since=-1, limit=0, waitMs=30_000)))
        eventually(lambda: served.waiting() == 1)
        raw.socket.shutdown(socket.SHUT_WR)
        assert b"getEvents" in raw.frame()


def test_one_address_has_only_so_many_places(served: Served) -> None:
    events = Events(lambda: connect_dedicated(served.dsn, name="events"), 3, most_of_one=1)
    first = events.when_more(lambda: 1, 0, 30, "10.0.0.1")
    with pytest.raises(Unavailable, match=r"1 calls from 10\.0\.0\.1 wait"):
        events.when_more(lambda: 1, 0, 30, "10.0.0.1")
    events.when_more(lambda: 1, 0, 30, "10.0.0.2")
    first.drop()
    events.when_more(lambda: 1, 0, 30, "10.0.0.1")
    assert events.waiting == 2


def _ignore(caller: Caller) -> None:
    try:
        caller.call("getEvents", since=-1, limit=0, waitMs=30_000)
    except Unavailable:
        return


def test_while_nothing_happens_the_table_is_not_asked(
    served: Served, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The waiter costs no statement: the table's count of looks stands still until something happens."""
    count = (
        "select pg_stat_force_next_flush(), coalesce(sum(seq_scan + idx_scan), 0)::int as n"
        "  from pg_stat_user_tables where relname = 'event'"
    )
    with served.caller() as caller, ThreadPoolExecutor(1) as pool:
        page = pool.submit(caller.call, "getEvents", since=-1, limit=0, waitMs=30_000)
        eventually(lambda: served.waiting() == 1)
        before = farm.execute(count)[0]["n"]
        ticks: list[int] = []
        monkeypatch.setattr(served.events, "_expire", lambda: ticks.append(1))
        eventually(lambda: len(ticks) > 3)
        assert farm.execute(count)[0]["n"] == before
        farm.execute("update plow.cluster set name = 'fx'")
        assert len(page.result().events) == 1


def test_the_kernel_names_the_caller_whatever_it_says(served: Served, farm: Farm) -> None:
    with served.caller() as caller:
        caller.call("introduce", username="somebody else", program="nuke")
        caller.call("setClusterName", id=str(farm.cluster), name="fx")
        caller.call("setClusterName", id=str(farm.cluster), name="sim")
        newest, first = caller.call("getHistory", objectId=str(farm.cluster), limit=2, before=0)
    assert (newest.actor, newest.isProven, newest.field) == (getpass.getuser(), True, "name")
    assert newest.client.startswith("nuke 127.0.0.1:") and newest.client == first.client


def test_who_called_before_is_known_though_it_is_gone_by_the_time_of_a_change(
    served: Served, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Raw(served.listener.address) as raw:
        raw.send(framed(call("getPlowTime")))
        assert raw.frame()
        monkeypatch.setattr(peers, "owner_of", lambda *_: None)  # as the kernel would say of a closed socket
        raw.send(framed(call("lockCluster", id=str(farm.cluster), locked=True)))
    entry = "select actor, is_proven from plow.blame where call = 'lockCluster'"
    eventually(lambda: farm.execute(entry))
    assert farm.execute(entry) == [{"actor": getpass.getuser(), "is_proven": True}]


def test_whom_the_kernel_does_not_know_is_taken_at_his_word(
    served: Served, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from another machine."""
    monkeypatch.setattr(peers, "owner_of", lambda *_: None)
    with served.caller() as caller:
        caller.call("setClusterName", id=str(farm.cluster), name="fx")
        caller.call("introduce", username="anna", program="")
        caller.call("setClusterName", id=str(farm.cluster), name="sim")
        said, before = caller.call("getHistory", objectId=str(farm.cluster), limit=2, before=0)
    assert [(one.actor, one.isProven) for one in (said, before)] == [("anna", False), ("unknown", False)]


def test_a_connection_introduces_itself_once(
    served: Served, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(peers, "owner_of", lambda *_: asked.append(1))
    monkeypatch.setenv("LOGNAME", "berta")
    host, port = served.listener.address
    with Connection(f"{host}:{port}") as farm_connection:
        for name in ("a", "b", "c"):
            farm_connection.setClusterName(str(farm.cluster), name)
        entry = farm_connection.getHistory(str(farm.cluster), 1, 0)[0]
    assert (entry.actor, entry.isProven) == ("berta", False)
    assert entry.client.split(" ")[0] != f"{host}:{port}"
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["x" * 256, "two\nlines", "bell\x07"])
def test_an_introduction_is_a_plain_name(served: Served, name: str) -> None:
    with served.caller() as caller, pytest.raises(Invalid, match="printable"):
        caller.call("introduce", username=name, program="")


def test_a_loop_of_refused_calls_leaves_few_rows(served: Served, farm: Farm) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    with served.caller() as caller:
        for _ in range(20):
            with pytest.raises(NotFound):
                caller.call("pauseJob", jobId=nobody, paused=True)
    assert farm.value("select count(*)::int from plow.blame where code <> 0") == 5


def test_a_tasks_history_says_who_ate_it(api: Api, launch: Launch) -> None:
    job = launch()
    task = api.getTasks(filter=TaskFilterT(jobId=job.id))[0]
    api.eatTasks(filter=TaskFilterT(taskIds=[task.id]))

    entries = api.getHistory(objectId=task.id, limit=0, before=0)
    assert [(e.noun, e.objectId, e.field, e.oldValue, e.newValue, e.call) for e in entries] == [
        ("task", task.id, "state", "WAITING", "EATEN", "eatTasks")
    ]
    of_job = api.getHistory(objectId=job.id, limit=0, before=0)
    assert [(e.noun, e.field, e.newValue) for e in of_job] == [
        ("layer", "taskState", "1 x EATEN"),
        ("job", "", "shot"),
    ]


def test_a_broken_session_is_made_anew(served: Served, farm: Farm) -> None:
    with served.caller() as caller, ThreadPoolExecutor(1) as pool:
        page = pool.submit(caller.call, "getEvents", since=-1, limit=0, waitMs=30_000)
        eventually(lambda: served.waiting() == 1)
        farm.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'events' and datname = current_database()"
        )
        farm.execute("update plow.cluster set name = 'fx'")
        assert [event.newValue for event in page.result().events] == ["fx"]


def test_an_old_server_that_knows_no_introduction_is_asked_all_the_same() -> None:
    """As Plow 2013: it answers the unknown call with an application exception."""
    with Listener("RndServiceApi", {}) as listener, Connection("{}:{}".format(*listener.address)) as farm:
        with pytest.raises(Invalid, match="no call 'getPlowTime'"):
            farm.getPlowTime()


def test_the_server_need_not_be_there_to_connect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        gone = door.getsockname()[1]
    with Connection(f"127.0.0.1:{gone}") as farm, pytest.raises(Unavailable, match="cannot reach"):
        farm.getPlowTime()


# -------------------- predictions


def test_how_good_predictions_were_is_told_by_service(api: Api, farm: Farm) -> None:
    columns = "(service, day, attempts, within_ram, killed_for_memory, ram_ratios, clock_ratios)"
    for service, days, attempts in (("maya", 0, 10), ("maya", 6, 30), ("maya", 7, 99), ("nuke", 1, 5)):
        farm.execute(
            f"insert into plow.prediction_quality {columns} values"
            " (%s, (plow.now() at time zone 'UTC')::date - %s::int, %s, 5, 1, %s::real[], '{2}')",
            service, days, attempts, [0.5] * 3 if days else [1.0] * 3,
        )  # fmt: skip

    maya, nuke = api.getPredictionQuality(days=7)
    assert (maya.serv, maya.attempts, maya.withinRam, maya.killedForMemory) == ("maya", 40, 0.25, 2)
    assert (maya.medianRamRatio, maya.medianClockRatio) == (0.75, 2)
    assert (nuke.attempts, nuke.withinRam) == (5, 1)
    with pytest.raises(Invalid):
        api.getPredictionQuality(days=0)
