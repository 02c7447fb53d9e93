"""Functions become calls of the wire; what holds for every call is checked once."""

from __future__ import annotations

from typing import Any, cast

import pytest

from plow_client import idl
from plow_client.errors import Invalid
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.arguments import ids, page, states
from plow_server.handlers.bind import bind, find_functions

JOB = "01a1f802-b081-75e7-b6b0-af6cb31a3336"


class Recorder:
    """A database that only remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def run(self, name: str, **values: object) -> int:
        self.asked.append((name, values))
        return 1

    value = run


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def calls(recorder: Recorder) -> dict[str, Any]:
    return bind(cast(Database, recorder), Config())


def test_every_call_has_a_function(calls: dict[str, Any]) -> None:
    assert set(idl.RpcService.thrift_services) == set(calls)


def test_every_function_says_what_it_does() -> None:
    assert [name for name, function in find_functions().items() if not function.__doc__] == []


def test_arguments_arrive_under_our_names(calls: dict[str, Any], recorder: Recorder) -> None:
    job = "01a1f802-b081-75e7-b6b0-af6cb31a3336"
    calls["pauseJob"](jobId=job, paused=True)

    assert recorder.asked == [("pause_job", {"p_job": job, "p_paused": True})]


@pytest.mark.parametrize("call", ["killJob", "killProc", "restartJob", "setLayerCommand"])
def test_a_reason_without_end_is_refused(calls: dict[str, Any], recorder: Recorder, call: str) -> None:
    """It would be kept with every attempt that the call ends, and in every row of history."""
    with pytest.raises(Invalid, match="a reason of 2,001 characters; at most 2,000 are allowed"):
        calls[call](
            **dict.fromkeys(("jobId", "id", "layerId"), JOB),
            failedOnly=False,
            command=["x"],
            env={},
            reason="x" * 2001,
        )

    assert recorder.asked == []


@pytest.mark.parametrize("bad", ["x", "", "01a1f802b08175e7b6b0af6cb31a3336", "' or true --"])
def test_a_malformed_id_never_reaches_the_database(
    calls: dict[str, Any], recorder: Recorder, bad: str
) -> None:
    with pytest.raises(Invalid, match="not an id: '"):
        calls["pauseJob"](jobId=bad, paused=True)
    assert recorder.asked == []


def test_a_missing_argument_is_named(calls: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="pauseJob needs jobId"):
        calls["pauseJob"](paused=True)


def test_what_may_be_unset_is_not_missed(calls: dict[str, Any], recorder: Recorder) -> None:
    arguments = {"filterId": "01a1f802-b081-75e7-b6b0-af6cb31a3336", "value": None}
    with pytest.raises(Invalid, match="createAction needs type"):
        calls["createAction"](**arguments)
    with pytest.raises(Invalid, match="there is no ActionType 99"):
        calls["createAction"](type=99, **arguments)


def test_lists_of_a_filter() -> None:
    some = "01a1f802-b081-75e7-b6b0-af6cb31a3336"
    assert (ids(None), ids([]), ids([some])) == (None, [], [some])
    assert states(idl.TaskState, [3, 5]) == ["DEAD", "DEPEND"]
    with pytest.raises(Invalid, match="not an id: 'x'"):
        ids(["x"])


def test_a_page_is_never_larger_than_an_answer() -> None:
    assert page(0, 0, most=100) == {"limit": 100, "offset": 0}
    assert page(10, 5, most=100) == {"limit": 10, "offset": 5}
    assert page(1000, None, most=100) == {"limit": 100, "offset": 0}
    with pytest.raises(Invalid, match="0 or more"):
        page(-1, 0, most=100)
