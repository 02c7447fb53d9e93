"""What a task sees: its user, its environment, its folders, its log; and what the node sees of it."""

from __future__ import annotations

import os
import pwd
import signal

import pytest

from benchmarks.node_farm import Node, wait_until
from plow_client.idl import AttemptEnd
from tests.e2e.rndaemon.parts import finish


def body(node, proc_id):
    """The lines between header and footer."""
    lines = node.log(proc_id).split(b"\n")
    rules = [number for number, line in enumerate(lines) if line == b"=" * 60]
    return lines[rules[1] + 2 : rules[2] - 1]


def output_of(node, server, *command, **fields):
    proc_id = node.run(*command, **fields)
    server.result(proc_id)
    return [line.decode() for line in body(node, proc_id) if line]


def test_row_r66_a_task_never_runs_as_root(node, server):
    """The command's uid 0 and user name root are not believed, whoever the daemon is."""
    ids = output_of(node, server, "sh", "-c", "id -u; id -g; id -G; grep -i NoNewPrivs /proc/self/status")

    assert "0" not in ids[0:2] and "0" not in ids[2].split()
    assert ids[3].split() == ["NoNewPrivs:", "1"]
    if os.geteuid() != 0:
        assert ids[0] == str(os.getuid())


def test_row_r24_a_task_gets_a_clean_environment_and_what_it_was_told(folder, server, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("LD_PRELOAD_X", "1")
    monkeypatch.setenv("LC_TIME", "C")
    monkeypatch.setenv("LANG", "C.UTF-8")
    node = Node(folder, server.address, "-otask.env=FARM=blue")
    node.start()
    env = {"PLOW_TASK_NUMBER": "7", "PLOW_THREADS": "99", "MINE": "a b=c", "PLOW_PROC_ID": "forged"}
    command = node.command("env", env=env, cores=3)
    seen = dict(
        line.split("=", 1) for line in output_of(node, server, "env", env=env, cores=3, procId=command.procId)
    )

    told = {**env, "PLOW_PROC_ID": command.procId, "PLOW_CORES": "3", "FARM": "blue"}
    assert {name: seen[name] for name in told} == told
    assert (seen["LC_TIME"], seen["LANG"]) == ("C", "C.UTF-8")
    assert "PYTHONPATH" not in seen and "LD_PRELOAD_X" not in seen
    assert seen["USER"] == seen["LOGNAME"] != "root"
    assert os.path.dirname(os.sys.executable) in seen["PATH"].split(":")
    finish(node)


def test_a_task_has_a_private_folder_for_its_scratch_files(node, server):
    seen = output_of(
        node,
        server,
        "sh",
        "-c",
        "echo $TMPDIR; stat -c %a $TMPDIR; mkdir -p $TMPDIR/a/b; touch $TMPDIR/a/b/c; chmod 0 $TMPDIR/a/b $TMPDIR/a",
    )

    assert seen[1] == "700"
    assert not os.path.exists(seen[0])


def test_row_r28_a_task_without_a_home_starts_in_its_private_folder(folder, server):
    node = Node(folder, server.address, "-otask.folder=temp")
    node.start()

    assert output_of(node, server, "sh", "-c", 'test "$PWD" = "$TMPDIR" && echo same') == ["same"]
    finish(node)


def test_a_task_gets_no_descriptor_of_ours(node, server):
    """The fourth is the folder that `ls` reads."""
    assert output_of(node, server, "ls", "/proc/self/fd") == ["0", "1", "2", "3"]


def test_a_task_starts_with_default_signals(node, server):
    seen = output_of(node, server, "grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status")

    assert [int(line.split()[1], 16) for line in seen] == [0, 0]


def test_exit_statuses_are_true_when_the_daemon_ignores_its_children(folder, server):
    """Whoever starts us may ignore SIGCHLD; without a reset every status would be lost."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        node = Node(folder, server.address)
        node.start()
    finally:
        signal.signal(signal.SIGCHLD, before)

    assert server.result(node.run("sh", "-c", "exit 9")).exitStatus == 9
    finish(node)


def test_tokens_that_the_server_left_are_filled_in(node, server):
    words = ["%{FRAME}", "%{RANGE}", "%{START}/%{END}/%{STEP}", "%{TASK}", "%{OTHER}"]
    seen = output_of(node, server, "echo", *words, frames="5-9x2", taskName="0005-beauty")

    assert seen == ["5 5-9x2 5/9/2 0005-beauty %{OTHER}"]


def test_rows_r31_r32_a_log_tells_who_what_where_and_how_it_ended(node, server):
    proc_id = node.run(
        "sh",
        "-c",
        "echo out; echo err >&2; exit 3",
        env={"SCENE": "a.blend", "API_TOKEN": "hush", "DB_PASSWORD": "hush"},
        jobName="shot",
        taskName="0001-beauty",
        attempt=2,
        ramMb=512,
    )
    server.result(proc_id)

    text = node.log(proc_id).decode()
    for line in [
        "Host: n1",
        "Job: shot",
        "Task: 0001-beauty",
        "Attempt: 2",
        f"Proc: {proc_id}",
        "RAM: 512 MB",
        "Command: sh -c 'echo out; echo err >&2; exit 3'",
        "Env: SCENE=a.blend",
        "Env: API_TOKEN=***",
        "Exit status: 3",
        "Signal: 0",
        "End: EXITED",
        "Dropped bytes: 0",
    ]:
        assert line in text.splitlines(), line
    assert "hush" not in text
    assert body(node, proc_id) == [b"out", b"err", b""]


def test_row_r34_the_log_of_an_earlier_attempt_is_never_lost(node, server):
    path = node.folder / "logs" / "same.log"
    for word in ("first", "second"):
        server.result(node.run("echo", word, logFile=str(path)))

    lines = path.read_text().splitlines()
    assert lines.index("first") < lines.index("second")


def test_row_r34_each_attempt_has_a_log_of_its_own(node, server):
    logs = [node.folder / "logs" / f"0001-beauty.{retry}.log" for retry in range(3)]
    for number, path in enumerate(logs):
        server.result(node.run("echo", f"attempt {number}", logFile=str(path), attempt=number))
        if number == 0:
            first = path.read_bytes()

    assert all(f"attempt {number}\n" in path.read_text() for number, path in enumerate(logs))
    assert logs[0].read_bytes() == first


def test_row_r30_folders_for_a_log_are_made_and_belong_to_the_task(node, server):
    path = node.folder / "logs" / "a" / "b" / "c" / "x.log"
    server.result(node.run("true", logFile=str(path)))

    assert path.stat().st_uid == path.parent.stat().st_uid != 0
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_log_does_not_follow_a_link(node, server):
    target = node.folder / "target"
    target.write_text("mine")
    (node.folder / "link.log").symlink_to(target)
    (node.folder / "linked").mkdir()
    (node.folder / "linked" / "folder").symlink_to("/etc")

    for path in (node.folder / "link.log", node.folder / "linked" / "folder" / "plow-test.log"):
        assert server.result(node.run("true", logFile=str(path))).endReason == AttemptEnd.NOT_STARTED
    assert target.read_text() == "mine" and not os.path.exists("/etc/plow-test.log")


def test_a_log_is_no_pipe(node, server):
    os.mkfifo(node.folder / "pipe.log")
    os.chmod(node.folder / "pipe.log", 0o666)

    result = server.result(node.run("true", logFile=str(node.folder / "pipe.log")))
    assert result.endReason == AttemptEnd.NOT_STARTED


def test_row_r62_a_full_disk_under_the_log_does_not_change_the_result(node, server):
    command = "dd if=/dev/zero bs=1000 count=1000 2>/dev/null; exit 4"
    result = server.result(node.run("sh", "-c", command, logFile="/dev/full"))

    assert (result.exitStatus, result.endReason) == (4, AttemptEnd.EXITED)
    assert "bytes of the log could not be written: No space left on device" in result.reason
    assert int(result.reason.split()[0]) >= 1_000_000


def test_row_r61_output_is_kept_byte_for_byte(node, server):
    command = r"printf '\000\377\376 binary\r\n 10%%\r 20%%\r'; head -c 3000 /dev/zero | tr '\0' '\200'"
    proc_id = node.run("sh", "-c", command)
    server.result(proc_id)

    wanted = b"\0\xff\xfe binary\r\n 10%\r 20%\r" + b"\x80" * 3000
    assert b"\n".join(body(node, proc_id)) == wanted


def test_row_r61_a_line_of_10_mb_is_kept_whole(node, server):
    proc_id = node.run("sh", "-c", "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end")
    result = server.result(proc_id)

    lines = body(node, proc_id)
    assert (result.exitStatus, len(lines[0]), lines[1]) == (0, 10_000_000, b"end")


def test_progress_and_the_last_line_are_told_while_it_runs(node, server):
    proc_id = node.run(
        "sh", "-c", "printf 'Rendered 12 of 100 pixels (12%%)\\r'; echo PLOW_PROGRESS 0.42; sleep 100"
    )
    task = server.wait_for(
        lambda: next((t for ping in server.pings for t in ping.tasks if t.progress and t.lastLog), None)
    )

    assert (task.procId, task.progress, task.lastLog) == (proc_id, 0.42, "PLOW_PROGRESS 0.42")
    assert task.pid > 0 and task.startTime > 0


def test_memory_and_cores_of_the_whole_tree_are_measured(node, server):
    hog = "x=$(head -c 60000000 /dev/zero | tr '\\0' x); while :; do :; done"
    proc_id = node.run("sh", "-c", f"({hog}) & ({hog}) & wait", cores=2)
    task = server.wait_for(
        lambda: next(
            (t for p in server.pings for t in p.tasks if t.rssMb > 110 and (t.usedCores or 0) > 0.2), None
        )
    )
    assert task.highRssMb >= task.rssMb and task.cpuPercent == int(task.usedCores * 100)
    with node.caller() as caller:
        caller.call("killRunningTask", procId=proc_id, reason="seen")

    result = server.result(proc_id)
    assert result.maxRssMb >= task.rssMb and result.cpuMs > 0 and result.highCores > 0


def test_row_r36_a_log_can_be_read_while_the_task_runs(node):
    proc_id = node.run("sh", "-c", "echo live; sleep 100")

    wait_until(lambda: node.log_file(proc_id).exists() and b"live" in body_so_far(node, proc_id))


def body_so_far(node, proc_id):
    return node.log(proc_id).split(b"\n\n", 1)[-1].split(b"\n")


def test_a_task_is_bound_to_the_processors_of_its_cores(folder, server):
    node = Node(folder, server.address, "-otask.pin=always", cores=1)
    node.start()
    seen = output_of(node, server, "sh", "-c", "grep Cpus_allowed_list /proc/self/status")

    assert seen[0].split()[1] == str(min(os.sched_getaffinity(0)))
    finish(node)


def test_row_r21_a_run_call_returns_while_the_task_runs(node):
    proc_id = node.run("sleep", "1000")

    with node.caller() as caller:
        assert [task.procId for task in caller.call("getRunningTasks")] == [proc_id]


def test_row_r35_both_outputs_arrive_in_the_order_they_were_written(node, server):
    script = "for n in 1 2 3 4 5 6 7 8 9; do echo $n; echo $n >&2; done"

    assert "".join(output_of(node, server, "sh", "-c", script)) == "112233445566778899"


@pytest.fixture
def as_submitter(folder, server):
    """A node that runs tasks as the user of that name: some account of the machine, or where we are not root, ours."""
    entry = pwd.getpwnam("daemon") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    node = Node(folder, server.address, "-otask.run_as=submitter", f"-otask.min_uid={entry.pw_uid}")
    node.start()
    yield node, entry
    finish(node)


def test_rows_r26_r28_a_task_runs_as_its_submitter_with_all_groups_in_the_home(as_submitter, server):
    node, entry = as_submitter
    seen = output_of(node, server, "sh", "-c", "id -un; id -G; echo $HOME; pwd", username=entry.pw_name)

    groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
    assert seen[0] == entry.pw_name and {int(group) for group in seen[1].split()} == set(groups)
    if os.path.isdir(entry.pw_dir):
        assert seen[2:] == [entry.pw_dir, os.path.realpath(entry.pw_dir)]


def test_row_r27_every_task_runs_as_the_user_of_the_settings(folder, server):
    user = "daemon" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    node = Node(folder, server.address, "-otask.run_as=service", f"-otask.user={user}")
    node.start()

    assert output_of(node, server, "id", "-un", username="somebody") == [user]
    finish(node)


def test_a_submitter_whom_the_policy_does_not_allow_is_an_end_with_a_reason(folder, server):
    node = Node(folder, server.address, "-otask.run_as=submitter")
    node.start()
    for name in ["root", "-rf", "no-such-user", "daemon", "a" * 300, "ä", "nobody", ""]:
        result = server.result(node.run("true", username=name))
        assert result.endReason == AttemptEnd.NOT_STARTED, name
        assert "user" in result.reason, name
    finish(node)
