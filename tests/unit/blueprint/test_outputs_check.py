"""What is missing of a job, and the job that makes it again."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from blueprint import outputs_check, outputs_command
from blueprint.outputs_check import find_gaps, retry
from plow_client.depend import DependSpec
from plow_client.idl import DependType, JobState, TaskState
from plow_client.job_spec import JobSpec
from plow_client.layer_spec import LayerSpec, TaskSpec


class Layer:
    """A farm's layer whose tasks have all succeeded, as far as the check asks."""

    def __init__(self, name, outputs, tasks):
        self.name = name
        self.outputs = [SimpleNamespace(path=str(path), attrs={"name": "picture"}) for path in outputs]
        self.tasks = [SimpleNamespace(name=f"{text}-{name}", layer_name=name, frames=text) for text in tasks]

    def get_outputs(self):
        return self.outputs

    def get_tasks(self, states):
        assert states == [TaskState.SUCCEEDED]
        return self.tasks


def job(*layers, **more):
    return SimpleNamespace(get_layers=lambda: list(layers), **more)


def gaps_of(*layers):
    return [
        (gap.task.name, list(gap.frames), [file.name for file in gap.files])
        for gap in find_gaps(job(*layers))
    ]


def test_a_file_that_is_absent_or_empty_is_missing_with_its_task_and_frame(tmp_path):
    for frame in (-1, 1, 2, 4):
        (tmp_path / (f"f.{frame:04d}.png" if frame >= 0 else f"f.-{-frame:04d}.png")).write_text("x")
    (tmp_path / "f.0002.png").write_text("")

    assert gaps_of(Layer("a", [tmp_path / "f.####.png"], ["-1-0", "1-3", "4"])) == [
        ("-1-0-a", [0], ["f.0000.png"]),
        ("1-3-a", [2, 3], ["f.0002.png", "f.0003.png"]),
    ]


def test_a_file_for_all_frames_needs_all_of_them(tmp_path):
    assert gaps_of(Layer("movie", [tmp_path / "m.mp4"], ["1-3"])) == [("1-3-movie", [1, 2, 3], ["m.mp4"])]


def test_a_task_without_frames_may_lack_its_file(tmp_path):
    assert gaps_of(Layer("once", [tmp_path / "report.txt"], [""])) == [("-once", [], ["report.txt"])]


def test_a_layer_that_says_no_outputs_lacks_none():
    assert gaps_of(Layer("a", [], ["1"])) == []


@pytest.fixture
def launched(monkeypatch):
    """The specs that are launched."""
    specs = []

    def launch(spec):
        specs.append(spec)
        return job(*(SimpleNamespace(name=layer.name, add_output=lambda *_: None) for layer in spec.layers))

    monkeypatch.setattr(JobSpec, "launch", launch)
    return specs


def on(layer, other, task=None):
    return DependSpec(
        DependType.LAYER_ON_LAYER, dependent_layer=layer, depend_on_layer=other, depend_on_task=task
    )


def test_a_job_that_is_over_is_launched_again_with_no_more_than_what_is_missing(tmp_path, launched):
    spec = JobSpec(
        "shot",
        "default",
        [
            LayerSpec("beauty", ["r", "%{RANGE}"], "1-9", chunk=3, depends=[on("beauty", "setups", "look")]),
            LayerSpec("comp", ["c"], "1-9", depends=[on("comp", "beauty")]),
            LayerSpec("movie", ["m"], "1-9", chunk=0, depends=[on("movie", "comp"), on("movie", "sound")]),
            LayerSpec("sound", ["s"], "1"),
            LayerSpec("setups", ["t"], tasks=[TaskSpec("look"), TaskSpec("note")]),
            LayerSpec("mail", ["p"], "1", is_post=True),
        ],
        depends=[DependSpec(DependType.JOB_ON_JOB, depend_on_job="other")],
        request_id="x",
        paused=True,
    )
    beauty = Layer("beauty", [tmp_path / "b.####.exr"], ["1-3", "4-6"])
    movie = Layer("movie", [tmp_path / "m.mp4"], ["1-9"])
    comp = Layer("comp", [tmp_path / "c.####.exr"], ["2"])
    note = Layer("setups", [tmp_path / "note"], [])
    note.tasks = [SimpleNamespace(name="note", layer_name="setups", frames=None)]
    (tmp_path / "b.0002.exr").write_text("x")
    over = job(beauty, movie, comp, note, state=JobState.FINISHED, get_spec=lambda: spec)

    retry(over, find_gaps(over))
    (again,) = launched

    assert {layer.name: layer.range for layer in again.layers} == {
        "beauty": "1,3-6", "comp": "2", "movie": "1-9", "setups": None,
    }  # fmt: skip
    depends = {
        layer.name: [depend.depend_on_layer for depend in layer.depends or []] for layer in again.layers
    }
    assert depends == {"beauty": [], "comp": ["beauty"], "movie": ["comp"], "setups": []}
    assert [task.name for task in again.layers[-1].tasks] == ["note"]
    assert (again.name, again.depends, again.request_id, again.paused) == ("shot", None, None, False)


@pytest.fixture
def command(monkeypatch, tmp_path):
    """The command for a job that goes on, with one of two frames missing."""
    (tmp_path / "f.0001.png").write_text("x")
    layer = Layer("a", [tmp_path / "f.####.png"], ["1", "2"])
    there = job(layer, id="7", name="shot", state=JobState.RUNNING)
    monkeypatch.setattr(outputs_command, "find_job", {"shot": there}.get)
    retried = []
    monkeypatch.setattr(
        outputs_check, "retry_tasks", lambda tasks: retried.extend(task.name for task in tasks)
    )

    def run(*words):
        answer = CliRunner().invoke(outputs_command.check_outputs, words, standalone_mode=False)
        assert answer.exception is None
        return answer.return_value, answer.output, retried

    return run


def test_the_command_tells_what_is_missing_and_ends_with_1(command, tmp_path):
    assert command("shot") == (1, f"2-a: {tmp_path}/f.0002.png\njob shot: 1 file missing\n", [])


def test_the_command_has_it_made_when_it_is_told_to(command):
    status, said, retried = command("shot", "--retry")

    assert (status, retried) == (0, ["2-a"])
    assert said.endswith("job shot: 1 file missing; its tasks run again\n")


def test_the_command_says_so_when_every_file_is_there(command, tmp_path):
    (tmp_path / "f.0002.png").write_text("x")

    assert command("shot", "--retry") == (0, "job shot: every file is there\n", [])


def test_the_command_answers_programs_in_json(command, tmp_path):
    _, said, _ = command("shot", "--json")

    assert json.loads(said) == {
        "job": "7",
        "missing": [{"task": "2-a", "layer": "a", "frames": "2", "files": [f"{tmp_path}/f.0002.png"]}],
        "madeBy": None,
    }
