"""What arrives for the dispatcher comes in batches, and whoever delivered is answered."""

from __future__ import annotations

import pytest

from plow_client.errors import Unavailable
from plow_server.inbox import Ending, Inbox, absent, columns_of
from plow_server.nodes import Accepted


def test_everything_that_is_there_comes_at_once():
    inbox = Inbox()
    inbox.deliver([Ending("a"), Ending("b")])
    inbox.deliver([Ending("c")])
    inbox.tell(Accepted("n", ["p"]))
    inbox.ring(kill=True)

    batch = inbox.take(0, 500)
    assert [one.proc for one in batch.endings] == ["a", "b", "c"]
    assert (batch.outcomes, batch.farm_rang, batch.kill_rang) == ([Accepted("n", ["p"])], False, True)
    assert not inbox.take(0, 500).kill_rang


def test_a_batch_has_an_end():
    inbox = Inbox()
    for name in "abc":
        inbox.deliver([Ending(name), Ending(name)])
    assert [one.proc for one in inbox.take(0, 3).endings] == ["a", "a", "b", "b"]
    assert [one.proc for one in inbox.take(0, 3).endings] == ["c", "c"]


def test_whoever_delivered_hears_that_it_is_stored():
    inbox = Inbox()
    future = inbox.deliver([Ending("a")])
    batch = inbox.take(0, 500)
    assert not future.done()
    batch.stored()
    batch.fail(Unavailable("too late"))
    assert future.result(0) is None


def test_or_why_not():
    inbox = Inbox()
    future = inbox.deliver([Ending("a")])
    inbox.take(0, 500).fail(Unavailable("no database"))
    with pytest.raises(Unavailable, match="no database"):
        future.result(0)


def test_a_closed_inbox_sends_everybody_away():
    inbox = Inbox()
    before = inbox.deliver([Ending("a")])
    inbox.close()
    for future in (before, inbox.deliver([Ending("b")])):
        with pytest.raises(Unavailable, match="the server is stopping"):
            future.result(0)
    assert inbox.take(60, 500).endings == []  # and it does not wait


def test_endings_are_the_arguments_of_complete_tasks():
    told = columns_of([Ending("a", status=0), absent("b", was_killed=True), absent("c", was_killed=False)])
    assert told["p_proc"] == ["a", "b", "c"]
    assert told["p_end"] == ["EXITED", "KILLED", "LOST"]
    assert told["p_status"] == [0, 1, 1]
    assert told["p_command_index"] == [None, None, None]
    assert [bool(fingerprint) for fingerprint in told["p_fingerprint"]] == [False, True, True]
    assert len(told) == 13
