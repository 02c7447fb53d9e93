"""Commands run as another account only when we are root, and never as root."""

import os
import sys

import pytest

from plow_client import account
from plow_client.account import Account, as_account, can_reach, can_run, find_account, first_account
from plow_client.errors import Invalid


def test_root_and_strangers_are_refused():
    with pytest.raises(Invalid, match="account 'root' is root; choose another"):
        find_account("root")
    with pytest.raises(Invalid, match="no account 'nobody-here' on this machine"):
        find_account("nobody-here")


def test_the_first_account_that_exists_is_taken():
    assert first_account(["nobody-here", "root", "nobody"]).name == "nobody"
    with pytest.raises(Invalid, match="no account 'a-b-c' or 'root' on this machine"):
        first_account(["a-b-c", "root"])


def test_without_an_account_a_command_stays_as_it_is():
    assert as_account(None, ["/bin/true", "x"]) == ["/bin/true", "x"]


def test_a_dropped_command_names_its_account_and_keeps_its_words():
    command = as_account(Account("me", 7, 8, "/"), ["/bin/echo", "a b", "--", "c"], end_signal=2)
    assert command[0] == sys.executable
    assert command[-8:] == ["7", "8", str(os.getpid()), "2", "/bin/echo", "a b", "--", "c"]


def test_whether_a_command_can_be_run_is_tried():
    assert can_run(None, ["/bin/true"])
    assert not can_run(None, ["/bin/false"])
    assert not can_run(None, ["/nowhere/program"])
    assert not can_run(None, ["/bin/sleep", "60"], within_s=0.05)


def test_whether_a_place_can_be_reached_is_asked(tmp_path):
    assert can_reach(None, tmp_path)
    assert not can_reach(None, tmp_path / "missing")


def test_a_place_of_ours_stays_ours_without_an_account(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "chown", lambda *_: pytest.fail("chown"))
    account.give(None, tmp_path)
