"""Blender's own Python, with nothing but plow_client and thriftpy2, sends its open scene; a node renders it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import plow_client as plow
from plow_client.local_farm import LocalFarm
from tests.bare_python import fill
from tests.e2e.blueprint_parts import EXAMPLES, eventually, farm_in, open_folder, story, writable

SUBMIT = EXAMPLES / "blender" / "submit.py"
# Said by Blender's Python after it has sent the scene: what it has loaded, and where from.
TELL = """
import sys
names = {name.partition(".")[0] for name in sys.modules}
print("other packages:", sorted(names & {"click", "psycopg", "psutil", "rich", "fileseq", "tomli", "platformdirs"}))
print("compiled:", [name for name in sys.modules if name.startswith("thriftpy2") and ".cy" in name])
print("from:", sys.modules["plow_client"].__file__)
"""

if shutil.which("blender"):

    @pytest.fixture(scope="module")
    def folder() -> Iterator[Path]:
        with open_folder() as folder:
            yield folder

    @pytest.fixture(scope="module")
    def farm(folder: Path) -> Iterator[LocalFarm]:
        with farm_in(folder) as farm:
            yield farm

    @pytest.fixture(scope="module")
    def scene(folder: Path) -> Path:
        """A saved scene whose pictures go to a folder beside it."""
        out = writable(folder / "out")
        path = folder / "shot.blend"
        factory = ["blender", "--background", "--factory-startup", "--python-exit-code", "1"]
        run([*factory, "--python", str(EXAMPLES / "blender" / "make_scene.py"), "--", str(path), "2"])
        output = f"import bpy; bpy.context.scene.render.filepath = {str(out / 'shot.####.png')!r}"
        run([*factory, str(path), "--python-expr", f"{output}; bpy.ops.wm.save_mainfile()"])
        path.chmod(0o644)
        return path

    def run(command: list[str], **more: str) -> str:
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=110, env={**clean, **more}, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def in_blender(scene: Path, *words: str) -> list[str]:
        head = ["blender", "--background", "--factory-startup", str(scene), "--python-exit-code", "1"]
        return [*head, *words]

    def test_row_a69_blender_sends_its_open_scene_and_a_node_renders_it(
        folder: Path, farm: LocalFarm, scene: Path
    ) -> None:
        python = fill(folder / "for-blender")
        words = ["--python", str(SUBMIT), "--python-expr", TELL, "--", "--frames", "1-4", "--chunk", "2"]
        said = run(in_blender(scene, *words), PLOW_PYTHON=str(python), PLOW_HOSTS=farm.hosts)

        assert "other packages: []" in said
        assert "compiled: []" in said
        assert f"from: {python}/plow_client/__init__.py" in said
        found = re.search(r"job (shot_\d+) (\S+): 2 tasks", said)
        assert found, said
        job = plow.get_job(found[2])
        eventually(lambda: job.refresh() or job.totals.done + job.totals.dead == job.totals.total)
        assert job.totals.succeeded == 2, story(job)
        (output,) = job.get_outputs()
        assert output.path == f"{folder}/out/shot.####.png"
        pictures = [Image.open(folder / "out" / f"shot.{frame:04d}.png") for frame in range(1, 5)]
        assert {picture.size for picture in pictures} == {(320, 180)}
        assert all(len(set(picture.convert("RGB").get_flattened_data())) > 500 for picture in pictures)

    def test_as_an_add_on_a_scene_that_is_not_saved_is_refused_in_the_window(
        folder: Path, farm: LocalFarm, scene: Path
    ) -> None:
        script = f"""
import sys
sys.path.insert(0, {str(SUBMIT.parent)!r})
import bpy, submit
submit.register()
print("sent:", bpy.ops.render.send_to_farm())
bpy.ops.mesh.primitive_cube_add()
bpy.ops.ed.undo_push()
try:
    bpy.ops.render.send_to_farm()
except RuntimeError as error:
    print("refused:", error)
submit.unregister()
"""
        python = folder / "for-blender"
        if not python.exists():
            fill(python)
        said = run(in_blender(scene, "--python-expr", script), PLOW_PYTHON=str(python), PLOW_HOSTS=farm.hosts)

        assert "sent: {'FINISHED'}" in said, said
        assert "save it first" in said, said
        for job in plow.get_jobs(states="running"):
            job.kill("the test is over")
