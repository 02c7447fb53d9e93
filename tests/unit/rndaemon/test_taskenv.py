import os

import pytest

from rndaemon.request import Request
from rndaemon.taskenv import environment, environment_fault, folder_for, make_temp, remove_temp
from rndaemon.users import Account


def request(temp="/t", **fields):
    return Request("proc", "t", "j", "l", ["true"], "/log", temp=str(temp), **fields)


def account(home="/nonexistent"):
    return Account("me", os.getuid(), os.getgid(), [], str(home), switch=False)


def test_a_job_wins_over_the_node_but_not_over_the_proc_id():
    env = environment(
        request(
            inherited={"PATH": "/bin", "TZ": "UTC"}, env={"TZ": "CET", "PLOW_CORES": "9", "PLOW_PROC_ID": "x"}
        ),
        account(),
    )

    assert env == {
        "PATH": "/bin",
        "TZ": "CET",
        "HOME": "/t",
        "USER": "me",
        "LOGNAME": "me",
        "TMPDIR": "/t",
        "PLOW_CORES": "9",
        "PLOW_THREADS": "1",
        "PLOW_PROC_ID": "proc",
    }


def test_a_task_starts_at_home_where_there_is_one(tmp_path):
    assert folder_for(request(), account(tmp_path)) == str(tmp_path)
    assert folder_for(request(), account()) == "/t"
    assert folder_for(request(home_as_folder=False), account(tmp_path)) == "/t"


def test_a_private_folder_is_private_and_goes_with_all_that_is_in_it(tmp_path):
    temp = tmp_path / "private"
    make_temp(request(temp), account())
    assert temp.stat().st_mode & 0o777 == 0o700
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    (temp / "link").symlink_to(outside)
    (temp / "a" / "b").mkdir(parents=True)
    (temp / "a" / "b" / "c").touch()
    (temp / "a" / "b").chmod(0)
    (temp / "a").chmod(0)
    remove_temp(str(temp))

    assert not temp.exists() and (outside / "kept").exists()
    remove_temp(str(temp))


@pytest.mark.parametrize("name", ["", "A-B", "1A", "Ä", "BASH_FUNC_ls%%", "A=B"])
def test_a_name_that_no_shell_would_take_is_a_fault(name):
    assert "name of a variable" in environment_fault({name: "x"})


def test_a_plain_environment_is_none():
    assert environment_fault({"A_1": "x", "_b": ""}) == ""
    assert "NUL" in environment_fault({"A": "\0"})
