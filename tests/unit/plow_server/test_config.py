"""Settings of the server, and its command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from plow_client.config import describe, load
from plow_client.errors import Denied
from plow_server import main
from plow_server.app import check_host
from plow_server.config import Config, data_dir, log_root
from plow_server.sample import render

ETC = Path(__file__).parents[3] / "etc"


def loaded(**arguments: object) -> Config:
    return load(
        Config, environ={}, arguments={key.replace("__", "."): v for key, v in arguments.items()}
    ).value


def test_the_sample_lists_every_setting():
    assert (ETC / "plow-server.toml").read_text(encoding="utf-8") == render(), "python -m plow_server.sample"


def test_the_sample_without_its_marks_sets_what_is_set_anyway(tmp_path: Path):
    lines = [line.removeprefix("#") for line in render().splitlines() if not line.startswith("# ")]
    file = tmp_path / "all.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert load(Config, environ={}, file=file).value == Config()


def test_every_setting_is_explained():
    assert [row.key for row in describe(load(Config, environ={})) if not row.doc.endswith((".", ";"))] == []


def test_logs_lie_in_the_data_folder_unless_told_otherwise():
    assert log_root(loaded(server__data="/farm")) == Path("/farm/logs")
    assert log_root(loaded(server__data="/farm", job__log_root="/net/logs")) == Path("/net/logs")
    assert data_dir(loaded(server__data="/farm")) == Path("/farm")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "farm1"])
def test_beyond_this_machine_only_where_somebody_wanted_it(host: str):
    with pytest.raises(Denied, match="add --insecure"):
        check_host(loaded(server__host=host))
    check_host(loaded(server__host=host, server__insecure=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_always_fine(host: str):
    check_host(loaded(server__host=host))


def test_check_says_where_each_setting_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "server.toml"
    file.write_text("[node]\nsilent_s = 7\n", encoding="utf-8")
    monkeypatch.setenv("PLOW_SERVER_NODE_LOST_AFTER_S", "70")
    words = [
        "check",
        "--config",
        str(file),
        "-o",
        "dispatch.slice=9",
        "--rpc-port",
        "5",
        "--database",
        "postgresql://a:b@c/d",
    ]
    told = CliRunner().invoke(main.cli, words).output

    found = {line.split()[0]: line for line in told.splitlines()}
    assert found["node.silent_s"].endswith(f"7.0  (file {file})")
    assert found["node.lost_after_s"].endswith("70.0  (environment PLOW_SERVER_NODE_LOST_AFTER_S)")
    assert found["dispatch.slice"].endswith("9  (-o)")
    assert found["server.rpc_port"].endswith("5  (command line)")
    assert "a:b" not in told


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["check", "-o", "node.silent=1"], 2, "no setting 'node.silent' (-o); did you mean 'node.silent_s'?"),
        (["check", "-o", "node.silent_s=soon"], 2, "node.silent_s = 'soon' (-o): expected a number"),
        (["serve", "--host", "0.0.0.0"], 2, "add --insecure to listen there"),
        (["serve", "--port", "1"], 2, "No such option"),
        (["dance"], 2, "No such command"),
    ],
)
def test_what_is_asked_for_wrongly_ends_with_two_and_one_line(
    words: list[str],
    status: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr("sys.argv", ["plow-server", *words])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == status
    assert told in capsys.readouterr().err
