"""One real server for the tests of a file; each test has a project, tags and names of its own on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from benchmarks.fake_node import FakeNode
from plow_client.idl import JobSpecT, JobT, LayerSpecT, LayerT, NodeFilterT, TaskFilterT, TaskT
from plow_client.rpc.caller import Caller
from plow_server.app import App
from tests.integration.api.conftest import Api
from tests.integration.dispatch_parts import running_server, wait_for
from tests.postgres import Postgres

NOBODY = "00000000-0000-0000-0000-000000000000"
_numbers = itertools.count(1)


class Scene:
    """What one test plays with; its layers and nodes have a tag that nobody else's have."""

    def __init__(self, app: App, api: Api) -> None:
        self.app, self.api = app, api
        self.key = f"t{next(_numbers)}"
        self.project = api.createProject(title=f"Test {self.key}", code=self.key)
        self.nodes: list[FakeNode] = []
        self.jobs: list[JobT] = []
        self._exits = ExitStack()

    def layer(self, name: str = "beauty", **fields: Any) -> LayerSpecT:
        """Ten frames, unless said otherwise."""
        if "tasks" not in fields:
            fields = {"range": "1-10", **fields}
        return LayerSpecT(**{"name": name, "command": ["true"], "tags": [self.key], "minRam": 64, **fields})

    def spec(self, *layers: LayerSpecT, **fields: Any) -> JobSpecT:
        """A job of this project, one layer unless said otherwise."""
        fields = {"name": f"{self.key}_shot", "project": self.key, "username": "anna", **fields}
        return JobSpecT(layers=list(layers) or [self.layer()], **fields)

    def launch(self, *layers: LayerSpecT, **fields: Any) -> JobT:
        """Launch such a job."""
        job: JobT = self.api.launch(spec=self.spec(*layers, **fields))
        self.jobs.append(job)
        return job

    def pair(self) -> tuple[JobT, LayerT, LayerT]:
        """A job with the layers `a` and `b`."""
        job = self.launch(self.layer("a"), self.layer("b"))
        a, b = self.api.getLayers(jobId=job.id)
        return job, a, b

    def tasks(self, job: JobT | None = None, **criteria: Any) -> list[TaskT]:
        """Tasks of a job, or by other criteria."""
        if job:
            criteria["jobId"] = job.id
        found: list[TaskT] = self.api.getTasks(filter=TaskFilterT(**criteria))
        return found

    def node(self, **more: Any) -> FakeNode:
        """A node that has pinged once and takes this test's work."""
        name = f"{self.key}-n{len(self.nodes)}"
        node = self._exits.enter_context(FakeNode(name, self.app.node_address, **more))
        node.ping()
        self.nodes.append(node)
        wait_for(lambda: name in [one.name for one in self.api.getNodes(filter=NodeFilterT())])
        self.api.setNodeTags(id=self.node_id(node), tags={self.key})
        return node

    def node_id(self, node: FakeNode) -> str:
        """Its id on the server."""
        return str(self.api.getNode(name=node.name).id)

    def start(self, node: FakeNode, count: int = 1) -> None:
        """Wait until the node holds so many attempts."""
        node.wait_for(lambda: len(node.held) == count)

    def leave(self) -> None:
        """Nothing of this test runs on."""
        if self.nodes:
            for job in self.jobs:
                self.api.killJob(jobId=job.id, reason="the test is over")
        for node in self.nodes:
            node.wait_for(lambda node=node: not node.held)  # type: ignore[misc]
        self._exits.close()


@pytest.fixture(scope="module")
def app(postgres: Postgres, template: str) -> Iterator[App]:
    """A server on a database with the seed farm; the books are audited when the file is through."""
    with postgres.scratch(template) as address, running_server(address, "node.silent_s=3600") as started:
        yield started
        assert started.db.all("audit") == []


@pytest.fixture(scope="module")
def api(app: App) -> Iterator[Api]:
    host, _, port = app.rpc_address.rpartition(":")
    with Caller("RpcService", host, int(port)) as caller:
        yield Api(caller)


@pytest.fixture
def scene(app: App, api: Api) -> Iterator[Scene]:
    made = Scene(app, api)
    yield made
    made.leave()
