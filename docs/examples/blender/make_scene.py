"""Makes ripple.blend: a field of blocks that rise and fall as a wave runs over them.

Run it by Blender, not by Python:

    blender --background --factory-startup --python-exit-code 1 --python make_scene.py -- ripple.blend

A number after the file is the rays for each pixel, 16 unless said.
The wave is driven by the frame number alone and repeats after 24 frames. Nothing in the scene is random
from frame to frame, so a frame is the same picture each time and wherever it is rendered.
"""

import math
import os
import sys

import bpy

SIDE, PITCH, LOOP = 15, 0.62, 24


def main(path, samples=16):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, LOOP
    set_up_render(scene, int(samples))
    blocks(scene)
    floor(scene)
    light(scene)
    camera(scene)
    bpy.ops.wm.save_as_mainfile(filepath=os.path.abspath(path), compress=True)


def set_up_render(scene, samples):
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False  # not every build of Blender has the denoiser
    scene.cycles.max_bounces = 4
    scene.cycles.seed = 7
    scene.view_settings.look = "Medium High Contrast"
    world = bpy.data.worlds.new("evening")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.20, 0.28, 0.50, 1)
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.9
    scene.world = world


def material(name, colour, roughness, metallic=0.0):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic
    return made


def blocks(scene):
    """One mesh for each ring of equal distance, so that each has its colour."""
    bpy.ops.mesh.primitive_cube_add(size=0.52)
    first = bpy.context.object
    bevel = first.modifiers.new("round", "BEVEL")
    bevel.width, bevel.segments = 0.05, 2
    paints = [material(f"paint{step}", ramp(min(1, step / 7.5)), 0.32) for step in range(10)]
    middle = (SIDE - 1) / 2
    for row in range(SIDE):
        for column in range(SIDE):
            block = first.copy()
            block.data = first.data.copy()
            away = math.hypot(row - middle, column - middle)
            block.data.materials.append(paints[min(9, int(away))])
            block.location = ((column - middle) * PITCH, (row - middle) * PITCH, 0)
            rise(block, away)
            scene.collection.objects.link(block)
    bpy.data.objects.remove(first)


def ramp(share):
    """From warm in the middle to deep blue at the rim, in linear light."""
    warm, rose, blue = (1.0, 0.36, 0.05), (0.75, 0.07, 0.26), (0.03, 0.10, 0.48)
    low, high, part = (warm, rose, share * 2) if share < 0.5 else (rose, blue, share * 2 - 1)
    return tuple(a + (b - a) * part for a, b in zip(low, high))


def rise(block, away):
    """Keys instead of a driver: a file with drivers needs leave to run code."""
    for frame in range(1, LOOP + 1):
        wave = math.sin(2 * math.pi * (frame - 1) / LOOP - away * 0.85)
        block.location.z = 0.62 * wave * math.exp(-away * 0.14)
        block.keyframe_insert("location", index=2, frame=frame)


def floor(scene):
    bpy.ops.mesh.primitive_plane_add(size=60, location=(0, 0, -1.0))
    bpy.context.object.data.materials.append(material("floor", (0.030, 0.034, 0.05), 0.35))


def light(scene):
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.angle, sun.color = 4.2, 0.05, (1.0, 0.80, 0.58)
    placed = bpy.data.objects.new("sun", sun)
    placed.rotation_euler = (math.radians(52), math.radians(8), math.radians(-48))
    scene.collection.objects.link(placed)


def camera(scene):
    made = bpy.data.cameras.new("camera")
    made.lens = 42
    placed = bpy.data.objects.new("camera", made)
    placed.location = (6.2, -7.4, 6.1)
    placed.rotation_euler = (math.radians(58), 0, math.radians(40))
    scene.collection.objects.link(placed)
    scene.camera = placed


main(*sys.argv[sys.argv.index("--") + 1 :])
