"""One task on the node."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from blueprint import archive, process, runner
from blueprint.loader import load

HEAD = """
import sys
from blueprint import Layer, Task
from blueprint.modules.shell import Shell, ShellCommand
PYTHON = sys.executable
"""


@pytest.fixture
def stored(tmp_path):
    """Stores a blueprint and gives its archive."""

    def put(text: str) -> Path:
        script = tmp_path / "shot.bp"
        script.write_text(HEAD + textwrap.dedent(text))
        path = archive.new_path(tmp_path / "archives", job := load(script))
        archive.write(path, job, "1-10")
        return path

    return put


def submitted(path: Path) -> str:
    """What the farm's command says of an archive."""
    return archive.checksum((path / "job.json").read_bytes())


@pytest.fixture
def taskrun(capfd, monkeypatch):
    """Runs a task in this process; what its commands print is caught too."""
    monkeypatch.setattr(process, "end_on_terminate", lambda: None)
    monkeypatch.delenv("PLOW_TASK_NAME", raising=False)

    def run(path: Path, *words: str) -> SimpleNamespace:
        status = runner.main([str(path), "--sum", submitted(path), *words])
        said = capfd.readouterr()
        return SimpleNamespace(returncode=status, stdout=said.out, stderr=said.err)

    return run


def test_frames_come_in_their_order_between_before_and_after(taskrun, stored):
    path = stored("""
        class Own(Layer):
            def before_execute(self, frames): print("before", frames)
            def command(self, frames): return ["echo", *map(str, frames)]
            def after_execute(self, frames): print("after", frames)
        Own("a")
        """)
    done = taskrun(path, "--layer", "a", "--range=5,1-2,-3")

    assert done.stdout.splitlines() == [
        "before [5, 1, 2, -3]",
        "+ echo 5 1 2 -3",
        "5 1 2 -3",
        "after [5, 1, 2, -3]",
    ]
    assert done.returncode == 0


def test_the_exact_command_is_shown_as_a_shell_would_take_it(taskrun, stored):
    path = stored("""
        class Own(Layer):
            def command(self, frames): return ["echo", "a b", "$(x)", "it's"]
        Own("a")
        """)

    assert taskrun(path, "--layer", "a", "--range=1").stdout.startswith("+ echo 'a b' '$(x)' 'it'\"'\"'s'\n")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ('[PYTHON, "-c", "raise SystemExit(7)"]', 7),
        ('[PYTHON, "-c", "import os; os.kill(os.getpid(), 9)"]', 128 + 9),
        ('["no-such-program-here"]', 127),
        ('["/etc/passwd"]', 126),
    ],
)
def test_row_b34_the_status_of_the_failing_command_is_the_tasks(taskrun, stored, command, status):
    path = stored(f"""
        class Own(Layer):
            per_frame = True
            def command(self, frames): return {command}
            def after_execute(self, frames): print("after")
        Own("a")
        """)
    done = taskrun(path, "--layer", "a", "--range=1-2")

    assert done.returncode == status
    assert done.stdout.count("+ ") == 1
    assert "after" not in done.stdout
    assert "taskrun: " in done.stderr


def test_row_b35_a_task_is_run_by_its_name(taskrun, stored):
    path = stored("""
        ShellCommand("a", cmd=["echo", "%{TASK}"], group="g")
        ShellCommand("b", cmd=["echo", "b"], group="g")
        """)

    assert taskrun(path, "--task", "a").stdout == "+ echo a\na\n"


def test_a_shell_layer_that_needs_the_runner_gets_its_tokens(taskrun, stored, tmp_path):
    path = stored(f"""
        Shell("a", cmd=["echo", "%{{FRAME}} %{{RANGE}}"]).add_output("none", "{tmp_path}/none")
        """)
    done = taskrun(path, "--layer", "a", "--range=3-5")

    assert "3 3-5" in done.stdout
    assert done.returncode == 1
    assert f"'a' ended well but did not write '{tmp_path}/none'" in done.stderr


def test_the_folder_of_an_output_is_made_first(taskrun, stored, tmp_path):
    path = stored(f"""
        a = Shell("a", cmd=["touch", "{tmp_path}/new/deep/%{{FRAME}}"])
        a.add_output("file", "{tmp_path}/new/deep/#")
        """)
    done = taskrun(path, "--layer", "a", "--range=3")

    assert (tmp_path / "new/deep/3").is_file()
    assert "did not write" in done.stderr


def test_own_python_that_fails_shows_where(taskrun, stored):
    path = stored("""
        class Own(Layer):
            def execute(self, frames): raise RuntimeError("no light")
        Own("a")
        """)
    with pytest.raises(RuntimeError, match="no light") as error:
        taskrun(path, "--layer", "a", "--range=1")

    assert error.traceback[-1].path.name == "shot.bp"


def test_a_layer_that_says_nothing_fails_with_its_name(taskrun, stored):
    with pytest.raises(NotImplementedError, match="Layer says neither command nor execute"):
        taskrun(stored('Layer("a")'), "--layer", "a", "--range=1")


@pytest.mark.parametrize(
    "words", [("--layer", "b", "--range=1"), ("--layer", "a", "--range=x"), ("--layer", "a")]
)
def test_a_wrong_call_is_one_line(taskrun, stored, words):
    done = taskrun(stored('Layer("a")'), *words)

    assert done.returncode == 1
    assert done.stderr.startswith("taskrun: ")
    assert done.stderr.count("\n") == 1


def test_a_stop_ends_the_command_and_lets_the_layer_tidy_up(stored, tmp_path):
    path = stored(f"""
        from pathlib import Path
        class Own(Layer):
            def execute(self, frames):
                try:
                    self.run([PYTHON, "-c", "import time; print('started', flush=True); time.sleep(60)"])
                finally:
                    Path("{tmp_path}/tidy").touch()
        Own("a")
        """)
    command = [
        sys.executable,
        "-m",
        "blueprint.runner",
        str(path),
        "--sum",
        submitted(path),
        "--layer",
        "a",
        "--range=1",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.stdout.readline() != "started\n":
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert process.returncode == 128 + 15
    assert (tmp_path / "tidy").exists()
