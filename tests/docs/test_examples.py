"""The examples run, and the guide says what is so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from blueprint.cli import submit
from blueprint.layer import Layer
from blueprint.options import declared
from blueprint.plugins import OURS

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    file for file in (ROOT / "docs/examples").iterdir() if file.suffix in (".bp", ".yaml", ".json")
)
GUIDE = (ROOT / "docs/guide/blueprint.md").read_text()


def run(*words):
    answer = CliRunner().invoke(submit, [str(word) for word in words], standalone_mode=False)
    assert answer.exception is None and answer.return_value == 0, answer.output
    return answer.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.name)
def test_an_example_can_be_pretended_with_its_own_frames(example, tmp_path):
    said = json.loads(run(example, "--pretend", "--json", "--archive-root", tmp_path))

    assert all(task["command"] for layer in said["layers"] for task in layer["tasks"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["shell.bp", "own_module.bp", "plain.yaml"])
def test_an_example_runs_here(name, tmp_path):
    words = ["--set", f"output={tmp_path}/out"] if name == "own_module.bp" else []
    run(ROOT / "docs/examples" / name, "1-2", "--local", "--archive-root", tmp_path, *words)

    if words:
        assert (tmp_path / "out/caption.0002.txt").read_text() == "frame 2\n" * 2


def test_the_demo_runs_here(tmp_path):
    words = ["--set", f"output={tmp_path}/out", "--archive-root", tmp_path]
    run(ROOT / "docs/examples/demo.bp", "1-2", "--local", *words)

    assert Image.open(tmp_path / "out/raytracer.0002.png").size == (320, 180)
    assert Image.open(tmp_path / "out/contactsheet.png").width > 640


def test_every_comment_that_shows_a_command_names_real_options():
    known = {word for param in submit.params for word in param.opts}
    for example in EXAMPLES:
        for line in example.read_text().splitlines():
            if "plow submit" in line:
                assert {word for word in line.split() if word.startswith("--")} <= known, line


def test_the_guide_names_every_option_of_submit():
    for param in submit.params:
        for word in param.opts:
            assert f"`{word}" in GUIDE or f"`{word.upper()}" in GUIDE or word in ("file", "frames"), word


def test_the_guide_names_every_option_of_a_layer_with_its_meaning():
    for name, option in declared(Layer).items():
        (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| `{name}` |")]
        assert option.type_name() in row
        assert option.doc.split(";")[0].strip(" .").lower() in row.lower().replace("`", "")


def test_the_guide_names_every_module():
    for name, path in OURS.items():
        assert f"| `{name}` | `{path.replace(':', '.')}` |" in GUIDE


@pytest.mark.parametrize("block", range(GUIDE.count("```python")))
def test_the_guides_python_is_python(block, tmp_path):
    compile(GUIDE.split("```python")[block + 1].split("```")[0], "guide", "exec")


def test_the_scenes_that_the_examples_name_are_there():
    assert (ROOT / "docs/examples/povray/cradle.pov").is_file()
    assert (ROOT / "docs/examples/blender/make_scene.py").is_file()
