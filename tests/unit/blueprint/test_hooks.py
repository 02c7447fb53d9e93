"""Plugins: on or off by the settings, and called at their five moments."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from blueprint import SetupTask, archive, hooks, outputs_plugin, runner
from blueprint.job import Job, loading
from blueprint.modules.shell import Shell
from blueprint.spec import to_job_spec
from plow_client import job as farm
from plow_client.errors import Invalid

PLUGIN = """
seen = []
def init(): seen.append("init")
def {after_init}(layer): seen.append("after_init " + layer.name)
def setup(layer): seen.append("setup " + layer.name)
def {before}(layer): seen.append("before_execute " + layer.name)
def {after}(layer): seen.append("after_execute " + layer.name)
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Writes the settings file that holds here; plugins are looked for beside it."""
    monkeypatch.setattr("blueprint.process.end_on_terminate", lambda: None)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("BLUEPRINT_CFG", str(tmp_path / "blueprint.toml"))
    before = set(sys.modules)

    def put(text):
        (tmp_path / "blueprint.toml").write_text(text)
        hooks.plugins.cache_clear()

    yield put
    hooks.plugins.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("noting"):
            del sys.modules[name]


@pytest.mark.parametrize(
    "names",
    [
        {"after_init": "after_init", "before": "before_execute", "after": "after_execute"},
        {"after_init": "afterInit", "before": "beforeExecute", "after": "afterExecute"},
    ],
    ids=["today", "2012"],
)
def test_row_b23_each_of_the_five_hooks_is_called_once(settings, tmp_path, names):
    (tmp_path / "noting.py").write_text(PLUGIN.format(**names))
    settings("[plugins]\nnoting = true\n")
    with loading(Job("j")) as job:
        Shell("a", cmd=["true"])
    job.setup()
    assert to_job_spec(job, "1").layers[0].command[0] == "taskrun"  # the farm alone would call no plugin
    archive.write(path := archive.new_path(tmp_path, job), job, "1")
    assert runner.main([str(path), "--layer", "a", "--range", "1"]) == 0

    seen = sys.modules["noting"].seen
    assert seen == ["init", "after_init a", "setup a", "before_execute a", "after_execute a"]


def test_row_b23_a_plugin_that_is_off_is_never_imported(settings, tmp_path):
    (tmp_path / "noting.py").write_text("raise SystemExit('imported')")
    settings("[plugins]\nnoting = false\n")
    Shell("a", cmd=["true"])

    assert "noting" not in sys.modules


def test_a_plugin_that_is_not_there_is_named(settings):
    settings("[plugins]\nnowhere_at_all = true\n")

    with pytest.raises(Invalid, match="plugin 'nowhere_at_all' cannot be imported"):
        Shell("a", cmd=["true"])


class Look(SetupTask):
    """Finds two outputs, one of which the farm knows."""

    def execute(self, frames):
        self.target.add_output("beauty", "/out/beauty.####.exr", depth="16")
        self.target.add_output("known", "/out/known.####.exr")


@pytest.fixture
def told(monkeypatch):
    """What the farm was told of outputs."""
    told = []
    layer = SimpleNamespace(
        get_outputs=lambda: [SimpleNamespace(path="/out/known.####.exr")],
        add_output=lambda path, attrs: told.append((path, attrs)),
    )
    monkeypatch.setattr(
        farm, "get_job", lambda job_id: SimpleNamespace(get_layer=lambda name: layer if name == "a" else None)
    )
    return told


@pytest.fixture
def looked(tmp_path):
    with loading(Job("j")) as job:
        layer = Shell("a", cmd=["true"])
        task = Look(layer)
    job.archive = tmp_path
    task.execute([])
    return task


def test_row_b24_the_farm_learns_the_outputs_that_a_setup_task_found(told, looked, monkeypatch):
    monkeypatch.setenv("PLOW_JOB_ID", "j1")
    outputs_plugin.after_execute(looked)

    assert told == [("/out/beauty.####.exr", {"name": "beauty", "depth": "16"})]


def test_row_b24_without_a_farm_nobody_is_told(told, looked, monkeypatch):
    monkeypatch.delenv("PLOW_JOB_ID", raising=False)
    outputs_plugin.after_execute(looked)

    assert told == []
