"""From a blueprint to its archive and back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from blueprint import archive
from blueprint.loader import load
from blueprint.modules.povray import Povray
from plow_client.errors import Invalid

SCRIPT = """
from pathlib import Path
from blueprint import Layer, Option, param
from blueprint.modules.povray import Povray
from blueprint.modules.shell import Shell

size = param("size", 64)


class Turntable(Layer):
    model = Option(Path, None, "The model.")

    def execute(self, frames):
        print("turning", self.model.name, size, Path(__file__).name, list(frames))


Turntable("turn", model="m.obj")
pov = Povray("pov", scene="s.pov", output="out/p.####.png", width=size, include=["inc"], env={"A": "b"})
pov.add_input("scene", "s.pov")
pov.add_output("log", "p.log", kind="text")
Shell("none", cmd="x")
"""


@pytest.fixture
def job(tmp_path):
    script = tmp_path / "shots" / "shot.bp"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    return load(script, params={"size": "32"})


@pytest.fixture
def stored(job, tmp_path):
    path = archive.new_path(tmp_path / "archives", job)
    archive.write(path, job, "1-4")
    return path


def submitted(path: Path) -> str:
    """The checksum that the farm's command carries."""
    return archive.checksum((path / "job.json").read_bytes())


def test_row_b25_two_submissions_have_two_folders(job, tmp_path):
    assert archive.new_path(tmp_path, job) != archive.new_path(tmp_path, job)


def test_anyone_may_read_it_whatever_the_umask(job, tmp_path):
    before = os.umask(0o077)
    try:
        path = archive.new_path(tmp_path / "deep" / "archives", job)
        archive.write(path, job, "1")
    finally:
        os.umask(before)

    assert {file.name: oct(file.stat().st_mode)[-4:] for file in path.iterdir()} == {
        "job.json": "0644",
        "shot.bp": "0644",
        "data": "1777",  # whoever the tasks run as may add, and take away only what is theirs
        "layers": "1777",
    }
    assert {oct(folder.stat().st_mode)[-3:] for folder in (path, path.parent, path.parent.parent)} == {"755"}


def test_row_b44_the_archive_is_plain_json(stored):
    content = json.loads((stored / "job.json").read_text())

    assert (content["name"], content["range"], content["params"]) == ("shot", "1-4", {"size": "32"})
    assert content["layers"][1]["module"] == "blueprint.modules.povray:Povray"
    assert content["layers"][1]["options"]["width"] == 32


def test_a_modules_layer_comes_back_as_it_was_without_the_script(job, stored):
    (stored / "shot.bp").write_text("raise SystemExit('executed')")
    layer = archive.load_layer(stored, "pov")

    assert isinstance(layer, Povray)
    assert layer.values == job.layer("pov").values
    assert layer.outputs() == job.layer("pov").outputs()
    assert layer.inputs == job.layer("pov").inputs
    layer.add_output("found", "out/found.png")
    assert layer.added_outputs[-1].path == f"{job.folder}/out/found.png"


def test_row_b20_a_layer_defined_in_the_script_comes_back_from_the_copy(job, stored, capsys):
    job.script.unlink()
    archive.load_layer(stored, "turn", submitted(stored)).execute([1, 2])

    assert capsys.readouterr().out == "turning m.obj 32 shot.bp [1, 2]\n"


def test_its_paths_are_still_those_beside_the_original(job, stored):
    assert archive.load_layer(stored, "turn", submitted(stored)).model == job.script.parent / "m.obj"


def test_an_unknown_layer_is_named(stored):
    with pytest.raises(Invalid, match="'pof'; did you mean 'pov'"):
        archive.load_layer(stored, "pof")


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(Invalid, match="no archive"):
        archive.load_layer(tmp_path, "a")
    (tmp_path / "job.json").write_text("{")
    with pytest.raises(Invalid, match="is damaged"):
        archive.load_layer(tmp_path, "a")
    (tmp_path / "job.json").write_text('{"format": 99}')
    with pytest.raises(Invalid, match="of another version"):
        archive.load_layer(tmp_path, "a")


@pytest.mark.parametrize(
    "module", ["os:system", "blueprint.layer:Frames", "blueprint.job:Job", "a b:c", "nothing"]
)
def test_row_b44_a_crafted_archive_names_no_layer_class_and_runs_nothing(stored, module):
    content = json.loads((stored / "job.json").read_text())
    content["layers"][1]["module"] = module
    (stored / "job.json").write_text(json.dumps(content))

    with pytest.raises(Invalid):
        archive.load_layer(stored, "pov")


def test_row_b42_the_farms_id_is_kept(stored):
    archive.note_launch(stored, "1234")

    assert json.loads((stored / "launched.json").read_text()) == {"jobId": "1234"}
    assert archive.launched_id(stored) == "1234"


def test_a_folder_that_cannot_be_made_is_named(job, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(Invalid, match="cannot write the archive"):
        archive.write(tmp_path / "file" / "a", job, "1")


def test_the_root_is_the_variable_else_below_the_state_folder():
    assert archive.default_root({"PLOW_ARCHIVE_ROOT": "/mnt/plow"}) == Path("/mnt/plow")
    assert archive.default_root({}).name == "archive"
