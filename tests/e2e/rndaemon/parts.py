"""What the tests of a real rndaemon share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.node_farm import Node, end_processes, processes_with, wait_until
from plow_client.idl import KillCommand

ESCAPES = {
    "children": "sh -c 'sleep {0}; true' &",
    "session": "setsid sleep {0} &",
    "daemonised": "(setsid sleep {0} &)",
    "cleared": "env -i sleep {0} &",
    "all": "(env -i setsid sleep {0} &)",
}


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that the task's user can reach; when it goes, nothing may run on that names it."""
    made = Path(tempfile.mkdtemp(prefix="plow-test-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        left = processes_with(str(made))
        end_processes(left)
        shutil.rmtree(made)
    assert not left, "processes outlived the test"


def finish(node: Node) -> None:
    """Stop all attempts and the daemon, and see that nothing is left."""
    stop_all(node)
    assert node.stop() == 0


def stop_all(node: Node) -> None:
    """Stop all attempts, and see that nothing of them is left."""
    if not node.is_running():
        node.start()
    with node.caller() as caller:
        held = caller.call("pingPong", withTasks=False).procIds
        wishes = [KillCommand(procId=proc_id, reason="test over", graceS=0) for proc_id in held]
        caller.call("killTasks", commands=wishes)
        wait_until(lambda: not caller.call("getRunningTasks"))
        wait_until(lambda: not node.spooled())
    assert list((node.folder / "temp").iterdir()) == [], "a private folder was left behind"


def escaping(style: str, marker: str, then: str) -> list[str]:
    """A command that tries to get away; nothing of it minds SIGTERM."""
    return ["sh", "-c", f"trap '' TERM; {ESCAPES[style].format(marker)}\n{then}"]
