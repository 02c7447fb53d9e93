"""Migrations, functions, views and the seed, on small schemas of the test's own."""

import threading

import psycopg
import pytest

from plow_client.errors import NotAllowed, Unavailable
from plow_server.migrate import migrate
from plow_server.sources import Broken


@pytest.fixture
def address(postgres):
    with postgres.scratch() as made:
        yield made


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        {
            "migrations/0001_tables.sql": "create table plow.job (id int primary key, name text);\n"
            "create function plow.first() returns int language sql as 'select 1';",
            "functions/a_count.sql": "create or replace function plow.a_count() returns setof plow.job_view\n"
            "language sql stable as $$ select * from plow.job_view $$;",
            "functions/twice.sql": "create or replace function plow.twice(n int) returns int language sql as\n"
            "$$ select n * 2 $$;",
            "views/a_view.sql": "create view plow.a_view as select * from plow.job_view;",
            "views/job_view.sql": "create view plow.job_view as select id, plow.twice(id) as two from plow.job;",
            "seed.sql": "insert into plow.job values (1, '100%') on conflict do nothing;",
        },
    )
    return tmp_path


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def ask(address, statement):
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchall()


def test_a_new_database_gets_everything_whatever_needs_what(address, folder):
    outcome = migrate(address, folder)
    assert outcome.applied == ("migrations/0001_tables.sql",)
    assert ask(address, "select * from plow.a_count()") == [(1, 2)]
    assert ask(address, "select * from plow.a_view") == [(1, 2)]


def test_nothing_is_done_when_no_file_changed(address, folder):
    migrate(address, folder)
    ask(address, "delete from plow.job returning id")
    assert migrate(address, folder).changed is False
    assert ask(address, "select * from plow.job") == []


def test_a_later_migration_is_added_and_views_are_made_anew(address, folder):
    migrate(address, folder)
    write(
        folder,
        {
            "migrations/0002_longer.sql": "alter table plow.job alter id type bigint, add colour text default 'red';",
            "functions/twice.sql": "create or replace function plow.twice(n bigint) returns bigint language sql as\n"
            "$$ select n * 2 $$;",
            "views/job_view.sql": "create view plow.job_view as\n"
            "select id, colour, plow.twice(id) as two from plow.job;",
        },
    )
    outcome = migrate(address, folder)
    assert outcome.applied == ("migrations/0002_longer.sql",)
    assert ask(address, "select * from plow.a_count()") == [(1, "red", 2)]
    assert ask(address, "select count(*) from pg_proc where proname = 'twice'") == [(1,)]


def test_a_function_that_no_file_defines_is_dropped_but_a_migrations_own_stays(address, folder):
    migrate(address, folder)
    (folder / "functions/a_count.sql").unlink()
    migrate(address, folder)
    names = ask(address, "select proname from pg_proc where pronamespace = 'plow'::regnamespace order by 1")
    assert names == [("first",), ("twice",)]


def test_a_function_may_change_what_it_returns(address, folder):
    migrate(address, folder)
    write(
        folder,
        {
            "functions/twice.sql": "create or replace function plow.twice(n int) returns text language sql as\n"
            "$$ select (n * 2)::text $$;"
        },
    )
    migrate(address, folder)
    assert ask(address, "select * from plow.a_view") == [(1, "2")]


def test_a_migration_changed_after_it_was_applied_is_refused(address, folder):
    migrate(address, folder)
    write(folder, {"migrations/0001_tables.sql": "create table plow.job (id int);"})
    with pytest.raises(NotAllowed, match="'migrations/0001_tables.sql' was changed or removed"):
        migrate(address, folder)


def test_a_database_newer_than_the_code_is_refused(address, folder):
    write(folder, {"migrations/0002_more.sql": "create table plow.more ();"})
    migrate(address, folder)
    (folder / "migrations/0002_more.sql").unlink()
    with pytest.raises(NotAllowed, match="at migration 2 .* knows only 1"):
        migrate(address, folder)


def test_a_broken_file_is_named_with_its_line_and_nothing_of_the_run_stays(address, folder):
    write(folder, {"migrations/0002_broken.sql": "create table plow.x ();\n\ncreate tabel plow.y ();"})
    with pytest.raises(Broken, match=r'migrations/0002_broken.sql line 3: syntax error at or near "tabel"'):
        migrate(address, folder)
    assert ask(address, "select to_regnamespace('plow') is null") == [(True,)]


def test_a_function_that_needs_what_nobody_makes_is_named(address, folder):
    write(folder, {"views/lost.sql": "create view plow.lost as select * from plow.nowhere;"})
    with pytest.raises(Broken, match='views/lost.sql line 1: relation "plow.nowhere" does not exist'):
        migrate(address, folder)


@pytest.mark.parametrize("name", ["1_short.sql", "0001_again.sql"])
def test_a_badly_named_or_numbered_migration_is_told(address, folder, name):
    write(folder, {f"migrations/{name}": "select 1"})
    with pytest.raises(Broken, match=r"named like 0001_|number 1 is taken"):
        migrate(address, folder)


def test_of_several_starters_one_migrates_and_none_fails(address, folder):
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(migrate(address, folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.changed for outcome in outcomes) == [False, False, False, True]


def test_a_database_that_is_not_there_is_unavailable(folder):
    with pytest.raises(Unavailable, match="out of reach"):
        migrate("host=127.0.0.1 port=1 dbname=x", folder)


def test_our_own_schema_can_be_applied_twice(postgres, template):
    with postgres.scratch(template) as address:
        ask(address, "update plow.migration_hash set sha256 = 'x' returning 1")
        assert migrate(address).changed is True
        assert migrate(address).changed is False
