import grp
import os

import pytest

from plow_client.config import load
from rndaemon import selftest
from rndaemon.config import Config
from rndaemon.users import Account


def complaints(*overrides):
    return selftest.complaints(load(Config, overrides=overrides, environ={}).value)


def hindrance(*overrides):
    return selftest.hindrance(load(Config, overrides=overrides, environ={}).value)


@pytest.fixture(autouse=True)
def an_ordinary_user(monkeypatch):
    account = Account("me", os.getuid(), os.getgid(), [], "", switch=False)
    monkeypatch.setattr(selftest, "account_for", lambda _: account)


def test_a_sound_node_has_none():
    assert complaints() == []


def test_a_missing_folder_for_scratch_files_is_said():
    assert "temp_root '/no/such'" in complaints("task.temp_root=/no/such")[0]


def test_a_group_that_this_machine_lacks_is_said_with_one_that_may_be_meant():
    own = grp.getgrgid(os.getgid()).gr_name

    assert complaints(f"task.group={own}") == []
    (said,) = complaints(f"task.group={own}x")
    assert said.startswith(
        f"task.group '{own}x' is no group of this machine: no submitter can be in it; there is "
    )
    assert own in said


def test_a_folder_of_meters_that_is_not_there_is_said_with_those_that_are(tmp_path):
    (tmp_path / "meters").mkdir()
    (tmp_path / "meters" / "fan.py").write_text("")

    assert complaints(f"facts.meters={tmp_path}/meters") == []
    assert complaints(f"facts.meters={tmp_path}/metres") == [
        f"facts.meters '{tmp_path}/metres' is not a folder: nothing is measured; there is meters"
    ]
    assert complaints("facts.meters=/no/such") == [
        "facts.meters '/no/such' is not a folder: nothing is measured; there is none"
    ]


def test_a_folder_of_meters_without_a_meter_is_said(tmp_path):
    (tmp_path / "fan.pyy").write_text("")

    assert complaints(f"facts.meters={tmp_path}") == [
        f"facts.meters '{tmp_path}' has no NAME.py: nothing is measured; there is fan.pyy"
    ]


def test_a_python_that_the_task_user_cannot_reach_is_said(monkeypatch):
    monkeypatch.setattr(selftest.sys, "executable", "/no/such/python")

    assert "may not run '/no/such/python'" in complaints()[0]


def test_a_user_who_may_not_run_tasks_is_said(monkeypatch):
    def refuse(_):
        raise PermissionError("no user 'x'")

    monkeypatch.setattr(selftest, "account_for", refuse)
    assert complaints("task.run_as=service") == ["no task can start: no user 'x'"]
    assert hindrance("task.run_as=service") == "no task can start: no user 'x'"
    assert hindrance("task.run_as=submitter") == ""


def test_what_keeps_some_tasks_from_running_does_not_keep_all_out(monkeypatch):
    monkeypatch.setattr(selftest.sys, "executable", "/no/such/python")

    assert complaints() and not hindrance()


def test_submitters_are_looked_at_when_they_come(monkeypatch):
    monkeypatch.setattr(selftest.sys, "executable", "/no/such/python")

    assert complaints("task.run_as=submitter") == []


def test_another_python_may_stand_in_for_ours(monkeypatch):
    monkeypatch.setattr(selftest.sys, "executable", "/no/such/python")

    assert complaints("task.path=/opt/python/bin") == []
