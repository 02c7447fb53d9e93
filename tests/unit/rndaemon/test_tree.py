import os
import signal
import subprocess
import sys

import pytest

from benchmarks.node_farm import wait_until
from rndaemon import strays
from rndaemon.platform import tree


@pytest.fixture
def family():
    """A process with a child and a grandchild."""
    script = "sh -c 'sleep 1000; true' & wait"
    root = subprocess.Popen(
        ["sh", "-c", script], env={**os.environ, "PLOW_PROC_ID": "family"}, start_new_session=True
    )
    wait_until(lambda: len(tree.descendants(root.pid)) == 2)
    yield root
    os.killpg(root.pid, signal.SIGKILL)
    root.wait()


def test_a_name_with_brackets_does_not_confuse():
    fields = ["S", "7", *["0"] * 9, "1", "2", "3", "4", *["0"] * 4, "99", "0", "5"]
    process = tree.parse_stat(f"42 (a) b) {' '.join(fields)} 0 0".encode())

    assert process == tree.Process(42, 7, "S", 10, 99, 5 * tree.PAGE_BYTES)


def test_both_ways_of_looking_find_the_same_tree(family):
    quick = {process.pid for process in tree.descendants(family.pid)}

    assert quick == {process.pid for process in tree.below(family.pid, tree.all_processes())}
    assert family.pid not in quick


def test_a_tree_is_added_up(family):
    use = tree.measure(tree.descendants(family.pid))

    assert use.rss_bytes > 0 and use.read_count > 0


def test_what_is_gone_is_not_there():
    ended = subprocess.Popen(["true"])
    ended.wait()

    assert tree.look(ended.pid) is None
    assert tree.descendants(ended.pid) == []


def test_only_the_process_that_was_seen_gets_a_signal(family):
    seen = tree.look(family.pid)
    tree.send(seen._replace(start=seen.start + 1), signal.SIGKILL)

    assert family.poll() is None
    tree.send(seen, signal.SIGKILL)
    assert family.wait(10) == -signal.SIGKILL


def test_strays_are_found_by_their_environment_and_killed(family):
    assert family.pid in {process.pid for process in tree.tagged("PLOW_PROC_ID=family")}
    assert strays.sweep("family", {})

    assert family.wait(10) == -signal.SIGKILL


def test_strays_are_found_by_what_was_seen_of_them():
    hidden = subprocess.Popen(["sleep", "1000"], env={}, start_new_session=True)
    seen = tree.look(hidden.pid)
    assert strays.sweep("nobody-knows", {"tree": [[seen.pid, seen.start + 1]]})
    assert hidden.poll() is None
    assert strays.sweep("nobody-knows", {"tree": [[seen.pid, seen.start]]})

    assert hidden.wait(10) == -signal.SIGKILL


def test_a_shim_needs_nothing_but_the_standard_library():
    """It starts without site packages; an import of anything else would fail there."""
    code = "import sys; sys.path.append(sys.argv[1]); import rndaemon.shim.shim"
    root = os.path.dirname(os.path.dirname(strays.__file__))

    assert subprocess.run([sys.executable, "-I", "-S", "-c", code, root]).returncode == 0
