import re
from pathlib import Path

import pytest

from plow_client.config import load
from plow_client.errors import Invalid
from rndaemon import sample
from rndaemon.config import Config, log_roots, state_folder

SAMPLE = Path(__file__).resolve().parents[3] / "etc" / "rndaemon.toml"


def config(*overrides):
    return load(Config, overrides=overrides, environ={}).value


def test_the_sample_file_lists_every_setting():
    """Write it anew with: python -m rndaemon.sample > etc/rndaemon.toml"""
    assert SAMPLE.read_text(encoding="utf-8") == sample.render()


def test_the_sample_file_with_everything_switched_on_means_the_defaults(tmp_path):
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    active = [line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in lines]
    file = tmp_path / "all.toml"
    file.write_text("\n".join(active), encoding="utf-8")

    assert load(Config, file=file, environ={}).value == config()


@pytest.mark.parametrize("mask", ["9", "22", "0o22", "", "77777"])
def test_a_mask_is_octal(mask):
    with pytest.raises(Invalid, match="umask"):
        config(f"task.umask={mask}")


def test_a_pattern_is_a_regular_expression():
    with pytest.raises(Invalid, match="blender"):
        config("progress.patterns=blender=(")


def test_folders_have_defaults_on_this_machine():
    assert state_folder(config()).name == "node"
    assert log_roots(config())[0].endswith("/server/logs")


def test_folders_can_be_set():
    chosen = config("daemon.state=/a", "task.log_roots=/b,/c")

    assert (state_folder(chosen), log_roots(chosen)) == (Path("/a"), ["/b", "/c"])


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("daemon.servers=farm:x", "daemon: servers: 'farm:x' is not HOST:PORT"),
        ("daemon.servers=http://farm:11337", "daemon: servers: 'http://farm:11337' is not HOST:PORT"),
        ("daemon.address=farm", "daemon: address: 'farm' is not HOST:PORT"),
        ("daemon.address=farm:99999", "daemon: address: 'farm:99999' is not HOST:PORT"),
        ("daemon.name=-rf", "daemon: name: '-rf'"),
        ("daemon.name=two words", "daemon: name: 'two words'"),
        ("task.log_roots=logs", "task: log_roots: 'logs' is no whole path"),
        ("task.cgroup=atuo", "task: cgroup = 'atuo': expected auto, off, or the whole path of a folder"),
        ("task.env=1A=3", "task: env: '1A' is no name of a variable"),
        ("wrappers.commands=mine=run {words} {wrod}", "wrapper 'mine': {wrod} means nothing"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(override, complaint):
    with pytest.raises(Invalid, match=re.escape(complaint)):
        config(override)


@pytest.mark.parametrize(
    "override",
    [
        "daemon.servers=farm1,[::1]:11337",
        "daemon.address=[fe80::1]:11338",
        "daemon.name=r12.studio",
        "task.log_roots=",
    ],
)
def test_what_makes_sense_is_taken(override):
    assert config(override)
