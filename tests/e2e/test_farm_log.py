"""A log that is followed from a machine that cannot see it: by way of the server, through its restart and a retry."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable

import pytest

from plow_client import current
from plow_client.cli import log as log_of
from plow_client.cli.main import run
from plow_client.idl import TaskFilterT
from tests.e2e.conftest import Story, wait_for


class Screen(io.TextIOBase):
    """What has been printed so far."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return self.buffer.write(text.encode())

    def shown(self) -> str:
        return self.buffer.getvalue().decode("utf-8", "replace")


def test_row_r34_r40_a_followed_log_comes_by_way_of_the_server(
    begin: Callable[..., Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = Screen(), Screen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(log_of, "_here", lambda path, place: None)
    story = begin(nodes=1, cores=1, options=("node.ping_interval_s=1",))
    go_on, again = story.folder / "starts" / "go", story.folder / "starts" / "again"
    script = f"""if test -e {again}; then printf 'zweite \\303\\274bung 100%%\\n'; exit 0; fi
        echo first 25%; until test -e {go_on}; do sleep 0.05; done; touch {again}; echo last; exit 9"""
    job = story.launch(story.layer("1-1", script, maxRetries=1))
    wait_for(lambda: story.tasks() == {"RUNNING": 1})
    words = ["--host", f"127.0.0.1:{story.farm.rpc_port}", "job", "log", job.name, "0001-beauty", "-f"]
    status: list[int] = []
    follower = threading.Thread(target=lambda: status.append(run(words)), daemon=True)
    follower.start()
    wait_for(lambda: "first 25%\n" in out.shown(), 20, err.shown)
    (task,) = story.call("getTasks", filter=TaskFilterT(jobId=job.id))
    wait_for(lambda: story.call("getTask", taskId=task.id).stats.lastLogLine == "first 25%")
    assert story.call("getTask", taskId=task.id).stats.progress == 25

    story.farm.kill(story.farm.server)
    story.farm.start_server()
    go_on.touch()
    story.wait_for_end(job)
    follower.join(20)

    current.reconnect()
    assert status == [0]
    first, second = out.shown().split("Plow attempt ended")[0:2]
    assert "\nlast\n" in first and "Exit status: 9\n" in second
    assert out.shown().count("Plow attempt ended") == 2 and "zweite übung 100%\n" in out.shown()
    assert err.shown().endswith("attempt 1 of 0001-beauty:\n")
