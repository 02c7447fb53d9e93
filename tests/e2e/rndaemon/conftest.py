"""A fake server and a real rndaemon, shared by the tests of a file; after each test nothing may run on.

A test that needs a daemon with settings of its own makes one in `folder`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from benchmarks import node_farm
from benchmarks.node_farm import FakeServer, Node
from tests.e2e.rndaemon.parts import finish, reachable_folder, stop_all


@pytest.fixture(autouse=True, scope="session")
def measured_shims() -> Iterator[None]:
    """Where this run is measured, the shims are too."""
    with pytest.MonkeyPatch.context() as patch:
        if coverage.Coverage.current():
            patch.setattr(node_farm, "PROGRAM", [sys.executable, "-m", "tests.e2e.rndaemon.measured"])
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the task's user can reach."""
    with reachable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def shared_server() -> Iterator[FakeServer]:
    fake = FakeServer()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def shared_node(shared_server: FakeServer) -> Iterator[Node]:
    with reachable_folder() as made:
        node = Node(made, shared_server.address)
        node.start()
        yield node
        finish(node)


@pytest.fixture
def server(shared_server: FakeServer) -> FakeServer:
    """Answers on the node port."""
    return shared_server


@pytest.fixture
def node(shared_node: Node, server: FakeServer) -> Iterator[Node]:
    """Running, with 8 cores, and idle."""
    yield shared_node
    stop_all(shared_node)
    if server.pings:
        server.wait_for(lambda: not server.pings[-1].procIds)
        server.pings.clear()
