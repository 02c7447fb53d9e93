"""The first thing that a newcomer runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from PIL import Image

from tests.e2e.blueprint_parts import open_folder


@pytest.fixture
def state():
    with open_folder() as folder:
        yield folder / "farm"


def command(state, *words):
    return [sys.executable, "-m", "blueprint.demo", "--state", str(state), *words]


def demo(state, *words, env=None):
    return subprocess.run(
        command(state, *words), capture_output=True, text=True, timeout=110, check=False, env=env
    )


def left_running(state):
    """Programs that have the farm's folder in their command line."""
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    return [line for line in lines if any(str(state) in word for word in line)]


def test_it_renders_shows_what_ran_and_leaves_nothing_running(state):
    done = demo(state, "--frames", "3")

    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = (state / "pictures").iterdir()
    assert sorted(file.name for file in folder.iterdir()) == [
        "contactsheet.png", "raytracer.0001.png", "raytracer.0002.png", "raytracer.0003.png",
    ]  # fmt: skip
    assert Image.open(folder / "raytracer.0002.png").size == (320, 180)
    assert str(folder / "contactsheet.png") in done.stdout
    for task in ("0001-render", "0002-render", "0003-render", "0001-contactsheet"):
        assert any(line.startswith(task) and " node-" in line for line in done.stdout.splitlines())
    assert "What to try next" in done.stdout
    assert left_running(state) == []


def test_a_second_run_on_the_same_farm_keeps_the_first_ones_pictures(state):
    for _ in range(2):
        done = demo(state, "--frames", "1")
        assert done.returncode == 0, done.stdout + done.stderr

    assert len(list((state / "pictures").iterdir())) == 2


def broken_off(state):
    """The exit status of a demo that gets Ctrl-C as soon as it renders."""
    with subprocess.Popen(command(state), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if "running" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    return process.returncode


@pytest.mark.chaos
def test_ctrl_c_stops_all_of_it(state):
    assert broken_off(state) == 130
    deadline = time.monotonic() + 20
    while left_running(state) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_running(state) == []


@pytest.mark.chaos
def test_a_demo_does_not_finish_the_film_of_one_that_was_broken_off(state):
    broken_off(state)

    done = demo(state, "--frames", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    abandoned, _ = sorted((state / "pictures").iterdir())
    assert len(list(abandoned.glob("*.png"))) < 4
    assert not (abandoned / "contactsheet.png").exists()


def test_a_renderer_that_is_not_installed_is_named_before_anything_starts(state):
    done = demo(state, "--renderer", "povray", env={**os.environ, "PATH": "/nowhere"})

    assert done.returncode == 1
    assert done.stderr.startswith("demo: povray is not installed here: apt-get install povray")
    assert not state.exists()


def test_a_renderer_that_nobody_knows_is_refused(state):
    done = demo(state, "--renderer", "crayon")

    assert done.returncode == 2
    assert "crayon" in done.stderr
