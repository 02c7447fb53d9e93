"""Modules through the runner, with a program in the place of the real one that writes down what it was told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blueprint import archive, process, runner
from blueprint.job import Job, loading
from blueprint.output import frame_path
from plow_client.frames import frames_text, parse_frames
from tests.unit.blueprint.modules.cases import LAYERS, awkward, make

RECORDER = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >>"$RECORD"
printf '\\1' >>"$RECORD"
while read -r file; do printf x >"$file"; done <"$WRITES"
"""
WITH_PICTURES = sorted(set(LAYERS) - {"shell", "python", "ffmpeg"})
FRAMES = parse_frames("-1-3x2,8,7")


@pytest.fixture
def folder(tmp_path, request):
    """A folder with a name that a shell would stumble over; a slash ends a name, so there is none in it."""
    params = getattr(request.node, "callspec", None)
    name = params.params.get("name", "") if params else ""
    folder = tmp_path / awkward(name).replace("/", " ").strip()
    folder.mkdir()
    return folder


@pytest.fixture
def program(folder, monkeypatch):
    """The recorder; it writes the files that are listed in the file `writes`."""
    program = folder / "render it"
    program.write_text(RECORDER)
    program.chmod(0o755)
    monkeypatch.setenv("RECORD", str(folder / "record"))
    monkeypatch.setenv("WRITES", str(folder / "writes"))
    monkeypatch.setattr(process, "end_on_terminate", lambda: None)
    (folder / "writes").touch()
    return program


def told(folder: Path) -> list[list[str]]:
    """The commands that the program was started with, without its own name."""
    record = (folder / "record").read_bytes().decode()
    return [command.split("\0")[:-1] for command in record.split("\1")[:-1]]


def run(name: str, folder: Path, program: Path, **more: object) -> tuple[int, list[list[str]]]:
    """Submit to an archive and run it there as a node does; the status, and the commands as the layer says them."""
    job = Job("shot", folder=folder)
    with loading(job):
        layer = make(name, str(folder), program=str(program), **more)
    path = folder / "archive"
    archive.write(path, job, "1")
    status = runner.main([str(path), "--layer", "a", f"--range={frames_text(FRAMES)}"])
    return status, [command[1:] for command in layer.commands(FRAMES)]


def pictures(name: str, folder: Path) -> list[Path]:
    output = LAYERS[name][0]["output"]
    return [frame_path(f"{folder}/{str(output)[2:]}", frame) for frame in FRAMES]


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_row_b18_the_program_gets_the_words_that_the_module_says(name, folder, program):
    (folder / "writes").write_text("".join(f"{file}\n" for file in pictures(name, folder)))
    status, said = run(name, folder, program)

    assert status == 0
    assert told(folder) == said
    assert any(str(folder) in word for command in said for word in command)


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_a_program_that_ends_well_without_its_pictures_has_failed(name, folder, program, capfd):
    first, *others = pictures(name, folder)
    (folder / "writes").write_text("".join(f"{file}\n" for file in others))
    status, _ = run(name, folder, program)

    assert status == 1
    assert f"'a' ended well but did not write '{first}'" in capfd.readouterr().err


def test_a_picture_without_a_byte_counts_as_none(folder, program, capfd):
    for file in pictures("maya", folder):
        file.parent.mkdir(exist_ok=True)
        file.touch()

    assert run("maya", folder, program)[0] == 1
    assert "did not write" in capfd.readouterr().err


def test_python_runs_the_script_with_the_frames(folder, monkeypatch, capfd):
    monkeypatch.setattr(process, "end_on_terminate", lambda: None)
    (folder / "bake.py").write_text("import sys; print(sys.argv[1:])")
    status, _ = run("python", folder, Path(sys.executable), args=["--frames=%{RANGE}", "it's $(x)"])

    assert status == 0
    assert """['--frames=-1-3x2,8,7', "it's $(x)"]""" in capfd.readouterr().out


def test_python_starts_once_for_each_frame_where_it_is_told_so(folder, monkeypatch, capfd):
    monkeypatch.setattr(process, "end_on_terminate", lambda: None)
    (folder / "bake.py").write_text("import sys; print('did', sys.argv[1])")
    run("python", folder, Path(sys.executable), args=["%{FRAME}"], each_frame=True)

    assert [line for line in capfd.readouterr().out.splitlines() if line.startswith("did")] == [
        f"did {frame}" for frame in FRAMES
    ]


FFMPEG = """#!/bin/sh
for word in "$@"; do last="$word"; [ "$before" = -i ] && images="$word"; before="$word"; done
number=0
while [ -f "${images%/*}/$number.png" ]; do cat "${images%/*}/$number.png"; number=$((number + 1)); done >"$last"
[ -z "$FAILS" ]
"""


@pytest.fixture
def ffmpeg(program, folder):
    """Joins the pictures that FFmpeg would count, in its order; fails after that where it is told so."""
    program.write_text(FFMPEG)
    for frame in FRAMES:
        frame_path(folder / "shot.####.png", frame).write_text(f"{frame} ")
    return program


