"""The cookbook: each of its blueprints can be pretended; those whose programs are there run."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from blueprint.cli import submit
from blueprint.loader import load
from blueprint.spec import to_job_spec
from plow_client.idl import DependType

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/blueprint/cookbook.md").read_text()
RECIPES = dict(re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
HERE = {"publish.bp", "wedge.bp", "pack.bp", "sheet.bp", "own_module.bp", "plain.yaml"}
SPHERE = (
    "sphere { 0, 1 pigment { rgb 1 } } light_source { <2, 3, -4> rgb 1 } camera { location <0, 0, -3> }\n"
)


def run(*words):
    answer = CliRunner().invoke(submit, [str(word) for word in words], standalone_mode=False)
    assert answer.exception is None and answer.return_value == 0, (answer.output, answer.exception)
    return answer.stdout


def saved(folder, name):
    (folder / name).write_text(RECIPES[name])
    return folder / name


def test_there_are_as_many_recipes_as_headings():
    assert len(RECIPES) == len(re.findall(r"^## ", PAGE, re.MULTILINE)) >= 18


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_can_be_pretended(name, tmp_path):
    said = json.loads(run(saved(tmp_path, name), "1-10", "--pretend", "--json"))

    assert all(task["command"] for layer in said["layers"] for task in layer["tasks"])


@pytest.mark.parametrize("name", sorted(HERE))
def test_a_recipe_runs_here(name, tmp_path):
    recipe = saved(tmp_path, name)
    recipe.write_text(recipe.read_text().replace("/tmp/plow-cookbook", f"{tmp_path}/share"))
    run(recipe, "1-2", "--local", "--archive-root", tmp_path / "archive")

    left = {
        "publish.bp": ["share/published/work.1", "share/published/work.2"],
        "sheet.bp": ["out/sheet.png"],
        "own_module.bp": ["out/caption.0001.txt", "out/caption.0002.txt"],
    }
    assert all((tmp_path / file).stat().st_size for file in left.get(name, []))


if shutil.which("povray"):

    @pytest.mark.parametrize("name", ["poster.bp", "ends_first.bp"])
    def test_a_recipe_for_povray_renders(name, tmp_path):
        (tmp_path / "scene.pov").write_text(SPHERE)
        run(saved(tmp_path, name), "1", "--local", "--archive-root", tmp_path / "archive")

        assert list((tmp_path / "out").glob("*.0001.png"))


def test_a_recipe_that_waits_for_a_job_names_it(tmp_path):
    job = load(saved(tmp_path, "after_sim.bp"), params={"after": "sc020_sim"})
    (depend,) = to_job_spec(job, "1").depends

    assert (depend.type, depend.dependOnJob) == (DependType.JOB_ON_JOB, "sc020_sim")


def test_a_recipe_counts_its_versions(tmp_path):
    (tmp_path / "renders/sc010/v041").mkdir(parents=True)

    assert load(saved(tmp_path, "per_shot_version.bp")).name == "sc010-v042"
