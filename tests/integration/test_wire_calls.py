"""Callers and the listener over real sockets: right answers, and answers that come too late."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plow_client import idl
from plow_client.connection import Connection
from plow_client.errors import Denied, Internal, Invalid, NotAllowed, NotFound, Unavailable
from plow_client.rpc.caller import Caller
from plow_client.rpc.limits import Limits
from plow_client.rpc.listener import Listener
from plow_client.rpc.peer import current_peer
from tests.wire import Gate, Serving, fail

HERE = Path(__file__).parent
WAYS = [(framed, protocol) for framed in (True, False) for protocol in ("binary", "compact")]


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def listener(gate: Gate) -> Iterator[Listener]:
    handler = {
        "getPlowTime": lambda: 5,
        "getJob": lambda jobId: idl.JobT(id=jobId, folderId="f", name=jobId * 2),
        "getJobSpec": lambda jobId: idl.JobSpecT(name=jobId),
        "getJobs": lambda filter: [idl.JobT(id=str(n), folderId="f") for n in range(1000)],
        "getActiveJob": lambda name: gate(name),
        "getTaskLogPath": lambda taskId: str(current_peer.get()),
        "getLayers": fail(NotFound("no job 'é'")),
        "getLayer": fail(Denied("not you")),
        "getTask": lambda taskId: None,
        "getCluster": lambda name: idl.ClusterT(id=5),
        "getNode": fail(idl.PlowException(code=3, why="said by the handler itself")),
        "pauseJob": lambda jobId, paused: None,
        "launch": lambda spec: idl.JobT(id="1", folderId="f", name=spec.name),
    }
    with Listener("RpcService", handler, limits=Limits(threads=8)) as started:
        yield started


@pytest.fixture(params=WAYS, ids=lambda way: f"{'framed' if way[0] else 'buffered'}-{way[1]}")
def caller(request: pytest.FixtureRequest, listener: Listener) -> Iterator[Caller]:
    is_framed, protocol = request.param
    with Caller("RpcService", *listener.address, framed=is_framed, protocol=protocol, timeout_s=10) as made:
        yield made


# ---- answers


def test_a_call_returns_what_the_handler_returned(caller):
    assert caller.call("getPlowTime") == 5
    assert caller.call("getJob", jobId="é").name == "éé"
    assert caller.call("pauseJob", jobId="a", paused=True) is None
    assert [job.id for job in caller.call("getJobs", filter=idl.JobFilterT())] == [
        str(n) for n in range(1000)
    ]


def test_a_large_request_and_its_answer_arrive_whole(caller):
    tasks = [idl.TaskSpecT(name=f"task{n}") for n in range(20_000)]
    layer = idl.LayerSpecT(name="a", command=["b"], tasks=tasks)
    assert caller.call("launch", spec=idl.JobSpecT(name="big", layers=[layer])).name == "big"


def test_the_handler_knows_who_calls(caller):
    host, _, port = caller.call("getTaskLogPath", taskId="x").rpartition(":")
    assert host == "127.0.0.1"
    assert int(port) > 0
    assert current_peer.get() is None


def test_declared_errors_keep_kind_and_sentence_and_the_connection(caller):
    with pytest.raises(NotFound, match="^no job 'é'$"):
        caller.call("getLayers", jobId="x")
    with pytest.raises(Denied, match="^not you$"):
        caller.call("getLayer", jobId="x", name="y")
    with pytest.raises(Invalid, match="said by the handler itself"):
        caller.call("getNode", name="x")
    with pytest.raises(NotAllowed, match="this server does not have the call getFolder"):
        caller.call("getFolder", id="x")
    assert caller.call("getPlowTime") == 5


@pytest.mark.parametrize("method", ["getTask", "getCluster"])
def test_a_result_that_the_idl_does_not_allow_is_a_fault_of_the_server(caller, method):
    arguments = {"getTask": {"taskId": "x"}, "getCluster": {"name": "x"}}[method]
    with pytest.raises(Internal, match=rf"internal error in {method}, incident [0-9a-f]{{8}}"):
        caller.call(method, **arguments)
    assert caller.call("getPlowTime") == 5


def test_what_cannot_be_sent_is_refused_here(caller):
    with pytest.raises(Invalid, match="no call 'formatDisk' in RpcService"):
        caller.call("formatDisk")
    with pytest.raises(Invalid, match="getJob has no argument 'id'; it takes jobId"):
        caller.call("getJob", id="x")
    with pytest.raises(Invalid, match="getJob: .*jobId"):
        caller.call("getJob", jobId=5)
    with pytest.raises(Invalid, match="a request may have 16384000"):
        caller.call("getJob", jobId="x" * 17_000_000)
    assert caller.call("getPlowTime") == 5


# ---- time, threads, and answers that come too late


def test_a_call_that_timed_out_never_answers_the_next(listener, gate):
    with Caller("RpcService", *listener.address) as caller:
        with pytest.raises(Unavailable, match=r"no answer from 127.0.0.1:\d+ to getActiveJob within 0.2 s"):
            caller.call("getActiveJob", name="late", timeout_s=0.2)
        gate.opened.set()
        for number in range(50):
            assert caller.call("getJobSpec", jobId=str(number)).name == str(number)


def test_the_deadline_holds_for_the_whole_call_however_the_answer_drips():
    def drip(connection: socket.socket) -> None:
        connection.recv(4096)
        try:
            while True:
                connection.sendall(b"\0" if not drip_started.is_set() else b"x")
                drip_started.set()
                time.sleep(0.05)
        except OSError:
            return

    drip_started = threading.Event()
    with Serving(drip) as address, Caller("RpcService", *address) as caller:
        begun = time.monotonic()
        with pytest.raises((Unavailable, Internal)):
            caller.call("getPlowTime", timeout_s=0.5)
        assert time.monotonic() - begun < 5


def test_eight_threads_share_a_caller_and_no_answer_goes_astray(listener):
    with Caller("RpcService", *listener.address) as caller:
        assert _wrong_answers(lambda name: caller.call("getJobSpec", jobId=name).name) == 0


def test_eight_threads_share_a_connection_object_and_no_answer_goes_astray(listener):
    with Connection("{}:{}".format(*listener.address)) as farm:
        assert _wrong_answers(lambda name: farm.getJobSpec(name).name) == 0


def _wrong_answers(ask: Callable[[str], str]) -> int:
    def many(thread: int) -> int:
        return sum(ask(f"{thread}-{n}") != f"{thread}-{n}" for n in range(1250))

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(many, range(8)))


def test_a_forked_child_does_not_share_the_connection(listener):
    with Caller("RpcService", *listener.address) as caller:
        assert caller.call("getPlowTime") == 5
        child = os.fork()
        if child == 0:
            right = all(caller.call("getJobSpec", jobId=f"c{n}").name == f"c{n}" for n in range(300))
            os._exit(0 if right else 1)
        assert all(caller.call("getJobSpec", jobId=f"p{n}").name == f"p{n}" for n in range(300))
        assert os.waitpid(child, 0)[1] == 0


def test_closing_from_another_thread_ends_a_call(listener, gate):
    farm = Connection("{}:{}".format(*listener.address))
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(farm.getActiveJob, "x")
        assert gate.entered.acquire(timeout=10)
        farm.close()
        with pytest.raises(Unavailable, match="getActiveJob was cancelled"):
            running.result(10)
    gate.opened.set()
