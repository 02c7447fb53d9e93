"""The modules and what they are tried with: plain, with all options, with paths that a shell would stumble over.

``python -m tests.unit.blueprint.modules.cases`` writes the expected commands anew; read the difference.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from unittest import mock

from blueprint import modules
from blueprint.layer import Layer
from blueprint.plugins import find_module
from plow_client.frames import parse_frames

GOLDEN = Path(__file__).parent / "golden"
MODULES = str(Path(modules.__file__).parent)
AWKWARD = """/my shots/it's "new" $(x); `y` & {z} #1 %04d"""


def awkward(name: str) -> str:
    """POV-Ray cannot have both kinds of quotes in a path."""
    return AWKWARD.replace('"', "") if name == "povray" else AWKWARD


FRAMES = {
    "single": [7],
    "chunk": parse_frames("1-5"),
    "step": parse_frames("1-9x2"),
    "negative": parse_frames("-3-2"),
    "reversed": [5, 4, 3, 2, 1],
    "staggered": parse_frames("1-10:3"),
}

# name: (plain options, the others)
LAYERS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "arnold": (
        {"scene": "F/shot.####.ass.gz", "output": "F/shot.####.exr"},
        {
            "width": 1920,
            "height": 1080,
            "camera": "/shot/cam",
            "aa_samples": -3,
            "plugins": ["F/shaders", "F/procedurals"],
            "set_values": {"options.GI_diffuse_depth": "2"},
            "verbosity": 6,
            "args": ["-ipr", "m"],
            "program": "/opt/arnold/bin/kick",
        },
    ),
    "blender": (
        {"scene": "F/shot.blend", "output": "F/shot.####.exr"},
        {
            "engine": "cycles",
            "device": "optix",
            "scene_name": "Scene 2",
            "camera": "it's Camera",
            "view_layer": ["fg", "bg"],
            "width": 1920,
            "height": 1080,
            "percent": 50,
            "samples": 64,
            "script": ["F/a.py", "F/b.py"],
            "factory_startup": False,
            "args": ["--debug-memory"],
            "program": "/opt/blender/blender",
        },
    ),
    "ffmpeg": (
        {"images": "F/shot.####.png", "output": "F/shot.mov"},
        {
            "fps": 23.976,
            "codec": "prores",
            "crf": 18,
            "pixel_format": "yuv422p10le",
            "filters": "scale=1280:-2",
            "audio": "F/sound.wav",
            "args": ["-profile:v", "3"],
            "program": "/opt/ffmpeg/ffmpeg",
        },
    ),
    "houdini": (
        {"scene": "F/shot.hip", "node": "/out/karma1", "output": "F/shot.####.exr"},
        {
            "write_output": True,
            "camera": "/obj/cam1",
            "take": "fg",
            "width": 1920,
            "height": 1080,
            "args": ["--extra"],
            "program": "/opt/hfs20/bin/hython",
        },
    ),
    "husk": (
        {"scene": "F/shot.usd", "output": "F/shot.####.exr"},
        {
            "renderer": "BRAY_HdKarmaXPU",
            "camera": "/cameras/main",
            "settings": "/Render/settings",
            "render_pass": "/Render/fg",
            "width": 1920,
            "height": 1080,
            "pixel_samples": 64,
            "args": ["--disable-motionblur"],
            "program": "/opt/hfs20/bin/husk",
        },
    ),
    "iconvert": (
        {"images": "F/shot.####.exr", "output": "F/shot.####.jpg"},
        {
            "type": "uint8",
            "gamma": 2.2,
            "tile": [64, 32],
            "scanline": True,
            "separate": True,
            "contig": True,
            "compression": "zip",
            "quality": 90,
            "no_copy_image": True,
            "adjust_time": True,
            "caption": "shot 7, it's done",
            "keyword": ["day", "final"],
            "clear_keywords": True,
            "attrib": {"artist": "A B"},
            "orientation": 6,
            "rotcw": True,
            "rotccw": True,
            "rot180": True,
            "srgb": True,
            "no_clobber": True,
            "args": ["-v"],
            "program": "/opt/oiio/iconvert",
        },
    ),
    "katana": (
        {"scene": "F/shot.katana", "output": "F/shot.####.exr"},
        {
            "node": "beauty",
            "variables": {"Shot": "sc 020", "Look": "day"},
            "args": ["--crash-reporting-disabled"],
            "program": "/opt/katana/katana",
        },
    ),
    "mantra": (
        {"scene": "F/shot.####.ifd", "output": "F/shot.####.exr"},
        {"args": ["-s", "2"], "program": "/opt/hfs20/bin/mantra"},
    ),
    "maya": (
        {"scene": "F/shot.mb", "output": "F/images/shot.####.exr"},
        {
            "renderer": "arnold",
            "project": "F/project",
            "camera": "shotCam",
            "render_layer": "fg",
            "width": 1920,
            "height": 1080,
            "percent": 50.0,
            "pre_render": 'print "before"',
            "post_render": 'print "after"',
            "pre_frame": "frameBefore()",
            "post_frame": "frameAfter()",
            "args": ["-ai:as", "3"],
            "program": "/opt/maya/bin/Render",
        },
    ),
    "nuke": (
        {"scene": "F/comp.nk", "output": "F/comp.####.exr"},
        {
            "write": ["Write1", "Write2"],
            "view": ["left", "right"],
            "full_size": True,
            "continue_on_error": True,
            "gpu": True,
            "interactive_licence": True,
            "cache_mb": 4096,
            "args": ["--sro"],
            "program": "/opt/nuke/nuke15.1",
        },
    ),
    "oiiotool": (
        {"images": "F/shot.####.exr", "output": "F/shot.####.jpg"},
        {
            "resize": "50%",
            "colours": ["ACEScg", "sRGB"],
            "type": "uint8",
            "compression": "jpeg:90",
            "args": ["--text:x=10", "shot {TOP.filename}"],
            "program": "/opt/oiio/oiiotool",
        },
    ),
    "povray": (
        {"scene": "F/shot.pov", "output": "F/shot.####.png"},
        {
            "width": 1920,
            "height": 1080,
            "quality": 11,
            "antialias": 0.1,
            "antialias_depth": 3,
            "include": ["F/include"],
            "declare": {"Detail": "3"},
            "clock_frames": [0, 10],
            "args": ["+UA"],
            "program": "/opt/povray/povray",
        },
    ),
    "python": (
        {"script": "F/bake.py"},
        {
            "args": ["--first", "%{START}", "--file", "F/%{FRAME}.abc"],
            "each_frame": True,
            "output": ["F/#.abc"],
            "program": "/opt/python3.12",
        },
    ),
    "renderman": (
        {"scene": "F/shot.####.rib", "output": "F/shot.####.exr"},
        {
            "working_folder": "F/project",
            "recover": True,
            "args": ["-crop", "0", "0.5", "0", "1"],
            "program": "/opt/rman/bin/prman",
        },
    ),
    "shell": ({"cmd": ["bake", "F/shot.abc", "%{FRAME}", "%{RANGE}"]}, {}),
    "vray": (
        {"scene": "F/shot.vrscene", "output": "F/shot.####.exr"},
        {
            "engine": "cuda",
            "width": 1920,
            "height": 1080,
            "camera": "cam 1",
            "include": ["F/textures"],
            "set_values": {"SettingsImageSampler::type": "3"},
            "verbosity": 4,
            "args": ["-region=0;0;10;10"],
            "program": "/opt/vray/bin/vray",
        },
    ),
}


