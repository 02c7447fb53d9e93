"""What passes between nodes and the server, row by row of docs/reference/calls.csv."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid
from plow_client.idl import JobState, NodeState, RunTaskResult, TaskState
from plow_client.rpc.caller import Caller
from tests.integration.calls.conftest import NOBODY, Scene
from tests.integration.dispatch_parts import wait_for


def node_port(scene: Scene) -> Caller:
    """As a node calls."""
    host, _, port = scene.app.node_address.rpartition(":")
    return Caller("RndServiceApi", host, int(port))


def test_row_106_a_node_that_pings_appears_and_is_up(scene: Scene) -> None:
    """W2: what a node has is taken from each ping, not from the first alone. W51: pings change no totals."""
    node = scene.node(cores=4, ram_mb=4000)
    told = node.message()
    told.bootId = told.daemonId = told.sequence = told.procIds = told.address = None
    told.cores, told.ramMb, told.hw.load = 6, 6000, [0.5, 1.0, 2.0]
    with node_port(scene) as caller:
        assert caller.call("sendPing", ping=told) is None
    wait_for(lambda: scene.api.getNode(name=node.name).totalCores == 6)
    found = scene.api.getNode(name=node.name)
    assert (found.state, found.idleCores, found.totalRamMb) == (NodeState.UP, 6, 6000)
    assert (found.freeRamMb, found.system.load) == (6000, [50, 100, 200])


def test_row_107_a_reported_task_has_succeeded_and_a_repetition_changes_nothing(scene: Scene) -> None:
    """W6: a late or repeated report harms nobody. W33: it is stored when it is acknowledged."""
    node = scene.node(cores=1)
    job = scene.launch(scene.layer(range="1-2"))
    scene.start(node)
    (proc,) = node.held
    (command,) = node.held.values()
    told = RunTaskResult(procId=proc, taskId=command.taskId, jobId=job.id, exitStatus=0, maxRssMb=77)
    with node_port(scene) as caller:
        caller.call("taskComplete", result=told)
        assert scene.api.getTask(taskId=command.taskId).state == TaskState.SUCCEEDED
        assert scene.api.getTask(taskId=command.taskId).stats.highRam == 77  # W24
        node.forget(proc)
        scene.start(node)
        told.exitStatus = 1
        caller.call("taskComplete", result=told)  # again, and other: of an attempt that is over
        caller.call("taskComplete", result=RunTaskResult(NOBODY, NOBODY, NOBODY, 1, 0))
        with pytest.raises(Invalid, match="is not an id"):
            caller.call("taskComplete", result=RunTaskResult("x", NOBODY, NOBODY, 1, 0))
    assert scene.api.getTask(taskId=command.taskId).state == TaskState.SUCCEEDED
    assert len(node.held) == 1
    node.finish(list(node.held))
    assert scene.api.getJob(jobId=job.id).state == JobState.FINISHED


def test_row_108_a_node_gets_a_command_with_everything_in_it(scene: Scene) -> None:
    node = scene.node(cores=2)
    shown = scene.layer(
        "beauty",
        range="5-9",
        chunk=5,
        command=["render", "%{FRAME}", "%{TASK}", "%{RANGE}"],
        minCores=2,
        env={"B": "2"},
    )
    job = scene.launch(shown, env={"A": "1", "B": "1"}, uid=1001, logPath="/logs/x")
    scene.start(node)
    ((proc, command),) = node.held.items()
    (task,) = scene.tasks(job)
    assert command.command == ["render", "5", "0005-beauty", "5-9"]
    assert (command.procId, command.taskId, command.jobId, command.layerId) == (
        proc,
        task.id,
        job.id,
        task.layerId,
    )
    assert (command.cores, command.uid, command.username) == (2, 1001, "anna")
    assert command.logFile == "/logs/x/0005-beauty.0.log"
    told = {
        "A": "1", "B": "2", "PLOW_TASK_ID": task.id, "PLOW_JOB_ID": job.id, "PLOW_PROC_ID": proc,
        "PLOW_LAYER_ID": task.layerId, "PLOW_JOB_NAME": job.name, "PLOW_LAYER_NAME": "beauty",
        "PLOW_TASK_NAME": "0005-beauty", "PLOW_LOG_DIR": "/logs/x", "PLOW_UID": "1001",
        "PLOW_TASK_NUMBER": "5", "PLOW_CHUNK": "5",
    }  # fmt: skip
    assert told.items() <= command.env.items()


def test_row_109_a_node_is_told_which_proc_to_stop_and_why(scene: Scene) -> None:
    node = scene.node(cores=1)
    wishes = []
    node._kill, stop = lambda command: wishes.append(command) or stop(command), node._kill
    job = scene.launch()
    scene.start(node)
    (proc,) = node.held
    scene.api.killJob(jobId=job.id, reason="wrong camera")
    node.wait_for(lambda: not node.held)
    assert (wishes[0].procId, wishes[0].reason) == (proc, "wrong camera")
