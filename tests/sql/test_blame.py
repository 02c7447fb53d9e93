"""Who changed what: one row for each field that changed, in the change's own transaction.

note_change, note_made, note_depends, note, note_refusal, watch_tables, masked, shown_value, shown_name, job_of_row,
made_jobs, move_tasks, clear_history, history_of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from plow_server.database import Database
from plow_server.deed import Deed, doing
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch

ANNA = Deed("anna", True, "wrangler 127.0.0.1:5", "someCall", "because")

# Why a table needs no triggers of blame. Whoever adds a table decides: here, or in watch_tables.sql.
UNWATCHED = {
    "avoid": "the server's own, cleared by clear_avoids, which tells",
    "attempt": "history itself",
    "attempt_default": "history itself",
    "blame": "blame itself",
    "event": "events themselves",
    "event_counter": "events themselves",
    "event_outbox": "events themselves",
    "depend_queue": "the server's own",
    "folder_counter": "dispatch",
    "job_counter": "dispatch",
    "headroom": "the server's own",
    "node_pause": "the server's own",
    "job_filter_trace": "made with its job",
    "job_post": "made with its job",
    "job_spec": "made with its job",
    "job_stat": "measured",
    "failure_setting": "of a server's configuration",
    "job_streak": "dispatch; the job says why it is paused",
    "later": "dispatch",
    "layer_counter": "dispatch",
    "layer_stat": "measured",
    "retry_wait": "the server's own",
    "limit_counter": "dispatch; hold_limits and clear_limit_wait tell",
    "limit_use": "dispatch",
    "lesson": "measured",
    "layer_version": "says itself who made it",
    "listening": "the server's own",
    "migration": "the server's own",
    "migration_hash": "the server's own",
    "migration_routine": "the server's own",
    "uncallable": "measured",
    "folder_done": "dispatch",
    "node_counter": "dispatch",
    "node_gpu": "what a node says, and dispatch",
    "node_report": "what a node says",
    "node_streak": "dispatch; the node says why it is set aside",
    "past_use": "measured",
    "pool_host": "set_pool_hosts tells",
    "prediction_quality": "measured",
    "prediction_setting": "of a server's configuration",
    "proc": "dispatch",
    "proc_use": "measured",
    "reservation": "dispatch; clear_reservation tells",
    "share_setting": "of a server's configuration",
    "task_loss": "dispatch",
    "task": "move_tasks and commit_plan tell",
    "waiting": "dispatch",
}


@pytest.fixture
def anna() -> Iterator[None]:
    """What the database does in this test it does for Anna."""
    with doing(ANNA):
        yield


def blame(farm: Farm, thing: UUID | str | None = None) -> list[Row]:
    return farm.execute(
        "select * from plow.blame where %s::uuid is null or object_id = %s::uuid order by id", thing, thing
    )


def changes(farm: Farm, thing: UUID | str) -> list[tuple[Any, ...]]:
    return [(row["field"], row["old"], row["new"]) for row in blame(farm, thing)]


def test_every_table_is_watched_or_says_why_not(farm: Farm) -> None:
    tables = {
        row["table_name"]
        for row in farm.execute("select table_name from information_schema.tables"
                                " where table_schema = 'plow' and table_type = 'BASE TABLE'")
    }  # fmt: skip
    triggers = farm.execute(
        "select event_object_table as of, event_manipulation as at from information_schema.triggers"
        " where trigger_schema = 'plow' and trigger_name like 'note_%%'"
    )
    watched = {row["of"]: {t["at"] for t in triggers if t["of"] == row["of"]} for row in triggers}

    assert sorted(tables - UNWATCHED.keys() - watched.keys()) == []
    assert sorted(UNWATCHED.keys() & watched.keys()) == []
    assert {of: at for of, at in watched.items() if at != {"INSERT", "UPDATE", "DELETE"}} == {
        "quota_counter": {"UPDATE"},  # the rest of it is the quota's row
        "depend": {"INSERT", "UPDATE"},  # never deleted but with its job
    }


def test_a_change_says_who_when_from_what_to_what_and_why(farm: Farm, db: Database, anna: None) -> None:
    job = launch(db)

    db.run("set_job_cores", p_job=job.id, p_max=7)

    row = blame(farm, job.id)[-1]
    assert (row["noun"], row["field"], row["old"], row["new"]) == ("job", "max_cores", "200", "7")
    assert (row["actor"], row["is_proven"], row["call"], row["reason"]) == (
        "anna",
        True,
        "someCall",
        "because",
    )
    assert (row["client"], row["code"], row["job_id"]) == ("wrangler 127.0.0.1:5", 0, row["object_id"])


def test_what_the_server_does_by_itself_is_its_own(farm: Farm, db: Database) -> None:
    node = farm.node()
    farm.execute("update plow.node set state = 'DOWN' where id = %s", node)

    made, down = blame(farm, node)
    assert (made["actor"], made["field"], made["new"]) == ("plow-server", "", "n1")
    assert (down["actor"], down["field"], down["new"]) == ("plow-server", "state", "DOWN")


def test_nobody_is_named_after_the_transaction(farm: Farm, db: Database) -> None:
    with doing(ANNA):
        job = launch(db)
    db.run("pause_job", p_job=job.id, p_paused=True)

    assert [row["actor"] for row in blame(farm, job.id)] == ["anna", "plow-server"]


def test_what_is_taken_back_leaves_no_blame(farm: Farm, db: Database, anna: None) -> None:
    before = len(blame(farm))
    with pytest.raises(ZeroDivisionError), db.transaction() as transaction:
        transaction.run("create_cluster", p_name="gpu")
        raise ZeroDivisionError

    assert len(blame(farm)) == before


def test_what_stays_the_same_leaves_no_blame(farm: Farm, db: Database, anna: None) -> None:
    job = launch(db)
    before = len(blame(farm))

    db.run("pause_job", p_job=job.id, p_paused=False)

    assert len(blame(farm)) == before


def test_a_job_stands_for_all_that_is_launched_with_it(farm: Farm, db: Database, anna: None) -> None:
    first = launch(db)
    before = len(blame(farm))
    job = launch(db, name="second")

    assert [(row["noun"], row["new"]) for row in blame(farm)[before:]] == [("job", "second")]
    farm.execute("insert into plow.output (layer_id, path) values (%s, '/p/a.exr')", job.layers["beauty"])
    assert changes_of_job(farm, first.id) == [("job", "shot")]
    assert changes_of_job(farm, job.id) == [("job", "second"), ("output", "/p/a.exr")]


def changes_of_job(farm: Farm, job: UUID | str) -> list[tuple[str, str]]:
    rows = farm.execute("select noun, new from plow.blame where job_id = %s order by id", job)
    return [(row["noun"], row["new"]) for row in rows]


def test_a_quotas_cap_is_the_quotas(farm: Farm, db: Database, anna: None) -> None:
    db.run("set_quota", p_quota=farm.quota, p_burst=3, p_size=4)

    assert sorted(changes(farm, farm.quota)[-2:]) == [("burst", "1000", "3"), ("size", "10", "4")]


def test_booking_leaves_no_blame(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), 4), farm.node()
    before = len(blame(farm))
    farm.run_all(layer, node)

    assert [(row["field"], row["new"]) for row in blame(farm)[before:]] == [("state", "FINISHED")]


def test_folders_and_clusters_are_named(farm: Farm, db: Database, anna: None) -> None:
    node, other = farm.node(), farm.insert("cluster", name="gpu", tags=["gpu"])

    farm.execute("update plow.node set cluster_id = %s, tags = '{a,b}'", other)

    assert changes(farm, node)[1:] == [
        ("tags", '["render"]', '["a", "b"]'),
        ("cluster_id", "render", "gpu"),
    ]


def test_secrets_are_masked_at_any_depth(farm: Farm) -> None:
    value = {"A": "b", "API_TOKEN": "x", "deep": [{"dbPassword": "x", "n": 1}], "key": {"inner": "x"}}

    shown = farm.value("select plow.masked(%s::jsonb)", json.dumps(value))

    assert shown == {"A": "b", "API_TOKEN": "***", "deep": [{"dbPassword": "***", "n": 1}], "key": "***"}


@pytest.mark.parametrize(
    "words, shown",
    [
        (["a", "--password=x y"], ["a", "--password=***"]),
        (["a", "--token", "x", "b"], ["a", "--token", "***", "b"]),
        (["a", "API_KEY=x"], ["a", "API_KEY=***"]),
        (["git", "https://me:x@host/p and ftp://you:y@there"], ["git", "https://me:***@host/p and ftp://you:***@there"]),
        (["render", "--keyframes=1-5", "-key", "3"], ["render", "--keyframes=1-5", "-key", "3"]),
        (["tar", "-C", "/x:y@z"], ["tar", "-C", "/x:y@z"]),
        (["a\nb --password=x\ny"], ["a\nb --password=***"]),
        ([["--secret", "x"], "--secret", 5], [["--secret", "***"], "--secret", 5]),
    ],
)  # fmt: skip
def test_a_command_is_kept_without_its_secrets(farm: Farm, words: list[object], shown: list[object]) -> None:
    assert farm.value("select plow.masked(%s::jsonb)", json.dumps(words)) == shown


def test_a_new_command_is_blamed_without_its_secrets(farm: Farm, db: Database) -> None:
    job = launch(db)
    layer = str(farm.value("select id from plow.layer where job_id = %s", job.id))
    change = {"p_command": ["a", "--password", "hunter2"], "p_env": {}, "p_reason": ""}
    db.value("set_layer_command", p_layer=layer, **change)
    assert not any("hunter2" in str(row) for row in farm.execute("select * from plow.blame"))
    assert farm.value("select command from plow.layer where id = %s", layer)[-1] == "hunter2"


def test_a_secret_in_an_environment_is_not_kept(farm: Farm) -> None:
    job = farm.job()
    farm.execute('update plow.job set env = \'{"LICENSE_KEY": "123", "SHOT": "a"}\'')

    assert changes(farm, job)[-1] == ("env", "{}", '{"SHOT": "a", "LICENSE_KEY": "***"}')


def test_a_value_is_not_kept_endlessly(farm: Farm) -> None:
    output = farm.insert("output", layer_id=farm.layer(farm.job(), 1), path="/p")
    farm.execute("update plow.output set path = repeat('x', 100000)")

    assert [len(row["new"]) for row in blame(farm, output)] == [2, 4000]


def test_what_is_deleted_is_kept_whole(farm: Farm, db: Database, anna: None) -> None:
    cluster = str(db.value("create_cluster", p_name="gpu"))
    db.run("delete_cluster", p_cluster=cluster)

    gone = blame(farm, cluster)[-1]
    assert (gone["field"], gone["new"]) == ("", None)
    assert json.loads(gone["old"])["tags"] == ["gpu"]


def test_what_is_deleted_is_kept_without_its_secrets(farm: Farm, db: Database) -> None:
    cluster = str(db.value("create_cluster", p_name="token=hunter2"))
    db.run("delete_cluster", p_cluster=cluster)
    assert json.loads(blame(farm, cluster)[-1]["old"])["name"] == "token=***"


def test_a_command_on_many_tasks_is_a_row_for_a_thousand(farm: Farm, db: Database, anna: None) -> None:
    layer = farm.layer(farm.job(), 2500)
    tasks = [task["id"] for task in farm.tasks(layer)]

    db.run("eat_tasks", p_task=tasks, p_reason="no")

    rows = [row for row in blame(farm, layer) if row["tasks"]]
    assert [len(row["tasks"]) for row in rows] == [1000, 1000, 500]
    assert {(row["actor"], row["field"], row["old"], row["new"]) for row in rows} == {
        ("anna", "state", "WAITING", "EATEN")
    }
    for task in (tasks[0], tasks[1000], tasks[2499]):
        found = history(db, task)
        assert [(row["noun"], row["object_id"], row["field"], row["new_value"]) for row in found] == [
            ("task", str(task), "state", "EATEN")
        ]
    assert [row["new_value"] for row in history(db, layer)[:3]] == [
        "500 x EATEN",
        "1000 x EATEN",
        "1000 x EATEN",
    ]


def history(db: Database, thing: object, most: int = 100, before: int = 2**63 - 1) -> list[Row]:
    return db.all("history_of", object=str(thing), most=most, before=before)


def test_history_comes_in_pages_newest_first(farm: Farm, db: Database, anna: None) -> None:
    job = launch(db)
    for n in range(5):
        db.run("set_job_cores", p_job=job.id, p_max=n)

    first = history(db, job.id, most=2)
    rest = history(db, job.id, before=first[-1]["id"])
    assert [row["new_value"] for row in first + rest] == ["4", "3", "2", "1", "0", "shot"]
    assert history(db, uuid4()) == []


def test_made_dropped_and_activated_depends(farm: Farm, db: Database) -> None:
    job = farm.job()
    layer, other = farm.layer(job, 2, "a"), farm.layer(job, 2, "b")
    nulls = [None]
    with doing(ANNA):
        depend = db.all("add_depends", p_type=["LAYER_ON_LAYER"], p_job=[job], p_layer=[layer], p_task=nulls,
                        p_on_job=[job], p_on_layer=[other], p_on_task=nulls)[0]["add_depends"]  # fmt: skip
        db.run("drop_depend", p_depend=depend)
    with doing(Deed("ben", False, "", "activateDepend")):
        db.run("activate_depend", p_depend=depend)

    assert [(row["actor"], row["field"], row["new"]) for row in blame(farm, depend)] == [
        ("anna", "", f"LAYER_ON_LAYER on {other}"),
        ("anna", "is_dropped", "true"),
        ("ben", "is_active", "true"),
        ("ben", "is_dropped", "false"),
    ]


def test_a_depend_that_its_work_satisfies_leaves_no_blame(farm: Farm) -> None:
    job, node = farm.job(), farm.node()
    layer, other = farm.layer(job, 1, "a"), farm.layer(job, 1, "b")
    depend = farm.depend(
        "LAYER_ON_LAYER", dependent_job_id=job, dependent_layer_id=layer, on_job_id=job, on_layer_id=other
    )
    farm.run_all(other, node)
    farm.execute("select plow.release_dependents()")

    assert farm.states(layer) == ["WAITING"]
    assert [row["field"] for row in blame(farm, depend)] == [""]


def test_many_depends_at_once_are_a_row_for_each_layer(farm: Farm) -> None:
    job = farm.job()
    layer, other = farm.layer(job, 1200, "a"), farm.layer(job, 1, "b")
    on = farm.tasks(other)[0]["id"]
    farm.execute(
        "insert into plow.depend (type, is_active, satisfied, dependent_job_id, dependent_layer_id,"
        " dependent_task_id, on_job_id, on_layer_id, on_task_id)"
        " select 'TASK_ON_TASK', false, now(), job_id, layer_id, id, job_id, %s, %s from plow.task"
        "  where layer_id = %s",
        other, on, layer,
    )  # fmt: skip

    rows = [row for row in blame(farm) if row["noun"] == "depend"]
    assert [(row["object_id"], row["new"]) for row in rows] == [(layer, f"1200 x TASK_ON_TASK on {other}")]


def test_a_function_may_note_what_no_trigger_sees(farm: Farm, db: Database, anna: None) -> None:
    job = launch(db)
    db.run(
        "note",
        p_noun="layer",
        p_object=job.layers["beauty"],
        p_job=job.id,
        p_field="tasks",
        p_old="2",
        p_new="5",
    )

    row = blame(farm, job.layers["beauty"])[-1]
    assert (row["actor"], row["field"], row["old"], row["new"]) == ("anna", "tasks", "2", "5")
    told = farm.execute("select * from plow.event_outbox order by id desc limit 1")[0]
    assert (told["noun"], told["change"], told["new"]) == ("layer", "tasks", "5")


def test_a_refusal_has_its_arguments_without_secrets(farm: Farm, db: Database, anna: None) -> None:
    db.run("note_refusal", p_noun="job", p_object=None, p_arguments={"spec": {"env": {"MY_TOKEN": "x"}}},
           p_why="no project 'x'", p_code=1)  # fmt: skip

    row = blame(farm)[-1]
    assert (row["code"], row["reason"], row["actor"]) == (1, "no project 'x'", "anna")
    assert json.loads(row["new"]) == {"spec": {"env": {"MY_TOKEN": "***"}}}


def test_blame_is_never_changed(farm: Farm) -> None:
    with pytest.raises(psycopg.Error, match="blame is never changed"):
        farm.execute("update plow.blame set actor = 'ben'")


def test_only_what_is_old_is_cleared(farm: Farm) -> None:
    farm.execute("set plow.now = '2030-01-01'")
    old = farm.node("old")
    farm.execute("select plow.number_events()")
    farm.execute("set plow.now = '2030-03-01'")
    new = farm.node("new")
    farm.execute("select plow.number_events()")

    assert farm.value("select plow.clear_history(30, 10000)") >= 1
    assert (changes(farm, old), changes(farm, new)) == ([], [("", None, "new")])
    assert farm.value("select cleared from plow.event_counter") == 0
    assert farm.value("select count(*)::int from plow.event where object_id = %s", old) == 1

    farm.execute("select plow.clear_history(30, 7)")
    assert farm.value("select count(*)::int from plow.event where object_id = %s", old) == 0
    assert farm.value("select count(*)::int from plow.event where object_id = %s", new) == 1
