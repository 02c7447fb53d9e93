"""What happens on a node when something in a session goes wrong."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from blueprint import archive
from blueprint.loader import load

TEMPLATE = """\
specificationVersion: jobtemplate-2023-09
name: x
parameterDefinitions:
  - {{name: Out, type: PATH}}
steps:
  - name: a
    stepEnvironments:
      - name: outer
        script: {{actions: {{onExit: {{command: sh, args: [-c, "echo left outer >> {{{{Param.Out}}}}/story"]}}}}}}
      - name: inner
        script:
          actions:
            onEnter: {{command: sh, args: [-c, "{enter}"]}}
            onExit: {{command: sh, args: [-c, "echo left inner >> {{{{Param.Out}}}}/story; {leave}"]}}
    script:
      actions:
        onRun: {{command: sh, args: [-c, "echo began >> {{{{Param.Out}}}}/story; {run}"], timeout: 20}}
"""


@pytest.fixture
def start(tmp_path):
    begun = []

    def start(run="true", enter="true", leave="true", timeout=20):
        file = tmp_path / "shot.yaml"
        text = TEMPLATE.format(run=run, enter=enter, leave=leave)
        file.write_text(text.replace("timeout: 20", f"timeout: {timeout}"))
        archive.write(tmp_path / "archive", load(file, params={"Out": str(tmp_path)}), None)
        words = [str(tmp_path / "archive"), "--layer", "a", "--range=1"]
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "blueprint.runner", *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()


def end(process):
    """Its status and the last line that it wrote."""
    lines = process.communicate(timeout=100)[0].strip().splitlines()
    return process.returncode, lines[-1]


def story(folder):
    return (folder / "story").read_text().splitlines()


def test_the_status_of_the_program_is_that_of_the_task_and_environments_are_left(start, tmp_path):
    assert end(start(run="exit 7")) == (7, "taskrun: task 1: ended with status 7")
    assert story(tmp_path) == ["began", "left inner", "left outer"]


def test_a_program_can_say_why_it_fails(start):
    assert end(start(run="echo 'openjd_fail: no such camera'; exit 1")) == (
        1,
        "taskrun: task 1: no such camera",
    )


def test_a_program_that_takes_longer_than_its_timeout_is_ended(start, tmp_path):
    status, line = end(start(run="sleep 1000", timeout=1))

    assert status != 0
    assert line == "taskrun: task 1: took longer than its timeout"
    assert story(tmp_path) == ["began", "left inner", "left outer"]


def test_an_environment_that_cannot_be_entered_stops_the_task_and_is_left(start, tmp_path):
    assert end(start(enter="exit 3")) == (3, "taskrun: environment inner: ended with status 3")
    assert story(tmp_path) == ["left inner", "left outer"]


def test_an_environment_that_cannot_be_left_fails_the_task(start, tmp_path):
    assert end(start(leave="exit 4")) == (4, "taskrun: leaving 1:inner: ended with status 4")
    assert story(tmp_path) == ["began", "left inner", "left outer"]


def test_a_task_that_is_asked_to_end_leaves_its_environments(start, tmp_path):
    process = start(run="sleep 1000")
    deadline = time.monotonic() + 60
    while not (tmp_path / "story").exists():
        assert time.monotonic() < deadline and process.poll() is None, "the task did not begin"
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)

    assert end(process) == (143, "taskrun: stopped by signal 15")
    assert story(tmp_path) == ["began", "left inner", "left outer"]


def test_what_a_program_says_of_its_progress_is_said_to_the_node(start):
    lines = start(run="echo 'openjd_progress: 42.0'").communicate(timeout=100)[0].splitlines()

    assert "PLOW_PROGRESS 42%" in lines
