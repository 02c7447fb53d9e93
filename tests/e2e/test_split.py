"""A frame in parts on three nodes: pixel for pixel the picture that the same program makes at once by hand.

POV-Ray and Blender are asked for where they are installed; `run.py test` installs them where it can and
says at the end what it could not.
"""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import OpenImageIO as oiio
import pytest

import plow_client
from plow_client.local_farm import LocalFarm
from tests.e2e.blueprint_parts import EXAMPLES, open_folder, story, submit_and_wait, writable

NODES = {"node-1", "node-2", "node-3"}
FACTORY = ["blender", "--background", "--factory-startup", "--python-exit-code", "1"]


@pytest.fixture(scope="module")
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def farm(folder):
    with LocalFarm(folder / "farm", nodes=3, cores_per_node=1) as farm:
        plow_client.connect(farm.hosts)
        try:
            yield farm
        finally:
            plow_client.reconnect()


def by_hand(*command):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def pixels(file):
    image = oiio.ImageInput.open(str(file))
    assert image is not None, oiio.geterror()
    return image.read_image(image.spec().format)


def assert_same_picture(farmed, hand):
    found, expected = pixels(farmed), pixels(hand)

    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert np.array_equal(found, expected), f"{np.count_nonzero(found != expected)} values differ"
    assert len(np.unique(found)) > 100, "shows next to nothing"


def render(folder, text, frame):
    blueprint = folder / "split.bp"
    blueprint.write_text(text)
    job = submit_and_wait(folder, blueprint, frame)
    assert job.totals.succeeded == job.totals.total, story(job)
    return job


POVRAY = """
from blueprint.modules.povray import Povray
Povray(
    "beauty", scene="{scene}", output="{out}/cradle.####.png",
    width=97, height=61, antialias={antialias}, clock_frames=[1, 49], threads=1, strips=13,
)
"""

if shutil.which("povray"):

    @pytest.mark.parametrize(("antialias", "words"), [(0.3, ["+A0.3", "+AM2", "+R2"]), (0, ["-A"])])
    def test_povray_in_13_strips_over_three_nodes(farm, folder, tmp_path, antialias, words):
        out, scene = writable(folder / f"out-{antialias}"), EXAMPLES / "povray" / "cradle.pov"
        job = render(folder, POVRAY.format(scene=scene, out=out, antialias=antialias), "8")
        by_hand(
            "povray", f"+I{scene}", f"+O{tmp_path}/hand.png", "+FN", "+W97", "+H61", *words, "-J", "-D",
            "+KFI1", "+KFF49", "+KI0", "+KF1", "+SF8", "+EF8",
        )  # fmt: skip

        assert_same_picture(out / "cradle.0008.png", tmp_path / "hand08.png")
        parts = [task for task in job.get_tasks() if task.layer_name != "beauty"]
        assert len(parts) == 13
        assert {task.stats.last_node for task in parts} == NODES

    def test_the_farm_knows_each_part_and_its_place(farm, folder):
        out, scene = writable(folder / "out-places"), EXAMPLES / "povray" / "cradle.pov"
        job = render(folder, POVRAY.format(scene=scene, out=out, antialias=0), "1")
        known = {layer.name: layer.get_outputs() for layer in job.get_layers()}

        assert [output.path for output in known["beauty"]] == [f"{out}/cradle.####.png"]
        places = [known[f"beauty.r{row:02d}"][0].attrs for row in range(1, 14)]
        assert places[0]["top"] == "0" and places[-1]["bottom"] == "61"
        assert [place["bottom"] for place in places[:-1]] == [place["top"] for place in places[1:]]


BLENDER = """
from blueprint.modules.blender import Blender
Blender(
    "beauty", scene="{scene}", output="{out}/ripple.####.{suffix}", width=97, height=61, threads=1, tiles=[2, 2],
)
"""

if shutil.which("blender"):

    @pytest.mark.parametrize(("suffix", "kind"), [("png", "PNG"), ("exr", "OPEN_EXR")])
    def test_blender_in_tiles(farm, folder, tmp_path, suffix, kind):
        out, scene = writable(folder / f"out-{suffix}"), folder / "ripple.blend"
        by_hand(*FACTORY, "--python", EXAMPLES / "blender" / "make_scene.py", "--", scene, "3")
        scene.chmod(0o644)
        render(folder, BLENDER.format(scene=scene, out=out, suffix=suffix), "2")
        size = "import bpy; r = bpy.context.scene.render; r.resolution_x = 97; r.resolution_y = 61"
        by_hand(*FACTORY, scene, "--python-expr", size, "-o", f"{tmp_path}/hand.####", "-F", kind, "-f", "2")

        assert_same_picture(out / f"ripple.0002.{suffix}", tmp_path / f"hand.0002.{suffix}")
