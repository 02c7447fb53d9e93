"""Clients, nodes and servers of Plow 2013 talk to ours unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from thriftpy2.protocol import TCompactProtocolFactory, TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TCyFramedTransportFactory, TFramedTransportFactory

from plow_client import idl
from plow_client.errors import NotFound
from plow_client.rpc.listener import Listener
from tests.wire import fail

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def old() -> object:
    """The interface as clients and nodes of 2013 have it, and nothing of ours."""
    return idl.load(HERE / "plow_2013.thrift", "plow_2013_thrift")


@pytest.fixture
def listener() -> Iterator[Listener]:
    handler = {
        "getPlowTime": lambda: 5,
        "getJob": lambda jobId: idl.JobT(id=jobId, folderId="f", name=jobId * 2),
        "getLayers": fail(NotFound("no job 'é'")),
        "launch": lambda spec: idl.JobT(id="1", folderId="f", name=spec.name),
    }
    with Listener("RpcService", handler) as started:
        yield started


def test_a_client_of_2013_is_understood(listener, old):
    client = make_client(
        old.RpcService,
        *listener.address,
        proto_factory=TCompactProtocolFactory(),
        trans_factory=TFramedTransportFactory(),
    )
    assert client.getPlowTime() == 5
    assert client.getJob("é").name == "éé"
    layer = old.LayerSpecT(name="a", command=["b"], tasks=[old.TaskSpecT(name="0001-a")], env={})
    assert client.launch(old.JobSpecT(name="old", layers=[layer], depends=[], attrs={"a": "b"})).name == "old"
    with pytest.raises(old.PlowException) as caught:
        client.getLayers("x")
    assert (caught.value.what, caught.value.why) == (1, "no job 'é'")
    client.close()


def test_a_node_of_2013_is_understood(old):
    pings, results = [], []
    handler = {
        "sendPing": lambda ping: pings.append(ping),
        "taskComplete": lambda result: results.append(result),
    }
    with Listener("RndServiceApi", handler) as listener:
        node = make_client(
            old.RndServiceApi,
            *listener.address,
            proto_factory=TCyBinaryProtocolFactory(),
            trans_factory=TCyFramedTransportFactory(),
        )
        task = old.RunningTask(procId="p", pid=7, progress=0.5, diskIO=old.DiskIO(readCount=1))
        node.sendPing(old.Ping(hostname="r12", hw=old.Hardware(load=[0.1]), tasks=[task]))
        node.taskComplete(old.RunTaskResult(procId="p", exitStatus=0, exitSignal=-9))
        node.close()
    assert [ping.tasks[0].diskIO.readCount for ping in pings] == [1]
    assert results[0].exitSignal == -9


def test_a_server_of_2013_can_drive_our_node(old):
    started = []
    handler = {
        "runTask": lambda command: started.append(command),
        "killRunningTask": fail(NotFound("not here")),
    }
    with Listener("RndNodeApi", handler) as listener:
        server = make_client(
            old.RndNodeApi,
            *listener.address,
            proto_factory=TCyBinaryProtocolFactory(),
            trans_factory=TCyFramedTransportFactory(),
        )
        server.runTask(old.RunTaskCommand(procId="p", command=["a", "b"], env={"A": "é"}, uid=1000))
        with pytest.raises(old.RndException) as caught:
            server.killRunningTask("p", "because")
        server.close()
    assert started[0].env == {"A": "é"}
    assert (caught.value.what, caught.value.why) == (1, "not here")
