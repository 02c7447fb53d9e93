"""From a launch to the last result, over the real wire, with nodes that lose, refuse, forget and repeat."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fake_node import FakeNode
from plow_client import idl
from plow_client.errors import Invalid, Unavailable
from plow_client.idl import RunTaskResult, TaskFilterT
from tests.integration.dispatch_parts import Stage

OLD = idl.load(Path(__file__).parent / "plow_2013.thrift", "plow_2013_dispatch_thrift")


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with Stage(database_url) as made:
        made.serve()
        yield made


def test_a_launch_starts_at_once_and_ends_when_all_is_done(stage: Stage) -> None:
    node = stage.node(cores=2)
    layer = stage.launch(3)
    node.wait_for(lambda: len(node.starts) == 2)

    node.finish(list(node.held))
    node.wait_for(lambda: len(node.starts) == 3)
    node.finish(list(node.held))
    stage.wait(lambda: stage.farm.value("select state from plow.job") == "FINISHED")
    assert stage.states(layer) == ["SUCCEEDED"] * 3


def test_a_start_says_all_that_the_node_needs(stage: Stage) -> None:
    node = stage.node()
    stage.launch(1, command=["render", "%{FRAME}", "%{TASK}"], min_cores=2)
    node.wait_for(lambda: bool(node.starts))

    (command,) = node.held.values()
    assert command.command == ["render", "1", "0001-beauty"]
    assert (command.cores, command.ramMb, command.attempt) == (2, 512, 0)
    assert (command.jobName, command.username, command.frames) == ("shot", "anna", "1")
    assert command.logFile == "/logs/0001-beauty.0.log"
    assert command.env["PLOW_TASK_NAME"] == "0001-beauty"


def test_a_failed_task_is_tried_again_and_then_dead(stage: Stage) -> None:
    node = stage.node()
    layer = stage.launch(1, max_retries=1)
    for attempt in (0, 1):
        node.wait_for(lambda n=attempt + 1: len(node.starts) == n)
        node.finish(list(node.held), status=3)
    stage.wait(lambda: stage.states(layer) == ["DEAD"])
    assert stage.ends() == ["EXITED", "EXITED"]


def test_a_dependent_layer_starts_when_the_other_is_done(stage: Stage) -> None:
    node = stage.node()
    stage.farm.execute("begin")
    job = stage.farm.job()
    first, then = stage.farm.layer(job, 1, "first"), stage.farm.layer(job, 1, "then")
    stage.farm.depend(
        "LAYER_ON_LAYER", dependent_job_id=job, dependent_layer_id=then, on_job_id=job, on_layer_id=first
    )
    stage.farm.execute("select pg_notify('plow_farm', '')")
    stage.farm.execute("commit")
    node.wait_for(lambda: len(node.starts) == 1)
    assert stage.states(then) == ["DEPEND"]

    node.finish(list(node.held))
    node.wait_for(lambda: len(node.starts) == 2)
    node.finish(list(node.held))


def test_a_plan_that_the_database_refuses_is_made_again_on_a_fresh_picture(stage: Stage) -> None:
    node = stage.node(cores=1)
    layer = stage.launch(2)
    node.wait_for(lambda: len(node.starts) == 1)
    stage.farm.execute("update plow.node set is_locked = true")  # and nobody rang
    node.finish(list(node.held))
    stage.farm.execute("update plow.node set is_locked = false")
    stage.farm.execute("select pg_notify('plow_farm', '')")
    node.wait_for(lambda: len(node.starts) == 2)
    node.finish(list(node.held))
    assert stage.states(layer) == ["SUCCEEDED", "SUCCEEDED"]


def test_what_a_died_server_left_unreleased_is_released(stage: Stage) -> None:
    node = stage.node(cores=1)
    stage.farm.execute("begin")
    job = stage.farm.job()
    first, then = stage.farm.layer(job, 1, "first"), stage.farm.layer(job, 1, "then")
    stage.farm.depend(
        "LAYER_ON_LAYER", dependent_job_id=job, dependent_layer_id=then, on_job_id=job, on_layer_id=first
    )
    stage.farm.execute("select pg_notify('plow_farm', '')")
    stage.farm.execute("commit")
    node.wait_for(lambda: len(node.starts) == 1)
    stage.farm.complete(list(node.held))  # stored, and then nothing: as if that server had died here
    node.wait_for(lambda: len(node.starts) == 2)


def test_work_goes_on_when_the_database_drops_every_connection(stage: Stage) -> None:
    node = stage.node(cores=1)
    layer = stage.launch(3)
    for n in (1, 2, 3):
        node.wait_for(lambda n=n: len(node.starts) == n)
        stage.farm.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        report_until_stored(node)
    assert stage.states(layer) == ["SUCCEEDED"] * 3
    assert stage.ends() == ["EXITED"] * 3


def report_until_stored(node: FakeNode) -> None:
    """As a node does: again and again."""
    while node.held:
        with contextlib.suppress(Unavailable):
            node.finish(list(node.held))


def test_a_refused_start_costs_the_task_nothing(stage: Stage) -> None:
    node = stage.node()
    node.refuse = lambda command: "disk full"
    layer = stage.launch(1)
    node.wait_for(lambda: node.orders >= 2)
    node.refuse = lambda command: None
    node.wait_for(lambda: len(node.starts) == 1)

    assert stage.farm.tasks(layer)[0]["retries"] == 0
    node.finish(list(node.held))


def test_why_nothing_is_sent_to_a_node_that_refused_a_start_is_told(database_url: str) -> None:
    with Stage(database_url) as stage:
        stage.serve("dispatch.refused_wait_s=60")
        node = stage.node()
        node.refuse = lambda command: "its disk is full"
        layer, node_id = stage.launch(1), stage.farm.value("select id from plow.node")
        stage.wait(
            lambda: [rule.code for rule in stage.rpc("explain", id=str(layer)).rules] == ["refusing"], 30
        )

        for one in (str(layer), str(node_id)):
            told = stage.rpc("explain", id=one)
            assert "its disk is full; nothing is sent there before" in told.sentence + told.rules[0].sentence


def test_a_start_that_could_not_be_sent_is_sent_again_and_starts_once(stage: Stage) -> None:
    node = stage.node()
    node._listener.stop()
    layer = stage.launch(1)
    stage.wait(lambda: stage.states(layer) == ["RUNNING"])
    back = stage.node()  # the same name: its ping says the new address
    back.wait_for(lambda: len(back.starts) == 1)
    stage.wait(lambda: stage.farm.value("select state from plow.proc") == "RUNNING")
    assert stage.farm.value("select count(*) from plow.proc") == 1


def test_an_unknown_or_repeated_result_is_taken_and_changes_nothing(stage: Stage) -> None:
    node = stage.node()
    layer = stage.launch(1)
    node.wait_for(lambda: bool(node.starts))
    (command,) = node.held.values()
    told = RunTaskResult(
        procId=command.procId, taskId=command.taskId, jobId=command.jobId, exitStatus=0, maxRssMb=1
    )
    node.report([told])
    told.exitStatus = 1
    node.report([told])
    told.procId = command.jobId
    node.report([told])

    assert stage.states(layer) == ["SUCCEEDED"]
    assert stage.ends() == ["EXITED"]


def test_a_result_that_makes_no_sense_is_refused(stage: Stage) -> None:
    node = stage.node()
    with pytest.raises(Invalid, match="'no-id' is not an id"):
        node.report([RunTaskResult(procId="no-id", taskId="", jobId="", exitStatus=0, maxRssMb=1)])


def test_a_killed_task_is_stopped_and_queued_again(stage: Stage) -> None:
    node = stage.node(cores=1)
    layer = stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)

    stage.rpc("killTasks", filter=TaskFilterT(layerIds=[str(layer)]))
    node.wait_for(lambda: len(node.starts) == 2)
    assert stage.ends() == ["KILLED"]
    assert stage.farm.tasks(layer)[0]["failures"] == 0


def test_a_kill_that_finds_nothing_frees_the_proc_and_keeps_it_from_starting(stage: Stage) -> None:
    node = stage.node(cores=1)
    layer = stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    lost = node.starts[0]
    with node.changed:
        del node.held[lost]

    stage.rpc("killTasks", filter=TaskFilterT(layerIds=[str(layer)]))
    node.wait_for(lambda: len(node.starts) == 2)
    assert lost in node.tombstones


def test_a_proc_that_the_node_has_lost_is_queued_again_after_it_was_asked(stage: Stage) -> None:
    node = stage.node(cores=1)
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    stage.wait(lambda: stage.farm.value("select state from plow.proc") == "RUNNING")
    lost = node.starts[0]
    with node.changed:
        del node.held[lost]

    node.ping()
    node.wait_for(lambda: len(node.starts) == 2)
    assert stage.ends() == ["LOST"]
    assert lost in node.tombstones


def test_a_ping_from_before_a_start_harms_nothing(stage: Stage) -> None:
    node = stage.node(cores=1)
    before = node.message()
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    stage.wait(lambda: stage.farm.value("select state from plow.proc") == "RUNNING")

    node.ping(before)
    node.ping()
    assert len(node.held) == 1
    assert stage.ends() == []
    node.finish(list(node.held))
    assert stage.ends() == ["EXITED"]


def test_a_new_boot_queues_again_what_ran(stage: Stage) -> None:
    node = stage.node(cores=1)
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    stage.wait(lambda: stage.farm.value("select state from plow.proc") == "RUNNING")
    node.ping()

    node.held.clear()
    node.boot_id = node.daemon_id = "00000000-0000-0000-0000-000000000001"
    node.ping()
    node.wait_for(lambda: len(node.starts) == 2)
    assert stage.ends() == ["LOST"]


def test_a_proc_that_the_server_does_not_know_has_to_stop(stage: Stage) -> None:
    node = stage.node(cores=1)
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    command = node.held[node.starts[0]]
    node.finish(list(node.held))
    with node.changed:
        node.held[command.procId] = command  # as if it had come back

    reply = node.ping()
    assert reply is not None
    assert reply.kill == [command.procId]


def test_what_nodes_measure_is_shown(stage: Stage) -> None:
    node = stage.node(cores=1)
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    told = node.message()
    told.tasks[0].lastLog, told.tasks[0].progress = "Frame 1", 0.5
    node.ping(told)

    use = stage.farm.execute("select rss, progress, last_log from plow.proc_use")
    assert use == [{"rss": 10, "progress": 50, "last_log": "Frame 1"}]


def test_a_slow_node_holds_up_nobody_else(stage: Stage) -> None:
    go_on = threading.Event()
    slow, quick = stage.node("slow", cores=1), stage.node("quick", cores=1)
    slow.started = lambda command: go_on.wait(10) and None
    stage.launch(4)
    slow.wait_for(lambda: bool(slow.starts))
    for n in range(1, 4):
        quick.wait_for(lambda n=n: len(quick.starts) == n)
        quick.finish(list(quick.held))
    assert not go_on.is_set()
    go_on.set()
    slow.finish(list(slow.held))


def test_a_paused_job_waits_for_its_turn(stage: Stage) -> None:
    node = stage.node()
    stage.launch(1)
    node.wait_for(lambda: len(node.starts) == 1)
    stage.farm.execute("begin")
    job = stage.farm.job("later", paused=True)
    layer = stage.farm.layer(job, 1)
    stage.farm.execute("select pg_notify('plow_farm', '')")
    stage.farm.execute("commit")
    stage.launch(1, "third")
    node.wait_for(lambda: len(node.starts) == 2)
    assert stage.states(layer) == ["WAITING"]

    stage.rpc("pauseJob", jobId=str(job), paused=False)
    node.wait_for(lambda: len(node.starts) == 3)


def test_a_node_of_plow_2013_takes_part(stage: Stage) -> None:
    node = stage.node(cores=1, old_service=OLD.RndNodeApi)
    stage.wait(lambda: stage.farm.value("select count(*) from plow.node"))
    layer = stage.launch(2)
    node.wait_for(lambda: len(node.starts) == 1)
    node.finish(list(node.held))
    node.wait_for(lambda: len(node.starts) == 2)

    stage.rpc("killTasks", filter=TaskFilterT(layerIds=[str(layer)]))
    node.wait_for(lambda: len(node.starts) == 3)
    node.finish(list(node.held))
    stage.wait(lambda: stage.farm.value("select state from plow.job") == "FINISHED")
    assert stage.ends() == ["EXITED", "KILLED", "EXITED"] or stage.ends() == ["EXITED", "EXITED", "EXITED"]


def test_a_silent_node_gets_nothing_until_it_pings(database_url: str) -> None:
    with Stage(database_url) as stage:
        stage.serve("node.silent_s=1")
        node = stage.node()
        stage.wait(lambda: stage.farm.value("select state from plow.node") == "DOWN")
        layer = stage.launch(1)
        node.ping()
        node.wait_for(lambda: len(node.starts) == 1)
        assert stage.states(layer) == ["RUNNING"]


def test_a_node_that_cannot_be_called_settles_by_pings_and_gets_nothing_more(database_url: str) -> None:
    with Stage(database_url) as stage:
        app = stage.serve("node.uncallable_after_s=0.5")
        node = stage.node(cores=2)
        node.wrong_address = "127.0.0.1:1"
        node.ping()
        layer = stage.launch(3)
        stage.wait(lambda: stage.states(layer) == ["RUNNING", "RUNNING", "WAITING"])
        task = str(stage.farm.tasks(layer)[0]["id"])
        stage.rpc("killTasks", filter=TaskFilterT(taskIds=[task]))
        stage.wait(lambda: stage.farm.value("select exists (select from plow.uncallable where is_shut)"))
        assert "the server cannot call it: " in stage.rpc("getNode", name="n1").awayReason

        def is_settled() -> bool:
            node.ping()
            return stage.farm.value("select count(*) from plow.proc") == 0

        stage.wait(is_settled)
        assert stage.states(layer) == ["WAITING"] * 3
        assert stage.ends() == ["KILLED"]  # a booking that never began is none
        assert app.dispatcher._reach.shut

        node.wrong_address = ""
        node.ping()
        node.wait_for(lambda: len(node.starts) == 2)
        node.finish(list(node.held))


def test_a_node_that_answers_again_is_found_out(database_url: str) -> None:
    with Stage(database_url) as stage:
        stage.serve("dispatch.uncallable_calls=1", "dispatch.refused_wait_most_s=0.1")
        node = stage.node(cores=1)
        node_id = stage.farm.value("select id from plow.node")
        stage.farm.execute("select plow.note_uncallable(%s, 'a firewall', 1)", node_id)
        stage.launch(1)
        node.wait_for(lambda: len(node.starts) == 1)
        stage.wait(lambda: stage.farm.value("select count(*) from plow.uncallable") == 0)
        node.finish(list(node.held))


def test_a_lost_nodes_task_goes_elsewhere_and_the_node_is_told_when_it_is_back(database_url: str) -> None:
    with Stage(database_url) as stage:
        stage.serve("node.silent_s=1", "node.lost_after_s=1")
        lost = stage.node("lost", cores=1)
        stage.launch(1)
        lost.wait_for(lambda: len(lost.starts) == 1)
        stage.wait(lambda: stage.ends() == ["NODE_LOST"])
        other = stage.node("other", cores=1)
        other.wait_for(lambda: len(other.starts) == 1)

        reply = lost.ping()
        assert reply is not None
        assert reply.kill == [lost.starts[0]]
        other.finish(list(other.held))


def test_the_standby_stores_results_and_takes_over(database_url: str) -> None:
    with Stage(database_url) as stage:
        leader = stage.serve()
        stage.wait(lambda: leader.dispatcher.leads)
        standby = stage.serve()
        node = stage.node(cores=1, app=standby)
        stage.launch(3)
        node.wait_for(lambda: len(node.starts) == 1)
        assert not standby.dispatcher.leads
        node.finish(list(node.held))  # the standby takes it, the leader books the next
        node.wait_for(lambda: len(node.starts) == 2)

        leader.stop()
        stage.wait(lambda: standby.dispatcher.leads)
        node.finish(list(node.held))
        node.wait_for(lambda: len(node.starts) == 3)
