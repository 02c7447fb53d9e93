"""A job on this machine, without a farm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from blueprint.backends.local import LocalRun
from blueprint.job import Job, loading
from blueprint.modules.shell import Shell
from blueprint.spec import to_job_spec


@pytest.fixture
def job():
    with loading(Job("shot")) as job:
        yield job


def run(job, tmp_path, frames="1-3", cores=2):
    return {done.task.name: done for done in LocalRun(to_job_spec(job, frames), tmp_path, cores=cores).run()}


def python(code):
    return [sys.executable, "-c", code]


def test_what_depends_say_holds(job, tmp_path):
    trace = tmp_path / "trace"
    note = f"open({str(trace)!r}, 'a').write('%{{TASK}} ')"
    Shell("b", cmd=python(note), depend="a:all", frame_range="1")
    Shell("a", cmd=python(note))
    results = run(job, tmp_path)

    assert all(done.status == 0 for done in results.values())
    assert trace.read_text().split()[-1] == "0001-b"


def test_what_waits_for_a_failure_is_left_out_and_the_rest_runs(job, tmp_path):
    Shell("a", cmd=python("raise SystemExit(%{FRAME} == 2)"))
    Shell("b", cmd=python("print('b')"), depend="a")
    results = run(job, tmp_path)

    assert {name: done.status for name, done in results.items()} == {
        "0001-a": 0, "0002-a": 1, "0003-a": 0, "0001-b": 0, "0002-b": None, "0003-b": 0,
    }  # fmt: skip


def test_the_commands_around_a_tasks_own_run_until_one_fails_and_the_last_in_any_case(job, tmp_path):
    Shell(
        "a",
        cmd=python("print('own')"),
        before=python("print('before %{FRAME}')"),
        more_commands=[python("print('then'); raise SystemExit(%{FRAME} - 1)"), python("print('more')")],
        after=python("print('end'); raise SystemExit(9)"),
    )
    results = run(job, tmp_path, "1-2")

    lines = {name: done.log.read_text().split("\n") for name, done in results.items()}
    assert lines["0001-a"] == ["before 1", "own", "then", "more", "end", ""]
    assert lines["0002-a"] == ["before 2", "own", "then", "end", ""]
    assert [done.status for done in results.values()] == [0, 1]


def test_a_tasks_output_is_kept(job, tmp_path):
    Shell("a", cmd=python("import os; print(os.environ['PLOW_TASK_NAME'], os.environ['A'])"), env={"A": "b"})

    assert run(job, tmp_path, "7")["0007-a"].log.read_text() == "0007-a b\n"


def test_a_program_that_is_not_there_fails_its_task(job, tmp_path):
    Shell("a", cmd="no-such-program-here")
    done = run(job, tmp_path, "1")["0001-a"]

    assert done.status == 127
    assert "cannot start 'no-such-program-here'" in done.log.read_text()


def test_a_task_that_wants_more_cores_than_there_are_runs_alone(job, tmp_path):
    Shell("a", cmd=python("print()"), threads=64)

    assert {done.status for done in run(job, tmp_path).values()} == {0}


def test_the_watcher_sees_each_start_and_end(job, tmp_path):
    Shell("a", cmd=python("print()"))
    seen = []
    LocalRun(to_job_spec(job, "1-2"), tmp_path).run(
        lambda task, done: seen.append((task.name, done is not None))
    )

    assert sorted(seen) == [("0001-a", False), ("0001-a", True), ("0002-a", False), ("0002-a", True)]


def test_what_runs_is_ended_when_the_caller_gives_up(job, tmp_path):
    Shell("a", cmd=python("import time; time.sleep(60)"))
    Shell("b", cmd=python("print()"))

    def give_up(task, done):
        if done is not None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LocalRun(to_job_spec(job, "1"), tmp_path, cores=2).run(give_up)


def test_row_b40_the_temp_folder_is_the_tasks_own_and_gone_afterwards(job, tmp_path):
    with loading(job):
        Shell("a", cmd=["sh", "-c", 'touch "$TMPDIR/mine"; ls "$TMPDIR"; echo "$TMPDIR"'], frame_range="1-2")
    done = run(job, tmp_path, "1-2")
    said = [one.log.read_text().splitlines() for one in done.values()]

    assert [lines[0] for lines in said] == ["mine", "mine"]
    folders = {Path(lines[1]) for lines in said}
    assert len(folders) == 2 and not any(folder.exists() for folder in folders)
