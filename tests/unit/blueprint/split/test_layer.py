"""A layer that renders its frames in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from blueprint import REQUIRED, Option, archive
from blueprint.backends.plan import plan_tasks
from blueprint.job import Job, loading
from blueprint.modules.blender import Blender
from blueprint.modules.povray import Povray
from blueprint.modules.shell import Shell
from blueprint.spec import to_job_spec
from blueprint.split.layer import SplitFrame
from plow_client.errors import Invalid

SIZE = {"width": 97, "height": 61}


@pytest.fixture
def job(tmp_path):
    job = Job("shot", folder=tmp_path)
    with loading(job):
        yield job


def povray(name="beauty", **options):
    return Povray(name, scene="shot.pov", output="out/shot.####.png", **{**SIZE, **options})


def words(layer, start, frame=1):
    (command,) = layer.commands([frame])
    return [word for word in command if word.startswith(start)]


def test_strips_become_a_layer_each_and_the_layer_itself_comes_last(job):
    povray(strips=3)

    assert list(job.layers) == ["beauty.r1", "beauty.r2", "beauty.r3", "beauty"]


def test_each_frame_is_joined_when_its_own_parts_are_done(job):
    povray(strips=3)
    tasks = plan_tasks(to_job_spec(job, "1-2"))

    (last,) = [task for task in tasks if task.name == "0002-beauty"]
    assert {tasks[place].name for place in last.waits_for} == {
        "0002-beauty.r1",
        "0002-beauty.r2",
        "0002-beauty.r3",
    }


def test_who_depends_on_the_layer_waits_for_the_whole_picture(job):
    povray(tiles=[2, 2])
    Shell("comp", cmd=["true"], depend="beauty")
    tasks = plan_tasks(to_job_spec(job, "5"))

    assert [tasks[place].name for place in tasks[-1].waits_for] == ["0005-beauty"]


def test_parts_wait_for_what_the_layer_was_told_to_wait_for_even_later(job):
    Shell("cache", cmd=["true"])
    Shell("light", cmd=["true"])
    beauty = povray(strips=2, depend="cache")
    beauty.depend_all("light")

    assert [[str(on) for on in job.layer(f"beauty.r{row}").depends()] for row in (1, 2)] == [
        ["cache", "light:all"]
    ] * 2
    assert [str(on) for on in beauty.depends()] == ["beauty.r1", "beauty.r2"]


def test_what_rendering_needs_is_asked_for_the_parts_alone(job):
    beauty = povray(strips=2, threads=8, ram=4000, limits=["pov"], chunk=4, tags=["fast"])
    beauty.gpus = 1
    part = job.layer("beauty.r1")

    assert (part.threads, part.ram, part.limits, part.chunk, part.gpus) == (8, 4000, ["pov"], 4, 1)
    assert (beauty.threads, beauty.ram, beauty.limits, beauty.chunk, beauty.gpus) == (
        None,
        None,
        None,
        1,
        None,
    )
    assert beauty.tags == part.tags == ["fast"]


def test_povray_is_told_first_and_last_row_and_column_counted_from_one(job):
    povray(tiles=[2, 2])

    assert words(job.layer("beauty.r2c1"), ("+SC", "+EC", "+SR", "+ER")) == [
        "+SC1",
        "+EC48",
        "+SR31",
        "+ER61",
    ]


def test_blender_is_told_the_part_after_all_that_may_change_the_size(job, tmp_path):
    Blender(
        "beauty", scene="shot.blend", output="out/f.####.exr", script=["size.py"], tiles=[2, 2], width=100
    )
    (command,) = job.layer("beauty.r1c2").commands([3, 4])
    border = next(place for place, word in enumerate(command) if "use_border" in word)

    assert command.index(str(tmp_path / "size.py")) < border < command.index("--render-frame")
    assert "w * 1 // 2" in command[border]


def test_a_part_is_an_output_with_its_place_in_the_picture(job, tmp_path):
    povray(strips=13)
    (output,) = job.layer("beauty.r13").outputs()

    assert output.name == "part"
    assert output.path == str(tmp_path / "out/parts/beauty.r13/shot.####.png")
    assert output.attrs == {
        "column": "0", "row": "12", "columns": "1", "rows": "13",
        "left": "0", "top": "56", "right": "97", "bottom": "61",
    }  # fmt: skip


def test_where_only_the_scene_knows_the_size_the_place_is_told_by_the_grid(job):
    Blender("beauty", scene="shot.blend", output="out/f.####.exr", tiles=[2, 1])
    (output,) = job.layer("beauty.r1c2").outputs()

    assert output.attrs == {"column": "1", "row": "0", "columns": "2", "rows": "1"}


def test_the_size_in_percent_counts_for_the_place(job):
    Blender("a", scene="a.blend", output="f.####.exr", tiles=[2, 1], width=99, height=50, percent=50)
    (output,) = job.layer("a.r1c2").outputs()

    assert (output.attrs["left"], output.attrs["right"], output.attrs["bottom"]) == ("24", "49", "25")


def test_joining_names_the_parts_row_by_row(job, tmp_path):
    beauty = povray(tiles=[2, 1])
    (command,) = beauty.commands([7])

    assert command[-2:] == [
        str(tmp_path / f"out/parts/beauty.r1c{column}/shot.0007.png") for column in (1, 2)
    ]
    assert str(tmp_path / "out/shot.0007.png") in command


def test_the_archive_gives_a_node_the_parts_and_the_joining_again(tmp_path):
    job = Job("shot", folder=tmp_path)
    with loading(job):
        beauty = povray(strips=2)
    part = job.layer("beauty.r2")
    archive.write(tmp_path / "archive", job, "1")

    for layer in (beauty, part):
        again = archive.load_layer(tmp_path / "archive", layer.name)
        assert again.commands([1]) == layer.commands([1])
        assert again.outputs() == layer.outputs()


def test_without_strips_or_tiles_nothing_is_different(job):
    povray()

    assert list(job.layers) == ["beauty"]
    assert not words(job.layer("beauty"), ("+SC", "+SR"))


class Mantle(SplitFrame):
    """A renderer that Plow does not know."""

    output = Option(Path, REQUIRED, "Picture of a frame.")

    def part_words(self, part):
        return ["--crop", part.word]

    def command(self, frames):
        return ["mantle", *self.args, str(frames[0])]


def test_a_module_of_ones_own_says_no_more_than_how_a_part_is_rendered(job):
    Mantle("m", output="out/m.####.png", args=["--fast"], strips=2)

    assert job.layer("m.r2").commands([4]) == [["mantle", "--fast", "--crop", "r2", "4"]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"strips": 2, "tiles": [2, 2]}, "layer 'beauty': say either strips or tiles"),
        ({"tiles": [2]}, "tiles = [2]: expected how many across and how many down"),
        ({"tiles": [0, 2]}, "tiles = [0, 2]: expected how many across and how many down"),
        ({"strips": 62}, "has more parts than pixels: 97 x 61"),
        ({"tiles": [2, 2], "part": [2, 0]}, "part = [2, 0]: expected column and row of tiles, from 0"),
        ({"part": [0, 0]}, "part = [0, 0]: expected column and row of tiles, from 0"),
        ({"strips": 2, "output": "o.####.jpg"}, "output = '*.jpg' loses a little each time"),
    ],
)
def test_what_makes_no_sense_is_refused(job, options, sentence):
    with pytest.raises(Invalid) as error:
        Povray("beauty", **{"scene": "a.pov", "output": "a.####.png", **SIZE, **options})
    assert sentence in error.value.why
