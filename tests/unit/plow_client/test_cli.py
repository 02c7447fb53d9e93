"""The `plow` command as people meet it: what it prints, what it asks for, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click
import pytest

from plow_client import current, idl
from plow_client.cli import main as program
from plow_client.cli.main import run
from plow_client.cli.table import show_table
from plow_client.errors import AlreadyExists, Denied, Internal, Invalid, NotAllowed, NotFound, Unavailable
from plow_client.rpc.caller import Unsent
from tests.unit.plow_client.recorded import RecordedFarm

NOW = 1_800_000_000_000
JOB_ID = "01a1f80a-2a17-70e0-8599-e854c1f6e360"
TOTALS = idl.TaskTotalsT(
    totalTaskCount=10, succeededTaskCount=3, eatenTaskCount=1, runningTaskCount=2, deadTaskCount=1
)


def job_row(**changed):
    fields = {
        "id": JOB_ID,
        "name": "sc020_light",
        "username": "anna",
        "projectCode": "show",
        "folderName": "comp",
        "state": 1,
        "paused": False,
        "minCores": 0,
        "maxCores": -1,
        "runCores": 8,
        "runProcs": 2,
        "startTime": NOW - 3_661_000,
        "stopTime": 0,
        "totals": TOTALS,
        "stats": idl.JobStatsT(highRam=2048),
        "attrs": {},
    }
    return idl.JobT(**{**fields, **changed})


def layer_row(name="beauty"):
    return idl.LayerT(
        id=f"l-{name}", jobId=JOB_ID, name=name, range="1-10", serv="default", chunk=1, tags=["render"],
        minCores=4, minRam=512, totals=TOTALS, stats=idl.LayerStatsT(highRam=700),
    )  # fmt: skip


def task_row(name, state=3, **changed):
    fields = {
        "retries": 0,
        "stats": idl.TaskStatsT(lastNode="r12", progress=40, startTime=NOW - 5000, stopTime=NOW),
    }
    return idl.TaskT(id=f"t-{name}", jobId=JOB_ID, name=name, state=state, **{**fields, **changed})


def node_row(**changed):
    fields = {
        "id": "n1", "name": "r12", "clusterName": "main", "clusterId": "c1", "tags": {"gpu", "big"}, "state": 0,
        "mode": 0, "locked": False, "totalCores": 32, "idleCores": 8, "totalRamMb": 65536, "freeRamMb": 512,
        "updatedTime": NOW - 4000, "bootTime": NOW, "runProcs": 3,
        "system": idl.NodeSystemT(cpuModel="Fast", platform="Linux", load=[125, 50, 25]),
    }  # fmt: skip
    return idl.NodeT(**{**fields, **changed})


@pytest.fixture
def farm():
    farm = RecordedFarm(
        getPlowTime=NOW,
        getActiveJob=job_row(),
        getJob=job_row(),
        getJobs=[job_row()],
        getLayers=[layer_row()],
        getLayer=layer_row(),
        getTasks=[task_row("0001-beauty"), task_row("0002-beauty", state=2), task_row("0001-comp")],
        getNode=node_row(),
        getNodes=[node_row()],
        getProcs=[],
        getAvoids=[],
    )
    current.use(farm)
    yield farm
    current.reconnect()


def words(text):
    return [line.split() for line in text.splitlines()]


# -------------------- lists


def test_jobs_are_listed(farm, capsys):
    assert run(["job", "list"]) == 0

    header, line = words(capsys.readouterr().out)
    assert header[:4] == ["JOB", "STATE", "USER", "PROJECT"]
    assert line[:10] == ["sc020_light", "RUNNING", "anna", "show", "4", "10", "2", "1", "8", "-"]
    assert "1:01:01" in line
    assert line[-1] == "c1f6e360"


def test_only_unfinished_jobs_are_asked_for(farm):
    run(["job", "list", "light.v2", "--user", "anna", "--project", "show"])

    wanted = farm.calls("getJobs")[0]["filter"]
    assert wanted.states == [1, 3]
    assert (wanted.regex, wanted.user, wanted.project) == (r"light\.v2", ["anna"], ["show"])


def test_finished_jobs_too_on_request(farm):
    run(["job", "list", "--all"])

    assert farm.calls("getJobs")[0]["filter"].states is None


def test_a_paused_job_is_listed_as_paused(farm, capsys):
    farm.answers["getJobs"] = [job_row(paused=True)]

    run(["job", "list"])

    assert " paused " in capsys.readouterr().out


def test_json_has_stable_names(farm, capsys):
    assert run(["job", "list", "--json"]) == 0

    [told] = json.loads(capsys.readouterr().out)
    assert (told["id"], told["state"], told["max_cores"], told["totals"]["succeeded"]) == (
        JOB_ID,
        "RUNNING",
        -1,
        3,
    )


@pytest.mark.parametrize(
    ("command", "call", "none"),
    [
        (["job", "list"], "getJobs", "no jobs"),
        (["node", "list"], "getNodes", "no nodes"),
        (["project", "list"], "getActiveProjects", "no projects"),
        (["cluster", "list"], "getClusters", "no clusters"),
        (["quota", "list"], "getQuotas", "no quotas"),
        (["folder", "list", "--project", "show"], "getFolders", "no folders"),
    ],
)
def test_an_empty_list_says_so_to_people_and_is_empty_for_programs(farm, capsys, command, call, none):
    farm.answers[call] = []

    assert run(command) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"{none}\n")

    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_names_cannot_talk_to_the_terminal(farm, capsys):
    farm.answers["getJobs"] = [job_row(name="a\x1b[2Jb")]

    run(["job", "list"])

    assert "\x1b[2J" not in capsys.readouterr().out


def test_nothing_is_cut_in_a_pipe(farm, capsys):
    farm.answers["getJobs"] = [job_row(name="x" * 250)]

    run(["job", "list"])

    assert "x" * 250 in capsys.readouterr().out


def test_a_narrow_window_cuts_the_name_alone(capsys, monkeypatch):
    monkeypatch.setattr("plow_client.cli.table.window_width", lambda: 30)

    show_table(["JOB", "STATE", "CORES"], [["x" * 60, "RUNNING", 12345]])

    line = capsys.readouterr().out.splitlines()[1]
    assert len(line) <= 30
    assert "RUNNING" in line
    assert "12345" in line
    assert "x…" in line


def test_a_window_too_narrow_for_all_columns_keeps_the_first(capsys, monkeypatch):
    monkeypatch.setattr("plow_client.cli.table.window_width", lambda: 24)

    show_table(["JOB", "STATE", "CORES"], [["sc020_light", "RUNNING", 12345]])

    title, line = capsys.readouterr().out.splitlines()
    assert title.split() == ["JOB", "STATE"]
    assert line.split() == ["sc020_light", "RUNNING"]


def test_nodes_are_listed(farm, capsys):
    assert run(["node", "list", "r1", "--state", "up", "--unlocked"]) == 0

    line = words(capsys.readouterr().out)[1]
    assert line[:5] == ["r12", "UP", "main", "8", "32"]
    assert "big,gpu" in line
    wanted = farm.calls("getNodes")[0]["filter"]
    assert (wanted.regex, wanted.states, wanted.locked) == ("r1", [0], False)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"state": 1}, "DOWN"),
        ({"locked": True}, "locked"),
        ({"isDraining": True}, "draining"),
        ({"awayReason": "anna"}, "away"),
    ],
)
def test_a_nodes_state_says_why_it_takes_nothing(farm, capsys, changed, state):
    farm.answers["getNodes"] = [node_row(**changed)]

    run(["node", "list"])

    assert words(capsys.readouterr().out)[1][1] == state


def test_a_node_is_shown_with_what_it_runs(farm, capsys):
    farm.answers["getProcs"] = [
        idl.ProcT(id="p1", taskName="0001-beauty", jobName="sc020", cores=4, usedCores=3.5, ram=2048, usedRam=900,
                  startedTime=NOW - 61_000, state=1)
    ]  # fmt: skip

    assert run(["node", "show", "r12"]) == 0

    shown = capsys.readouterr().out
    assert "8 idle of 32, DYNAMIC" in shown
    assert "1.25 0.50 0.25" in shown
    assert "0001-beauty" in shown
    assert "0:01:01" in shown


def test_a_node_is_shown_with_what_it_tells_of_itself(farm, capsys):
    farm.answers["getNode"] = node_row(
        os="linux",
        arch="x86_64",
        users=["anna"],
        awayReason="anna works here",
        complaints=["the reboot failed"],
        metrics={"temperature": 40.5},
        gpus=[idl.GpuT(index=1, model="A6000", memoryMb=49_152, freeMemoryMb=1024, usedPercent=7)],
        disks=[idl.DiskT(path="/scratch", totalMb=2048, freeMb=1024)],
    )

    run(["node", "show", "r12"])

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    for line in (
        "takes nothing anna works here", "complaint the reboot failed", "system linux x86_64", "users anna",
        "temperature 40.5",
        "GPU 1: A6000, 48.0 GB, 1.0 GB free, 7 % busy", "disk /scratch: 1.0 GB free of 2.0 GB",
    ):  # fmt: skip
        assert line in lines


def test_a_node_is_shown_as_json(farm, capsys):
    assert run(["node", "show", "r12", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["tags"] == ["big", "gpu"]
    assert told["procs"] == []


def test_other_nouns_are_listed(farm, capsys):
    farm.answers["getProjects"] = [idl.ProjectT(id="p1", code="show", title="The show", isActive=False)]
    farm.answers["getActiveProjects"] = [idl.ProjectT(id="p1", code="show", title="The show", isActive=True)]
    farm.answers["getClusters"] = [
        idl.ClusterT(
            id="c1", name="main", tags={"a"}, isLocked=True, isDefault=True, total=idl.ClusterCountsT(nodes=7)
        )
    ]
    farm.answers["getQuotas"] = [
        idl.QuotaT(id="q1", name="show.main", isLocked=False, size=10, burst=20, runCores=3)
    ]
    farm.answers["getFolders"] = [idl.FolderT(id="f1", name="comp", totals=TOTALS, maxCores=-1, minCores=2)]
    farm.answers["getProjectByCode"] = idl.ProjectT(id="p1", code="show")
    farm.answers["getCluster"] = idl.ClusterT(id="c1", name="main")

    assert run(["project", "list", "--all"]) == 0
    assert run(["cluster", "list"]) == 0
    assert run(["quota", "list", "--project", "show", "--cluster", "main"]) == 0
    assert run(["folder", "list"]) == 0

    shown = capsys.readouterr().out
    for text in ("The show", "locked", "show.main", "comp"):
        assert text in shown
    assert farm.calls("getQuotas")[0]["filter"].project == ["p1"]
    assert farm.calls("getQuotas")[0]["filter"].cluster == ["c1"]
    assert farm.calls("getFolders") == [{"project": "p1"}]


def test_a_project_is_made(farm, capsys):
    farm.answers["createProject"] = idl.ProjectT(id="p1", code="show", title="The show", isActive=True)

    assert run(["project", "create", "show", "The show"]) == 0
    assert capsys.readouterr().out == "project show made\n"
    assert run(["project", "create", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "show"
    assert farm.calls("createProject")[1] == {"title": "show", "code": "show"}


# -------------------- one job


def test_a_job_is_shown_with_the_nodes_that_it_stays_away_from(farm, capsys):
    farm.answers["getAvoids"] = [idl.AvoidT(nodeName="r12", endTime=NOW + 9 * 60_000, reason="no licence")]

    assert run(["job", "show", "sc020_light"]) == 0

    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("stays away")]
    assert "from r12 until 2" in line and line.endswith(": no licence")


def test_a_job_is_shown_with_its_layers(farm, capsys):
    assert run(["job", "show", "sc020_light"]) == 0

    shown = capsys.readouterr().out
    assert "4 of 10 done, 2 running, 1 dead" in shown
    assert "stays away" not in shown
    assert "2.0 GB" in shown
    assert "beauty" in shown


def test_a_job_is_shown_as_json(farm, capsys):
    assert run(["job", "show", "sc020_light", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["layers"][0]["service"] == "default"


def test_tasks_are_listed(farm, capsys):
    assert run(["job", "tasks", "sc020_light", "--state", "dead", "--layer", "beauty"]) == 0

    line = words(capsys.readouterr().out)[1]
    assert line[:5] == ["0001-beauty", "DEAD", "-", "0", "r12"]
    wanted = farm.calls("getTasks")[0]["filter"]
    assert (wanted.jobId, wanted.states, wanted.layerIds) == (JOB_ID, [3], ["l-beauty"])


def test_a_job_is_killed_with_a_reason(farm, capsys):
    assert run(["job", "kill", "sc020_light", "--yes", "--reason", "wrong camera"]) == 0

    assert farm.calls("killJob") == [{"jobId": JOB_ID, "reason": "wrong camera"}]
    assert capsys.readouterr().out == "job sc020_light ended\n"


def test_with_tasks_kill_stops_these_alone(farm, capsys):
    assert run(["job", "kill", "sc020_light", "0002-beauty", "--yes"]) == 0

    assert farm.calls("killJob") == []
    assert farm.calls("killTasks")[0]["filter"].taskIds == ["t-0002-beauty"]
    assert capsys.readouterr().out == "1 task of sc020_light stopped\n"


@pytest.mark.parametrize(("command", "paused"), [("pause", True), ("resume", False)])
def test_jobs_are_paused_and_resumed(farm, command, paused):
    assert run(["job", command, "sc020_light", JOB_ID]) == 0

    assert farm.calls("pauseJob") == [{"jobId": JOB_ID, "paused": paused}] * 2


@pytest.mark.parametrize(("command", "call"), [("retry", "retryTasks"), ("eat", "eatTasks")])
def test_without_tasks_the_dead_ones_are_meant(farm, command, call):
    farm.answers["getTasks"] = [task_row("0001-beauty"), task_row("0004-beauty")]

    assert run(["job", command, "sc020_light", "--yes"]) == 0

    assert farm.calls("getTasks")[0]["filter"].states == [3]
    assert farm.calls(call)[0]["filter"].taskIds == ["t-0001-beauty", "t-0004-beauty"]


def test_named_tasks_are_meant_in_any_state(farm, capsys):
    assert run(["job", "retry", "sc020_light", "*-beauty", "t-0001-comp", "--yes"]) == 0

    assert farm.calls("getTasks")[0]["filter"].states is None
    assert len(farm.calls("retryTasks")[0]["filter"].taskIds) == 3
    assert capsys.readouterr().out == "3 tasks of sc020_light queued again\n"


def test_no_task_means_no_call(farm, capsys):
    farm.answers["getTasks"] = []

    assert run(["job", "eat", "sc020_light"]) == 0

    assert farm.calls("eatTasks") == []
    assert capsys.readouterr().out == "0 tasks of sc020_light eaten\n"


def test_a_task_that_is_not_there_is_named(farm, capsys):
    assert run(["job", "retry", "sc020_light", "0009-beauty"]) == 3

    told = capsys.readouterr().err
    assert told == "plow: no task '0009-beauty' in job 'sc020_light'; did you mean '0002-beauty'?\n"
    assert farm.calls("retryTasks") == []


# -------------------- finding jobs


def test_an_id_is_asked_for_as_an_id(farm):
    run(["job", "pause", JOB_ID])

    assert farm.asked[0] == ("getJob", {"jobId": JOB_ID})


def test_a_finished_job_is_found_by_name(farm):
    farm.answers["getActiveJob"] = NotFound("no job")

    assert run(["job", "show", "sc020_light"]) == 0

    wanted = farm.calls("getJobs")[0]["filter"]
    assert (wanted.name, wanted.states) == (["sc020_light"], [2])


@pytest.mark.parametrize("part", ["01a1f80a", "c1f6e360", "E360"])
def test_a_job_is_found_by_a_part_of_its_id(farm, part):
    farm.answers["getActiveJob"] = NotFound("no job")
    farm.answers["getJobs"] = lambda filter: (
        [] if filter.name else [job_row(), job_row(id="02" + JOB_ID[2:-4] + "ffff")]
    )

    assert run(["job", "kill", part, "--yes"]) == 0

    assert farm.calls("killJob")[0]["jobId"] == JOB_ID


def test_a_part_of_two_ids_is_refused(farm, capsys):
    farm.answers["getActiveJob"] = NotFound("no job")
    farm.answers["getJobs"] = lambda filter: (
        [] if filter.name else [job_row(), job_row(id=JOB_ID[:-1] + "1", name="b")]
    )

    assert run(["job", "kill", "01a1f80a", "--yes"]) == 2

    assert "'01a1f80a' may be sc020_light (c1f6e360), b (c1f6e361): say more" in capsys.readouterr().err
    assert farm.calls("killJob") == []


@pytest.mark.parametrize("name", ["nothing", "01a"])
def test_no_such_job(farm, capsys, name):
    farm.answers["getActiveJob"] = NotFound("no job")
    farm.answers["getJobs"] = []

    assert run(["job", "show", name]) == 3

    assert capsys.readouterr().err == f"plow: no job '{name}'\n"


def test_nodes_are_locked_and_unlocked(farm, capsys):
    assert run(["node", "lock", "r12"]) == 0
    assert run(["node", "unlock", "r12"]) == 0

    assert farm.calls("setNodeLocked") == [{"id": "n1", "locked": True}, {"id": "n1", "locked": False}]
    assert capsys.readouterr().out == "node r12 locked\nnode r12 unlocked\n"


# -------------------- logs


@pytest.fixture
def log(farm, tmp_path):
    file = tmp_path / "0001-beauty.0.log"
    file.write_bytes(b"frame 1\n\xff\n")
    farm.answers["getTaskLogPath"] = str(file)
    farm.answers["getTask"] = task_row("0001-beauty")
    return file


def test_a_log_is_printed_as_it_is(log, capfdbinary):
    assert run(["job", "log", "sc020_light", "0001-beauty"]) == 0

    assert capfdbinary.readouterr().out == b"frame 1\n\xff\n"


def test_the_log_of_an_earlier_attempt_is_printed(farm, log, capfdbinary):
    farm.answers["getTaskStats"] = [idl.TaskStatsT(retryNum=0, logPath=str(log))]
    farm.answers["getTaskLogPath"] = "/no/such/log"

    assert run(["job", "log", "sc020_light", "0001-beauty", "--attempt", "0"]) == 0

    assert capfdbinary.readouterr().out.startswith(b"frame 1")


def test_a_followed_log_ends_with_its_attempt(farm, log, capfdbinary, monkeypatch):
    states = iter([task_row("0001-beauty", state=2), task_row("0001-beauty", state=6)])
    farm.answers["getTask"] = lambda taskId: next(states)

    def grow(seconds):
        with log.open("ab") as more:
            more.write(b"more\n")

    monkeypatch.setattr("plow_client.cli.log.print_log.__defaults__", (grow,))

    assert run(["job", "log", "sc020_light", "0001-beauty", "--follow"]) == 0

    assert capfdbinary.readouterr().out == b"frame 1\n\xff\nmore\n"


def test_a_followed_log_turns_to_the_next_attempt(farm, log, capfd, monkeypatch):
    second = log.with_name("0001-beauty.1.log")
    second.write_text("frame 2\n")
    looks = iter([(1, 0), (2, 1), (6, 1)])  # waits for its second attempt, runs it, has succeeded
    now = [(2, 0)]

    def look(taskId):
        now[0] = next(looks)
        return task_row("0001-beauty", state=now[0][0], retries=now[0][1])

    farm.answers["getTask"] = look
    farm.answers["getTaskLogPath"] = lambda taskId: str([log, second][now[0][1]])
    monkeypatch.setattr("plow_client.cli.log.print_log.__defaults__", (lambda seconds: None,))
    log.write_text("frame 1\n")

    assert run(["job", "log", "sc020_light", "0001-beauty", "-f"]) == 0

    shown = capfd.readouterr()
    assert shown.out == "frame 1\nframe 2\n"
    assert shown.err == "attempt 0 has ended; waiting for the next\nattempt 1 of 0001-beauty:\n"


def test_a_followed_attempt_is_the_only_one(farm, log, capfd):
    farm.answers["getTaskStats"] = [idl.TaskStatsT(retryNum=0, logPath=str(log))]
    farm.answers["getTask"] = task_row("0001-beauty", state=2, retries=1)
    log.write_text("frame 1\n")

    assert run(["job", "log", "sc020_light", "0001-beauty", "-f", "--attempt", "0"]) == 0

    assert capfd.readouterr() == ("frame 1\n", "")


def test_a_log_that_only_its_user_may_read_is_read_by_way_of_the_server(farm, log, capfd, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("plow_client.cli.log.Path.open", refuse)
    content = b"frame 1\n"
    farm.answers["readTaskLog"] = lambda taskId, attempt, offset, length: idl.LogT(content=content[offset:])

    assert run(["job", "log", "sc020_light", "0001-beauty"]) == 0

    assert capfd.readouterr().out == "frame 1\n"


def test_a_followed_log_may_come_later(farm, log, capfd, monkeypatch):
    log.unlink()
    farm.answers["readTaskLog"] = NotFound("no log")
    farm.answers["getTask"] = lambda taskId: task_row(
        "0001-beauty", state=6 if log.exists() else 1, retries=-1
    )
    monkeypatch.setattr(
        "plow_client.cli.log.print_log.__defaults__", (lambda seconds: log.write_text("here\n"),)
    )

    assert run(["job", "log", "sc020_light", "0001-beauty", "-f"]) == 0

    shown = capfd.readouterr()
    assert shown.out == "here\n"
    assert "has not started yet" in shown.err


def test_a_log_that_is_followed_from_before_its_attempt_is_found(farm, log, capfd, monkeypatch):
    """A task that has not run has no attempt, and so the server names no file that will ever be."""
    begun: list[bool] = []
    farm.answers["getTask"] = lambda taskId: task_row(
        "0001-beauty", state=6 if begun else 1, retries=0 if begun else -1
    )
    farm.answers["getTasks"] = [task_row("0001-beauty", state=1, retries=-1)]
    farm.answers["getTaskLogPath"] = lambda taskId: str(log if begun else log.with_name("0001-beauty.-1.log"))
    farm.answers["readTaskLog"] = NotFound("no attempt yet")
    monkeypatch.setattr("plow_client.cli.log.print_log.__defaults__", (lambda seconds: begun.append(True),))

    assert run(["job", "log", "sc020_light", "0001-beauty", "-f"]) == 0

    shown = capfd.readouterr()
    assert shown.out.startswith("frame 1\n")
    assert "0001-beauty has not started yet; waiting" in shown.err


def test_a_followed_log_goes_on_while_the_server_is_away(farm, log, capfdbinary, monkeypatch):
    answers = iter([Unavailable("gone"), Unavailable("gone"), task_row("0001-beauty", state=6)])

    def get_task(taskId):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    farm.answers["getTask"] = get_task
    monkeypatch.setattr("plow_client.cli.log.print_log.__defaults__", (lambda seconds: None,))

    assert run(["job", "log", "sc020_light", "0001-beauty", "-f"]) == 0

    assert capfdbinary.readouterr().out == b"frame 1\n\xff\n"


def test_a_log_that_is_not_there_is_told(farm, log, capsys):
    log.unlink()
    farm.answers["readTaskLog"] = Unavailable("log is on node 'r12', which is DOWN")

    assert run(["job", "log", "sc020_light", "0001-beauty"]) == 6

    assert "log is on node 'r12', which is DOWN" in capsys.readouterr().err


def test_a_log_on_another_machine_is_read_by_way_of_the_server(farm, log, capfdbinary):
    log.unlink()
    content = b"frame 1\n\xff\n" * 3

    def read(taskId, attempt, offset, length):
        return idl.LogT(content=content[offset : offset + 7], offset=offset, size=len(content), attempt=0)

    farm.answers["readTaskLog"] = read
    farm.answers["getTasks"] = [task_row("0001-beauty", retries=2)]

    assert run(["job", "log", "sc020_light", "0001-beauty"]) == 0

    assert capfdbinary.readouterr().out == content
    assert {call["attempt"] for call in farm.calls("readTaskLog")} == {2}


def test_a_log_is_of_one_task(farm, capsys):
    assert run(["job", "log", "sc020_light", "*"]) == 2

    assert "'*' is 3 tasks" in capsys.readouterr().err


# -------------------- errors and the way they are told


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (Internal("incident 42"), 1, "plow: incident 42\n"),
        (PermissionError(13, "Permission denied", "/logs/a"), 1, "plow: /logs/a: Permission denied\n"),
        (OSError("odd"), 1, "plow: odd\n"),
        (OSError(28, "No space left on device"), 1, "plow: No space left on device\n"),
        (ZeroDivisionError("x"), 1, "a fault of ours, ZeroDivisionError: x"),
        (Invalid("'x' is no state"), 2, "plow: 'x' is no state\n"),
        (NotFound("no job 'a\nb\x1b[31m'"), 3, "plow: no job 'a?b?[31m'\n"),
        (NotAllowed("job 'a' is finished"), 4, "plow: job 'a' is finished\n"),
        (AlreadyExists("job 'a' exists"), 4, "plow: job 'a' exists\n"),
        (Denied("not you"), 5, "plow: not you\n"),
        (Unavailable("no answer from x:1 to getJobs within 30 s"), 6, "within 30 s; try again\n"),
        (Unsent("cannot reach x:1: Connection refused"), 6, "`plow up` starts one here"),
    ],
)
def test_an_error_is_one_line_and_has_its_status(farm, capsys, error, status, told):
    farm.answers["getJobs"] = error

    assert run(["job", "list"]) == status

    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_letters_that_the_terminal_lacks_are_no_error(farm):
    answers = "import sys; from plow_client.cli import main; main._prepare_output(); "
    written = answers + "print('caf\\xe9 \\u2026'); print('\\u2026', file=sys.stderr)"
    ended = subprocess.run(
        [sys.executable, "-c", written],
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
    )

    assert (ended.returncode, ended.stdout) == (0, b"caf? ?\n")


def test_a_closed_output_is_no_error():
    command = [sys.executable, "-c", "from plow_client.cli.main import main; main()", "--version"]
    ended = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_debug_shows_where_an_error_came_from(farm):
    farm.answers["getJobs"] = ZeroDivisionError("x")

    with pytest.raises(ZeroDivisionError):
        run(["--debug", "job", "list"])


@pytest.mark.parametrize(
    "command",
    [
        ["job", "kill"],
        ["job", "nonsense"],
        ["nonsense"],
        ["job", "list", "--nonsense"],
        ["--host", "x:y", "job", "list"],
    ],
)
def test_a_command_written_wrongly_ends_2(command, capsys):
    assert run(command) == 2

    assert "Traceback" not in capsys.readouterr().err


def test_ctrl_c_ends_130(farm):
    def stopped(filter):
        raise KeyboardInterrupt

    farm.answers["getJobs"] = stopped

    assert run(["job", "list"]) == 130


def test_a_reader_that_has_enough_ends_it_quietly(farm, monkeypatch):
    closed = []
    monkeypatch.setattr("sys.stderr.close", lambda: closed.append(True), raising=False)
    farm.answers["getJobs"] = BrokenPipeError()

    assert run(["job", "list"]) == 1
    assert closed == [True]


def test_host_says_which_farm(monkeypatch):
    connected = []
    monkeypatch.setattr(current, "connect", connected.append)

    run(["--host", "farm1:1,farm2:2", "job", "--help"])
    run(["--host", "farm1:1,farm2:2", "job", "list", "--help"])

    assert connected == ["farm1:1,farm2:2"] * 2


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["job"],
        ["node"],
        ["project"],
        ["folder"],
        ["cluster"],
        ["quota"],
        ["up"],
        ["job", "log"],
        ["job", "wait"],
    ],
)
def test_every_command_explains_itself(command, capsys):
    assert run([*command, "--help"]) == 0

    assert "Usage: plow" in capsys.readouterr().out


# -------------------- commands of other packages


class Found:
    def __init__(self, name, loaded):
        self.name, self.value, self._loaded = name, f"somewhere:{name}", loaded

    def load(self):
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@click.command()
def extra():
    """An extra command."""
    click.echo("extra ran")


def test_other_packages_add_commands(monkeypatch, capsys):
    monkeypatch.setattr(program, "_others", lambda: [Found("extra", extra)])

    assert run(["--help"]) == 0
    assert "An extra command." in capsys.readouterr().out
    assert run(["extra"]) == 0
    assert capsys.readouterr().out == "extra ran\n"


@pytest.mark.parametrize(
    ("loaded", "told"),
    [(ImportError("no module 'yaml'"), "cannot be used here: no module 'yaml'"), (42, "is no click command")],
)
def test_a_command_that_cannot_be_loaded_is_told(monkeypatch, capsys, loaded, told):
    monkeypatch.setattr(program, "_others", lambda: [Found("extra", loaded)])

    assert run(["extra"]) == 1

    assert told in capsys.readouterr().err


def test_submit_is_one_of_them():
    assert "submit" in [found.name for found in program._others()]
