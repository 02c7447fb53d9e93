"""What is read from a .blend file, with a program in Blender's place that answers as the script inside does."""

from __future__ import annotations

import json

import pytest

from blueprint import archive, process, runner
from blueprint.job import Job, loading
from blueprint.modules.blender import Blender
from blueprint.modules.blender_setup import BlenderSetup, read_scene
from blueprint.spec import to_job_spec
from plow_client.errors import Invalid

SCENE = {
    "name": "Scene",
    "first": 1,
    "last": 9,
    "step": 2,
    "fps": 24.0,
    "width": 1920,
    "height": 1080,
    "engine": "CYCLES",
    "camera": "Main",
    "cameras": ["Main", "Top"],
    "view_layers": ["fg"],
    "outputs": [
        {"node": "Out", "pass": "z", "path": "/o/z_####.exr", "format": "OPEN_EXR", "depth": "32"},
    ],
}


@pytest.fixture
def blender(tmp_path, monkeypatch):
    """Writes down its arguments and puts the answer where the last one says."""
    answer, program = tmp_path / "answer.json", tmp_path / "blender it"
    answer.write_text(
        json.dumps({"current": "Scene", "scenes": [SCENE, {**SCENE, "name": "Other", "step": 1}]})
    )
    program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/told\nfor last; do :; done\ncp {answer} "$last"\n')
    program.chmod(0o755)
    monkeypatch.delenv("PLOW_JOB_ID", raising=False)
    monkeypatch.setattr(process, "end_on_terminate", lambda: None)
    return str(program)


def test_a_scene_tells_range_cameras_and_outputs(blender):
    scene = read_scene("/s/a b.blend", program=blender)

    assert (scene.range, scene.camera, scene.cameras, scene.view_layers) == (
        "1-9x2",
        "Main",
        ["Main", "Top"],
        ["fg"],
    )
    (output,) = scene.outputs
    assert (output.name, output.path) == ("Out.z", "/o/z_####.exr")
    assert output.attrs == {
        "node": "Out", "pass": "z", "format": "OPEN_EXR", "depth": "32", "width": "1920", "height": "1080",
    }  # fmt: skip


def test_blender_is_asked_with_the_file_before_the_script(blender, tmp_path):
    read_scene("/s/a b.blend", program=blender)
    told = (tmp_path / "told").read_text()

    assert told.startswith(
        "--background --factory-startup -noaudio --python-exit-code 1 /s/a b.blend --python "
    )


def test_a_scene_is_found_by_its_name(blender):
    assert read_scene("/s/a.blend", "Other", blender).range == "1-9"


def test_a_scene_that_is_not_there_is_named_with_the_nearest(blender):
    with pytest.raises(Invalid, match="no scene of '/s/a.blend' 'Othr'; did you mean 'Other'"):
        read_scene("/s/a.blend", "Othr", blender)


def test_a_file_that_blender_cannot_read_is_told_in_its_words(tmp_path):
    program = tmp_path / "blender"
    program.write_text("#!/bin/sh\necho \"Error: Cannot read file '$6'\"; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(
        Invalid, match="blender' ended with status 1: Error: Cannot read file '/s/none.blend'"
    ):
        read_scene("/s/none.blend", program=str(program))


def test_a_machine_without_blender_is_told_so():
    with pytest.raises(Invalid, match="cannot start 'no-such-blender': No such file or directory"):
        read_scene("/s/a.blend", program="no-such-blender")


def test_reading_a_scene_says_nothing_itself(blender, capfd):
    read_scene("/s/a.blend", program=blender)

    assert capfd.readouterr().out == ""


@pytest.fixture
def job(blender):
    with loading(Job("shot")) as job:
        BlenderSetup(Blender("beauty", scene="/s/a.blend", output="/o/f.####.png", program=blender))
    return job


def test_row_b21_a_setup_task_runs_before_its_layer(job):
    spec = to_job_spec(job, "1-4")
    beauty = next(layer for layer in spec.layers if layer.name == "beauty")
    setups = next(layer for layer in spec.layers if layer.name == "setups")

    assert [task.name for task in setups.tasks] == ["beauty_setup"]
    assert [depend.dependOnTask for depend in beauty.depends] == ["beauty_setup"]


def test_a_setup_task_says_what_it_found(job, tmp_path, capfd):
    archive.write(tmp_path / "archive", job, "1-4")

    assert runner.main([str(tmp_path / "archive"), "--task", "beauty_setup"]) == 0
    said = capfd.readouterr().out
    assert "scene Scene: frames 1-9x2, cameras Main, Top\nwrites /o/z_####.exr\n" in said


def test_row_b16_what_the_compositor_writes_the_layer_writes_too(job):
    job.layers["beauty_setup"].execute([])

    assert [output.path for output in job.layers["beauty"].outputs()] == ["/o/z_####.exr", "/o/f.####.png"]
