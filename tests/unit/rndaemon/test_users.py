import os
import pwd

import pytest

from rndaemon import users
from rndaemon.request import Request
from rndaemon.users import account_for

ARTIST = pwd.struct_passwd(("artist", "x", 1234, 1234, "", "/home/artist", "/bin/sh"))


@pytest.fixture
def machine(monkeypatch):
    """A machine with an artist, seen by root."""
    known = {"artist": ARTIST, "root": pwd.getpwnam("root"), "nobody": pwd.getpwnam("nobody")}
    monkeypatch.setattr(users, "_find", known.get)
    monkeypatch.setattr(os, "getgrouplist", lambda name, gid: [gid, 5000])
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return known


def request(**fields):
    return Request("p", "t", "j", "l", ["true"], "/log", **fields)


def test_the_same_user_is_never_root(machine):
    with pytest.raises(PermissionError, match="never run as root"):
        account_for(request(run_as="same"))


def test_the_same_user_is_the_daemons(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 65534)

    account = account_for(request(run_as="same"))
    assert (account.name, account.uid, account.switch) == ("nobody", 65534, False)


def test_a_user_without_a_name_can_run_too(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 2**22)

    assert account_for(request(run_as="same")).name == str(2**22)


def test_a_service_user_comes_with_all_groups(machine):
    account = account_for(request(run_as="service", user="artist"))

    assert (account.uid, account.gid, account.groups, account.switch) == (1234, 1234, [1234, 5000], True)


@pytest.mark.parametrize(("name", "words"), [("root", "never run as root"), ("missing", "no user 'missing'")])
def test_a_service_user_must_exist_and_not_be_root(machine, name, words):
    with pytest.raises(PermissionError, match=words):
        account_for(request(run_as="service", user=name))


def test_a_submitter_is_found_by_name(machine):
    assert account_for(request(run_as="submitter", user="artist")).uid == 1234


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"user": "root"}, "reserved"),
        ({"user": "nobody"}, "reserved"),
        ({"user": "missing"}, "no user"),
        ({"user": "-rf"}, "cannot be a user"),
        ({"user": "a" * 300}, "cannot be a user"),
        ({"user": ""}, "cannot be a user"),
        ({"user": "ärtist"}, "cannot be a user"),
        ({"user": "artist", "min_uid": 2000}, "reserved"),
        ({"user": "artist", "denied_users": ["artist"]}, "may not run tasks on this node"),
        ({"user": "artist", "group": "no-such-group"}, "not in group"),
    ],
)
def test_a_submitter_must_fit_the_policy(machine, fields, words):
    with pytest.raises(PermissionError, match=words):
        account_for(request(run_as="submitter", **fields))


@pytest.mark.parametrize("uid", [0, 1, 999, 65534, 2**32 - 1])
@pytest.mark.parametrize("run_as", ["submitter", "service"])
def test_no_number_behind_a_name_makes_a_task_root(machine, uid, run_as):
    """2^32 - 1 is -1 to the kernel, which means: stay who you are."""
    machine["odd"] = pwd.struct_passwd(("odd", "x", uid, 100, "", "/", "/bin/sh"))
    if run_as == "service" and uid not in (0, 2**32 - 1):
        assert account_for(request(run_as=run_as, user="odd")).uid == uid
        return
    with pytest.raises(PermissionError):
        account_for(request(run_as=run_as, user="odd"))


@pytest.mark.parametrize("uid", [1000, 2**31 - 1, 2**31, 2**32 - 2])
def test_a_large_number_is_a_user_like_any_other(machine, uid):
    machine["odd"] = pwd.struct_passwd(("odd", "x", uid, 100, "", "/", "/bin/sh"))

    assert account_for(request(run_as="submitter", user="odd")).uid == uid


@pytest.mark.parametrize(
    "name", ["..", "a b", "a;b", "a\nb", "root\0", "a/b", "Artist", "1000", "+artist", "artist "]
)
def test_what_is_no_name_is_never_looked_up(machine, monkeypatch, name):
    monkeypatch.setattr(users, "_find", lambda _: pytest.fail("looked up"))
    with pytest.raises(PermissionError, match="cannot be a user's name"):
        account_for(request(run_as="submitter", user=name))


def test_only_root_can_run_tasks_as_somebody_else(machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(PermissionError, match="only a daemon started as root"):
        account_for(request(run_as="submitter", user="artist"))


def test_the_service_user_is_one_made_for_it_where_there_is_one(machine):
    assert users.default_service_user() == "nobody"
    machine["plowtask"] = ARTIST
    assert users.default_service_user() == "plowtask"
    machine.clear()
    assert users.default_service_user() == ""
