"""From a file to a job, and errors that point at the line."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from blueprint import Layer, param, this_job
from blueprint.job import Job
from blueprint.loader import load
from plow_client.errors import Invalid, PlowError

HEAD = "from blueprint import Layer, Task, param, this_job\nfrom blueprint.modules.shell import Shell, ShellCommand\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a blueprint and gives its name as an artist would type it."""
    monkeypatch.chdir(tmp_path)

    def put(text: str, name: str = "shot.bp", head: str = HEAD) -> str:
        Path(name).write_text(head + textwrap.dedent(text))
        return name

    return put


def test_row_b01_the_job_is_called_as_the_file_is_up_to_the_first_dot(write):
    job = load(write('Shell("b", cmd="x")\nShell("a", cmd="x")', "demo.v1.bp"))

    assert job.name == "demo"
    assert list(job.layers) == ["b", "a"]


def test_another_name_can_be_given(write):
    assert load(write('Shell("a", cmd="x")'), name="other").name == "other"


def test_row_b02_a_layer_made_outside_a_blueprint_belongs_to_no_job():
    assert Layer("free").job is None
    with pytest.raises(Invalid, match="no blueprint is being loaded"):
        this_job()
    assert param("any", 3) == 3


def test_row_b04_a_layer_can_be_added_by_hand():
    job = Job("j")
    job.add(Layer("a"))

    assert job.layer("a").job is job
    with pytest.raises(Invalid, match="no layer 'b'"):
        job.layer("b")


def test_the_script_sets_range_project_env_and_attrs(write):
    job = load(write('j = this_job()\nj.range = "1-3"\nj.env["A"] = "b"\nShell("a", cmd="x")'))

    assert (job.range, job.env) == ("1-3", {"A": "b"})


def test_a_parameter_takes_the_type_of_its_default(write):
    text = 'n = param("n", 2)\nassert n == 7 and param("s", "x") == "x"\nShell("a", cmd="x")'

    assert load(write(text), params={"n": "7"}).params == {"n": "7"}


