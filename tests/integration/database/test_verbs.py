"""The four verbs on a real PostgreSQL, and what people are told when it refuses."""

import uuid
from dataclasses import dataclass

import pytest

from plow_client.errors import AlreadyExists, Denied, Invalid, NotAllowed, NotFound, Unavailable
from plow_server.database import Database, Json, Patience

SCHEMA = """
create schema plow;
create type plow.colour as enum ('RED', 'BLUE');
create table plow.folder (
  id uuid primary key default gen_random_uuid(),
  name text constraint folder_name_key unique constraint folder_name_length check (length(name) < 100)
);
create table plow.job (
  id serial primary key,
  folder_id uuid not null references plow.folder,
  active_name text constraint job_name_unique unique,
  cores int not null default 1 constraint job_cores check (cores between 1 and 100)
);
create function plow.echo(
  ids uuid[], colour plow.colour, facts jsonb, out got uuid, out shade plow.colour, out j jsonb)
  returns setof record language sql as $$ select unnest(ids), colour, facts $$;
create function plow.refuse(state text, why text) returns void language plpgsql as
  $$ begin raise exception using errcode = state, message = why; end $$;
"""
QUERIES = {
    "folders": "select id, name from folder order by name",
    "folder_by_name": "select id, name from folder where name = %(name)s",
    "add_folder": "insert into folder (name) values (%(name)s) returning id",
    "drop_folder": "delete from folder where name = %(name)s",
    "add_job": "insert into job (folder_id, active_name, cores)"
    " values (%(folder)s, %(name)s, %(cores)s::int)",
    "kept": "select name from folder",
    "anew": "-- Planned anew each time: it says why.\nselect id from folder",
    "prepared": "select statement from pg_prepared_statements order by 1",
    "show": "select current_setting(%(name)s)",
    "fault": "select 1/'x'::text",
    "wait": "select pg_sleep(%(seconds)s)",
}


@pytest.fixture(scope="module")
def schema(postgres):
    import psycopg

    address = postgres.make("verbs_template")
    with psycopg.connect(address) as connection:
        connection.execute(SCHEMA)
    return "verbs_template"


@pytest.fixture
def db(postgres, schema):
    with postgres.scratch(schema) as address, Database(address, queries=QUERIES) as database:
        yield database


@dataclass
class Folder:
    id: str
    name: str


def make_folder(row):
    return Folder(**row)


def test_rows_come_as_dicts_with_ids_as_text(db):
    id = db.value("add_folder", name="a")
    assert str(uuid.UUID(id)) == id
    assert db.all("folders") == [{"id": id, "name": "a"}]
    assert db.one("folder_by_name", name="a") == {"id": id, "name": "a"}


def test_a_row_becomes_what_the_caller_makes_of_it(db):
    db.run("add_folder", name="a")
    assert db.one("folder_by_name", make_folder, name="a").name == "a"
    assert [folder.name for folder in db.all("folders", make_folder)] == ["a"]


def test_nothing_found_is_none_or_the_sentence_asked_for(db):
    assert db.one("folder_by_name", name="a") is None
    assert db.value("folder_by_name", name="a") is None
    with pytest.raises(NotFound, match="no folder 'a'"):
        db.one("folder_by_name", name="a", missing="no folder 'a'")


def test_run_counts_what_it_changed(db):
    db.run("add_folder", name="a")
    assert db.run("drop_folder", name="a") == 1
    assert db.run("drop_folder", name="a") == 0


def test_a_name_without_a_query_is_a_function_and_its_arguments_are_cast(db):
    ids = [str(uuid.uuid4()), str(uuid.uuid4())]
    rows = db.all("echo", ids=ids, colour="BLUE", facts={"a": [1]})
    assert [row["got"] for row in rows] == ids
    assert (rows[0]["shade"], rows[0]["j"]) == ("BLUE", {"a": [1]})
    assert db.all("echo", ids=ids[:1], colour="RED", facts=Json([1]))[0]["j"] == [1]


def test_a_name_nobody_defined_is_a_fault_of_the_program(db):
    with pytest.raises(LookupError, match="no statement or function 'nothing'"):
        db.run("nothing")
    with pytest.raises(LookupError, match=r"plow.echo has no argument 'id'"):
        db.run("echo", id=1)
    with pytest.raises(LookupError, match="cannot be the name"):
        db.run("a;b")


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("PW001", NotFound),
        ("PW002", AlreadyExists),
        ("PW003", Invalid),
        ("PW004", NotAllowed),
        ("PW005", Denied),
    ],
)
def test_what_a_function_raises_keeps_its_sentence(db, state, kind):
    with pytest.raises(kind) as told:
        db.run("refuse", state=state, why="no job 'sc020_light'")
    assert told.value.why == "no job 'sc020_light'"


