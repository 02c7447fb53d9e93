"""Which farm the functions talk to."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import current
from plow_client.errors import Invalid
from tests.unit.plow_client.recorded import RecordedFarm


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.delenv("PLOW_HOSTS", raising=False)
    monkeypatch.setattr(current, "config_file", lambda program: None)
    current.reconnect()
    yield
    current.reconnect()


def test_without_a_word_it_is_this_machine():
    assert plow.get_host() == "127.0.0.1:11336"


def test_plow_hosts_says_which(monkeypatch):
    monkeypatch.setenv("PLOW_HOSTS", "farm1:11336,farm2:11336")

    assert plow.get_host() == "farm1:11336,farm2:11336"


def test_a_settings_file_says_which(monkeypatch, tmp_path):
    file = tmp_path / "plow.toml"
    file.write_text('hosts = ["farm3:1"]\n')
    monkeypatch.setattr(current, "config_file", lambda program: file)

    assert plow.get_host() == "farm3:1"


def test_connect_changes_the_farm():
    plow.connect("farm4:1")
    assert plow.get_host() == "farm4:1"

    plow.connect(["farm5:1", "farm6:1"])
    assert plow.get_host() == "farm5:1,farm6:1"


def test_a_bad_host_leaves_the_old_one():
    plow.connect("farm4:1")
    with pytest.raises(Invalid, match="'farm5:x' is not host:port"):
        plow.connect("farm5:x")

    assert plow.get_host() == "farm4:1"


def test_set_host_names_one_server():
    plow.set_host("farm7")
    assert plow.get_host() == "farm7:11336"

    plow.set_host("::1", 5)
    assert plow.get_host() == "[::1]:5"


def test_reconnect_looks_at_the_settings_again(monkeypatch):
    plow.connect("farm4:1")
    monkeypatch.setenv("PLOW_HOSTS", "farm8:1")

    plow.reconnect()

    assert plow.get_host() == "farm8:1"


def test_a_farm_of_your_own_can_be_used():
    current.use(RecordedFarm(getPlowTime=42), "mine")

    assert plow.get_plow_time() == 42
    assert plow.get_host() == "mine"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0190a5f0-0000-7000-8000-000000000001", True),
        ("0190A5F0-0000-7000-8000-000000000001", True),
        ("0190a5f0000070008000000000000001", False),
        ("sc020_light", False),
        ("", False),
    ],
)
def test_an_id_is_told_from_a_name(text, answer):
    assert plow.is_uuid(text) is answer
