"""Each example of docs/guide/blueprint.md is run: blueprints, settings, plugins, commands."""

from __future__ import annotations

import logging
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest

from blueprint import hooks
from blueprint.cli_2012 import bluerun, qconvert
from blueprint.cli_blueprint import blueprint
from blueprint.config import Config, fill_in, read_config
from blueprint.modules.shell import Shell
from blueprint.names_2012 import OldJobNames, OldLayerNames
from blueprint.plain import _WORDS
from blueprint.program import run_program
from blueprint.runner import _parser
from plow_client import toml
from plow_client.cli.main import run as plow
from plow_client.config import describe, load

GUIDE = (Path(__file__).parents[2] / "docs/guide/blueprint.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
PLUGINS = [text for text in PYTHON if text.startswith("# notes.py")]
BLUEPRINTS = [text for text in PYTHON if text not in PLUGINS]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLOW_ARCHIVE_ROOT", str(tmp_path / "archive"))
    monkeypatch.setattr("blueprint.config.config_files", lambda program: [])
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield tmp_path
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("text", BLUEPRINTS, ids=lambda text: text.splitlines()[0])
def test_a_blueprint_of_the_guide_can_be_pretended(here, capsys, text):
    (here / "shot.bp").write_text(text)

    assert plow(["submit", "shot.bp", "1-24", "--pretend"]) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.startswith("job shot, project ")


def test_the_setup_task_of_the_guide_runs_here(here, capsys):
    (text,) = [text for text in BLUEPRINTS if text.startswith("# looked.bp")]
    (here / "looked.bp").write_text(text)

    assert run_program(blueprint, "blueprint", ["local", "looked.bp", "1-2"]) == 0, capsys.readouterr().out
    assert (here / "out" / "beauty.0002.txt").read_text() == "left 1920 x 1080"


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
def test_a_template_of_the_guide_can_be_pretended(here, capsys, text):
    (here / "shot.yaml").write_text(text)

    assert plow(["submit", "shot.yaml", "--pretend"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL))
def test_the_settings_of_the_guide_are_read(here, text):
    (here / "own.toml").write_text(text)
    config = read_config({"BLUEPRINT_CFG": str(here / "own.toml")})

    assert sorted(flat(toml.loads(text))) == sorted(row.key for row in describe(load(Config)))
    assert config.plugins == {"notes": True, "blueprint.outputs_plugin": True}
    for template, made in (
        (config.templates.job_name, "moon-shot"),
        (config.templates.archive_dir, "/farm/moon/jobs"),
        (config.templates.log_dir, "/farm/moon/logs/shot"),
    ):
        assert fill_in(template, "shot", config, {"SHOW": "moon"}) == made


def flat(table, above=""):
    """The names of all settings in a file."""
    for key, value in table.items():
        if isinstance(value, dict) and above + key != "plugins":
            yield from flat(value, f"{above}{key}.")
        else:
            yield above + key


@pytest.mark.parametrize("text", PLUGINS)
def test_the_plugin_of_the_guide_has_only_functions_that_are_called(text):
    plugin = ModuleType("notes")
    exec(compile(text, "guide", "exec"), vars(plugin))
    functions = {name for name, value in vars(plugin).items() if callable(value)}
    layer = Shell("a", cmd=["true"])
    plugin.after_init(layer)

    assert functions == {name for names in hooks._NAMES.values() for name in names[:1]}
    assert layer.env == {"SHOW": "moon"}


COMMANDS = re.findall(r"^    ((?:bluerun|taskrun|qconvert|plow submit shot).*)$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_is_understood(here, capsys, command):
    (here / "shot.bp").write_text(BLUEPRINTS[0])
    program, *words = shlex.split(command)
    if program == "taskrun":
        assert _parser().parse_args(words).archive == Path("shot.bp")
        return
    if program == "plow":
        status = plow([*words, "--pretend"])
    else:
        status = run_program(
            {"bluerun": bluerun, "qconvert": qconvert}[program], program, [*words, "-pretend"]
        )
    assert status == 0, capsys.readouterr().err


def test_the_guide_names_every_command_of_blueprint():
    for name in blueprint.commands:
        assert f"| `blueprint {name}" in GUIDE, name


def test_the_guide_names_the_words_of_2012():
    common = {
        word for param in bluerun.params for word in param.opts if word.startswith("-") and word[1] != "-"
    }

    assert common == {"-verbose", "-debug", "-server", "-backend", "-pause", "-pretend", "-job-name"}
    for word in common:
        assert f"`{word}" in GUIDE, word
    for name in ("getName", "setArg", "dependOn", "addOutput", "putData", "system"):
        assert hasattr(OldLayerNames, name) and f"`{name}`" in GUIDE
    assert hasattr(OldJobNames, "getLayers")


def test_the_guide_names_every_key_of_a_template():
    (line,) = [line for line in GUIDE.splitlines() if line.startswith("Keys of the whole: ")]

    assert set(re.findall(r"`(\w+)`", line.split(".")[0])) == {*_WORDS, "layers"}
