"""Modules with their real programs on a farm: OpenImageIO, FFmpeg and Blender, where Debian has them."""

from __future__ import annotations

import json
import subprocess
import textwrap

import pytest
from PIL import Image

import plow_client
from blueprint.modules.povray import Povray
from blueprint.outputs_check import find_gaps, retry
from plow_client.idl import JobState
from tests.e2e.blueprint_parts import eventually, farm_in, open_folder, story, submit_and_wait, writable


@pytest.fixture(scope="module")
def folder():
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module", autouse=True)
def farm(folder):
    with farm_in(folder) as farm:
        yield farm


PICTURES = """
from pathlib import Path
from blueprint import this_job
from blueprint.modules.ffmpeg import Ffmpeg
from blueprint.modules.oiio import Iconvert, Oiiotool
from blueprint.modules.raytracer import Raytracer

OUT = Path(OUT)
this_job().range = "-1-2"
Raytracer("beauty", output=OUT / "beauty.####.png", width=64, height=36)
Oiiotool("proxy", images=OUT / "beauty.####.png", output=OUT / "proxy.####.jpg", resize="50%", depend="beauty", chunk=2)
Iconvert("half", images=OUT / "beauty.####.png", output=OUT / "half.####.exr", type="half", depend="beauty", chunk=2)
Ffmpeg("movie", images=OUT / "proxy.####.jpg", output=OUT / "movie.mp4", fps=12, depend="proxy:all")
"""


def finished(job):
    job.refresh()
    assert not job.totals.dead, story(job)
    return job.state == JobState.FINISHED


def test_pictures_become_a_movie_and_what_goes_missing_is_made_again(folder):
    out = writable(folder / "it's {TOP.width} $(x) #1")
    blueprint = folder / "pictures.bp"
    blueprint.write_text(f"OUT = {str(out)!r}\n{PICTURES}")
    job = submit_and_wait(folder, blueprint)

    assert job.totals.succeeded == 4 + 2 + 2 + 1, story(job)
    assert Image.open(out / "proxy.-0001.jpg").size == (32, 18)
    assert movie_frames(out / "movie.mp4") == 4
    assert find_gaps(job) == []

    whole = (out / "proxy.0001.jpg").read_bytes()
    kept = (out / "proxy.0002.jpg").stat().st_mtime_ns
    (out / "proxy.0001.jpg").write_bytes(b"")
    (out / "half.-0001.exr").unlink()
    gaps = find_gaps(job)
    assert [(gap.task.layer_name, gap.frames) for gap in gaps] == [("proxy", [1]), ("half", [-1])]

    again = retry(job, gaps)
    eventually(lambda: finished(again))
    assert (again.name, again.totals.succeeded) == (job.name, 2)
    assert find_gaps(job) == find_gaps(again) == []
    assert (out / "proxy.0001.jpg").read_bytes()[-20:] == whole[-20:]
    assert (out / "proxy.0002.jpg").stat().st_mtime_ns == kept


def movie_frames(movie):
    asked = ["-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "json"]
    done = subprocess.run(["ffprobe", "-v", "error", *asked, str(movie)], capture_output=True, check=True)
    return int(json.loads(done.stdout)["streams"][0]["nb_read_frames"])


def test_povray_reads_and_writes_where_a_shell_would_stumble(folder):
    out = writable(folder / "it's {x}=y $(x) #1 %04d")
    (out / "shot.pov").write_text("camera { location -5*z look_at 0 } sphere { 0, 1 pigment { rgb clock } }")
    layer = Povray(
        "p", scene=out / "shot.pov", output=out / "shot.####.png", width=16, height=9, include=[out]
    )
    layer.execute([-1, 3])

    assert Image.open(out / "shot.-0001.png").size == Image.open(out / "shot.0003.png").size == (16, 9)


def test_what_is_missing_of_a_job_that_goes_on_is_done_by_its_own_tasks(folder):
    out = writable(folder / "goes on")
    blueprint = folder / "goes_on.bp"
    blueprint.write_text(f"""
from blueprint.modules.raytracer import Raytracer
from blueprint.modules.shell import Shell
Raytracer("beauty", output="{out}/beauty.####.png", width=16, height=9)
Shell("fails", cmd=["false"], frame_range="1", retries=0, depend="beauty:all")
""")
    job = submit_and_wait(folder, blueprint, "1-2")
    (out / "beauty.0002.png").unlink()

    assert retry(job, find_gaps(job)).id == job.id
    eventually((out / "beauty.0002.png").exists)
    job.kill("seen")


MAKE_BLEND = """
import bpy, sys
scene = bpy.context.scene
scene.frame_start, scene.frame_end, scene.frame_step = 1, 3, 2
scene.render.resolution_x, scene.render.resolution_y = 32, 18
scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 1, False
other = bpy.data.objects.new("Top", bpy.data.cameras.new("Top"))
scene.collection.objects.link(other)
scene.use_nodes = True
node = scene.node_tree.nodes.new("CompositorNodeOutputFile")
node.name, node.base_path, node.format.file_format = "Passes", sys.argv[-2], "OPEN_EXR"
node.file_slots[0].path = "depth_"
layers = next(one for one in scene.node_tree.nodes if one.bl_idname == "CompositorNodeRLayers")
scene.node_tree.links.new(layers.outputs["Image"], node.inputs[0])
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1])
"""


def test_row_b16_a_setup_task_finds_what_a_blender_scene_writes(folder, farm):
    out = writable(folder / "it's blender")
    subprocess.run(
        ["blender", "-b", "--factory-startup", "--python-exit-code", "1", "--python-expr", MAKE_BLEND, "--",
         str(out), str(folder / "shot.blend")],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    (folder / "shot.blend").chmod(0o644)
    blueprint = folder / "blender_setup.bp"
    blueprint.write_text(
        textwrap.dedent(f"""
        from blueprint import this_job
        from blueprint.modules.blender import Blender
        from blueprint.modules.blender_setup import BlenderSetup, read_scene
        this_job().env["PLOW_HOSTS"] = "{farm.hosts}"
        this_job().range = read_scene("shot.blend").range
        BlenderSetup(Blender("beauty", scene="shot.blend", output="{out}/beauty.####.png", camera="Top", device="cpu",
                             percent=50, chunk=0))
        """)
    )
    job = submit_and_wait(folder, blueprint)

    assert job.totals.succeeded == 2, story(job)
    assert Image.open(out / "beauty.0001.png").size == Image.open(out / "beauty.0003.png").size == (16, 9)
    outputs = {output.path: output.attrs for output in plow_client.get_layer(job, "beauty").get_outputs()}
    assert set(outputs) == {f"{out}/beauty.####.png", f"{out}/depth_####.exr"}
    passes = outputs[f"{out}/depth_####.exr"]
    assert (passes["name"], passes["format"], passes["width"]) == ("Passes.depth_", "OPEN_EXR", "32")
    assert (out / "depth_0003.exr").stat().st_size
