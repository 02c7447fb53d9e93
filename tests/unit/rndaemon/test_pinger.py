"""The pinger against a stand-in for the servers; the clock is its own wait, which tells how long it would be."""

import threading

import pytest

from benchmarks.node_farm import wait_until
from plow_client.errors import Unavailable
from plow_client.idl import Ping, PingReply
from rndaemon.pinger import Pinger


class Servers:
    current = "fake"

    def __init__(self):
        self.answers = []
        self.count = 0

    def ping(self, ping):
        self.count += 1
        answer = self.answers.pop(0) if self.answers else PingReply(kill=[])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        pass


class Pauses(threading.Event):
    """An event that is always over at once; ends the pinger, as if by a fault, after so many."""

    def __init__(self, pinger, most):
        super().__init__()
        self.pinger, self.most, self.seen = pinger, most, []

    def wait(self, timeout=None):
        self.seen.append(timeout)
        if len(self.seen) >= self.most:
            raise Over
        return True


class Over(BaseException):
    """Enough seen."""


@pytest.fixture
def run():
    def play(answers, most, interval_s=10.0, make_ping=lambda: Ping(hostname="n")):
        servers, killed = Servers(), []
        servers.answers = list(answers)
        pinger = Pinger(servers, make_ping, killed.extend, interval_s)
        pinger._wanted = Pauses(pinger, most)
        with pytest.raises(Over):
            pinger._run()
        return servers, killed, pinger._wanted.seen

    return play


def test_the_first_ping_goes_out_at_once_and_the_others_about_every_interval(run):
    servers, _, pauses = run([], 20)

    assert servers.count == 20
    assert all(8 <= pause <= 12 for pause in pauses) and len(set(pauses)) > 1


def test_the_server_may_ask_for_another_interval(run):
    _, _, pauses = run([PingReply(kill=[], pingIntervalS=60), PingReply(kill=[])], 3)

    assert all(48 <= pause <= 72 for pause in pauses)


@pytest.mark.parametrize("interval", [0, -5])
def test_a_senseless_interval_is_not_taken(run, interval):
    _, _, pauses = run([PingReply(kill=[], pingIntervalS=interval)], 2)

    assert all(8 <= pause <= 12 for pause in pauses)


def test_after_failures_it_tries_sooner_then_slower_and_never_ends(run):
    servers, _, pauses = run([Unavailable("away")] * 30 + [PingReply(kill=[])], 31)

    assert servers.count == 31
    assert pauses[0] < 1 and pauses[1] < 2 and pauses[2] < 3 and all(pause <= 12 for pause in pauses)
    assert pauses[10] >= 8


def test_nothing_that_goes_wrong_ends_the_loop(run):
    faults = iter([OSError("no name"), ZeroDivisionError()])

    def make_ping():
        for fault in faults:
            raise fault
        return Ping(hostname="n")

    servers, _, pauses = run([], 4, make_ping=make_ping)
    assert servers.count == 2 and len(pauses) == 4


def test_a_server_that_answers_after_a_silence_is_told_on():
    servers, heard = Servers(), []
    servers.answers = [PingReply(kill=[]), Unavailable("away"), Unavailable("away"), PingReply(kill=[])]
    pinger = Pinger(
        servers, lambda: Ping(hostname="n"), lambda _: None, 10.0, lambda: heard.append(servers.count)
    )
    pinger._wanted = Pauses(pinger, 5)
    with pytest.raises(Over):
        pinger._run()

    assert heard == [4]


def test_what_the_server_does_not_want_is_stopped(run):
    _, killed, _ = run([PingReply(kill=["a", "b"])], 1)

    assert killed == ["a", "b"]


def test_it_can_be_hurried_and_stopped():
    servers = Servers()
    seen = threading.Semaphore(0)

    def make_ping():
        seen.release()
        return Ping(hostname="n")

    pinger = Pinger(servers, make_ping, lambda _: None, 3600)
    pinger.start()
    assert seen.acquire(timeout=10)
    pinger.soon()
    assert seen.acquire(timeout=10)
    pinger.stop()

    assert not pinger._thread.is_alive()


@pytest.mark.parametrize("away, told", [(False, 2), (True, 1)])
def test_the_last_ping_says_goodbye_where_somebody_listens(away, told):
    servers, heard = Servers(), threading.Semaphore(0)
    servers.answers = [Unavailable("away")] if away else []
    pinger = Pinger(servers, lambda: heard.release() or Ping(hostname="n"), lambda _: False, 3600)
    if away:
        pinger._pause_s = lambda: 3600
    pinger.start()
    assert heard.acquire(timeout=10)
    wait_until(lambda: pinger.silence() != (None, ""))
    pinger.stop()

    assert servers.count == told


def test_a_word_that_the_server_waits_for_is_sent_soon():
    servers = Servers()
    waits = iter([True, False])
    pinger = Pinger(servers, lambda: Ping(hostname="n"), lambda _: next(waits), 3600)
    pinger._ping()
    assert pinger._wanted.is_set()
    pinger._wanted.clear()
    pinger._ping()
    assert not pinger._wanted.is_set()


def test_it_knows_how_long_it_has_heard_nothing_and_why():
    servers = Servers()
    servers.answers = [PingReply(kill=[]), Unavailable("farm1:11337 is away")]
    pinger = Pinger(servers, lambda: Ping(hostname="n"), lambda _: False, 3600)
    assert pinger.silence() == (None, "")
    pinger._try_to_ping()
    pinger._try_to_ping()

    silent_s, problem = pinger.silence()
    assert silent_s >= 0 and problem == "farm1:11337 is away"


def test_who_has_something_to_say_waits_until_a_ping_that_says_it_was_answered():
    said, state = [], ["old"]
    pinger = Pinger(Servers(), lambda: said.append(state[0]) or Ping(hostname="n"), bool, 60.0)
    assert not pinger.tell(0.0)  # it has not begun to talk

    pinger.start()
    wait_until(lambda: said)
    state[0] = "new"
    assert pinger.tell(10.0) and said[-1] == "new"
    pinger.stop()


def test_who_has_something_to_say_waits_no_longer_than_allowed():
    servers = Servers()
    servers.answers = [Unavailable("away")] * 100
    pinger = Pinger(servers, lambda: Ping(hostname="n"), bool, 60.0)
    pinger.start()

    assert not pinger.tell(0.01)
    pinger.stop()
