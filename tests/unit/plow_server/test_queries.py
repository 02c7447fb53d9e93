"""Named statements are read from files, and a muddle in them is told."""

import pytest

from plow_server.queries import load_queries, parse


def test_a_statement_reaches_to_the_next_head():
    text = (
        "-- About jobs.\n-- name: job_by_id\n-- by its id\nselect 1\n  from job;\n\n-- name: jobs\nselect 2\n"
    )
    assert parse(text, "job.sql") == {"job_by_id": "-- by its id\nselect 1\n  from job", "jobs": "select 2"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-- name: a\nselect 1\n-- name: a\nselect 2", "job.sql: statement 'a' is there twice"),
        ("-- name: a\n-- name: b\nselect 2", "job.sql: statement 'a' is empty"),
        ("-- name: A-b\nselect 2", "job.sql: 'A-b' is not a statement's name"),
    ],
)
def test_a_muddled_file_is_told(text, fault):
    with pytest.raises(ValueError) as told:
        parse(text, "job.sql")
    assert str(told.value) == fault


def test_a_name_belongs_to_one_file(tmp_path):
    (tmp_path / "a.sql").write_text("-- name: one\nselect 1")
    (tmp_path / "b.sql").write_text("-- name: two\nselect 2")
    assert load_queries(tmp_path) == {"one": "select 1", "two": "select 2"}
    (tmp_path / "c.sql").write_text("-- name: one\nselect 3")
    with pytest.raises(ValueError, match="c.sql: statement 'one' is in another file too"):
        load_queries(tmp_path)
