"""No name of a constraint reaches a person: each has its sentence, and each sentence its constraint."""

import psycopg

from plow_server.sqlstate import SENTENCES

NAMES = """
    select conname from pg_constraint where connamespace = 'plow'::regnamespace
    union select indexrelid::regclass::text from pg_index
      where indisunique and indrelid in (select oid from pg_class where relnamespace = 'plow'::regnamespace)
"""


def test_every_sentence_belongs_to_a_constraint_that_exists(database_url):
    with psycopg.connect(database_url) as connection:
        names = {name.removeprefix("plow.") for (name,) in connection.execute(NAMES)}
    assert sorted(SENTENCES.keys() - names) == []
