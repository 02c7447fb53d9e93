"""File names with frame numbers."""

from __future__ import annotations

import pytest

from blueprint.output import Output, frame_path, has_frame, missing


@pytest.mark.parametrize(
    ("path", "frame", "name"),
    [
        ("f.####.png", 7, "f.0007.png"),
        ("f.#.png", 12, "f.12.png"),
        ("f.%04d.png", 7, "f.0007.png"),
        ("f.%d.png", 7, "f.7.png"),
        ("f.####.png", -5, "f.-0005.png"),
        ("f.png", 7, "f.png"),
    ],
)
def test_the_frame_number_goes_where_the_sign_is(path, frame, name):
    assert frame_path(path, frame).name == name


def test_only_the_file_name_has_a_frame_number():
    assert not has_frame("/shots/##/f.png")


def test_files_that_are_absent_or_empty_are_missing(tmp_path):
    (tmp_path / "f.1.png").write_text("x")
    (tmp_path / "f.2.png").touch()
    output = Output("picture", str(tmp_path / "f.#.png"))

    assert [file.name for file in missing([output], [1, 2, 3])] == ["f.2.png", "f.3.png"]


def test_an_output_without_number_is_one_file():
    assert len(Output("sheet", "/s.png").files([1, 2, 3])) == 1
