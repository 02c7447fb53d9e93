"""Events and history as a script and the command line read them."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, cast

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.errors import NotAllowed, NotFound

JOB = "0190a5f0-0000-7000-8000-000000000001"


class Log:
    """A farm with so many events, of which the oldest may be gone."""

    def __init__(self, events: int, cleared: int = 0) -> None:
        self.events, self.cleared = events, cleared
        self.asked: list[tuple[int, int]] = []
        self.blame: list[idl.BlameT] = []
        self.wanted: list[tuple[str, int, int]] = []

    def getEvents(self, since: int, limit: int, waitMs: int) -> idl.EventPageT:
        self.asked.append((since, waitMs))
        if since == -1 or 0 < since < self.cleared or since > self.events:
            return idl.EventPageT(events=[], nextSequence=self.events, isComplete=since == -1)
        if waitMs and since >= self.events:
            self.events += 1
        last = min(max(since, self.cleared) + (limit or 2), self.events)
        found = [_event(n) for n in range(max(since, self.cleared) + 1, last + 1)]
        return idl.EventPageT(events=found, nextSequence=last, isComplete=True)

    def getHistory(self, objectId: str, limit: int, before: int) -> list[idl.BlameT]:
        self.wanted.append((objectId, limit, before))
        return self.blame

    def getActiveJob(self, name: str) -> idl.JobT:
        if name != "shot":
            raise NotFound(f"no unfinished job '{name}'")
        return idl.JobT(id=JOB, folderId=JOB, name=name)

    def getJobs(self, filter: object) -> list[idl.JobT]:
        return []

    def getNode(self, name: str) -> idl.NodeT:
        raise NotFound("no node")

    def getNodes(self, filter: object) -> list[idl.NodeT]:
        return []

    def getCluster(self, name: str) -> idl.ClusterT:
        if name != "render":
            raise NotFound("no cluster")
        return idl.ClusterT(id="cluster-id")

    def getClusters(self) -> list[idl.ClusterT]:
        return []

    def getProjectByCode(self, code: str) -> idl.ProjectT:
        raise NotFound("no project")

    def getProjects(self) -> list[idl.ProjectT]:
        return []


def _event(n: int) -> idl.EventT:
    return idl.EventT(
        sequence=n,
        time=1000 * n,
        noun="job",
        objectId=JOB,
        change="paused",
        oldValue="false",
        newValue="true",
    )


@pytest.fixture
def log() -> Log:
    log = Log(events=7)
    plow.use(cast(idl.RpcService, log))
    return log


@pytest.fixture(autouse=True)
def _no_farm_left() -> Any:
    yield
    current.reconnect()


def test_watching_goes_on_from_page_to_page_and_then_waits(log: Log) -> None:
    seen = [event.sequence for event in islice(plow.watch_events(since=2, wait_ms=50), 7)]
    assert seen == [3, 4, 5, 6, 7, 8, 9]
    assert {wait for _, wait in log.asked} == {50}


def test_watching_from_now_begins_with_what_comes(log: Log) -> None:
    assert next(plow.watch_events()).sequence == 8


def test_a_gap_is_told_not_passed_over(log: Log) -> None:
    log.cleared = 5
    with pytest.raises(NotAllowed, match="events after 3 are no longer kept"):
        next(plow.watch_events(since=3))
    assert next(plow.watch_events(since=0)).sequence == 6


def test_a_page_reads_like_python(log: Log) -> None:
    page = plow.get_events(5)
    assert [(e.noun, e.object_id, e.old_value, e.new_value) for e in page.events] == [
        ("job", JOB, "false", "true")
    ] * 2
    assert (page.next_sequence, page.is_complete) == (7, True)


def test_an_object_knows_its_history(log: Log) -> None:
    log.blame = [idl.BlameT(id=3, actor="anna", isProven=True, field="paused", code=0)]
    (entry,) = plow.Job(idl.JobT(id=JOB)).history()
    assert (entry.actor, entry.is_proven, entry.field) == ("anna", True, "paused")
    assert log.wanted == [(JOB, 0, 0)]


def _blame(**fields: Any) -> idl.BlameT:
    told = {
        "id": 1,
        "time": 1,
        "actor": "anna",
        "isProven": True,
        "client": "nuke 127.0.0.1:5",
        "call": "pauseJob",
    }
    told |= {"noun": "job", "objectId": JOB, "field": "", "code": 0}
    return idl.BlameT(**{**told, **fields})


def test_history_is_a_table_of_who_did_what(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.blame = [
        _blame(field="paused", oldValue="false", newValue="true", reason="plates are late"),
        _blame(isProven=False, code=4, reason="not now"),
        _blame(oldValue='{"name": "x"}'),
        _blame(newValue="y" * 500),
    ]
    assert run(["history", "shot"]) == 0

    shown = capsys.readouterr().out
    for word in (
        "paused",
        "false",
        "true",
        "plates are late",
        "anna (says the client)",
        "refused",
        "deleted",
        "made",
    ):
        assert word in shown
    assert "y" * 60 not in shown and "y" * 59 + "…" in shown
    assert log.wanted == [(JOB, 50, 0)]


def test_history_is_found_by_name_or_id(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["history", "render", "--limit", "3", "--json"]) == 0
    assert run(["history", JOB]) == 0
    assert log.wanted == [("cluster-id", 3, 0), (JOB, 50, 0)]
    assert run(["history", "nothing"]) == 3
    assert "no job, node, cluster or project 'nothing'" in capsys.readouterr().err


def test_events_are_lines_for_people_or_programs(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "--since", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["6", "7"]
    assert lines[0].endswith(f"job {JOB} paused false -> true")

    assert run(["events", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]


def test_events_say_when_some_are_gone(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.cleared = 5
    assert run(["events", "--since", "2"]) == 0
    assert "no longer kept" in capsys.readouterr().err


def test_events_say_when_the_number_is_ahead(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "--since", "12"]) == 0
    assert "12 is ahead of the newest event, 7; --since 0" in capsys.readouterr().err
    with pytest.raises(NotAllowed, match="12 is ahead of the newest event, 7: read the state anew"):
        next(plow.watch_events(since=12))


def test_events_are_followed_until_stopped(
    log: Log, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(since: int, limit: int, waitMs: int) -> idl.EventPageT:
        if since >= 9:
            raise KeyboardInterrupt
        return Log.getEvents(log, since, limit, waitMs)

    monkeypatch.setattr(log, "getEvents", stop)
    assert run(["events", "--follow", "--since", "6"]) == 130
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["7", "8", "9"]
