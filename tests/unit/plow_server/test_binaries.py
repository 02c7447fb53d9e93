"""Which PostgreSQL is used, and what is said when none will do."""

import pytest

from plow_client.errors import Unavailable
from plow_server import binaries
from plow_server.binaries import find_binaries, reachable


def fake(folder, major):
    folder.mkdir(parents=True)
    (folder / "initdb").touch()
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.4'\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Only what the test puts below tmp_path exists."""
    monkeypatch.delenv("PLOW_PG_BIN", raising=False)
    monkeypatch.setattr(binaries, "WHEELS", ())
    monkeypatch.setattr(binaries, "FOLDERS", (str(tmp_path / "system/*/bin"),))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr(binaries.shutil, "which", lambda _: None)
    return tmp_path


def test_the_newest_is_taken_and_another_version_on_demand(machine):
    fake(machine / "system/9/bin", 9)
    old = fake(machine / "system/15/bin", 15)
    new = fake(machine / "system/16/bin", 16)
    assert find_binaries().folder == new
    assert find_binaries(15).folder == old


def test_a_named_folder_comes_before_all_others(machine, monkeypatch):
    fake(machine / "system/16/bin", 16)
    named = fake(machine / "own", 14)
    monkeypatch.setenv("PLOW_PG_BIN", str(named))
    assert find_binaries().folder == named


def test_a_data_folder_of_another_version_is_told(machine):
    fake(machine / "system/16/bin", 16)
    with pytest.raises(
        Unavailable, match="the data folder is PostgreSQL version 15, here is only version 16"
    ):
        find_binaries(15)


def test_without_any_the_ways_out_are_named(machine):
    fake(machine / "system/9/bin", 9)
    with pytest.raises(Unavailable, match=r"no PostgreSQL here: pip install 'plow\[embedded\]'"):
        find_binaries()


def test_programs_that_can_be_reached_stay_where_they_are(machine):
    fake(machine / "system/16/bin", 16)
    found = find_binaries()
    assert reachable(found, None, machine / "copies") == found
    assert not (machine / "copies").exists()


def test_programs_that_cannot_be_reached_are_copied_once_with_their_libraries(machine, monkeypatch):
    fake(machine / "site/wheel/pginstall/bin", 16)
    (machine / "site/wheel.libs").mkdir()
    (machine / "site/wheel.libs/libpq.so").touch()
    monkeypatch.setenv("PLOW_PG_BIN", str(machine / "site/wheel/pginstall/bin"))
    copies = machine / "copies"
    monkeypatch.setattr(binaries, "can_reach", lambda _, file: copies in file.parents)
    copy = reachable(find_binaries(), None, copies)
    assert (copy.folder / "postgres").exists()
    assert (copy.folder.parents[2] / "wheel.libs/libpq.so").exists()
    assert reachable(find_binaries(), None, copies) == copy
    assert len(list(copies.iterdir())) == 1