def test_a_movie_has_the_frames_in_their_order_whatever_their_numbers(ffmpeg, folder):
    assert run("ffmpeg", folder, ffmpeg)[0] == 0
    assert (folder / "shot.mov").read_text() == "-1 1 3 8 7 "


def test_a_movie_with_a_picture_missing_fails_with_its_name(ffmpeg, folder, capfd):
    frame_path(folder / "shot.####.png", 3).unlink()

    assert run("ffmpeg", folder, ffmpeg)[0] == 1
    assert f"no picture of frame 3: '{folder}/shot.0003.png'" in capfd.readouterr().err
    assert not (folder / "shot.mov").exists()


def test_half_a_movie_never_has_the_name_of_a_whole_one(ffmpeg, folder, monkeypatch):
    (folder / "shot.mov").write_text("yesterday's")
    monkeypatch.setenv("FAILS", "yes")

    assert run("ffmpeg", folder, ffmpeg)[0] == 1
    assert (folder / "shot.mov").read_text() == "yesterday's"
    assert not list(folder.glob(".part*"))


HOU = '''
"""What hython offers of Houdini, as far as the script asks for it: it writes down what was done."""
import os


class Error(Exception):
    pass


def note(*what):
    with open(os.environ["RECORD"], "a") as file:
        print(*what, file=file)


class Parm:
    def __init__(self, name):
        self.set = lambda value: note("set", name, value)
        self.deleteAllKeyframes = lambda: note("free", name)
        self.pressButton = lambda: note("press", name)


class Button:
    """A node of /stage: it cannot render, but has a button."""

    def path(self):
        return "/stage/rop"

    def parm(self, name):
        return Parm(name) if name in ("trange", "f1", "f2", "f3", "execute") else None


class Rop:
    def parm(self, name):
        return Parm(name) if name == "camera" else None

    def render(self, frame_range, **words):
        if frame_range[0] == 99:
            raise Error("The attempted operation failed.")
        note("render", frame_range, sorted(words.items()))


class hipFile:
    load = staticmethod(lambda path, **_: note("load", path))


class takes:
    findTake = staticmethod(lambda name: name if name == "fg" else None)
    setCurrentTake = staticmethod(lambda take: note("take", take))


def node(path):
    return {"/out/karma1": Rop(), "/stage/rop": Button()}.get(path)


def setMaxThreads(count):
    note("threads", count)
'''


@pytest.fixture
def hython(folder, monkeypatch):
    """Runs the script as hython does, with a module `hou` that writes down what it is asked for."""
    (folder / "lib").mkdir()
    (folder / "lib" / "hou.py").write_text(HOU)
    monkeypatch.setenv("PYTHONPATH", str(folder / "lib"))
    monkeypatch.setenv("RECORD", str(folder / "record"))

    def run(frames: list[int], everything: bool = False, **more: object) -> tuple[int, list[str], str]:
        more = {"args": [], **more} if everything else more
        (command,) = make("houdini", "/s", everything, program=sys.executable, **more).commands(frames)
        done = subprocess.run(command, capture_output=True, text=True)
        record = folder / "record"
        return done.returncode, record.read_text().splitlines() if record.exists() else [], done.stderr

    return run


def test_houdini_renders_each_frame_by_itself_in_its_order(hython):
    status, done, _ = hython(FRAMES)

    assert status == 0
    assert done == ["load /s/shot.hip", *(f"render ({frame}, {frame}) []" for frame in FRAMES)]


def test_houdini_is_set_up_before_it_renders(hython, monkeypatch):
    monkeypatch.setenv("PLOW_THREADS", "3")
    _, done, _ = hython([-1, 7], everything=True)

    assert done[:4] == ["threads 3", "load /s/shot.hip", "take fg", "set camera /obj/cam1"]
    assert "('output_file', '/s/shot.-0001.exr'), ('res', (1920, 1080))" in done[4]


def test_a_houdini_node_that_cannot_render_has_its_button_pressed(hython):
    _, done, _ = hython([3], node="/stage/rop")

    assert done[1:] == ["set trange 1", "free f1", "set f1 3", "free f2", "set f2 3", "free f3", "set f3 1",
                        "press execute"]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "frames", "said"),
    [
        ({"node": "/out/karma2"}, [1], "houdini_render: no node '/out/karma2'"),
        ({"take": "bg"}, [1], "houdini_render: no take 'bg'"),
        ({"node": "/stage/rop", "camera": "/c"}, [1], "no parameter 'camera' in '/stage/rop'"),
        ({}, [99], "houdini_render: The attempted operation failed."),
    ],
)
def test_what_houdini_cannot_do_fails_the_task_in_one_line(hython, more, frames, said):
    status, _, error = hython(frames, **more)

    assert status == 1
    assert said in error
    assert error.count("\n") == 1
