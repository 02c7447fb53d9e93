"""Which host a connection asks, and what it asks twice."""

from __future__ import annotations

import pytest

from plow_client import idl
from plow_client.connection import READS, Cancelled, Connection, parse_hosts
from plow_client.errors import Invalid, NotFound, Unavailable
from plow_client.rpc.caller import Unanswered, Unsent


class Answers(Connection):
    """A connection whose hosts answer as they are told, in the order in which they are asked."""

    def __init__(self, *answers: object, service: str = "RpcService") -> None:
        super().__init__(",".join(f"host{number}" for number in range(len(answers))), service=service)
        self.answers = list(answers)
        self.asked: list[int] = []

    def _caller(self, number: int) -> Answers:
        self.asked.append(number)
        self.answer = self.answers[number]
        return Asked(self.answer)  # type: ignore[return-value]


class Asked:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def call(self, method: str, **_: object) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("farm1", [("farm1", 11336)]),
        ("a:1, b:2,,c", [("a", 1), ("b", 2), ("c", 11336)]),
        ("[::1]:5", [("::1", 5)]),
        ("[::1]", [("::1", 11336)]),
        (["a:1", "b"], [("a", 1), ("b", 11336)]),
    ],
)
def test_hosts_are_read_from_text(text, hosts):
    assert parse_hosts(text) == hosts


@pytest.mark.parametrize("text", ["", ",", "a:", "a:x", ":5", "a:0", "a:70000", "::1", "[::1", "::1]:5"])
def test_bad_hosts_are_refused(text):
    with pytest.raises(Invalid, match="host"):
        parse_hosts(text)


def test_hosts_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PLOW_HOSTS", "elsewhere:7")
    assert Connection().hosts == [("elsewhere", 7)]
    monkeypatch.delenv("PLOW_HOSTS")
    assert Connection().hosts == [("127.0.0.1", 11336)]


@pytest.mark.parametrize("method", ["getJob", "getPlowTime"])
def test_a_call_that_reads_goes_to_the_next_host(method):
    farm = Answers(Unavailable("lost"), 5)
    assert farm.call(method) == 5
    assert farm.asked == [0, 1]


def test_a_call_that_changes_something_is_not_sent_twice():
    farm = Answers(Unavailable("lost"), 5)
    with pytest.raises(Unavailable, match="lost"):
        farm.call("launch")
    assert farm.asked == [0]


@pytest.mark.parametrize("method", ["launch", "killTasks", "retryTasks", "createProject"])
def test_what_clients_change_is_not_sent_twice(method):
    with pytest.raises(Unavailable, match="lost"):
        Answers(Unavailable("lost"), 5).call(method, filter=idl.TaskFilterT(jobId="x"))


CHANGES = [name for name in idl.RpcService.thrift_services if not name.startswith(READS)]


@pytest.mark.parametrize("method", CHANGES)
def test_whoever_hears_no_answer_to_a_change_is_told_that_it_may_have_been_done(method):
    farm = Answers(Unanswered("lost host0"), 5)
    with pytest.raises(Unavailable, match="lost host0; it may have been done all the same: look before"):
        farm.call(method)
    assert farm.asked == [0]


@pytest.mark.parametrize("error", [Unanswered("lost"), Unavailable("a lost race; try again")])
def test_what_was_surely_not_done_or_does_no_harm_is_told_as_it_is(error):
    with pytest.raises(Unavailable, match="^lost$|^a lost race; try again$"):
        Answers(error).call("getJob" if isinstance(error, Unanswered) else "createFolder")


def test_a_call_that_was_never_sent_goes_to_the_next_host():
    farm = Answers(Unsent("refused"), 5)
    assert farm.call("launch") == 5


@pytest.mark.parametrize("method", ["ping", "taskComplete", "tasksComplete"])
def test_a_report_that_names_its_attempts_may_be_repeated(method):
    assert Answers(Unavailable("lost"), 5, service="RndServiceApi").call(method) == 5


def test_a_call_that_carries_an_id_of_its_own_may_be_repeated():
    assert Answers(Unavailable("lost"), 5).call("launch", requestId="r") == 5


def test_an_answer_is_an_answer_even_if_it_is_an_error():
    farm = Answers(NotFound("no job 'x'"), 5)
    with pytest.raises(NotFound):
        farm.call("getJob")
    assert farm.asked == [0]


def test_the_host_that_answered_is_asked_first_from_then_on():
    farm = Answers(Unsent("refused"), 5)
    farm.call("getPlowTime")
    farm.call("getPlowTime")
    assert farm.asked == [0, 1, 1]


def test_when_all_hosts_are_gone_the_last_one_is_named():
    with pytest.raises(Unavailable, match="second"):
        Answers(Unsent("first"), Unsent("second")).call("getPlowTime")


def test_calls_are_methods_and_take_arguments_by_place_or_name():
    farm = Answers(5)
    assert farm.getPlowTime() == 5
    with pytest.raises(Invalid, match="getPlowTime takes 0 arguments, not 1"):
        farm.getPlowTime(1)
    with pytest.raises(AttributeError, match="no call 'formatDisk' in RpcService"):
        farm.formatDisk()
    with pytest.raises(NotFound, match="no service 'Nothing'"):
        Connection("a", service="Nothing")


class OnlyHost(Answers):
    """One host that answers differently each time it is asked."""

    def __init__(self, *answers: object) -> None:
        super().__init__("")
        self.answers = list(answers)

    def _caller(self, number: int) -> Asked:  # type: ignore[override]
        self.asked.append(number)
        return Asked(self.answers.pop(0))


def test_an_only_host_that_hangs_up_is_asked_once_more():
    assert OnlyHost(Unanswered("it hung up"), 5).call("getJob") == 5
    with pytest.raises(Unavailable, match="and again"):
        OnlyHost(Unanswered("it hung up"), Unanswered("and again")).call("getJob")


def test_an_only_host_is_asked_once_where_it_cannot_be_reached_or_a_change_may_be_done():
    for error, method in ((Unsent("refused"), "getJob"), (Unanswered("lost"), "killJob")):
        farm = OnlyHost(error, 5)
        with pytest.raises(Unavailable):
            farm.call(method)
        assert farm.asked == [0]


def test_an_only_host_is_not_asked_again_after_the_time_of_the_call():
    farm = OnlyHost(Unanswered("no answer within 0 s"), 5)
    with pytest.raises(Unavailable, match="no answer"):
        farm.call("getJob", timeout_s=0)


def test_a_call_that_is_cancelled_is_not_repeated():
    farm = Answers(Unanswered("lost host0"), 5)
    real = farm._caller

    def cancelled(number: int) -> Answers:
        farm.close()
        return real(number)

    farm._caller = cancelled  # type: ignore[method-assign]
    with pytest.raises(Cancelled, match="getJob was cancelled"):
        farm.call("getJob")
    assert farm.asked == [0]
