"""The cookbook: each of its blueprints can be pretended; those whose programs are there run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
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
HERE = {"flaky_sim.bp", "publish.bp", "wedge.bp", "pack.bp", "sheet.bp", "own_module.bp", "plain.yaml"}
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
    assert len(RECIPES) == len(re.findall(r"^## ", PAGE, re.MULTILINE)) >= 20


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


CHAIR = """
import bpy, os

scene = bpy.context.scene
scene.render.engine, scene.cycles.use_denoising = "CYCLES", False
scene.render.resolution_x, scene.render.resolution_y = 32, 18
bpy.ops.wm.save_as_mainfile(filepath=os.path.abspath("assets/chair.blend"))
"""

if shutil.which("blender") and shutil.which("ffmpeg"):

    def test_the_turntable_is_rendered_and_becomes_a_movie(tmp_path):
        (tmp_path / "assets").mkdir()
        blender = ["blender", "--background", "--factory-startup", "-noaudio", "--python-expr", CHAIR]
        subprocess.run(blender, cwd=tmp_path, check=True, capture_output=True, timeout=120)
        run(saved(tmp_path, "turntable.bp"), "1-2", "--local", "--archive-root", tmp_path / "archive")

        renders = tmp_path / "renders/chair"
        assert sorted(file.name for file in renders.iterdir()) == [
            "turn.0001.png",
            "turn.0002.png",
            "turn.mp4",
        ]
        assert (renders / "turn.mp4").stat().st_size


if shutil.which("oiiotool"):

    def picture(file):
        file.parent.mkdir(exist_ok=True)
        subprocess.run(["oiiotool", "--create", "32x18", "4", "-o", str(file)], check=True, timeout=120)

    def test_small_pictures_are_made(tmp_path):
        picture(tmp_path / "renders/beauty.0007.exr")
        run(saved(tmp_path, "proxies.bp"), "7", "--local", "--archive-root", tmp_path / "archive")

        assert (tmp_path / "web/beauty.0007.jpg").stat().st_size


if shutil.which("oiiotool") and shutil.which("ffmpeg"):

    def test_the_slap_comp_becomes_a_movie(tmp_path):
        for side in ("fg", "bg"):
            for frame in ("0007", "0008"):
                picture(tmp_path / f"{side}.{frame}.png")
        recipe = saved(tmp_path, "slap_comp.bp")
        recipe.write_text(recipe.read_text().replace("/mnt/show/sc010", str(tmp_path)))
        run(recipe, "7-8", "--local", "--archive-root", tmp_path / "archive")

        assert (tmp_path / "slap.0008.png").stat().st_size and (tmp_path / "slap.mp4").stat().st_size


def test_a_recipe_that_waits_for_a_job_names_it(tmp_path):
    job = load(saved(tmp_path, "after_sim.bp"), params={"after": "sc020_sim"})
    (depend,) = to_job_spec(job, "1").depends

    assert (depend.type, depend.dependOnJob) == (DependType.JOB_ON_JOB, "sc020_sim")


def test_a_recipe_counts_its_versions(tmp_path):
    (tmp_path / "renders/sc010/v041").mkdir(parents=True)

    assert load(saved(tmp_path, "per_shot_version.bp")).name == "sc010-v042"
