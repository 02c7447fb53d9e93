"""Settings: where they come from, and the templates in them."""

from __future__ import annotations

import pytest

from blueprint.config import Config, fill_in, read_config
from plow_client.cli.main import run
from plow_client.errors import Invalid

SHELL = 'from blueprint.modules.shell import Shell\nShell("a", cmd=["true"])\n'


def test_row_b28_without_a_file_there_are_defaults(monkeypatch):
    monkeypatch.setattr("blueprint.config.config_files", lambda program: [])

    assert read_config({}) == Config()
    assert fill_in(Config().templates.job_name, "shot", Config()) == "shot"


def test_row_b27_the_file_that_the_variable_names_wins(tmp_path, monkeypatch):
    own, other = tmp_path / "own.toml", tmp_path / "blueprint.toml"
    own.write_text('defaults.project = "own"')
    other.write_text('defaults.project = "other"')
    monkeypatch.setattr("blueprint.config.config_files", lambda program: [other])

    assert read_config({}).defaults.project == "other"
    assert read_config({"BLUEPRINT_CFG": str(own)}).defaults.project == "own"


def test_row_b27_name_and_folders_follow_the_templates(tmp_path, monkeypatch, farm, capsys):
    (tmp_path / "own.toml").write_text(f"""
        env.interpolate = ["SHOW"]
        defaults.project = "film"
        [templates]
        job_name = "%(SHOW)s-%(JOB_NAME)s"
        archive_dir = "{tmp_path}/%(SHOW)s/archive"
        log_dir = "/logs/%(SHOW)s/%(JOB_NAME)s"
        """)
    (tmp_path / "shot.bp").write_text(SHELL)
    monkeypatch.setenv("BLUEPRINT_CFG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("SHOW", "moon")
    monkeypatch.delenv("PLOW_PROJECT", raising=False)

    assert run(["submit", str(tmp_path / "shot.bp"), "1-2"]) == 0
    (spec,) = farm.specs
    assert (spec.name, spec.project, spec.logPath) == ("moon-shot", "film", "/logs/moon/moon-shot")
    (folder,) = (tmp_path / "moon" / "archive").iterdir()
    assert folder.name.startswith("moon-shot-")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("%(SHOT)s", "template '%(SHOT)s': 'SHOT' is not among env.interpolate"),
        ("%(SHOW)s", "template '%(SHOW)s': the environment has no SHOW"),
        ("50%", "write %(NAME)s for a variable, %% for a percent sign"),
    ],
)
def test_a_template_that_cannot_be_filled_in_says_why(template, said):
    from blueprint.config import Env

    with pytest.raises(Invalid) as error:
        fill_in(template, "shot", Config(env=Env(("SHOW",))), {})
    assert said in error.value.why


def test_a_percent_sign_is_written_twice():
    assert fill_in("%%a", "shot", Config()) == "%a"


def test_a_setting_that_nobody_knows_is_named(tmp_path):
    (tmp_path / "own.toml").write_text('defaults.backen = "local"')

    with pytest.raises(Invalid, match=r"no setting 'defaults\.backen' .*; did you mean 'defaults\.backend'"):
        read_config({"BLUEPRINT_CFG": str(tmp_path / "own.toml")})
