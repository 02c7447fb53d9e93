"""A Python for tasks: our own where that will do, a copy where the tasks' account cannot reach ours."""

import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from plow_client import task_python
from plow_client.account import as_account, find_account
from plow_client.errors import Invalid
from plow_client.places import running_as_root
from plow_client.task_python import ensure_task_python


@pytest.fixture
def state():
    folder = Path(tempfile.mkdtemp(prefix="plow-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed(monkeypatch):
    """As if the account could not run our interpreter; the rest is as it is."""
    monkeypatch.setattr(task_python, "running_as_root", lambda: True)
    monkeypatch.setattr(task_python, "can_run", lambda *_: False)


def run_as_task(program, *words):
    account = find_account("nobody") if running_as_root() else None
    command = as_account(account, [str(program), *words])
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})


def test_without_root_our_own_is_taken(state, monkeypatch):
    monkeypatch.setattr(task_python, "running_as_root", lambda: False)
    assert ensure_task_python(state, "nobody") == Path(sys.executable).parent
    assert list(state.iterdir()) == []


def test_an_account_that_can_run_ours_uses_ours(state, monkeypatch):
    monkeypatch.setattr(task_python, "running_as_root", lambda: True)
    monkeypatch.setattr(task_python, "can_run", lambda *_: True)
    assert ensure_task_python(state, "nobody") == Path(sys.executable).parent


def test_the_copy_stands_alone_and_has_what_tasks_need(state, closed):
    folder = ensure_task_python(state, "nobody")
    program = "import blueprint, plow_client.idl, PIL, fileseq, yaml, sys; print(sys.prefix, PIL.__file__)"
    told = run_as_task(folder / "python3", "-c", program)
    assert (told.returncode, told.stderr) == (0, "")
    assert all(place.startswith(str(folder.parent)) for place in told.stdout.split())
    assert {"python3", "python", "taskrun", "plow"} <= {file.name for file in folder.iterdir()}


def test_it_is_made_once_and_anew_when_our_files_change(state, closed, monkeypatch):
    first = ensure_task_python(state, "nobody")
    made = first.stat().st_mtime_ns
    assert ensure_task_python(state, "nobody") == first
    assert first.stat().st_mtime_ns == made
    for stamp in ("changed", "changed again"):
        monkeypatch.setattr(task_python, "_stamp", lambda stamp=stamp: stamp)
        ensure_task_python(state, "nobody")
    assert sorted(tree.name for tree in (state / "python").iterdir()) == ["changed", "changed again"]


def test_two_at_once_end_with_one_whole_copy(state, closed):
    folders = []
    threads = [
        threading.Thread(target=lambda: folders.append(ensure_task_python(state, "nobody"))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folders[0] == folders[1]
    assert list((state / "python").iterdir()) == [folders[0].parent]


def test_a_place_the_account_cannot_reach_is_told(state, closed, monkeypatch):
    monkeypatch.setattr(task_python, "can_reach", lambda *_: False)
    monkeypatch.setattr(task_python, "_build", lambda tree, _: (tree / "bin").mkdir(parents=True))
    with pytest.raises(Invalid, match="account 'nobody' cannot reach"):
        ensure_task_python(state, "nobody")


def test_without_a_search_path_to_exchange_a_wrapper_is_written(state, monkeypatch):
    library = state / "closed"
    library.mkdir()
    (library / "libpython.so").touch()
    told = {"LIBDIR": str(library), "INSTSONAME": "libpython.so"}
    monkeypatch.setattr(task_python.sysconfig, "get_config_var", told.get)
    monkeypatch.setattr(task_python, "can_reach", lambda *_: False)
    program = state / "bin" / "python3.x"
    program.parent.mkdir()
    (state / "lib").mkdir()
    program.write_bytes(b"no path in here")
    task_python._bring_shared_library(state, program, find_account("nobody"))
    assert "LD_LIBRARY_PATH" in (state / "bin" / "python3").read_text()
    assert (state / "lib" / "libpython.so").exists()
