"""What a module refuses where the artist sits: the line of the blueprint, the layer, the option, what was expected."""

from __future__ import annotations

import textwrap

import pytest

from blueprint.loader import load
from plow_client.errors import Invalid
from tests.unit.blueprint.modules.cases import LAYERS, make

WRONG = [
    ("arnold", {"width": 100}, "width and height go together"),
    ("arnold", {"scene": "F/shot.ass"}, "scene = '/s/shot.ass' needs a frame number"),
    ("arnold", {"verbosity": -1}, "verbosity = -1: expected at least 0"),
    ("blender", {"output": "F/shot.exr"}, "needs a frame number"),
    ("blender", {"output": "F/shot.####.webm"}, "output = 'shot.####.webm': expected one of .png"),
    ("blender", {"device": "gpu"}, "device = 'gpu': expected one of cpu, cuda, optix"),
    ("ffmpeg", {"images": "F/shot.png"}, "images = '/s/shot.png' needs a frame number"),
    ("ffmpeg", {"fps": 0}, "fps = 0: expected at least 0.01"),
    ("houdini", {"node": "karma1"}, "node = 'karma1': write it in full, e.g. /out/karma1"),
    ("houdini", {"height": 100}, "width and height go together"),
    ("houdini", {"write_output": True, "output": None}, "write_output needs output"),
    ("husk", {"width": 100}, "width and height go together"),
    ("iconvert", {"output": None}, "say either output or inplace=True"),
    ("iconvert", {"tile": [64]}, "expected a width and a height"),
    ("iconvert", {"orientation": 9}, "orientation = 9: expected 1 to 8"),
    ("iconvert", {"type": "int"}, "type = 'int': expected one of uint8"),
    ("katana", {"variables": ["Shot"]}, "variables = ['Shot']: expected a table of names and texts"),
    ("mantra", {"scene": "F/shot.ifd"}, "scene = '/s/shot.ifd' needs a frame number"),
    ("maya", {"renderer": "arnoldd"}, "renderer = 'arnoldd': expected one of scene, arnold, vray"),
    ("maya", {"output": "F/shot_####.exr"}, "expected name.####.ext, as Maya writes them"),
    ("maya", {"render_layers": "fg"}, "Maya has no option 'render_layers'; did you mean 'render_layer'?"),
    ("nuke", {"proxy": True, "full_size": True}, "proxy and full_size cannot both be true"),
    ("nuke", {"write": [1]}, "write = [1]: expected a list of texts"),
    ("oiiotool", {"colours": ["sRGB"]}, "expected two names, from and to"),
    ("povray", {"output": "F/shot.####.gif"}, "expected one of .png"),
    ("povray", {"scene": 'F/it\'s "new".pov'}, "POV-Ray takes no path with both kinds of quotes"),
    ("python", {"module": "studio.bake"}, "say either script or module"),
    ("python", {"script": None}, "say either script or module"),
    ("python", {"args": ["%{FRAM}"]}, "no token '%{FRAM}'; did you mean 'FRAME'?"),
    ("renderman", {"output": "F/shot.exr"}, "needs a frame number"),
    ("vray", {"engine": "gpu"}, "engine = 'gpu': expected one of production, cpu, cuda, rtx"),
]


@pytest.mark.parametrize(("name", "options", "said"), WRONG)
def test_what_cannot_work_is_refused_with_layer_and_option(name, options, said):
    with pytest.raises(Invalid) as error:
        make(name, "/s", **options)

    assert error.value.why.startswith("layer 'a': ")
    assert said in error.value.why


def test_every_module_for_a_program_refuses_something():
    assert {name for name, _, _ in WRONG} == set(LAYERS) - {"shell"}


def test_the_file_and_the_line_are_named(tmp_path):
    blueprint = tmp_path / "shot.bp"
    blueprint.write_text(
        textwrap.dedent("""
        from blueprint.modules.maya import Maya

        Maya(
            "beauty",
            scene="shot.mb",
            renderer="arnoldd",
        )
        """)
    )
    with pytest.raises(
        Invalid, match=f"{blueprint}:4: layer 'beauty': renderer = 'arnoldd': expected one of"
    ):
        load(blueprint)


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"shell", "arnold", "mantra", "renderman", "ffmpeg"}))
def test_a_file_that_is_not_there_is_noticed_before_the_launch(name, tmp_path):
    option = {"python": "script", "iconvert": "images", "oiiotool": "images"}.get(name, "scene")
    with pytest.raises(Invalid, match=f"{option} = '{tmp_path}/none.x': no such file"):
        make(name, "/s", **{option: f"{tmp_path}/none.x"}).setup()


@pytest.mark.parametrize("name", ["arnold", "mantra", "renderman", "iconvert", "oiiotool"])
def test_files_with_a_frame_number_may_come_later(name):
    make(name, "/none").setup()


def test_a_sound_that_is_not_there_is_noticed_before_the_launch():
    with pytest.raises(Invalid, match="audio = '/s/none.wav': no such file"):
        make("ffmpeg", "/s", audio="F/none.wav").setup()
