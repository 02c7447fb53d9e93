"""A fake server and a real rndaemon for one test; afterwards nothing of either may be left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.node_farm import FakeServer, Node, end_processes, processes_with, wait_until

ESCAPES = {
    "children": "sh -c 'sleep {0}; true' &",
    "session": "setsid sleep {0} &",
    "daemonised": "(setsid sleep {0} &)",
    "cleared": "env -i sleep {0} &",
    "all": "(env -i setsid sleep {0} &)",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the task's user can reach."""
    made = Path(tempfile.mkdtemp(prefix="plow-test-"))
    made.chmod(0o755)
    yield made
    left = processes_with(str(made))
    end_processes(left)
    shutil.rmtree(made)
    assert not left, "processes outlived the test"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """Answers on the node port."""
    fake = FakeServer()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def node(folder: Path, server: FakeServer) -> Iterator[Node]:
    """Running, with 8 cores; at the end everything it still runs is stopped."""
    made = Node(folder, server.address)
    made.start()
    yield made
    finish(made)


def finish(node: Node) -> None:
    """Stop all attempts and the daemon, and see that nothing is left."""
    if not node.is_running():
        node.start()
    with node.caller() as caller:
        held = caller.call("pingPong", withTasks=False).procIds
        wishes = [{"procId": proc_id, "reason": "test over", "graceS": 0} for proc_id in held]
        if wishes:
            from plow_client.idl import KillCommand

            caller.call("killTasks", commands=[KillCommand(**wish) for wish in wishes])
        wait_until(lambda: not caller.call("getRunningTasks"))
    assert node.stop() == 0
    assert list((node.folder / "temp").iterdir()) == [], "a private folder was left behind"


def escaping(style: str, marker: str, then: str) -> list[str]:
    """A command that tries to get away; nothing of it minds SIGTERM."""
    return ["sh", "-c", f"trap '' TERM; {ESCAPES[style].format(marker)}\n{then}"]