def make(name: str, folder: str, everything: bool = False, **more: object) -> Layer:
    """A layer whose paths lie in `folder`."""
    plain, others = LAYERS[name]
    options = {**plain, **(others if everything else {}), **more}
    return find_module(name)("a", **{key: _placed(value, folder) for key, value in options.items()})


def commands(name: str, case: str) -> list[list[str]]:
    """What a layer says for a case of FRAMES, or with all options, or with awkward paths."""
    frames = FRAMES.get(case, FRAMES["chunk"])
    folder = awkward(name) if case == "awkward" else "/s"
    environment = {"PLOW_THREADS": "3"} if case == "everything" else {}
    with mock.patch.dict(os.environ, environment):
        return make(name, folder, case == "everything").commands(frames)


CASES = [*FRAMES, "everything", "awkward"]


def text(name: str) -> str:
    """The expected commands of a module, as they stand in its file."""
    parts = []
    for case in CASES:
        lines = [shlex.join(command).replace(MODULES, "MODULES") for command in commands(name, case)]
        parts.append("\n".join([f"# {case}", *lines, ""]))
    return "\n".join(parts)


def _placed(value: object, folder: str) -> object:
    if isinstance(value, str) and value.startswith("F/"):
        return folder + value[1:]
    return [_placed(item, folder) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    os.environ.pop("PLOW_THREADS", None)
    for module in sys.argv[1:] or LAYERS:
        (GOLDEN / f"{module}.txt").write_text(text(module))
