"""The ray tracer: pictures that are true, equal each time, and whole."""

from __future__ import annotations

import pytest
from PIL import Image

from blueprint.modules import contactsheet
from blueprint.raytracer import picture, png, render
from blueprint.raytracer.scene import scene_at

SMALL = ("--width", "48", "--height", "27")


def shot(folder, frame):
    file = folder / f"f.{frame:04d}.png"
    assert render.main(["--frame", str(frame), *SMALL, "--output", str(file)]) == 0
    return file


def test_a_frame_is_the_same_bytes_each_time(tmp_path):
    assert shot(tmp_path, 3).read_bytes() == shot(tmp_path, 3).read_bytes()


def test_frames_differ_and_the_loop_closes(tmp_path):
    first, second, again = (shot(tmp_path, frame).read_bytes() for frame in (1, 2, 25))

    assert first != second
    assert first == again


def test_the_picture_shows_sky_above_and_a_floor_below(tmp_path):
    image = Image.open(shot(tmp_path, 1)).convert("RGB")
    top, bottom = image.getpixel((2, 1)), [image.getpixel((x, 26)) for x in range(48)]

    assert image.size == (48, 27)
    assert top[2] > 60
    assert max(sum(pixel) for pixel in bottom) - min(sum(pixel) for pixel in bottom) > 200


def test_progress_is_told_in_lines_that_the_farm_reads(tmp_path, capsys):
    shot(tmp_path, 1)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("PLOW_PROGRESS")]

    assert lines[-1] == "PLOW_PROGRESS 1.0"
    assert lines == sorted(lines)


def test_no_ball_meets_another_or_the_floor():
    for step in range(48):
        balls = scene_at(step / 48).balls
        for number, ball in enumerate(balls):
            assert ball.centre[1] >= ball.radius - 1e-9
            for other in balls[:number]:
                apart = sum((a - b) ** 2 for a, b in zip(ball.centre, other.centre, strict=True)) ** 0.5
                assert apart > ball.radius + other.radius


def test_leaving_balls_out_of_a_row_changes_nothing():
    view = picture.View(scene_at(0.3), 32, 18)
    for y in range(18):
        for x in range(32):
            some = view.look(x + 0.5, y + 0.5, view.balls_in_row(y))
            assert some == view.look(x + 0.5, y + 0.5, view.tracer.shapes)


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path):
    folder = tmp_path / "f.png"
    folder.mkdir()
    with pytest.raises(OSError):
        png.write(folder, 1, [b"\0\0\0"])

    assert list(tmp_path.iterdir()) == [folder]


def test_a_contact_sheet_shows_all_frames_in_rows(tmp_path):
    for frame in (1, 2, 3):
        shot(tmp_path, frame)
    words = [
        "--images",
        str(tmp_path / "f.####.png"),
        "--output",
        str(tmp_path / "sheet.png"),
        "--frames=1-3",
    ]

    assert contactsheet.main([*words, "--columns", "2", "--cell", "48"]) == 0
    sheet = Image.open(tmp_path / "sheet.png")
    assert sheet.width == 2 * (48 + 8) + 8
    second = Image.open(tmp_path / "f.0002.png")
    assert sheet.getpixel((8 + 56 + 20, 8 + 13)) == second.convert("RGB").getpixel((20, 13))


def test_a_contact_sheet_names_the_frame_that_is_missing(tmp_path, capsys):
    shot(tmp_path, 1)
    words = [
        "--images",
        str(tmp_path / "f.####.png"),
        "--output",
        str(tmp_path / "sheet.png"),
        "--frames=1-2",
    ]

    assert contactsheet.main(words) == 1
    assert "no picture of frame 2" in capsys.readouterr().out
    assert not (tmp_path / "sheet.png").exists()
