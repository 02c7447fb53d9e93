"""Real renderers on two nodes: each picture is the one that the same program makes by hand.

POV-Ray and Blender are asked for where they are installed; `run.py test` installs them where it can and
says at the end what it could not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from PIL import Image, ImageChops

from tests.e2e.blueprint_parts import EXAMPLES, farm_in, open_folder, story, submit_and_wait, writable

FRAMES = range(1, 9)


@pytest.fixture(scope="module")
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def farm(folder):
    with farm_in(folder) as farm:
        yield farm


def by_hand(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def povray_by_hand(folder, scene):
    """One animation over the whole loop, as POV-Ray's own manual does it."""
    by_hand(
        [
            "povray", f"+I{scene}", f"+O{folder}/hand.png", "+W160", "+H90", "+A0.3", "+AM2", "+R2", "-J", "-D",
            "+KFI1", "+KFF49", "+KI0", "+KF1", "+SF1", "+EF8",
        ],
        folder,
    )  # fmt: skip
    return [folder / f"hand{frame:02d}.png" for frame in FRAMES]


def make_blend(path):
    script = EXAMPLES / "blender" / "make_scene.py"
    factory = ["blender", "--background", "--factory-startup", "--python-exit-code", "1"]
    by_hand([*factory, "--python", str(script), "--", path.name, "3"], path.parent)
    path.chmod(0o644)


def blender_by_hand(folder, scene):
    by_hand(
        [
            "blender",
            "-b",
            str(scene),
            "-o",
            f"{folder}/hand.####.png",
            "-F",
            "PNG",
            "-s",
            "1",
            "-e",
            "8",
            "-a",
        ],
        folder,
    )
    return [folder / f"hand.{frame:04d}.png" for frame in FRAMES]


def ray_tracer_by_hand(folder, scene):
    files = [folder / f"hand.{frame:04d}.png" for frame in FRAMES]
    for frame, file in zip(FRAMES, files, strict=True):
        words = ["--frame", str(frame), "--width", "160", "--height", "90", "--output", str(file)]
        by_hand([sys.executable, "-m", "blueprint.raytracer.render", *words], folder)
    return files


RAY_TRACER = """
from blueprint import param
from blueprint.modules.raytracer import Raytracer
Raytracer("balls", output=param("output", "") + "/balls.####.png", width=160, height=90, threads=1)
"""


def assert_equal_pictures(farmed, hand):
    for one, other in zip(farmed, hand, strict=True):
        left, right = Image.open(one).convert("RGB"), Image.open(other).convert("RGB")
        assert left.size == right.size
        assert ImageChops.difference(left, right).getbbox() is None, f"{one} differs from {other}"
        assert len(set(left.get_flattened_data())) > 500, f"{one} shows next to nothing"


def render(farm, folder, blueprint, *words):
    out = writable(folder / "out")
    job = submit_and_wait(folder, blueprint, "1-8", "--set", f"output={out}", *words)
    assert job.totals.succeeded == job.totals.total, story(job)
    assert {task.stats.last_node for task in job.get_tasks()} == {"node-1", "node-2"}
    return out


def test_the_ray_tracer(farm, folder, tmp_path):
    blueprint = folder / "raytracer.bp"
    blueprint.write_text(RAY_TRACER)
    out = render(farm, folder, blueprint)

    assert_equal_pictures(
        [out / f"balls.{frame:04d}.png" for frame in FRAMES], ray_tracer_by_hand(tmp_path, None)
    )


if shutil.which("povray"):

    def test_povray(farm, folder, tmp_path):
        scene = EXAMPLES / "povray" / "cradle.pov"
        out = render(farm, folder, EXAMPLES / "povray.bp", "--set", "width=160", "--set", "height=90")

        farmed = [out / f"cradle.{frame:04d}.png" for frame in FRAMES]
        assert_equal_pictures(farmed, povray_by_hand(tmp_path, scene))
        assert not list(out.glob("*.pov-state"))


if shutil.which("blender"):

    def test_blender(farm, folder, tmp_path):
        scene = folder / "ripple.blend"
        make_blend(scene)
        out = render(farm, folder, EXAMPLES / "blender.bp", "--set", f"scene={scene}")

        farmed = [out / f"ripple.{frame:04d}.png" for frame in FRAMES]
        assert_equal_pictures(farmed, blender_by_hand(tmp_path, scene))