def test_refused_values_are_told_in_sentences(db):
    db.run("add_folder", name="a")
    folder = db.one("folder_by_name", name="a")["id"]
    db.run("add_job", folder=folder, name="j", cores=1)
    cases = [
        (Invalid, "'x' is not an id", "echo", {"ids": ["x"], "colour": "RED", "facts": {}}),
        (Invalid, "'PINK' is not a colour", "echo", {"ids": [], "colour": "PINK", "facts": {}}),
        (Invalid, "a text holds a NUL or is not valid UTF-8", "add_folder", {"name": "a\0b"}),
        (Invalid, "a text holds a NUL or is not valid UTF-8", "add_folder", {"name": "a\udcff"}),
        (Invalid, "a folder's name has 1 to 128 characters", "add_folder", {"name": "n" * 100}),
        (
            Invalid,
            "the cores of a job is out of range",
            "add_job",
            {"folder": folder, "name": "k", "cores": 0},
        ),
        (Invalid, "integer out of range", "add_job", {"folder": folder, "name": "k", "cores": 1 << 40}),
        (AlreadyExists, "a folder 'a' exists already", "add_folder", {"name": "a"}),
        (
            AlreadyExists,
            "an active job of this name exists",
            "add_job",
            {"folder": folder, "name": "j", "cores": 1},
        ),
        (NotAllowed, "a job still needs it", "drop_folder", {"name": "a"}),
        (
            NotAllowed,
            "a job needs a folder that does not exist",
            "add_job",
            {"folder": str(uuid.uuid4()), "name": "k", "cores": 1},
        ),
    ]
    for kind, sentence, name, values in cases:
        with pytest.raises(kind) as told:
            db.run(name, **values)
        assert sentence in told.value.why


def test_a_fault_of_ours_is_not_dressed_up(db):
    with pytest.raises(Exception) as told:
        db.run("fault")
    assert type(told.value).__module__.startswith("psycopg")


def test_a_transaction_counts_together_or_not_at_all(db):
    with pytest.raises(RuntimeError), db.transaction() as transaction:
        transaction.run("add_folder", name="a")
        raise RuntimeError
    assert db.all("folders") == []
    with db.transaction() as transaction:
        transaction.run("add_folder", name="a")
        transaction.run("add_folder", name="b")
    assert len(db.all("folders")) == 2


def test_sessions_carry_the_time_limits(db):
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "jit", "TimeZone"]
    assert [db.value("show", name=name) for name in names] == ["5s", "2s", "3s", "off", "UTC"]


def test_a_statement_over_its_time_is_unavailable(postgres, schema):
    with (
        postgres.scratch(schema) as address,
        Database(address, queries=QUERIES, patience=Patience(statement_s=0.1)) as db,
    ):
        with pytest.raises(Unavailable, match="too busy"):
            db.run("wait", seconds=20.0)


def test_work_that_takes_longer_can_be_given_its_time(postgres, schema):
    short = Patience(statement_s=0.1, hung_s=0.2)
    with postgres.scratch(schema) as address, Database(address, queries=QUERIES, patience=short) as db:
        assert db.atomically(lambda transaction: transaction.run("wait", seconds=0.5), limit_s=20) == 1
        with db.transaction(limit_s=20) as transaction:
            assert transaction.value("show", name="statement_timeout") == "20s"
        assert db.value("show", name="statement_timeout") == "100ms"


def test_a_database_that_is_not_there_is_unavailable():
    with Database("host=127.0.0.1 port=1 dbname=x", patience=Patience(checkout_s=0.3), queries={}) as db:
        with pytest.raises(Unavailable, match="out of reach"):
            db.run("anything")


def test_a_closed_database_says_that_the_server_is_stopping(postgres):
    db = Database(postgres.address(), queries=QUERIES)
    db.open()
    db.close()
    with pytest.raises(Unavailable, match="the server is stopping"):
        db.run("folders")


def test_a_statement_that_says_so_is_planned_anew_and_others_are_kept(postgres, schema) -> None:
    with postgres.scratch(schema) as address, Database(address, max_size=1, queries=QUERIES) as db:
        for name in ("kept", "anew") * 9:
            db.all(name)

        kept = [row["statement"] for row in db.all("prepared")]

    assert QUERIES["kept"] in kept
    assert QUERIES["anew"] not in kept
