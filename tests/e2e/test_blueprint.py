"""Blueprints on a real farm: what the artist wrote is what the nodes do."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

import plow_client
from blueprint.cli import submit
from plow_client.idl import TaskState
from tests.e2e.blueprint_parts import (
    EXAMPLES,
    eventually,
    farm_in,
    open_folder,
    story,
    submit_and_wait,
    writable,
)


@pytest.fixture(scope="module")
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module", autouse=True)
def farm(folder):
    with farm_in(folder) as farm:
        yield farm


def body(task):
    """What the task itself wrote to its log."""
    return Path(task.get_log_path()).read_text().split("=" * 60 + "\n")[2]


def by_name(job):
    return {task.name: task for task in job.get_tasks()}


def test_tasks_groups_and_depends_run_in_their_order(folder):
    job = submit_and_wait(folder, EXAMPLES / "shell.bp", "1-4")
    tasks = by_name(job)

    assert job.totals.succeeded == 9, story(job)
    assert "fetching models" in body(tasks["fetch_models"])
    assert "publishing 3-4, 3 to 4" in body(tasks["0003-publish"])
    assert tasks["0003-publish"].stats.start_time >= tasks["0004-simulate"].stats.stop_time
    assert tasks["report"].stats.start_time >= tasks["0001-publish"].stats.stop_time


def test_a_module_written_in_the_blueprint_runs_on_the_farm(folder):
    out = writable(folder / "captions")
    job = submit_and_wait(folder, EXAMPLES / "own_module.bp", "1-3", "--set", f"output={out}")

    assert job.totals.succeeded == 3, story(job)
    assert (out / "caption.0003.txt").read_text() == "frame 3\n" * 2
    (output,) = job.get_outputs()
    assert (output.path, output.attrs["name"]) == (f"{out}/caption.####.txt", "caption")


@pytest.fixture
def write(folder):
    def put(name, text):
        path = folder / name
        path.write_text(textwrap.dedent(text))
        return path

    return put


def test_the_status_of_a_failing_command_reaches_the_farm(folder, write):
    blueprint = write("fails.bp", """
        from blueprint import Layer
        class Fails(Layer):
            def command(self, frames):
                return ["sh", "-c", "echo no light; exit 7"]
        Fails("a", frame_range="1", retries=0)
        """)  # fmt: skip
    job = submit_and_wait(folder, blueprint)
    (task,) = job.get_tasks()

    assert (task.state, task.stats.exit_status) == (TaskState.DEAD, 7)
    assert "+ sh -c 'echo no light; exit 7'\nno light\n" in body(task)
    job.kill("seen")


def test_a_task_that_did_not_write_its_output_has_failed(folder, write):
    blueprint = write("lies.bp", f"""
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["true"], frame_range="1", retries=0).add_output("picture", "{folder}/none.png")
        """)  # fmt: skip
    job = submit_and_wait(folder, blueprint)
    (task,) = job.get_tasks()

    assert task.state == TaskState.DEAD
    assert "did not write" in body(task)
    job.kill("seen")


def wait_for(folder, *words):
    root = ["--archive-root", str(folder / "archive"), "--wait"]
    answer = CliRunner().invoke(submit, [*map(str, words), *root], standalone_mode=False)
    return answer.return_value, answer.output


def test_wait_ends_0_when_all_is_done_and_1_when_something_failed(folder, write):
    good = write("good.bp", """
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["true"])
        """)  # fmt: skip
    bad = write("bad.bp", """
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["false"], retries=0)
        """)  # fmt: skip

    status, said = wait_for(folder, good, "1-2")
    assert (status, said.splitlines()[-1]) == (0, "job good done: 2/2 done")
    assert wait_for(folder, bad, "1")[0] == 1
    plow_client.get_active_job("bad").kill("seen")


def test_a_paused_job_waits(folder, write):
    blueprint = write("paused.bp", """
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["true"])
        """)  # fmt: skip
    words = [str(blueprint), "1", "--pause", "--archive-root", str(folder / "archive")]
    assert CliRunner().invoke(submit, words, standalone_mode=False).return_value == 0
    job = plow_client.get_active_job("paused")

    assert job.paused
    job.kill("seen")


def test_a_post_layer_runs_after_the_job(folder, write):
    mark = writable(folder / "post") / "mark"
    blueprint = write("post.bp", f"""
        from blueprint.modules.shell import Shell
        Shell("a", cmd=["true"], frame_range="1")
        Shell("mail", cmd=["touch", "{mark}"], frame_range="1", post=True)
        """)  # fmt: skip
    job = submit_and_wait(folder, blueprint)

    assert job.totals.total == 1
    eventually(mark.exists)
