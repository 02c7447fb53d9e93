"""Sentences for what PostgreSQL refused; the common ones are seen on a real one in tests/integration/database."""

import psycopg
import pytest

from plow_client.errors import Invalid, Unavailable
from plow_server.sqlstate import is_dropped, translate


@pytest.mark.parametrize("kind", ["AdminShutdown", "CannotConnectNow", "ConnectionFailure"])
def test_a_database_that_goes_away_is_unavailable(kind):
    error = getattr(psycopg.errors, kind)()
    assert is_dropped(error)
    assert isinstance(translate(error), Unavailable)


@pytest.mark.parametrize(
    "kind",
    ["SerializationFailure", "DeadlockDetected", "LockNotAvailable", "QueryCanceled", "TooManyConnections"],
)
def test_a_lost_race_or_a_full_house_is_unavailable_too(kind):
    assert isinstance(translate(getattr(psycopg.errors, kind)()), Unavailable)


def test_a_value_refused_by_the_driver_is_invalid():
    assert isinstance(translate(psycopg.DataError("PostgreSQL text fields cannot contain NUL")), Invalid)


def test_what_nobody_expected_is_left_as_it_is():
    assert translate(psycopg.errors.SyntaxError()) is None
    assert translate(psycopg.errors.NotNullViolation()) is None
