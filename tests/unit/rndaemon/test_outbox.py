"""The outbox against a stand-in for the servers: what it sends, when, and what it forgets."""

import threading

import pytest

from plow_client.errors import Internal, Invalid, Unavailable
from plow_client.idl import RunTaskResult
from rndaemon import outbox
from rndaemon.outbox import Outbox


class Servers:
    """Answers as told; remembers what it was sent."""

    current = "fake"

    def __init__(self):
        self.batches = []
        self.answers = []
        self.poison = set()

    def complete(self, results):
        ids = [result.procId for result in results]
        self.batches.append(ids)
        if self.answers:
            raise self.answers.pop(0)
        if self.poison & set(ids):
            raise Invalid("poison")

    def close(self):
        pass


@pytest.fixture
def post(monkeypatch):
    """An outbox that never waits long, its servers, and what was acknowledged."""
    monkeypatch.setattr(outbox, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(outbox, "_LONGEST_PAUSE_S", 0.002)
    servers, done, changed = Servers(), [], threading.Condition()

    def acknowledged(ids):
        with changed:
            done.extend(ids)
            changed.notify_all()

    box = Outbox(servers, acknowledged)
    box.wait_for = lambda count: _wait(changed, lambda: len(done) >= count)
    yield box, servers, done
    box.stop(0)


def _wait(changed, happened):
    with changed:
        assert changed.wait_for(happened, 10)


def put(box, *ids):
    for proc_id in ids:
        box.put(RunTaskResult(procId=proc_id))


def test_what_ended_together_travels_together(post):
    box, servers, done = post
    put(box, "a", "b", "c")
    box.start()
    box.wait_for(3)

    assert servers.batches == [["a", "b", "c"]] and done == ["a", "b", "c"]


@pytest.mark.parametrize("fault", [Unavailable("away"), Internal("incident"), OSError("surprise")])
def test_a_result_is_sent_until_it_is_acknowledged(post, fault):
    box, servers, done = post
    servers.answers = [fault] * 5
    put(box, "a")
    box.start()
    box.wait_for(1)

    assert servers.batches == [["a"]] * 6 and done == ["a"]


def test_a_long_pause_ends_when_a_server_is_heard_again(post, monkeypatch):
    box, servers, done = post
    monkeypatch.setattr(outbox, "_FIRST_PAUSE_S", 3600)
    monkeypatch.setattr(outbox, "_LONGEST_PAUSE_S", 3600)
    paused = threading.Event()
    monkeypatch.setattr(box, "_back_off", lambda wait=box._back_off: (paused.set(), wait()))
    servers.answers = [Unavailable("away")]
    put(box, "a")
    box.start()
    assert paused.wait(10)
    while not done:  # a hurry that comes before the pause has begun is not kept
        box.hurry()

    assert servers.batches == [["a"]] * 2


def test_a_refused_result_goes_alone_and_the_others_go_on(post):
    box, servers, done = post
    servers.poison = {"bad"}
    put(box, "a", "bad", "b")
    box.start()
    box.wait_for(2)
    put(box, "later")
    box.wait_for(3)

    assert set(done) == {"a", "b", "later"}
    servers.poison = set()
    box.wait_for(4)
    assert set(done) == {"a", "bad", "b", "later"}


def test_a_batch_has_a_limit(post, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 2)
    box, servers, _ = post
    put(box, *"abcde")
    box.start()
    box.wait_for(5)

    assert servers.batches == [["a", "b"], ["c", "d"], ["e"]]


def test_stopping_sends_what_it_can(post):
    box, _, done = post
    box.start()
    put(box, "a", "b")
    box.stop(10)

    assert done == ["a", "b"]