def test_row_b10_a_depend_can_be_a_layer_a_name_or_a_list(write):
    job = load(
        write("""
        a = Shell("a", cmd="x")
        Shell("b", cmd="x", depend=a)
        c = Shell("c", cmd="x", depend=["a:all", "b"])
        c.depend_on("a")
        c.depend_all(a)
        """)
    )

    assert [str(depend) for depend in job.layer("c").depends()] == ["a:all", "b", "a", "a:all"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\nShell("a", cmd="x", dependOn="b")', "shot.bp:4: layer 'a': Shell has no option 'dependOn'"),
        ('Shell("a", cmd="x", thread=2)', "shot.bp:3: layer 'a': Shell has no option 'thread'; did you mean 'threads'"),
        (
            'a = Shell("a", cmd="x")\na.thread = 2',
            "shot.bp:4: layer 'a': Shell has no option 'thread'; did you mean 'threads'",
        ),
        ('Shell("a", cmd="x", threads="two")', "shot.bp:3: layer 'a': threads = 'two': expected a whole number"),
        ('Shell("a")', "shot.bp:3: layer 'a': cmd is needed"),
        ('Shell("a", cmd="x")\nShell("a", cmd="x")', "shot.bp:4: layer 'a' is there already, from shot.bp:3"),
        ('Shell("a b", cmd="x")', "shot.bp:3: 'a b' is no layer name"),
        (
            'Shell("beauty", cmd="x")\nShell("a", cmd="x", depend="beaty")',
            "shot.bp:4: layer 'a': depends on 'beaty', which is no layer; did you mean 'beauty'?",
        ),
        (
            'Shell("a", cmd="x", depend="c")\nShell("b", cmd="x", depend="a:all")\nShell("c", cmd="x", depend="b")',
            "layers wait for one another: a -> c -> b -> a",
        ),
        ('Shell("a", cmd="x", depend="a")', "shot.bp:3: layers wait for one another: a -> a"),
        ("Shell(", "shot.bp:3: '(' was never closed"),
        ("1 / 0", "shot.bp:3: ZeroDivisionError: division by zero"),
        ("Shel('a')", "shot.bp:3: NameError: name 'Shel' is not defined"),
        ("import json\njson.loads('x')", "shot.bp:4: JSONDecodeError"),
        ("", "shot.bp: job 'shot' has no layers"),
        ('Shell("a", cmd="./x")', "shot.bp:3: layer 'a': cmd starts './x', a relative path"),
        ('Shell("a", cmd=["x", "%{FRAMES}"])', "no token '%{FRAMES}'; did you mean 'FRAME'?"),
        ('Shell("a", cmd="echo %{FRAME} x")',
         """shot.bp:3: layer 'a': cmd is one word, 'echo %{FRAME} x': write ["echo", "%{FRAME}", "x"], or"""),
        ("import nowhere", "shot.bp:3: no Python module 'nowhere'"),
        ("import blueprint.modules.blendr", "no Python module 'blueprint.modules.blendr'; did you mean 'blender'?"),
        ("import blueprint.modules.cinema", "; there are: arnold, blender, contactsheet, "),
        ('Shell("a", cmd=[])', "shot.bp:3: layer 'a': cmd is empty"),
        ('Shell("p", cmd="x", post=True)\nShell("a", cmd="x", depend="p")', "only one of them is a post layer"),
        ('ShellCommand("a", cmd="x", group="g", ram=1)\nShellCommand("b", cmd="x", group="g")',
         "shot.bp:4: layer 'b': asks the farm for other than the rest of group 'g'"),
        ('Shell("g", cmd="x")\nShellCommand("b", cmd="x", group="g")', "its group 'g' has the name of a layer"),
        ('param("n", 1)', "shot.bp:3: --set n=x: expected a whole number"),
    ],
)  # fmt: skip
def test_rows_b03_b06_b07_a_mistake_is_one_line_that_points_at_its_place(write, text, said):
    with pytest.raises(PlowError) as error:
        load(write(text), params={"n": "x"} if "param" in text else None)

    assert said in error.value.why
    assert error.value.why.startswith("shot.bp")
    assert "\n" not in error.value.why


def test_a_file_whose_name_is_no_job_name_is_told_of_the_option(write):
    with pytest.raises(Invalid, match="'my shot' is no job name: .*; or name the job with --name"):
        load(write('Shell("a", cmd="x")', "my shot.bp"))


def test_a_program_with_a_space_in_its_name_is_one_word(write, tmp_path):
    program = tmp_path / "my program"
    program.touch()

    assert load(write(f'Shell("a", cmd="{program}")')).layer("a").command([1]) == [str(program)]


def test_a_setting_that_nobody_asks_for_is_refused(write):
    with pytest.raises(Invalid, match="the blueprint asks for no 'qualty'; did you mean 'quality'"):
        load(write('param("quality", 1)\nShell("a", cmd="x")'), params={"qualty": "3"})


def test_a_line_in_a_function_that_the_script_calls_is_the_one_named(write):
    text = 'def make(name):\n    return Shell(name, cmd="x", wrong=1)\n\nmake("a")'

    with pytest.raises(Invalid, match=r"^shot\.bp:4: "):
        load(write(text))


