"""RndNodeApi of 2013 as a real rndaemon serves it, row by row of docs/reference/calls.csv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from thriftpy2.protocol import TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TCyFramedTransportFactory

from benchmarks.node_farm import FakeServer, Node, wait_until
from plow_client import idl

OLD = idl.load(Path(__file__).parents[2] / "integration" / "plow_2013.thrift", "plow_2013_node_calls_thrift")


@pytest.fixture
def server_2013(node: Node) -> Iterator[Any]:
    """A server of 2013 calling the node: framed binary, nothing of ours."""
    client = make_client(
        OLD.RndNodeApi, "127.0.0.1", node.port,
        proto_factory=TCyBinaryProtocolFactory(), trans_factory=TCyFramedTransportFactory(),
    )  # fmt: skip
    yield client
    client.close()


def old_command(node: Node, *command: str) -> Any:
    said = vars(node.command(*command))
    fields = [spec[1] for spec in OLD.RunTaskCommand.thrift_spec.values()]
    return OLD.RunTaskCommand(**{field: said[field] for field in fields})


def test_row_108_run_task_starts_a_process_and_returns_at_once(
    node: Node, server: FakeServer, server_2013: Any
) -> None:
    """W37: said twice, it runs once."""
    command = old_command(node, "sh", "-c", "echo once; exit 3")
    server_2013.runTask(command)
    server_2013.runTask(command)
    assert server.result(command.procId).exitStatus == 3
    assert node.log(command.procId).count(b"once\n") == 1
    too_large = old_command(node, "true")
    too_large.cores = 64
    with pytest.raises(OLD.RndException, match="cores"):
        server_2013.runTask(too_large)


def test_row_109_kill_running_task_ends_it_and_an_unknown_one_is_told(
    node: Node, server: FakeServer, server_2013: Any
) -> None:
    command = old_command(node, "sh", "-c", "echo up; sleep 60")
    server_2013.runTask(command)
    wait_until(lambda: node.log_file(command.procId).exists() and b"up\n" in node.log(command.procId))
    server_2013.killRunningTask(command.procId, "wrong camera")
    result = server.result(command.procId)
    assert result.exitStatus == 1 and result.signal
    with pytest.raises(OLD.RndException):
        server_2013.killRunningTask("00000000-0000-0000-0000-000000000000", "not here")


def test_row_110_reboot_is_refused_where_nobody_allowed_it(server_2013: Any) -> None:
    with pytest.raises(OLD.RndException, match="may not be rebooted"):
        server_2013.reboot(False)


def test_rows_111_112_get_running_tasks_and_ping_pong_tell_what_runs(node: Node, server_2013: Any) -> None:
    command = old_command(node, "sleep", "60")
    server_2013.runTask(command)
    (task,) = server_2013.getRunningTasks()
    assert (task.procId, task.taskId, task.jobId) == (command.procId, command.taskId, command.jobId)
    ping = server_2013.pingPong(True)
    assert (ping.hostname, [one.procId for one in ping.tasks]) == ("n1", [command.procId])
    assert not server_2013.pingPong(False).tasks


def test_rows_r57_r58_what_runs_is_the_same_by_call_and_by_ping(node: Node, server: FakeServer) -> None:
    proc_ids = {node.run("sleep", "60") for _ in range(2)}
    with node.caller() as caller:
        assert {task.procId for task in caller.call("getRunningTasks")} == proc_ids
        asked, without = (caller.call("pingPong", withTasks=tasks) for tasks in (True, False))
    told = server.wait_for(lambda: [ping for ping in server.pings if len(ping.tasks) == 2])[-1]

    assert {task.procId for task in told.tasks} == {task.procId for task in asked.tasks} == proc_ids
    assert without.tasks == [] and without.hw.physicalCpus == asked.hw.physicalCpus >= 1
    assert set(without.procIds) == proc_ids, "what it answers for is told in any case"
