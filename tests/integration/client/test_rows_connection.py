"""Rows A01 to A08, A67 and A68: which farm, what an error is, what happens when a server is gone or slow."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import plow_client as plow
from plow_client import places
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.bind import bind
from tests.integration.client.doors import Door, closed_port, silent_server
from tests.postgres import Postgres

WITHIN_S = 60.0


@pytest.fixture(scope="module")
def database(postgres: Postgres, template: str) -> Iterator[Database]:
    with postgres.scratch(template) as address, Database(address) as opened:
        yield opened


@pytest.fixture
def serve(database: Database) -> Iterator[Callable[..., Listener]]:
    """Start a server on the same farm, on a port of its own or on a given one."""
    started: list[Listener] = []

    def start(port: int = 0) -> Listener:
        listener = Listener("RpcService", bind(database, Config()), port=port)
        listener.start()
        started.append(listener)
        return listener

    yield start
    plow.reconnect()
    for listener in started:
        listener.stop()


@pytest.fixture
def hosts(serve: Callable[..., Listener]) -> str:
    """HOST:PORT of a server; the client talks to it."""
    address = "{}:{}".format(*serve().address)
    plow.connect(address, timeout_s=WITHIN_S)
    return address


def in_thread(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run it in a thread; what it returns or raises comes into the list."""
    told: list[object] = []

    def run() -> None:
        try:
            told.append(act())
        except plow.PlowError as error:
            told.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, told


def test_row_a01_the_variable_wins_over_the_persons_file_over_the_machines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine, machine = tmp_path / "mine" / "plow" / "plow.toml", tmp_path / "machine" / "plow.toml"
    for file, host in ((mine, "mine:1"), (machine, "machine:1")):
        file.parent.mkdir(parents=True)
        file.write_text(f'hosts = ["{host}"]\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(places, "MACHINE_SETTINGS", machine.parent)
    monkeypatch.setenv("PLOW_HOSTS", "said:1")
    told = []
    for gone in (lambda: monkeypatch.delenv("PLOW_HOSTS"), mine.unlink, machine.unlink, lambda: None):
        plow.reconnect()
        told.append(plow.get_host())
        gone()
    plow.reconnect()

    assert told == ["said:1", "mine:1", "machine:1", "127.0.0.1:11336"]


def test_row_a02_a_dead_first_host_is_passed_over_in_every_thread(hosts: str) -> None:
    plow.connect(f"{closed_port()},{hosts}")
    assert plow.get_projects()
    thread, told = in_thread(plow.get_projects)
    thread.join(WITHIN_S)

    assert told == [plow.get_projects()]


def test_row_a03_set_host_moves_the_next_call_and_get_host_says_so(
    hosts: str, serve: Callable[..., Listener]
) -> None:
    other = serve()
    plow.connect(closed_port())
    with pytest.raises(plow.Unavailable):
        plow.get_projects()
    plow.set_host(*other.address)

    assert plow.get_projects()
    assert plow.get_host() == "{}:{}".format(*other.address)
    plow.reconnect()
    assert plow.get_host() != "{}:{}".format(*other.address)


def test_row_a04_a_server_that_started_anew_is_found_again(serve: Callable[..., Listener]) -> None:
    first = serve()
    plow.connect("{}:{}".format(*first.address), timeout_s=WITHIN_S)
    before = plow.get_projects()
    port = first.address[1]
    first.stop()
    with pytest.raises(plow.Unavailable):
        plow.get_projects()
    serve(port)

    assert plow.get_projects() == before


@pytest.mark.parametrize("lost", [1, 2])
def test_row_a05_a_launch_whose_answer_was_lost_makes_one_job(
    hosts: str, serve: Callable[..., Listener], lost: int
) -> None:
    door = Door(serve().address)
    plow.connect(door.address, timeout_s=WITHIN_S)
    plow.get_projects()
    spec = plow.JobSpec(f"lost{lost}", "default", [plow.LayerSpec("a", ["true"], range="1-3")])
    spec.request_id = str(uuid.uuid4())
    door.cut_answers = lost
    if lost == 2:  # also the second try, so the program itself tries again
        with pytest.raises(plow.Unavailable):
            spec.launch()
    job = spec.launch()
    door.close()

    assert door.cut == lost
    assert plow.Connection(hosts).call("getJob", jobId=job.id).name == spec.name
    plow.connect(hosts)
    assert plow.get_jobs(name=spec.name) == [job]


def test_row_a06_errors_are_of_two_kinds_one_below_the_other(hosts: str) -> None:
    with pytest.raises(plow.Invalid, match="not an id: 'nothing'"):
        plow.get_job("nothing")
    plow.connect(closed_port())
    with pytest.raises(plow.Unavailable, match="cannot reach 127.0.0.1") as caught:
        plow.get_job("nothing")

    assert isinstance(caught.value, plow.PlowError)
    assert plow.PlowConnectionError is plow.Unavailable  # its name in Plow 2013
    assert issubclass(plow.Invalid, plow.PlowError)


def test_row_a07_the_farms_clock_is_in_milliseconds(hosts: str) -> None:
    before = time.time() * 1000
    told = plow.get_plow_time()

    assert before - 2000 <= told <= time.time() * 1000 + 2000


def test_row_a08_an_id_is_told_from_a_name(hosts: str) -> None:
    assert plow.is_uuid(plow.get_projects()[0].id)
    assert not plow.is_uuid("sc020_light")


def test_row_a67_a_call_to_a_stopped_server_ends_in_the_time_that_was_set() -> None:
    with silent_server() as silent:
        plow.connect(silent, timeout_s=0.3)
        with pytest.raises(plow.Unavailable, match=r"within 0\.3 s|timed out"):
            plow.get_projects()
    plow.reconnect()


def test_row_a67_a_call_that_waits_is_cancelled() -> None:
    with silent_server() as silent:
        plow.connect(silent, timeout_s=600)
        thread, told = in_thread(plow.get_projects)
        cancel(plow.cancel, thread)
    plow.reconnect()

    assert isinstance(told[0], plow.Cancelled), told


def test_row_a68_a_slow_call_keeps_no_other_thread_waiting(hosts: str) -> None:
    with silent_server() as silent, plow.Connection(silent, timeout_s=600) as slow:
        thread, told = in_thread(lambda: slow.call("getProjects"))
        count = 0
        while count < 1_000_000:
            count += 1
        others = [plow.get_plow_time() for _ in range(20)]

        assert thread.is_alive(), told
        assert others == sorted(others)
        cancel(slow.close, thread)


def cancel(close: Callable[[], None], thread: threading.Thread) -> None:
    """Again and again, for the thread may not have begun to wait."""
    ended = time.monotonic() + WITHIN_S
    while thread.is_alive():
        assert time.monotonic() < ended
        close()
        thread.join(0.05)
