"""The Python client against a real server; each test has a project, tags and names of its own on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import plow_client as plow
from benchmarks.fake_node import FakeNode
from plow_server.app import App
from tests.integration.api.conftest import Api
from tests.integration.calls.conftest import Scene, api, app  # noqa: F401 - fixtures


class Show(Scene):
    """A scene of the Python client's own objects."""

    def layer(self, name: str = "beauty", **fields: Any) -> plow.LayerSpec:
        """Ten frames, unless said otherwise."""
        if "tasks" not in fields:
            fields = {"range": "1-10", **fields}
        return plow.LayerSpec(name, **{"command": ["true"], "tags": [self.key], "min_ram": 64, **fields})

    def spec(self, *layers: plow.LayerSpec, **fields: Any) -> plow.JobSpec:
        """A job of this project, one layer unless said otherwise."""
        fields = {"name": f"{self.key}_shot", "project": self.key, "username": "anna", **fields}
        return plow.JobSpec(layers=list(layers) or [self.layer()], **fields)

    def launch(self, *layers: plow.LayerSpec, **fields: Any) -> plow.Job:
        """Launch such a job."""
        job = self.spec(*layers, **fields).launch()
        self.jobs.append(job)
        return job

    def two_jobs(self) -> tuple[plow.Job, plow.Job]:
        """Two jobs, each with the layers `a` and `b` of two frames."""
        layers = [self.layer("a", range="1-2"), self.layer("b", range="1-2")]
        first, then = (self.launch(*layers, name=f"{self.key}_{name}") for name in ("first", "then"))
        return first, then

    def start(self, node: FakeNode, count: int = 1) -> None:
        """Wait until the node holds so many attempts."""
        node.wait_for(lambda: len(node.held) == count, 60)

    def seen(self, node: FakeNode) -> plow.Node:
        """A node as the client sees it."""
        return plow.get_node(node.name)

    @property
    def show(self) -> plow.Project:
        """Its project as the client sees it."""
        return plow.get_project(self.project.id)


@pytest.fixture
def show(app: App, api: Api) -> Iterator[Show]:  # noqa: F811
    plow.connect(app.rpc_address)
    made = Show(app, api)
    yield made
    plow.connect(app.rpc_address)
    made.leave()
    plow.reconnect()
