"""The address of a session: limits are added, what the person wrote stays."""

from psycopg.conninfo import conninfo_to_dict

from plow_server.session import Patience, session_dsn


def parts(dsn, **more):
    return conninfo_to_dict(session_dsn(dsn, name="test", patience=Patience(), **more))


def test_limits_are_added_to_a_plain_address():
    made = parts("postgresql://me@db/plow")
    keys = ("connect_timeout", "tcp_user_timeout", "keepalives_idle", "application_name")
    assert [str(made[key]) for key in keys] == ["3", "15000", "10", "test"]
    assert "-c statement_timeout=5000" in made["options"]
    assert "target_session_attrs" not in made


def test_what_the_address_says_wins():
    made = parts("postgresql://me@db/plow?connect_timeout=9&options=-c%20lock_timeout%3D1")
    assert str(made["connect_timeout"]) == "9"
    assert made["options"].endswith("-c lock_timeout=1")


def test_several_hosts_mean_the_one_that_takes_writes():
    assert parts("host=a,b dbname=plow")["target_session_attrs"] == "read-write"
