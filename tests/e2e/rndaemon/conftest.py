"""A fake server and a real rndaemon for one test; afterwards nothing of either may be left."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from benchmarks import node_farm
from benchmarks.node_farm import FakeServer, Node, end_processes, processes_with
from tests.e2e.rndaemon.parts import finish


@pytest.fixture(autouse=True)
def measured_shims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this run is measured, the shims are too."""
    if coverage.Coverage.current():
        monkeypatch.setattr(node_farm, "PROGRAM", [sys.executable, "-m", "tests.e2e.rndaemon.measured"])


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
