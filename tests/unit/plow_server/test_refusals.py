"""Which refused calls are kept, and how much of them; for whom something is done."""

from __future__ import annotations

from typing import Any, cast

import pytest

from plow_client.errors import NotFound, Unavailable
from plow_client.idl import JobSpecT, LayerSpecT, TaskSpecT
from plow_client.rpc.peer import Introduction, Peer
from plow_server.database import Database
from plow_server.deed import Deed, current_deed, deed_of, doing, is_read
from plow_server.handlers.refusals import Allowance, Refusals

JOB = "01a1f802-b081-75e7-b6b0-af6cb31a3336"
ANNA = Deed("anna", True, "nuke 127.0.0.1:5", "killJob", "wrong")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Recorder:
    """A database that remembers what it was asked, and for whom."""

    def __init__(self, *, away: bool = False) -> None:
        self.kept: list[dict[str, Any]] = []
        self.deeds: list[Deed | None] = []
        self._away = away

    def run(self, _: str, **values: Any) -> int:
        if self._away:
            raise Unavailable("the database is out of reach")
        self.kept.append(values)
        self.deeds.append(current_deed.get())
        return 1


def test_some_are_kept_at_once_and_then_some_a_minute() -> None:
    clock = Clock()
    allowance = Allowance(3, clock)

    assert [allowance.take("anna", "h") for _ in range(5)] == [0, 0, 0, None, None]
    clock.now += 20
    assert [allowance.take("anna", "h") for _ in range(2)] == [2, None]
    assert allowance.take("ben", "other") == 0


def test_other_names_from_one_address_do_not_help() -> None:
    allowance = Allowance(3, Clock())
    assert [allowance.take(f"name {n}", "h") for n in range(5)] == [0, 0, 0, None, None]


def test_all_together_have_a_bound_too() -> None:
    allowance = Allowance(3, Clock())
    kept = [allowance.take(f"name {n}", f"host {n}") for n in range(100)]
    assert sum(one is not None for one in kept) == 30


def test_names_without_end_do_not_fill_the_memory() -> None:
    allowance = Allowance(3, Clock())
    for n in range(5000):
        allowance.take(f"name {n}", f"host {n}")
    assert len(allowance._known) < 2000


def test_a_row_says_what_was_asked_about_what_and_why_not() -> None:
    db = Recorder()
    spec = JobSpecT(name="x" * 5000, layers=[LayerSpecT(name=str(n)) for n in range(300)])
    Refusals(cast(Database, db), 10).keep(
        ANNA, "h", "job", NotFound("no job 'a\x00'"), {"jobId": JOB, "spec": spec}
    )

    (row,) = db.kept
    arguments = row["p_arguments"].obj
    assert (row["p_noun"], row["p_object"], row["p_why"], row["p_code"]) == ("job", JOB, "no job 'a'", 1)
    assert len(arguments["spec"]["name"]) == 1000 and len(arguments["spec"]["layers"]) == 200
    assert db.deeds == [ANNA]
    assert current_deed.get() is None


def parts(value: object) -> int:
    """How many values there are, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(parts(item) for item in inner)


def test_of_a_huge_launch_a_bounded_part_is_kept() -> None:
    db = Recorder()
    layers = [LayerSpecT(name=str(n), tasks=[TaskSpecT(name=str(n)) for n in range(150)]) for n in range(150)]
    Refusals(cast(Database, db), 10).keep(
        ANNA, "h", "job", NotFound("no"), {"spec": JobSpecT(name="x", layers=layers)}
    )

    (row,) = db.kept
    assert 1000 < parts(row["p_arguments"].obj) < 6000


def test_the_next_that_is_kept_says_how_many_were_not(caplog: pytest.LogCaptureFixture) -> None:
    db, clock = Recorder(), Clock()
    refusals = Refusals(cast(Database, db), 1)
    refusals._allowance = Allowance(1, clock)
    for _ in range(4):
        refusals.keep(ANNA, "h", "job", NotFound("no"), {})
    clock.now += 60
    refusals.keep(ANNA, "h", "job", NotFound("no"), {})

    assert [row["p_why"] for row in db.kept] == ["no", "no (and 3 more refusals that were not kept)"]


def test_a_database_that_is_away_is_no_reason_for_another_error(caplog: pytest.LogCaptureFixture) -> None:
    Refusals(cast(Database, Recorder(away=True)), 10).keep(ANNA, "h", "job", NotFound("no"), {})
    assert "refusal not kept" in caplog.text


def test_a_deed_is_who_what_and_why() -> None:
    peer = Peer("10.0.0.7", 5, said=Introduction("anna", "nuke"))
    assert deed_of(peer, "killJob", "wrong") == Deed("anna", False, "nuke 10.0.0.7:5", "killJob", "wrong")
    assert deed_of(peer, "pauseJob", None) == Deed("anna", False, "nuke 10.0.0.7:5", "pauseJob", None)
    assert deed_of(None, "killJob", "wrong") is None


def test_a_deed_is_over_with_its_block_even_by_an_error() -> None:
    with pytest.raises(ZeroDivisionError), doing(ANNA):
        assert current_deed.get() == ANNA
        with doing(None):
            assert current_deed.get() is None
        raise ZeroDivisionError
    assert current_deed.get() is None


def test_a_name_with_a_zero_byte_does_not_reach_the_database() -> None:
    assert "\\u0000" not in Deed("an\x00na", False, "", "killJob").as_json()


def test_what_only_reads_is_nobodys_deed() -> None:
    reads = ["getJob", "checkLaunch", "readTaskLog", "introduce", "getEvents"]
    assert all(is_read(name) for name in reads)
    assert not any(
        is_read(name) for name in ["launch", "killJob", "setJobAttrs", "updateAction", "rebootNode"]
    )
