"""Blueprints on a real farm: what the artist wrote is what the nodes do."""

from __future__ import annotations

import ast
import json
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

import plow_client
from blueprint.cli import submit
from blueprint.cli_2012 import bluerun
from plow_client.idl import JobState, TaskState
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


SETUP = """
import os
from pathlib import Path
from blueprint import Layer, SetupTask

class Look(SetupTask):
    def execute(self, frames):
        self.target.add_output("beauty", "OUT/beauty.####.txt", depth="16")
        self.target.data.put("camera", "left")
        Path("OUT/setup").touch()

class Own(Layer):
    def setup(self):
        self.data.put("size", [1920, 1080])

    def execute(self, frames):
        assert Path("OUT/setup").exists()
        (output,) = self.outputs()
        temp = Path(os.environ["TMPDIR"])
        (temp / "mine").touch()
        said = [self.data.get("size"), self.data.get("camera"), str(temp), len(list(temp.iterdir()))]
        for file in output.files(frames):
            file.write_text(repr(said))

Look(Own("render"))
"""


def test_rows_b20_b21_b24_b25_b29_b40_bluerun_with_a_setup_task_and_a_class_of_the_script(
    folder, write, monkeypatch
):
    out = writable(folder / "looked")
    script = write("looked.bp", SETUP.replace("OUT", str(out)))
    monkeypatch.setenv("PLOW_ARCHIVE_ROOT", str(folder / "archive"))
    assert CliRunner().invoke(bluerun, [str(script), "1-3"], standalone_mode=False).return_value == 0
    job = plow_client.get_active_job("looked")
    eventually(lambda: ended(job))

    assert job.totals.succeeded == 4, story(job)
    (output,) = job.get_layer("render").get_outputs()
    assert (output.path, output.attrs) == (f"{out}/beauty.####.txt", {"name": "beauty", "depth": "16"})
    said = [ast.literal_eval((out / f"beauty.000{frame}.txt").read_text()) for frame in (1, 2, 3)]
    assert [[size, camera, files] for size, camera, _, files in said] == [[[1920, 1080], "left", 1]] * 3
    folders = {Path(temp) for _, _, temp, _ in said}
    assert len(folders) == 3 and not any(temp.exists() for temp in folders)


def ended(job):
    job.refresh()
    assert not job.totals.dead, story(job)
    return job.state == JobState.FINISHED


def test_row_b08_a_frame_waits_for_its_own_frame_only(folder, write):
    gate = writable(folder / "gate")
    blueprint = write("frames.bp", f"""
        from blueprint.modules.shell import Shell
        wait = "while [ %{{FRAME}} = 2 ] && [ ! -e {gate}/open ]; do sleep 0.1; done"
        Shell("a", cmd=["sh", "-c", wait])
        Shell("b", cmd=["touch", "{gate}/%{{FRAME}}"], depend="a")
        """)  # fmt: skip
    assert submit_here(folder, blueprint, "1-3") == 0
    job = plow_client.get_active_job("frames")

    eventually(lambda: (gate / "1").exists() and (gate / "3").exists())
    assert not (gate / "2").exists()
    (gate / "open").touch()
    eventually(lambda: ended(job))
    assert (gate / "2").exists()


def submit_here(folder, *words):
    root = ["--archive-root", str(folder / "archive")]
    return CliRunner().invoke(submit, [*map(str, words), *root], standalone_mode=False).return_value


def test_a_job_waits_for_another_that_it_names(folder):
    text = "from blueprint import this_job\nfrom blueprint.modules.shell import ShellCommand\n"
    (folder / "sim.bp").write_text(text + 'ShellCommand("sim", cmd=["true"])\n')
    (folder / "light.bp").write_text(
        text + 'this_job().wait_for = ["sim"]\nShellCommand("light", cmd=["true"])\n'
    )
    sim = launch(folder, folder / "sim.bp", "--pause")
    (light,) = launch(folder, folder / "light.bp").get_tasks()
    assert light.state == TaskState.DEPEND

    sim.pause(False)
    eventually(lambda: plow_client.get_task(light.id).state == TaskState.SUCCEEDED)


def launch(folder, *words):
    root = ["--archive-root", str(folder / "archive")]
    answer = CliRunner().invoke(submit, [*map(str, words), *root, "--json"], standalone_mode=False)
    assert answer.exception is None and answer.return_value == 0, answer.exception
    return plow_client.get_job(json.loads(answer.stdout)["id"])