@pytest.mark.parametrize("name", ["none.bp", "folder"])
def test_a_file_that_is_not_there_is_named(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()

    with pytest.raises(Invalid, match=f"no blueprint '{name}'"):
        load(name)


def test_another_kind_of_file_is_refused(write):
    with pytest.raises(Invalid, match=r"expected one of \.bp, \.yaml"):
        load(write("", "shot.txt"))


YAML = """
range: 1-10
env: {A: b}
layers:
  - name: a
    module: shell
    cmd: [echo, "%{FRAME}"]
    chunk: 2
    frame_range: 7
  - name: b
    module: blueprint.modules.shell:ShellCommand
    cmd: [echo]
    depend: a:all
"""


def test_yaml_says_the_same_plainly(write):
    job = load(write(YAML, "shot.yaml", head=""))

    assert (job.name, job.range, job.env) == ("shot", "1-10", {"A": "b"})
    assert job.layer("a").frame_range == "7"
    assert [str(depend) for depend in job.layer("b").depends()] == ["a:all"]


def test_yaml_may_share_options_by_an_anchor(write):
    text = """
layers:
  - &first {name: a, module: shell, cmd: [x], chunk: 3}
  - {<<: *first, name: b, frame_range: "1-2"}
"""
    job = load(write(text, "shot.yaml", head=""))

    assert job.layer("b").chunk == 3


def test_a_setup_may_add_layers_which_are_set_up_too(write):
    text = """
class Own(Layer):
    def setup(self):
        self.frame_range = "1"
        if self.name == "a":
            Own("b", depend=self)
Own("a")
"""
    job = load(write(text))
    job.setup()

    assert [layer.frame_range for layer in job.layers.values()] == ["1", "1"]


def test_json_says_the_same_plainly(write):
    text = '{"name": "n", "layers": [{"name": "a", "module": "shell", "cmd": ["x"]}]}'

    assert list(load(write(text, "shot.json", head="")).layers) == ["a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (YAML.replace("chunk", "chunks"), "shot.yaml:8: layer 'a': Shell has no option 'chunks'"),
        (YAML.replace("module: shell", "module: shel"), "shot.yaml:6: no module 'shel'; did you mean 'shell'?"),
        (YAML.replace("range: 1-10", "rang: 1-10"), "shot.yaml:2: no key 'rang'; did you mean 'range'?"),
        (YAML.replace("range: 1-10", "range: [1]"), "shot.yaml:2: range = [1]: expected a text"),
        (YAML.replace("range: 1-10", "name: a b"), "'a b' is no job name"),
        (YAML.replace("chunk: 2", "cmd: 2"), "shot.yaml:5: not valid YAML: a name is there twice"),
        ("layers: {}", "layers is no list"),
        ("layers: [3]", "a layer is no table"),
        ("layers: [{name: a}]", "shot.yaml:1: a layer needs a name and a module"),
        ("a: [", "not valid YAML"),
        ("- 1", "the file is no table of names and values"),
        ("layers: !!python/object/apply:os.system [true]", "shot.yaml:1: not valid YAML: could not determine"),
    ],
)  # fmt: skip
def test_a_mistake_in_yaml_points_at_its_table(write, text, said):
    with pytest.raises(Invalid) as error:
        load(write(text, "shot.yaml", head=""))

    assert said in error.value.why


def test_a_mistake_in_json_points_at_its_line(write):
    with pytest.raises(Invalid, match=r"shot\.json:2: not valid JSON"):
        load(write('{\n"a" 1}', "shot.json", head=""))


JSON = """{
 "range": "1-3",
 "layers": [
  {"name": "a",
   "module": "shell",
   "chunk": 2,
   "cmd": ["x"]
  }
 ]
}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"chunk"',
            '"chunks"',
            "shot.json:6: layer 'a': Shell has no option 'chunks'; did you mean 'chunk'?",
        ),
        ("2,", '"two",', "shot.json:6: layer 'a': chunk = 'two': expected a whole number"),
        ('["x"]', '["x"], "env": 3', "shot.json:7: layer 'a': env = 3: expected a table"),
        ('"shell"', '"shel"', "shot.json:5: no module 'shel'; did you mean 'shell'?"),
        ('"range"', '"rang"', "shot.json:2: no key 'rang'; did you mean 'range'?"),
        ('"cmd"', '"chunk"', "shot.json:4: not valid JSON: a name is there twice"),
        ('"module": "shell",', "", "shot.json:4: a layer needs a name and a module"),
    ],
)
def test_a_mistake_in_json_points_at_the_line_of_the_option(write, old, new, said):
    with pytest.raises(Invalid) as error:
        load(write(JSON.replace(old, new), "shot.json", head=""))

    assert error.value.why.startswith(said)
