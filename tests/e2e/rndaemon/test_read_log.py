"""A real rndaemon is asked for logs: over the wire, as the task's user, after a restart."""

from __future__ import annotations

import os

import pytest

from plow_client.errors import Denied, NotFound
from plow_server import tasklog
from plow_server.asking import AskNode
from tests.sql.farm import Farm
from tests.sql.launching import launch


def read(node, path, offset=0, length=1 << 20):
    with node.caller() as caller:
        return caller.call("readLog", path=str(path), offset=offset, length=length)


def test_a_log_is_read_as_it_is_written(node, server):
    proc_id = node.run("sh", "-c", "printf 'frame \\377\\000 done\\n'")
    server.result(proc_id)

    told = read(node, node.log_file(proc_id))

    assert told.content == node.log(proc_id) and b"frame \xff\x00 done" in told.content
    assert (told.offset, told.size, told.path) == (0, len(told.content), str(node.log_file(proc_id)))
    assert read(node, node.log_file(proc_id), -4, 2).content == told.content[-4:-2]


def test_a_log_is_still_known_after_the_daemon_died(node, server):
    proc_id = node.run("echo", "hello", logFile=str(node.folder / "mine.txt"))
    server.result(proc_id)
    node.kill()
    node.start()

    if os.geteuid() != 0:  # else the user may not make it there, and it is not named like a log
        assert b"hello" in read(node, node.folder / "mine.txt").content
    with pytest.raises(Denied):
        read(node, "/etc/passwd")
    with pytest.raises(NotFound):
        read(node, node.folder / "logs" / "never.0.log")


def test_what_the_tasks_user_may_not_read_is_not_read(node, server):
    proc_id = node.run("true")
    server.result(proc_id)
    path = node.log_file(proc_id)
    path.chmod(0)

    if os.geteuid() == 0:
        os.chown(path, 0, 0)
    with pytest.raises(Denied):
        read(node, path)


def test_a_task_that_swaps_its_log_for_a_link_gains_nothing(node, server):
    proc_id = node.run("sh", "-c", "rm -f $0; ln -s /etc/passwd $0", str(node.log_file("x")))
    server.result(proc_id)
    target = node.log_file(proc_id)
    target.unlink()
    target.symlink_to("/etc/passwd")

    with pytest.raises(Denied):
        read(node, target)
    target.unlink()


def test_a_server_without_the_nodes_disk_reads_the_log_all_the_same(node, server, db):
    farm = Farm(db.dsn)
    job = launch(db, logPath=str(node.folder / "logs" / "shot"))
    booked = farm.book((job.layers["beauty"], farm.node(address=f"127.0.0.1:{node.port}"), 1))
    (order,) = db.all("start_orders", procs=[row["proc_id"] for row in booked])
    node.run("echo", "far away", procId=order["proc_id"], logFile=order["log_file"])
    server.result(order["proc_id"])

    log = tasklog.log_of_task(db, None, AskNode(10), order["task_id"], -1, -4096, 4096)

    assert b"far away\n" in log.content
    assert (log.nodeName, log.attempt, log.path, log.size) == (
        "n1",
        0,
        order["log_file"],
        os.path.getsize(order["log_file"]),
    )
    farm.close()
