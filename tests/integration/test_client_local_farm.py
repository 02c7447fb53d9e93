"""A farm on this machine: started in order, told where to listen, stopped whole. Server and nodes are stand-ins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from plow_client import local_farm
from plow_client.errors import Invalid, Unavailable
from plow_client.local_farm import LocalFarm
from tests.integration.client_parts import is_alive, until

FAKES = str(Path(__file__).parent / "stand_ins")


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([FAKES, os.getcwd()]))
    monkeypatch.setattr(local_farm, "running_as_root", lambda: False)


def told(program):
    lines = program.log_file.read_text().splitlines()
    return next(line for line in reversed(lines) if " told " in line)


def test_a_farm_is_a_server_and_nodes_that_know_it(tmp_path):
    with LocalFarm(tmp_path, nodes=2) as farm:
        assert farm.hosts == f"127.0.0.1:{farm.rpc_port}"
        assert farm.server.is_running
        assert [node.name for node in farm.nodes] == ["node-1", "node-2"]
        assert all(node.is_running for node in farm.nodes)
        for node in farm.nodes:
            assert f"--server 127.0.0.1:{farm.node_port}" in told(node)
            assert f"--state {tmp_path / node.name}" in told(node)


def test_a_farm_reads_no_settings_but_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PLOW_SERVER_DATABASE_URL", "postgresql://the-real-farm")

    with LocalFarm(tmp_path, nodes=1) as farm:
        assert "PLOW_SERVER_DATABASE_URL" not in farm.environment
        assert f"--config {tmp_path / 'plow-server.toml'}" in told(farm.server)
        assert f"--config {tmp_path / 'rndaemon.toml'}" in told(farm.nodes[0])


def test_nothing_is_left_when_the_block_ends(tmp_path):
    with LocalFarm(tmp_path, nodes=2) as farm:
        pids = [farm.server.pid, *(node.pid for node in farm.nodes)]

    assert not any(is_alive(pid) for pid in pids)
    assert "plow-server stopped" in farm.server.log_file.read_text()
    assert "rndaemon stopped" in farm.nodes[1].log_file.read_text()


def test_nothing_is_left_after_an_error(tmp_path):
    farm = LocalFarm(tmp_path, nodes=1)
    with pytest.raises(KeyError), farm:
        raise KeyError

    assert not farm.server.is_running
    assert not farm.nodes[0].is_running


def test_a_node_that_fails_takes_the_farm_down(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_NODE", "node-2")
    farm = LocalFarm(tmp_path, nodes=2)

    with pytest.raises(Unavailable, match=r"node-2 did not start[^:]*: no room for attempts"), farm:
        pass

    assert not farm.server.is_running
    assert not farm.nodes[0].is_running


def test_a_server_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_SERVER", "broken")

    with pytest.raises(Unavailable, match="the database did not start"), LocalFarm(tmp_path):
        pass


def test_standard_ports_are_taken_where_they_are_free(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        monkeypatch.setattr(local_farm, "RPC_PORT", port)
        monkeypatch.setattr(local_farm, "NODE_PORT", taken.getsockname()[1])

        with LocalFarm(tmp_path, nodes=1, standard_ports=True) as farm:
            assert farm.rpc_port == port
            assert farm.has_standard_ports
            assert farm.node_port not in (0, taken.getsockname()[1])


def test_a_server_is_started_again_on_its_ports(tmp_path):
    with LocalFarm(tmp_path, nodes=1) as farm:
        ports = (farm.rpc_port, farm.node_port)
        farm.kill(farm.server)
        assert not farm.server.is_running

        farm.start_server()

        assert (farm.rpc_port, farm.node_port) == ports


def test_a_node_is_started_again_on_its_port(tmp_path):
    with LocalFarm(tmp_path, nodes=1) as farm:
        address = farm.nodes[0].address
        farm.kill(farm.nodes[0])

        assert farm.start_node(0).address == address


def test_a_killed_node_is_started_once_more_so_that_it_ends_its_tasks(tmp_path):
    with LocalFarm(tmp_path, nodes=1) as farm:
        farm.kill(farm.nodes[0])

    assert farm.nodes[0].log_file.read_text().count("rndaemon ready") == 2
    assert not farm.nodes[0].is_running


def test_a_node_that_cannot_be_started_again_does_not_hold_up_the_rest(tmp_path, monkeypatch):
    with LocalFarm(tmp_path, nodes=1) as farm:
        farm.kill(farm.nodes[0])
        farm.environment["FAKE_NODE"] = "node-1"

    assert not farm.server.is_running


def test_options_and_a_database_are_passed_on(tmp_path):
    farm = LocalFarm(
        tmp_path,
        nodes=1,
        database="postgresql://x",
        server_options=["node.silent_s=2"],
        node_options=["daemon.ping_interval_s=1"],
    )
    with farm:
        assert "--database postgresql://x" in told(farm.server)
        assert "-o node.silent_s=2" in told(farm.server)
        assert "-o daemon.ping_interval_s=1" in told(farm.nodes[0])
        assert "-o daemon.on_stop=kill" in told(farm.nodes[0])


def test_as_root_tasks_get_a_python_and_an_account(tmp_path, monkeypatch):
    monkeypatch.setattr(local_farm, "running_as_root", lambda: True)
    monkeypatch.setattr(local_farm, "TASK_USERS", ("nobody",))
    monkeypatch.setattr("plow_client.task_python.ensure_task_python", lambda state, user: Path(f"/py/{user}"))

    with LocalFarm(tmp_path, nodes=1) as farm:
        words = told(farm.nodes[0])

    assert "-o task.user=nobody" in words
    assert "-o task.path=/py/nobody:/usr/local/bin:/usr/bin:/bin" in words
    assert f"-o task.log_roots={tmp_path / 'server' / 'logs'}" in words


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Invalid, match="cannot keep a farm in"), LocalFarm(tmp_path / "file" / "state"):
        pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_farm_ends_with_its_program(tmp_path, number):
    source = (
        "import signal; from pathlib import Path; from plow_client import local_farm\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it\n"
        "local_farm.running_as_root = lambda: False\n"
        f"with local_farm.LocalFarm(Path({str(tmp_path)!r}), nodes=2) as farm:\n"
        "    print(farm.server.pid, *(node.pid for node in farm.nodes), flush=True)\n"
        "    signal.pause()\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with program:
        assert program.stdout
        pids = [int(word) for word in program.stdout.readline().split()]
        assert len(pids) == 3
        program.send_signal(number)

    until(lambda: not any(is_alive(pid) for pid in pids))
