"""`plow up`: what it says, and what it does when something ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from plow_client.cli import up
from plow_client.cli.main import run
from plow_client.errors import Unavailable
from plow_client.local_farm import Share


class Program:
    def __init__(self, name, ended=None):
        self.name, self.ended = name, ended
        self.log_file = Path("/state/log") / f"{name}.log"
        self.share = Share(4, 8192)

    def wait(self, within_s):
        return self.ended


class Farm:
    """Stands where LocalFarm stands; remembers what it was asked for."""

    made: list[Farm] = []
    problem: BaseException | None = None

    def __init__(self, state=None, **asked):
        self.state, self.asked = state or Path("/state"), asked
        self.server, self.nodes = Program("plow-server"), [Program("node-1"), Program("node-2")]
        self.hosts, self.has_standard_ports = "127.0.0.1:11336", True
        self.stopped = False
        Farm.made.append(self)

    def __enter__(self):
        if Farm.problem:
            raise Farm.problem
        self.asked["tell"]("starting node-1")
        return self

    def __exit__(self, *_):
        self.stopped = True


@pytest.fixture(autouse=True)
def farm(monkeypatch):
    monkeypatch.setattr(up, "LocalFarm", Farm)
    monkeypatch.setattr(Farm, "made", [])
    monkeypatch.setattr(Farm, "problem", None)


def test_the_greeting_says_what_to_type():
    farm = Farm()

    said = up.greeting(farm)

    assert "plow node list" in said
    assert "node-2   4 cores, 8192 MB" in said
    assert "PLOW_HOSTS" not in said


def test_a_command_that_the_shell_does_not_find_is_told_by_its_path(monkeypatch, tmp_path):
    for program in ("plow", "python"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / program).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / program).chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", "/nowhere")

    assert up.typed("plow") == str(tmp_path / "bin" / "plow")
    assert up.typed("plow-wrangler") == "plow-wrangler"  # it is not in this installation

    monkeypatch.chdir(tmp_path)
    assert up.typed("plow") == "bin/plow"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert up.typed("plow") == "plow"


def test_another_port_is_told():
    farm = Farm()
    farm.has_standard_ports, farm.hosts = False, "127.0.0.1:4711"

    assert "export PLOW_HOSTS=127.0.0.1:4711" in up.greeting(farm)


def test_ctrl_c_is_the_way_to_end_it(monkeypatch, capsys, tmp_path):
    def stop(farm):
        raise KeyboardInterrupt

    monkeypatch.setattr(up, "watch", stop)

    assert run(["up", "--nodes", "3", "--cores-per-node", "2", "--state", str(tmp_path)]) == 0

    [farm] = Farm.made
    assert (farm.state, farm.asked["nodes"], farm.asked["cores_per_node"]) == (tmp_path, 3, 2)
    assert farm.asked["standard_ports"] is True
    assert farm.stopped
    assert "starting node-1 ..." in capsys.readouterr().out


def test_a_program_that_ends_takes_the_farm_down(monkeypatch, capsys):
    monkeypatch.setattr(up, "watch", lambda farm: "node-1 ended with status 1, see /log")

    assert run(["up"]) == 1

    assert Farm.made[0].stopped
    assert "node-1 ended with status 1" in capsys.readouterr().err


def test_a_farm_that_does_not_start_says_why(capsys, monkeypatch):
    monkeypatch.setattr(Farm, "problem", Unavailable("plow-server did not start"))

    assert run(["up"]) == 6

    assert "plow: plow-server did not start" in capsys.readouterr().err


def test_watching_tells_who_ended():
    farm = Farm()

    def die(seconds):
        farm.nodes[1].ended = -9

    assert up.watch(farm, pause=die) == "node-2 ended with status -9, see /state/log/node-2.log"


@pytest.mark.parametrize("nodes", ["0", "x", "65"])
def test_a_farm_has_one_node_at_least(nodes):
    assert run(["up", "--nodes", nodes]) == 2
