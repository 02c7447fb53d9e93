"""File names with frame numbers."""

from __future__ import annotations

import pytest

from blueprint.output import Output, frame_path, has_frame, make_folders, missing
from plow_client.errors import Invalid


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


def test_a_folder_that_cannot_be_made_is_named_with_the_user_who_could_not(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "plowtask")
    (tmp_path / "file").touch()

    with pytest.raises(Invalid, match=f"user 'plowtask' cannot make the folder '{tmp_path}/file/out'"):
        make_folders([Output("picture", f"{tmp_path}/file/out/a.####.png")], [1])
