"""Where Plow keeps its state and looks for its settings."""

from pathlib import Path

from plow_client import places


def test_root_keeps_state_where_other_accounts_can_reach_it(monkeypatch):
    monkeypatch.setattr(places, "running_as_root", lambda: True)
    assert places.state_dir() == Path("/var/lib/plow")


def test_everybody_else_keeps_it_at_home(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "running_as_root", lambda: False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert places.state_dir() == tmp_path / "plow"


def test_the_settings_file_is_found_when_it_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert places.config_file("plow-test") is None
    (tmp_path / "plow").mkdir()
    file = tmp_path / "plow" / "plow-test.toml"
    file.touch()
    assert places.config_file("plow-test") == file


def test_a_persons_settings_come_after_the_machines(monkeypatch, tmp_path):
    mine, machine = tmp_path / "mine" / "plow", tmp_path / "machine"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(mine.parent))
    monkeypatch.setattr(places, "MACHINE_SETTINGS", machine)
    for folder in (mine, machine):
        folder.mkdir(parents=True)
        (folder / "plow-test.toml").touch()

    assert places.config_files("plow-test") == [machine / "plow-test.toml", mine / "plow-test.toml"]
    assert places.config_file("plow-test") == mine / "plow-test.toml"


def test_each_system_has_a_place_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "running_as_root", lambda: False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert places.state_dir() == tmp_path / ".local/state/plow"

    monkeypatch.setattr(places.sys, "platform", "darwin")
    assert places.state_dir() == tmp_path / "Library/Application Support/plow"

    monkeypatch.setattr(places.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert places.state_dir() == tmp_path / "Local/plow"
