"""What each module says: the exact command, the outputs, and what it refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from blueprint.modules.blender import Blender
from blueprint.modules.contactsheet import ContactSheet
from blueprint.modules.povray import Povray
from blueprint.modules.raytracer import Raytracer
from blueprint.plugins import OURS, find_module
from plow_client.errors import Invalid


@pytest.fixture(autouse=True)
def threads(monkeypatch):
    monkeypatch.setenv("PLOW_THREADS", "3")


def povray(**options):
    return Povray("p", **{"scene": "/s/a b.pov", "output": "/o/f.####.png", **options})


def test_povray_renders_each_frame_by_itself():
    commands = povray(clock_frames=[1, 5]).commands([2, 4])

    assert commands[0] == [
        "povray", '+I"/s/a b.pov"', "+O/o/f.0002.png", "+FN", "+W640", "+H360", "+Q9", "+A0.3", "+AM2", "+R2", "-J",
        "+L/s", "+K0.25", "Declare=frame_number=2", "Declare=initial_frame=1", "Declare=final_frame=5",
        "+WT3", "-D", "+V",
    ]  # fmt: skip
    assert "+O/o/f.0004.png" in commands[1]


def test_without_a_move_the_clock_of_povray_is_the_frame():
    assert "+K-7" in povray().command([-7])


def test_povray_takes_includes_declares_and_no_antialias():
    command = povray(include=["/inc"], declare={"Detail": "3"}, antialias=0).command([1])

    assert {"+L/inc", "Declare=Detail=3", "-A"} <= set(command)
    assert "+AM2" not in command


def test_a_state_file_of_a_stopped_render_is_taken_away(tmp_path):
    layer = povray(output=tmp_path / "f.####.png", program=sys.executable)
    state = tmp_path / "f.0001.pov-state"
    state.touch()
    with pytest.raises(Exception, match="ended with status"):
        layer.execute([1])

    assert not state.exists()


def blender(**options):
    return Blender("b", **{"scene": "/s/a.blend", "output": "/o/f.%04d.exr", **options})


def test_blender_loads_a_chunk_once():
    assert blender().commands([1, 3, 2]) == [[
        "blender", "--background", "--factory-startup", "-noaudio", "--python-exit-code", "1", "/s/a.blend",
        "--render-output", "/o/f.####.exr", "--render-format", "OPEN_EXR", "--threads", "3", "--render-frame", "1,3,2",
    ]]  # fmt: skip


def test_blender_takes_engine_scene_and_scripts_before_the_frames():
    command = blender(engine="cycles", scene_name="S", script=["/x.py"], factory_startup=False).command([1])

    assert "--factory-startup" not in command
    assert command[command.index("--engine") + 1] == "CYCLES"
    assert command[command.index("--scene") + 1] == "S"
    assert command.index("--python") < command.index("--render-frame")


def test_blender_gets_negative_frames_by_name():
    command = blender().command([-2, 5])

    assert "--render-frame" not in command
    assert command.count("--python-expr") == 2
    assert "scene.frame_set(-2); scene.render.filepath = '/o/f.-0002.exr'" in command[-3]


def test_the_ray_tracer_is_our_own_python():
    command = Raytracer("r", output="/o/f.####.png").command([7])

    assert command[:3] == [sys.executable, "-m", "blueprint.raytracer.render"]
    assert command[-2:] == ["--output", "/o/f.0007.png"]


def test_a_contact_sheet_is_one_task_for_all_frames():
    layer = ContactSheet("s", images="/o/f.####.png", output="/o/sheet.png")

    assert layer.chunk == 0
    assert "--frames=-1-3" in layer.command([-1, 0, 1, 2, 3])
    assert layer.outputs()[0].files([1, 2]) == [Path("/o/sheet.png")]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: povray(output="/o/f.png"), "needs a frame number"),
        (lambda: povray(output="/o/f.####.gif"), "expected one of .png"),
        (lambda: povray(clock_frames=[5, 5]), "expected a first and a later frame"),
        (lambda: povray(clock_frames=[1]), "expected a first and a later frame"),
        (lambda: povray(quality=12), "quality = 12: expected 0 to 11"),
        (lambda: blender(output="/o/f.exr"), "needs a frame number"),
        (lambda: blender(output="/o/f.####.webm"), "expected one of .png"),
        (lambda: blender(engine="arnold"), "expected one of cycles, eevee, eevee_next, workbench"),
        (lambda: Raytracer("r", output="/o/f.png"), "needs a frame number"),
    ],
)
def test_what_cannot_work_is_refused_at_once(make, said):
    with pytest.raises(Invalid, match=said):
        make()


@pytest.mark.parametrize("name", OURS)
def test_every_module_is_found_and_describes_its_options(name):
    from blueprint.options import declared

    for option in declared(find_module(name)).values():
        assert option.doc.endswith((".", "a")), f"{name}.{option.name}"
        assert option.type_name()


@pytest.mark.parametrize("make", [povray, blender])
def test_a_scene_that_is_not_there_is_noticed_before_the_launch(make, tmp_path):
    with pytest.raises(Invalid, match=f"scene = '{tmp_path}/none': no such file"):
        make(scene=tmp_path / "none").setup()


def test_a_scene_that_another_layer_makes_may_come_later(tmp_path):
    povray(scene=tmp_path / "none", depend="export:all").setup()
