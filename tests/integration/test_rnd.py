"""The node port: what is refused, what is forgiven, and what happens when many come at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fake_node import FakeNode
from plow_client import idl
from plow_client.errors import Invalid, NotAllowed
from tests.integration.dispatch_parts import Stage

OLD = idl.load(Path(__file__).parent / "plow_2013.thrift", "plow_2013_rnd_thrift")
STRANGER = "01a1f803-dc73-7379-92e0-6fe95d54fd63"


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        made.serve()
        yield made


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("hostname", "", "without a host name"),
        ("hostname", "n" * 300, "the name of a node has 1 to 255 characters"),
        ("address", "nowhere", "address 'nowhere' is not host:port"),
        ("address", "n1:99999", "is not host:port"),
        ("procIds", ["proc-1"], "'proc-1' is not an id"),
        ("daemonId", "me", "'me' is not an id"),
    ],
)
def test_a_ping_that_makes_no_sense_is_refused_and_leaves_nothing(
    stage: Stage, field: str, value: object, why: str
) -> None:
    with FakeNode("n1", stage.app.node_address) as node:
        told = node.message()
        setattr(told, field, value)
        with pytest.raises(Invalid, match=why):
            node.ping(told)
    assert stage.farm.value("select count(*) from plow.node") == 0


def test_without_a_default_cluster_a_new_node_is_told_so(stage: Stage) -> None:
    stage.farm.execute("update plow.cluster set is_default = false")
    with pytest.raises(NotAllowed, match="no default cluster for node 'n1'"):
        stage.node()


def test_many_first_pings_of_one_node_make_one_node(stage: Stage) -> None:
    nodes = [FakeNode("n1", stage.app.node_address) for _ in range(8)]
    threads = [threading.Thread(target=lambda n=n: n.ping(address_of(n))) for n in nodes]
    for node in nodes:
        node.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stage.farm.value("select count(*) from plow.node") == 1
    for node in nodes:
        node.stop()


def address_of(node: FakeNode) -> idl.Ping:
    """All say the same of themselves."""
    told = node.message()
    told.address, told.daemonId, told.sequence = "127.0.0.1:1", STRANGER, 1
    return told


def test_a_ping_says_how_often_the_server_wants_to_hear(stage: Stage) -> None:
    with FakeNode("n1", stage.app.node_address) as node:
        reply = node.ping()
        assert reply is not None
        assert (reply.pingIntervalS, reply.kill) == (10, [])
        assert reply.serverTime > 1_600_000_000_000


def test_a_stray_on_a_node_of_plow_2013_is_stopped_by_a_call(stage: Stage) -> None:
    node = stage.node(old_service=OLD.RndNodeApi)
    node._run_task(
        idl.RunTaskCommand(procId=STRANGER, taskId=STRANGER, jobId=STRANGER, layerId=STRANGER, cores=1)
    )
    node.ping()
    node.wait_for(lambda: not node.held)


def test_what_an_old_node_does_not_say_has_sensible_values(stage: Stage) -> None:
    node = stage.node(cores=6, ram_mb=8096, old_service=OLD.RndNodeApi)
    stage.wait(lambda: stage.farm.value("select count(*) from plow.node"))
    found = stage.farm.execute("select cores, ram from plow.node_counter")
    assert found == [{"cores": 6, "ram": 7712}]
    assert stage.farm.value("select address from plow.node") == node.address
