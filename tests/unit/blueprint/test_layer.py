"""A layer's arguments, its life, and its names of 2012."""

from __future__ import annotations

import pytest

import blueprint
from blueprint import Layer, LayerException, Option, SetupTask, Task, archive, runner
from blueprint.job import Job, loading
from blueprint.loader import load
from blueprint.modules.shell import Shell
from blueprint.spec import to_job_spec

LIFE = """
from blueprint import Layer

class Own(Layer):
    def _afterInit(self): print("after init", self.getName())
    def _setup(self): print("setup")
    def _beforeExecute(self): print("before")
    def _execute(self, frames): print("execute", frames)
    def _afterExecute(self): print("after")

Own("a")
"""


def test_row_b05_an_argument_is_set_got_and_known_to_be_set():
    layer = Shell("a", cmd=["x"])

    assert (layer.get_arg("threads"), layer.get_arg("threads", 4), layer.is_arg_set("threads")) == (
        None,
        4,
        False,
    )
    layer.set_arg("threads", 8)
    assert (layer.get_arg("threads", 4), layer.is_arg_set("threads"), layer.threads) == (8, True, 8)
    assert (layer.get_arg("chunk"), layer.is_arg_set("cmd")) == (1, True)


@pytest.mark.parametrize("call", ["set_arg", "get_arg", "is_arg_set"])
def test_row_b05_an_argument_that_nobody_knows_is_refused(call):
    words = ["thread", 1] if call == "set_arg" else ["thread"]

    with pytest.raises(
        LayerException, match="layer 'a': Shell has no option 'thread'; did you mean 'threads'"
    ):
        getattr(Shell("a", cmd=["x"]), call)(*words)


class Keeping(Shell):
    """Keeps what it works out, under names that are nearly options."""

    def setup(self):
        self.thread = self.threads or 1


def test_what_a_layers_own_methods_keep_is_theirs():
    layer = Keeping("a", cmd=["x"])
    layer.setup()
    layer.thread = 2  # it is there now
    layer.colour = "red"  # like no option
    assert (layer.thread, layer.colour) == (2, "red")


def test_row_b19_the_hooks_of_an_own_layer_are_called_in_their_order(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("blueprint.process.end_on_terminate", lambda: None)
    script = tmp_path / "life.bp"
    script.write_text(LIFE)
    job = load(script)
    job.setup()
    path = archive.new_path(tmp_path, job)
    archive.write(path, job, "1-2")
    on_the_farm = archive.checksum((path / "job.json").read_bytes())
    assert capsys.readouterr().out.splitlines() == ["after init a", "setup"]

    assert runner.main([str(path), "--sum", on_the_farm, "--layer", "a", "--range", "1-2"]) == 0
    assert capsys.readouterr().out.splitlines() == ["after init a", "before", "execute [1, 2]", "after"]


def test_row_b19_after_init_comes_when_all_of_the_layer_is_there():
    seen = []

    class Own(Layer):
        model = Option(str, "none", "What to turn.")

        def __init__(self, name, **options):
            super().__init__(name, **options)
            self.more = 1

        def after_init(self):
            seen.append((self.model, self.more, self.job.layers["a"] is self))

    with loading(Job("j")):
        Own("a", model="pot")
    assert seen == [("pot", 1, True)]


def test_a_task_of_2012_executes_without_frames():
    done = []

    class Own(Task):
        def _execute(self):
            done.append(self.getName())

    Own("t").execute([])
    assert done == ["t"]


def test_row_b04_the_names_of_2012_do_the_same():
    job = Job("j")
    a, b = Shell("a", cmd=["x"]), Shell("b", cmd=["y"])
    job.addLayer(a)
    job.addLayer(b)
    b.dependOn(a)
    b.dependAll("a")
    b.setArg("chunk", 5)
    b.addInput("scene", "s.pov", {"kind": "pov"})
    b.addOutput("picture", "/o.####.png", {"depth": "16"})

    assert [layer.getName() for layer in job.getLayers()] == ["a", "b"]
    assert job.getLayer("b") is b and str(b) == "b" and job.getName() == "j" and job.getPath() is None
    with pytest.raises(LayerException, match="no layer 'c'"):
        job.getLayer("c")
    assert [str(depend) for depend in b.getDepends()] == ["a", "a:all"]
    assert (b.getArg("chunk"), b.isArgSet("chunk"), b.isArgSet("ram")) == (5, True, False)
    assert (b.getInput("scene").path, b.getOutput("picture").attrs) == ("s.pov", {"depth": "16"})
    with pytest.raises(LayerException, match="no input or output 'none'; there are: picture"):
        b.getOutput("none")


def test_row_b21_a_setup_task_runs_before_its_layer():
    with loading(Job("j")) as job:
        layer = Shell("beauty", cmd=["x"])
        task = SetupTask(layer)
        SetupTask(Shell("other", cmd=["x"]))
    spec = {layer.name: layer for layer in to_job_spec(job, "1-2").layers}

    assert (task.name, layer.setup_tasks, job.layer("beauty_setup").target) == ("beauty_setup", [task], layer)
    assert [each.name for each in spec["setups"].tasks] == ["beauty_setup", "other_setup"]
    (depend,) = spec["beauty"].depends
    assert (depend.dependOnLayer, depend.dependOnTask) == ("setups", "beauty_setup")


def test_row_b22_inputs_and_outputs_keep_name_path_and_attributes(tmp_path):
    job = Job("j", folder=tmp_path)
    with loading(job):
        layer = Shell("a", cmd=["x"])
    layer.add_input("scene", "/s.pov", kind="pov")
    layer.add_output("picture", "out/p.####.png", depth="16")
    path = archive.new_path(tmp_path, job)
    archive.write(path, job, "1")

    again = archive.load_layer(path, "a")
    assert (again.inputs, again.outputs()) == (layer.inputs, layer.outputs())
    (output,) = again.outputs()
    assert (output.name, output.path, output.attrs) == (
        "picture",
        f"{tmp_path}/out/p.####.png",
        {"depth": "16"},
    )


@pytest.mark.parametrize("name", [".", "..", "..."])
def test_a_name_that_is_a_folder_of_the_system_is_no_layer_name(name):
    with pytest.raises(LayerException, match="is no layer name"):
        Layer(name)


def test_everything_that_the_package_offers_is_there():
    assert all(getattr(blueprint, name) is not None for name in blueprint.__all__)
