"""Sample templates of Open Job Description, run from beginning to end without a farm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from blueprint import archive
from blueprint.backends.local import LocalRun
from blueprint.loader import load
from blueprint.spec import to_job_spec

SAMPLES = Path(__file__).parent / "samples"
# name: parameters, files that it leaves and what is in them
RUNS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "hello.yaml": ({}, {"hello": "hello\n"}),
    "parameters.yaml": (
        {"Shot": "sc020", "Samples": "8"},
        {"note": "sc020 8 2.2\n", "raw": 'it\'s "new" $(touch nothing) `x` ; & {z}'},
    ),
    "frames.yaml": ({"Frames": "1-7:3"}, {"f.1": "1\n", "f.4": "4\n", "f.7": "7\n"}),
    "render_and_encode.yaml": (
        {},
        {"f.1": "frame 1\n", "f.2": "frame 2\n", "f.4": "frame 4\n", "movie": "frame 1\nframe 2\nframe 4\n"},
    ),
    "diamond.yaml": (
        {},
        {
            "first": "first\n",
            "left": "left-first\n",
            "right": "right-first\n",
            "last": "left-first\nright-first\n",
        },
    ),
    "combinations.yaml": (
        {},
        {"wide-1-0.5": "", "wide-2-1.5": "", "close-1-0.5": "", "close-2-1.5": ""},
    ),
    "environments.yaml": (
        {},
        {"story": "enter\nrun made by enter, north of OUT\nexit made by enter\n"},
    ),
    "python_script.yaml": ({"Count": "4"}, {"total.json": '{"total": 10, "inside": true}'}),
    "hosts.yaml": ({}, {"sim": "done\n"}),
    "tiles.json": (
        {},
        {"t00": "00\n", "t01": "01\n", "t10": "10\n", "t11": "11\n", "whole": "00\n01\n10\n11\n"},
    ),
    "negative_frames.yaml": (
        {},
        {"f-2": "", "f-1": "", "f0": "", "f1": "", "diffuse": "diffuse\n", "shadow": "shadow\n"},
    ),
}


def run(file, params, folder):
    """All tasks of a template; their logs where one fails."""
    out = folder / "out"
    out.mkdir()
    job = load(file, params={"Out": str(out), **params})
    path = folder / "archive"
    archive.write(path, job, None)
    spec = to_job_spec(job, runner=[sys.executable, "-m", "blueprint.runner", str(path)])
    for done in LocalRun(spec, folder / "logs", cores=2).run():
        assert done.status == 0, (done.task.name, done.log.exists() and done.log.read_text())
    return {file.name: file.read_text().replace(str(out), "OUT") for file in out.iterdir() if file.is_file()}


@pytest.mark.parametrize("name", RUNS)
def test_a_sample_does_what_its_template_says(name, tmp_path):
    params, expected = RUNS[name]

    assert run(SAMPLES / name, params, tmp_path) == expected


def test_every_sample_is_run():
    assert {file.name for file in SAMPLES.iterdir()} == set(RUNS)
