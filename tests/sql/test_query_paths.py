"""A query of tasks says where they are: they are found through layers, ids or procs, or it is refused unread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from plow_client.errors import Invalid, NotAllowed
from plow_client.idl import TaskFilterT
from plow_client.query import parse, to_wire
from plow_server.config import Limit
from plow_server.database import SQL, Database, Transaction
from plow_server.handlers.task import eat_tasks, get_tasks, kill_tasks, retry_tasks
from plow_server.queries import load_queries
from plow_server.query.task import Wanted, found
from tests.sql.farm import Farm
from tests.sql.launching import Launched, launch, layer, states, wait_for_lock

LIMIT = Limit(search_s=30.0)
EXPLAIN = {
    "plan": "-- Planned anew each time\nexplain (format json, costs off) select * from ({found}) as found"
}


def asked(text: str, **fields: Any) -> TaskFilterT:
    return TaskFilterT(where=to_wire(parse(text, "task")), **fields)


def names(db: Database, text: str, within: Limit = LIMIT, **fields: Any) -> list[str]:
    return [task.name for task in get_tasks(db, asked(text, **fields), limit=within)]


@pytest.fixture
def two(farm: Farm, db: Database) -> tuple[Launched, Launched]:
    """A job of Anna's, one task of which runs and one is dead, and one of Bert's."""
    mine = launch(db, layer("a", range="1-3"), layer("b"))
    other = launch(db, layer("a"), name="other", username="bert")
    node = farm.node()
    farm.complete([row["proc_id"] for row in farm.book((mine.layers["b"], node, 1))], status=1)
    farm.complete([row["proc_id"] for row in farm.book((mine.layers["b"], node, 1))], status=1)
    farm.book((mine.layers["a"], node, 1))
    return mine, other


def test_a_query_and_the_criteria_of_a_filter_hold_together(
    db: Database, farm: Farm, two: tuple[Launched, Launched]
) -> None:
    mine, other = two
    node = farm.value("select id::text from plow.node")

    assert names(db, "user=anna and state in (dead, running)") == ["0001-a", "0001-b"]
    assert names(db, "state=waiting", jobId=other.id) == ["0001-a", "0002-a"]
    assert names(db, "user=bert", jobId=mine.id) == []
    assert names(db, "frame>1", layerIds=[mine.layers["a"]]) == ["0002-a", "0003-a"]
    assert names(db, "frame=1", taskIds=[*mine.tasks.values()]) == ["0001-a", "0001-b"]
    assert names(db, "user=anna", nodeIds=[node]) == ["0001-a"]
    assert names(db, "user=bert", nodeIds=[node]) == []
    assert names(db, "user=anna", states=[3]) == ["0001-b"]
    assert names(db, "user=anna", limit=2, offset=1) == ["0002-a", "0003-a"]
    assert names(db, "user=anna", lastUpdateTime=2**45) == []
    assert names(db, f"jobid={other.id}") == ["0001-a", "0002-a"]
    assert names(db, f"layerid={mine.layers['b']} and frame=2") == ["0002-b"]
    assert names(db, f"id in ({mine.tasks['0002-a']}, {other.tasks['0001-a']})") == ["0002-a", "0001-a"]
    assert names(db, "user=anna", taskIds=[]) == []


@pytest.mark.parametrize(
    "text",
    ["ram>32g", "state=waiting", "not user=anna", "user!=anna", "user~'**'", "user=anna or ram>1g", "node=n1",
     "not not user=anna"],
)  # fmt: skip
def test_a_query_that_could_mean_the_whole_farm_is_refused(db: Database, text: str) -> None:
    with pytest.raises(
        Invalid, match=r"could mean every task of the farm: add 'and job=...', or the same with jobid"
    ):
        names(db, text)


def test_a_query_that_would_read_too_much_is_refused_before_it_does(
    db: Database, two: tuple[Launched, Launched]
) -> None:
    few = Limit(query_tasks=4)
    with pytest.raises(Invalid, match="would look at 5 tasks, more than 4: add a job, layer, user"):
        names(db, "user=anna", few)
    assert names(db, "user=bert", few) == ["0001-a", "0002-a"]
    assert names(db, "user=anna and state=dead", few) == ["0001-b"]
    assert names(db, "user~'*' and state=running", few) == ["0001-a"]


def test_a_query_that_takes_too_long_is_refused(db: Database, two: tuple[Launched, Launched]) -> None:
    with pytest.raises(Invalid, match="this query takes longer than 0.001 s: make it narrower"):
        names(db, "user=anna and (ram>1g or endreason=memory)", Limit(search_s=0.001))


def test_tasks_of_finished_jobs_are_found_by_id_only(db: Database, two: tuple[Launched, Launched]) -> None:
    _, other = two
    db.value("kill_job", p_job=other.id, p_reason="enough")

    assert names(db, "user=bert") == []
    assert names(db, f"jobid={other.id} and user=bert") == ["0001-a", "0002-a"]
    assert names(db, "user=bert", jobId=other.id) == ["0001-a", "0002-a"]


def test_an_archived_job_is_told(farm: Farm, db: Database, two: tuple[Launched, Launched]) -> None:
    mine, _ = two
    farm.execute("update plow.job set archived = plow.now() where id = %s", mine.id)

    with pytest.raises(NotAllowed, match="the tasks of job 'shot' are archived"):
        names(db, f"jobid={mine.id}")
    farm.execute("update plow.job set archived = null")


@pytest.fixture
def full(farm: Farm, db: Database) -> Iterator[Database]:
    """A database with a large job beside small ones, as its statistics know."""
    launch(db, layer("a", range="1-20000"), layer("b", range="1-20000"), name="large")
    mine = launch(db, layer("a"))
    farm.book((mine.layers["a"], farm.node(), 1))
    farm.execute("analyze")
    queries = load_queries(SQL / "queries") | EXPLAIN
    with Database(make_conninfo(db.dsn, options="-c random_page_cost=1.1"), queries=queries) as reader:
        yield reader


@pytest.mark.parametrize(
    "text",
    ["job=shot", "user=anna", "user~'*a*' and ram>1g", "state=running", "state=dead", "layer~'B*' and not state=dead",
     "job=shot or attr.x=1", "job~'large' and frame in (1, 2, 3)"],
)  # fmt: skip
def test_no_query_scans_the_tasks(full: Database, text: str) -> None:
    wanted = Wanted(parse(text, "task"), limit=100_000)

    def work(transaction: Transaction) -> Any:
        return transaction.value("plan", **found(transaction, wanted, 200_000))

    scanned = [node for node in nodes_of(full.atomically(work)[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    assert "task" not in [node["Relation Name"] for node in scanned]


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)


def test_deeds_are_done_to_what_the_query_names_and_nothing_else(
    db: Database, two: tuple[Launched, Launched]
) -> None:
    mine, other = two
    few = Limit(search_s=30.0, rows_per_answer=1)  # an answer may be cut, a deed may not

    retry_tasks(db, asked("user=anna and state=dead and exit=1"), limit=LIMIT)
    assert states(db, mine.id)["0001-b"] == "WAITING"
    kill_tasks(db, asked("job~'SH*' and state=running"), limit=LIMIT)
    assert set(states(db, mine.id).values()) == {"WAITING"}
    eat_tasks(db, asked("user in (anna, bert) and frame=2"), limit=few)
    assert [name for name, state in states(db, mine.id).items() if state == "EATEN"] == ["0002-a", "0002-b"]
    assert states(db, other.id) == {"0001-a": "WAITING", "0002-a": "EATEN"}


def test_what_the_query_no_longer_names_once_it_is_locked_is_left_alone(
    farm: Farm, db: Database, two: tuple[Launched, Launched]
) -> None:
    mine, _ = two
    rival = farm.connect()
    with rival.transaction():
        rival.execute("select plow.retry_tasks(%s::uuid[], 'first')", ([mine.tasks["0001-b"]],))
        eater = threading.Thread(
            target=lambda: eat_tasks(db, asked("user=anna and state=dead and exit=1"), limit=LIMIT)
        )
        eater.start()
        wait_for_lock(farm)
    eater.join()
    rival.close()

    assert states(db, mine.id)["0001-b"] == "WAITING"
