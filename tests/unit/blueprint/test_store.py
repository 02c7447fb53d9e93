"""What setup and tasks leave for one another."""

from __future__ import annotations

import pytest

from blueprint import Layer, archive
from blueprint.job import Job, loading
from blueprint.loader import load
from blueprint.store import Store
from plow_client.errors import Invalid, NotFound

SCRIPT = """
from blueprint import Layer

class Own(Layer):
    def setup(self): self.data.put("cameras", ["left", "right"])
    def execute(self, frames): print(self.data.get("cameras"), frames)

Own("a")
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_row_b26_a_table_comes_back_as_it_was(store):
    table = {"cameras": ["left", "right"], "size": {"w": 1920, "ratio": 1.5}, "done": True, "none": None}
    store.put("scene", table)

    assert store.get("scene") == table
    assert store.get("other", 7) == 7


def test_row_b26_a_file_comes_back_as_it_was(store, tmp_path):
    (tmp_path / "cache.bin").write_bytes(b"\x00\xff" * 100)
    store.put_file("cache.bin", tmp_path / "cache.bin")

    assert store.get_file("cache.bin").read_bytes() == b"\x00\xff" * 100
    with pytest.raises(NotFound, match="no file 'other' in"):
        store.get_file("other")


def test_a_value_that_is_put_again_is_replaced(store):
    store.put("a", 1)
    store.put("a", 2)

    assert store.get("a") == 2
    assert [file.name for file in store.folder.iterdir()] == ["a.json"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "a\0"])
def test_a_name_that_leads_elsewhere_is_refused(store, name):
    for call in (store.get, store.get_file, lambda name: store.put(name, 1)):
        with pytest.raises(Invalid, match="is no name for data"):
            call(name)


def test_what_is_no_plain_value_is_refused(store):
    with pytest.raises(Invalid, match="data 'a' cannot be kept: Object of type"):
        store.put("a", object())


def test_damaged_data_is_named(store):
    store.make()
    (store.folder / "a.json").write_text("{")

    with pytest.raises(Invalid, match="data 'a' cannot be read from"):
        store.get("a")


def test_row_b25_a_task_reads_what_the_setup_wrote(tmp_path, capsys):
    (tmp_path / "shot.bp").write_text(SCRIPT)
    job = load(tmp_path / "shot.bp")
    job.archive = archive.new_path(tmp_path, job)
    archive.open_new(job.archive)
    job.setup()
    archive.write(job.archive, job, "1-2")
    on_the_farm = archive.checksum((job.archive / "job.json").read_bytes())

    archive.load_layer(job.archive, "a", on_the_farm).execute([1])
    assert capsys.readouterr().out == "['left', 'right'] [1]\n"


def test_data_before_the_submission_is_refused_with_the_reason():
    with loading(Job("j")) as job:
        layer = Layer("a")

    with pytest.raises(Invalid, match="layer 'a': has no data before its job is submitted"):
        layer.data.get("x")
    with pytest.raises(Invalid, match="job 'j' has no data before it is submitted"):
        job.data.get("x")
