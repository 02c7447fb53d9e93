"""Files that somebody crafted: reading a template or an archive runs nothing of theirs."""

from __future__ import annotations

import json
import sys

import pytest

from blueprint import archive
from blueprint.loader import load
from plow_client.errors import PlowError

EVIL = "import pathlib; pathlib.Path(MARK).write_text('ran')\n"
SCRIPT = """
from blueprint import Layer
from blueprint.modules.shell import Shell
class Own(Layer): pass
Own("own")
Shell("a", cmd=["true"])
"""


@pytest.fixture
def mark(tmp_path, monkeypatch):
    """A file that code of the attacker would write; such a module lies where Python finds it."""
    mark = tmp_path / "mark"
    text = EVIL.replace("MARK", repr(str(mark)))
    (tmp_path / "evil.py").write_text(text)
    (tmp_path / "evil.bp").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield mark
    sys.modules.pop("evil", None)


YAML = [
    "layers: !!python/object/apply:os.system ['touch mark']",
    "layers: [!!python/object/new:subprocess.Popen [['touch', 'mark']]]",
    "!!python/module:evil",
    "layers: [{name: a, module: '!!python/name:evil.x', cmd: [x]}]",
    "layers: [{name: a, module: 'evil:Own'}]",
    "layers: [{name: a, module: 'os:system', cmd: [touch, mark]}]",
    "layers: [{name: a, module: '__blueprint__:Own'}]",
    "layers: [{name: '../../a', module: shell, cmd: [x]}]",
    "layers: [{name: a, module: shell, cmd: ['x'], __class__: evil}]",
    "a: &a [x, x]\nb: &b [*a, *a]\nlayers: [*b]",
    "layers: &l [*l]",
    "? [a]\n: 1",
    "? {a: 1}\n: 1",
]


@pytest.mark.parametrize("text", YAML)
def test_row_b44_a_crafted_yaml_template_is_refused_and_runs_nothing(mark, tmp_path, text):
    (tmp_path / "shot.yaml").write_text(text)

    with pytest.raises(PlowError):
        load("shot.yaml")
    assert not mark.exists() and "evil" not in sys.modules


@pytest.mark.parametrize(
    "text",
    ['{"layers": [{"name": "a", "module": "evil:Own"}]}', '{"layers": [{"name": "a", "module": "shell", "job": 1}]}',
     "[" * 100_000, '{"__proto__": 1}', '{"name": "../x", "layers": []}', '{"layers": 3}', "NaN"],
)  # fmt: skip
def test_row_b44_a_crafted_json_template_is_refused_and_runs_nothing(mark, tmp_path, text):
    (tmp_path / "shot.json").write_text(text)

    with pytest.raises(PlowError):
        load("shot.json")
    assert not mark.exists() and "evil" not in sys.modules


def doubled(pattern: str) -> str:
    """A value that holds the one before twice, sixty times over: a line of YAML, and no memory could print it."""
    text = "x"
    for step in range(60):
        text = f"&a{step} " + pattern.format(text if step else "x", f"*a{step - 1}" if step else "x")
    return text


@pytest.mark.parametrize("bomb", [doubled("[{}, {}]"), doubled("{{l: {}, r: {}}}")], ids=["lists", "tables"])
@pytest.mark.parametrize(
    "use",
    ["range: BOMB", "env: BOMB", "pools: BOMB", "layers: BOMB", "layers: [BOMB]",
     "layers: [{name: a, module: shell, cmd: BOMB}]", "layers: [{name: a, module: shell, cmd: x, env: BOMB}]",
     "layers: [{name: a, module: shell, cmd: x, more_commands: BOMB}]", "layers: [{name: BOMB, module: shell}]"],
)  # fmt: skip
def test_what_yaml_doubles_without_end_is_refused_in_a_short_sentence(mark, tmp_path, bomb, use):
    (tmp_path / "shot.yaml").write_text(use.replace("BOMB", bomb))

    with pytest.raises(PlowError) as error:
        load("shot.yaml")
    assert "shot.yaml" in error.value.why and len(error.value.why) < 20_000


@pytest.fixture
def stored(tmp_path):
    """An archive whose job has a layer of its script and one of ours."""
    (tmp_path / "shot.bp").write_text(SCRIPT)
    job = load(tmp_path / "shot.bp")
    archive.write(path := archive.new_path(tmp_path / "archives", job), job, "1")
    return path


def change(path, **words):
    content = json.loads((path / "job.json").read_text())
    for layer in content["layers"]:
        layer.update({key: value for key, value in words.items() if key in layer})
    content.update({key: value for key, value in words.items() if key in content})
    (path / "job.json").write_text(json.dumps(content))


CHANGES = [
    {"module": "evil:Own"},
    {"module": "__blueprint__:Own", "script": "../evil.bp"},
    {"module": "__blueprint__:Own", "script": "/etc/passwd"},
    {"module": "__blueprint__:Own"},
    {"module": 3},
    {"options": {"cmd": ["true"], "job": "evil"}},
    {"options": [1]},
    {"outputs": [{"path": "x", "evil": 1}]},
    {"layers": 3},
    {"layers": [3]},
]


@pytest.mark.parametrize("words", CHANGES, ids=str)
def test_row_b44_a_crafted_archive_is_refused_and_runs_nothing(mark, stored, words):
    change(stored, **words)

    with pytest.raises(PlowError):
        archive.load_layer(stored, "a")
    assert not mark.exists() and "evil" not in sys.modules


def test_row_b44_what_was_changed_after_the_submission_does_not_run(mark, stored):
    on_the_farm = archive.checksum((stored / "job.json").read_bytes())
    (stored / "shot.bp").write_text((mark.parent / "evil.bp").read_text())
    with pytest.raises(PlowError, match=r"'shot\.bp' was changed after the job was submitted"):
        archive.load_layer(stored, "own", on_the_farm)

    change(stored, script_sum=archive.checksum((stored / "shot.bp").read_bytes()))
    with pytest.raises(PlowError, match="was changed after the job was submitted"):
        archive.load_layer(stored, "own", on_the_farm)
    assert not mark.exists()


def test_row_b44_without_the_farms_word_the_script_does_not_run(mark, stored):
    with pytest.raises(PlowError, match="its script runs only with --sum"):
        archive.load_layer(stored, "own")


@pytest.mark.parametrize(
    "text", ['{"evil": 1}', "[3]", '[{"path": "x"}]', '[{"name": "n", "path": "p", "more": 1}]', "["]
)
def test_row_b44_crafted_data_is_refused(mark, stored, text):
    folder = stored / "layers" / "a"
    folder.mkdir(parents=True)
    (folder / "_outputs.json").write_text(text)

    with pytest.raises(PlowError):
        archive.load_layer(stored, "a")
