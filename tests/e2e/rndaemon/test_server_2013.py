"""A server of Plow 2013, which says only the original's fields and knows none of our calls, and a rndaemon of ours."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.node_farm import Node
from tests.e2e.rndaemon.parts import finish
from tests.integration.peers_2013 import OLD, Server2013


@pytest.fixture(scope="module")
def old_server() -> Iterator[Server2013]:
    with Server2013() as made:
        yield made


@pytest.fixture
def started(folder: Path, old_server: Server2013) -> Iterator[Node]:
    node = Node(folder, f"127.0.0.1:{old_server.port}", cores=2)
    node.start()
    yield node
    finish(node)


@pytest.fixture
def calls(started: Node, old_server: Server2013) -> Any:
    """What the old server calls the node with."""
    return old_server.connect(started.port)


def command(node: Node, *words: str, **fields: Any) -> Any:
    full = node.command(*words, **fields)
    names = [spec[1] for spec in OLD.RunTaskCommand.thrift_spec.values()]
    return OLD.RunTaskCommand(**{name: getattr(full, name) for name in names})


def test_it_runs_reports_lists_and_kills(started: Node, old_server: Server2013, calls: Any) -> None:
    old_server.wait_for(lambda: old_server.pings)
    ping = old_server.pings[-1]
    assert (ping.hostname, ping.isReboot, ping.tasks) == ("n1", False, [])
    assert abs(ping.bootTime - psutil.boot_time()) <= 2  # seconds, as the original counts
    assert (ping.hw.logicalCpus, len(ping.hw.load)) == (os.cpu_count(), 3)

    short = command(started, "sh", "-c", "echo $SHOW $PLOW_CORES; exit 3", env={"SHOW": "sc020"}, cores=2)
    calls.runTask(short)
    calls.runTask(short)  # as the original did when the answer was late: it starts once
    old_server.wait_for(lambda: short.procId in old_server.results)
    (result,) = old_server.results[short.procId]
    assert (result.taskId, result.jobId, result.exitStatus, result.exitSignal) == (
        short.taskId,
        short.jobId,
        3,
        0,
    )
    assert b"sc020 2\n" in started.log(short.procId)

    long = command(started, "sleep", "1000", cores=2)
    calls.runTask(long)
    with pytest.raises(OLD.RndException) as refused:
        calls.runTask(command(started, "true"))
    assert "cores" in refused.value.why
    (task,) = calls.getRunningTasks()
    assert (task.procId, task.layerId) == (long.procId, long.layerId)
    assert [one.procId for one in calls.pingPong(True).tasks] == [long.procId]
    assert calls.pingPong(False).tasks == []
    old_server.wait_for(lambda: [one.procId for one in old_server.pings[-1].tasks] == [long.procId])

    began = time.monotonic()
    calls.killRunningTask(long.procId, "wrong camera")
    old_server.wait_for(lambda: long.procId in old_server.results)
    assert time.monotonic() - began < 20
    (result,) = old_server.results[long.procId]
    assert (result.exitStatus, result.exitSignal) == (1, -15)
    assert b"wrong camera" in started.log(long.procId)
    with pytest.raises(OLD.RndException) as unknown:
        calls.killRunningTask(long.procId[::-1], "nobody")
    assert unknown.value.what == 1
