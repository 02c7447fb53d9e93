"""Sends the scene that is open in Blender to the farm.

From a shell, without a window:

    blender --background shot.blend --python-exit-code 1 --python submit.py -- --frames 1-24 --chunk 4

As an add-on: Edit > Preferences > Add-ons > Install, choose this file. Then Render > Send to Farm.

Blender's Python needs nothing but plow_client and thriftpy2. Where they lie in a folder of their own, name it in
PLOW_PYTHON; which farm, in PLOW_HOSTS. docs/guide/python.md tells how such a folder is made.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import bpy

if os.environ.get("PLOW_PYTHON"):
    sys.path.insert(0, os.environ["PLOW_PYTHON"])

import plow_client as plow

bl_info = {
    "name": "Send to Farm",
    "category": "Render",
    "blender": (3, 0, 0),
    "location": "Render > Send to Farm",
    "description": "Renders the scene on a Plow farm",
}


def send_to_farm(frames="", chunk=4, name="", project="default"):
    """Launch a job that renders the open scene as it is on the disk; frames as 1-24, unset is all of the scene."""
    if not bpy.data.filepath or bpy.data.is_dirty:
        raise plow.Invalid("the scene has changes: save it first, for the farm renders what is on the disk")
    scene, file = bpy.context.scene, Path(bpy.data.filepath)
    picture = bpy.path.abspath(scene.render.filepath)
    render = plow.LayerSpec(
        "render",
        command_of(file, picture),
        range=frames or f"{scene.frame_start}-{scene.frame_end}x{scene.frame_step}",
        chunk=chunk,
        min_ram=1024,
        run=plow.RunSettings(log_rules=["blender"]),
    )
    job = plow.JobSpec(name or f"{file.stem}_{int(time.time())}", project, layers=[render]).launch()
    job.get_layer("render").add_output(picture, {"scene": str(file), "width": str(scene.render.resolution_x)})
    return job


def command_of(file, picture):
    """What a node runs for some frames: Blender reads its arguments in order."""
    factory = ["blender", "--background", "--factory-startup", "-noaudio", "--python-exit-code", "1"]
    frames = ["--frame-start", "%{START}", "--frame-end", "%{END}", "--frame-jump", "%{STEP}"]
    return [*factory, str(file), "--render-output", picture, *frames, "--render-anim"]


class SendToFarm(bpy.types.Operator):
    """Render the scene on the farm"""

    bl_idname = "render.send_to_farm"
    bl_label = "Send to Farm"

    def execute(self, context):
        try:
            job = send_to_farm()
        except plow.PlowError as error:
            self.report({"ERROR"}, error.why)
            return {"CANCELLED"}
        self.report({"INFO"}, f"job {job.name} is on the farm")
        return {"FINISHED"}


def menu(self, context):
    self.layout.operator(SendToFarm.bl_idname)


def register():
    bpy.utils.register_class(SendToFarm)
    bpy.types.TOPBAR_MT_render.append(menu)


def unregister():
    bpy.types.TOPBAR_MT_render.remove(menu)
    bpy.utils.unregister_class(SendToFarm)


def main():
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    parser = argparse.ArgumentParser(prog="submit.py")
    parser.add_argument("--frames", default="", help="e.g. 1-24; all of the scene unless said")
    parser.add_argument("--chunk", type=int, default=4, help="frames that one start of Blender renders")
    parser.add_argument("--name", default="", help="of the job; the scene's and the time unless said")
    parser.add_argument("--project", default="default", help="code of the project")
    job = send_to_farm(**vars(parser.parse_args(words)))
    print(f"job {job.name} {job.id}: {job.totals.total} tasks")


if __name__ == "__main__":
    main()
