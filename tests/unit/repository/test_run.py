"""run.py: what a newcomer meets first. The installs themselves are replaced by a record of what was called."""

import json
import subprocess
import sys

import pytest

import run


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout of its own, in which commands are written down instead of run."""
    for name in ("setup.cfg", "setup.py"):
        (tmp_path / name).write_text((run.ROOT / name).read_text())
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", venv)
    monkeypatch.setattr(run, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(run, "STAMP", venv / "plow-stamp.json")
    monkeypatch.setattr(run, "LOG", venv / "plow-install.log")
    return tmp_path


@pytest.fixture
def called(checkout, monkeypatch):
    commands = []
    monkeypatch.setattr(run, "run_logged", lambda command: commands.append(" ".join(command)))
    monkeypatch.setattr(run, "works", lambda: True)
    monkeypatch.setattr(run, "can", lambda _: True)
    monkeypatch.setattr(run.shutil, "which", lambda _: None)
    return commands


def test_without_a_command_the_commands_are_shown(capsys):
    assert run.main([]) == 2
    assert "python3 run.py COMMAND" in capsys.readouterr().out
    assert run.main(["--help"]) == 0


def test_an_unknown_command_is_named(capsys):
    assert run.main(["dmeo"]) == 2
    assert "no command 'dmeo'" in capsys.readouterr().err


def test_an_old_python_is_told_what_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(run, "OLDEST", (4, 0))
    assert run.main(["check"]) == 2
    assert "Plow needs Python 3.10 or later, this is" in capsys.readouterr().err


def test_an_environment_is_installed_once(called):
    run.prepare(["server", "node"])
    run.prepare(["node"])
    assert len(called) == 1
    assert called[0].endswith(f"-e {run.ROOT}[node,server]")


def test_what_was_installed_before_stays_when_more_is_wanted(called):
    run.prepare(["server"])
    run.prepare(["dev"])
    run.prepare(["server", "gui"])
    assert [command.rpartition("[")[2] for command in called] == ["server]", "dev,server]"]


def test_a_change_of_the_packages_installs_again_but_not_one_of_a_tools_settings(called, checkout):
    run.prepare(["server"])
    setup = checkout / "setup.cfg"
    setup.write_text(setup.read_text() + "\n[mypy-new]\nstrict = True\n")
    run.prepare(["server"])
    assert len(called) == 1
    setup.write_text(
        setup.read_text() + "\n[options.entry_points]\n".replace("options.entry_points", "options.x")
    )
    run.prepare(["server"])
    assert len(called) == 2


def test_another_python_starts_from_nothing(called):
    run.prepare(["server"])
    stamp = json.loads(run.STAMP.read_text())
    run.STAMP.write_text(json.dumps({**stamp, "made_for": ["3.9", "/elsewhere"]}))
    run.prepare(["node"])
    assert called[-1].endswith("[node]")


def test_a_stamp_nobody_can_read_counts_as_none(called):
    run.STAMP.write_text("[]")
    run.prepare(["node"])
    run.STAMP.write_text("{")
    run.prepare(["node"])
    assert len(called) == 2


def test_uv_is_used_where_it_is(called, monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    monkeypatch.setattr(run, "works", lambda: False)
    run.prepare(["node"])
    assert called[0].startswith("/bin/uv venv")
    assert called[1].startswith("/bin/uv pip install --python")


def test_without_ensurepip_a_pip_from_outside_installs(called, monkeypatch):
    monkeypatch.setattr(run, "works", lambda: False)
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(run, "system_pip", lambda: ["pip-outside", "install"])
    run.prepare(["node"])
    assert "--without-pip" in called[0]
    assert called[1].startswith("pip-outside install")


def test_without_any_pip_the_line_to_type_is_shown(called, monkeypatch):
    monkeypatch.setattr(run, "works", lambda: False)
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(run, "system_pip", lambda: None)
    monkeypatch.setattr(run, "can_apt", lambda: False)
    with pytest.raises(run.Refused, match="apt-get install -y --no-install-recommends python3-venv"):
        run.prepare(["node"])


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("WARNING: Failed to establish a new connection: refused", "the package index cannot be reached"),
        ("ERROR: No matching distribution (from versions: none)", "the package index cannot be reached"),
        ("some\nERROR: no space left\nmore", "installing failed: ERROR: no space left"),
        ("", "installing failed: no word about it"),
    ],
)
def test_a_failed_install_is_told_in_one_line(checkout, output, sentence):
    program = f"import sys; sys.stderr.write({output!r}); sys.exit(1)"
    with pytest.raises(run.Refused, match=sentence.replace("(", r"\(")):
        run.run_logged([sys.executable, "-c", program])
    assert output in run.LOG.read_text()


def test_a_pip_too_old_to_install_elsewhere_is_not_used(monkeypatch):
    for text, usable in (("pip 22.3.1 from x", True), ("pip 20.0 from x", False), ("", False)):
        done = subprocess.CompletedProcess([], 0, stdout=text)
        monkeypatch.setattr(run.subprocess, "run", lambda *_, done=done, **__: done)
        assert (run.system_pip() is not None) == usable


def test_programs_that_are_missing_are_installed_and_what_still_is_missing_is_named(monkeypatch, capsys):
    there = set()

    def apt(words):
        if "no-such" in words:
            return False
        there.update(words)
        return True

    programs = [
        run.Program("one", ["one-package"], lambda: "one-package" in there),
        run.Program("two", ["no-such"], lambda: "no-such" in there),
    ]
    monkeypatch.setattr(run, "PROGRAMS", programs)
    monkeypatch.setattr(run, "can_apt", lambda: True)
    monkeypatch.setattr(run, "apt", apt)
    assert run.bring_programs(may_install=True) == ["two"]
    assert "MISSING: two; apt-get install no-such" in capsys.readouterr().out
    there.clear()
    assert run.bring_programs(may_install=False) == ["one", "two"]


def test_commands_go_on_inside_the_environment(monkeypatch):
    prepared, became = [], []
    monkeypatch.setattr(run, "prepare", prepared.append)
    monkeypatch.setattr(run, "become", lambda command: became.append(command[1:]) or 0)
    monkeypatch.setattr(run, "bring_programs", lambda may_install: [])
    for command in ("demo", "up", "wrangler", "test", "chaos"):
        assert run.main([command, "--no-apt" if command == "test" else "--x"]) == 0
    assert prepared == [run.FARM, run.KEPT, run.WINDOW, run.DEV, run.DEV]
    assert became == [
        ["-m", "blueprint.demo", "--x"],
        ["up", "--x"],
        ["--x"],
        ["-m", "pytest", *run.side_by_side()],
        ["-m", "pytest", "-m", "chaos", "--x"],
    ]


def test_a_part_of_the_suite_runs_in_one_process(monkeypatch):
    became = []
    monkeypatch.setattr(run, "prepare", lambda _: None)
    monkeypatch.setattr(run, "become", lambda command: became.append(command[1:]) or 0)
    monkeypatch.setattr(run, "bring_programs", lambda may_install: [])
    run.main(["test", "tests/sql", "-q"])
    assert became == [["-m", "pytest", "tests/sql", "-q"]]


def test_a_farm_that_is_kept_says_where_its_commands_are(monkeypatch, capsys):
    monkeypatch.setattr(run, "prepare", lambda _: None)
    monkeypatch.setattr(run, "become", lambda _: 0)
    run.main(["up"])
    assert f'export PATH="{run.BIN}:$PATH"' in capsys.readouterr().out


def test_an_unknown_benchmark_is_named_before_anything_is_installed(checkout, called, capsys):
    assert run.main(["bench", "nothing"]) == 2
    assert "no benchmark 'nothing'; there are: none" in capsys.readouterr().err
    assert called == []


def test_a_benchmark_runs_as_a_module_beside_those_it_imports(checkout, monkeypatch):
    (checkout / "benchmarks").mkdir()
    (checkout / "benchmarks" / "parts.py").write_text("ANSWER = 7\n")
    (checkout / "benchmarks" / "sums.py").write_text(
        'import sys\nfrom benchmarks.parts import ANSWER\nif __name__ == "__main__":\n    sys.exit(ANSWER)\n'
    )
    monkeypatch.setattr(run, "prepare", lambda _: None)
    monkeypatch.setattr(run, "PYTHON", sys.executable)
    assert run.benchmarks() == ["sums"]
    assert run.main(["bench", "sums"]) == 7


def test_check_says_what_failed_and_ends_with_one(monkeypatch, capsys):
    monkeypatch.setattr(run, "prepare", lambda _: None)

    def answer(command, **_):
        return subprocess.CompletedProcess(command, int("mypy" in command), stdout="x.py:1: wrong", stderr="")

    monkeypatch.setattr(run.subprocess, "run", answer)
    assert run.main(["check"]) == 1
    said = capsys.readouterr().out
    assert "FAILED mypy" in said and "x.py:1: wrong" in said and "NOT GOOD" in said
    assert said.count("x.py:1") == 1
