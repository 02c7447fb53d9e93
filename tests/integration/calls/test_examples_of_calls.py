"""The example of each call in the reference does what it shows, on a real server with what it speaks of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from benchmarks.fake_node import FakeNode
from plow_client import idl
from plow_client.connection import Connection
from plow_client.idl import (
    ActionType,
    JobFilterT,
    LimitPer,
    LogT,
    MatcherField,
    MatcherType,
    QuotaFilterT,
    RunTaskCommand,
    RunTaskResult,
    TaskSpecT,
)
from tests.integration.calls.conftest import NOBODY, Scene

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]

ROOT = Path(__file__).parents[3]
WORDS = tomllib.loads((ROOT / "docs" / "reference" / "words.toml").read_text())


class WillingNode(FakeNode):
    """A node that may be rebooted and drained, and shows logs."""

    def _calls(self) -> dict[str, Callable[..., object]]:
        return {
            **super()._calls(),
            "reboot": lambda now: None,
            "drain": lambda wanted, reason: None,
            "pingPong": lambda withTasks: self.message(),
            "readLog": lambda path, offset, length: LogT(
                content=b"said\n", offset=0, size=5, path=path, nodeName=self.name, attempt=0
            ),
        }


class Things:
    """What examples speak of, each made when an example says its name."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self._scene, self._folder = scene, folder
        self.open: list[Any] = []

    @cached_property
    def farm(self) -> Connection:
        return self._opened(Connection(self._scene.app.rpc_address))

    @cached_property
    def server(self) -> Connection:
        return self._opened(Connection(self._scene.app.node_address, service="RndServiceApi"))

    @cached_property
    def daemon(self) -> Connection:
        return self._opened(Connection(self._fake.address, service="RndNodeApi"))

    @property
    def project(self) -> Any:
        return self._scene.project

    @cached_property
    def empty_project(self) -> Any:
        return self._scene.api.createProject(title="x", code=f"{self._scene.key}x")

    @cached_property
    def _three(self) -> tuple[Any, Any, Any, Any]:
        layers = [self._scene.layer(name) for name in ("a", "b")]
        layers.append(self._scene.layer("c", tasks=[TaskSpecT(name="named")]))
        job = self._scene.launch(*layers, paused=True)
        return (job, *self._scene.api.getLayers(jobId=job.id))

    @property
    def job(self) -> Any:
        return self._three[0]

    @property
    def layer(self) -> Any:
        return self._three[1]

    @property
    def other_layer(self) -> Any:
        return self._three[2]

    @property
    def named_layer(self) -> Any:
        return self._three[3]

    @cached_property
    def other_job(self) -> Any:
        return self._scene.launch(name=f"{self._scene.key}_other", paused=True)

    @cached_property
    def finished_job(self) -> Any:
        job = self._scene.launch(name=f"{self._scene.key}_over", paused=True)
        self._scene.api.killJob(jobId=job.id, reason="")
        return job

    @property
    def task(self) -> Any:
        return self._scene.tasks(layerIds=[self.layer.id])[0]

    @property
    def other_task(self) -> Any:
        return self._scene.tasks(layerIds=[self.other_layer.id])[0]

    @cached_property
    def logged_task(self) -> Any:
        task = self._scene.api.getTask(taskId=self.held.taskId)
        path = Path(self._scene.api.getTaskLogPath(taskId=task.id))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"[2026-01-01 00:00:00+0000] Plow attempt begins\nsaid\n")
        return task

    @cached_property
    def depend(self) -> Any:
        self._scene.api.createLayerOnLayerDepend(layerId=self.layer.id, onLayerId=self.other_layer.id)
        return self._scene.api.getLayerDependsOn(layerId=self.layer.id)[0]

    @cached_property
    def output(self) -> Any:
        return self._scene.api.addOutput(layerId=self.layer.id, path="/o", attrs={"width": "1"})

    @cached_property
    def folder(self) -> Any:
        return self._scene.api.createFolder(projectId=self.project.id, name="more")

    @cached_property
    def service(self) -> Any:
        return self._scene.api.createService(svc=idl.ServiceT(name=self._scene.key))

    @cached_property
    def cluster(self) -> Any:
        return self._scene.api.createCluster(name=self._scene.key)

    @property
    def quota(self) -> Any:
        return self._scene.api.getQuotas(filter=QuotaFilterT(project=[self.project.id]))[0]

    @cached_property
    def filter(self) -> Any:
        return self._scene.api.createFilter(projectId=self.project.id, name="one")

    @cached_property
    def matcher(self) -> Any:
        return self._scene.api.createFieldMatcher(
            filterId=self.filter.id, field=MatcherField.USER, type=MatcherType.IS, value="nobody"
        )

    @cached_property
    def action(self) -> Any:
        return self._scene.api.createAction(filterId=self.filter.id, type=ActionType.SET_MIN_CORES, value="1")

    @cached_property
    def _fake(self) -> FakeNode:
        node = WillingNode(f"{self._scene.key}-fake", self._scene.app.node_address)
        node.start()
        self.open.append(SimpleNamespace(close=node.stop))
        node.ping()
        self._scene.api.setNodeTags(id=self._scene.node_id(node), tags={self._scene.key})
        return node

    @cached_property
    def pool(self) -> Any:
        return self._scene.api.createPool(name=f"{self._scene.key} pool", hosts=["r1"], exclusive=False)

    @cached_property
    def limit(self) -> Any:
        return self._scene.api.createLimit(name=f"{self._scene.key} limit", total=2, per=LimitPer.TASK)

    @property
    def node(self) -> Any:
        return self._scene.api.getNode(name=self._fake.name)

    @property
    def down_node(self) -> Any:
        node = self.node
        with psycopg.connect(self._scene.app.dsn, autocommit=True) as connection:
            connection.execute("update plow.node set state = 'DOWN' where id = %s", [node.id])
        return node

    @cached_property
    def held(self) -> RunTaskCommand:
        fake = self._fake
        self._scene.launch(name=f"{self._scene.key}_runs", logPath=str(self._folder))
        fake.wait_for(lambda: bool(fake.held))
        return next(iter(fake.held.values()))

    @property
    def proc(self) -> Any:
        return self._scene.api.getProc(id=self.held.procId)

    @property
    def ping(self) -> Any:
        return self._fake.message()

    @property
    def command(self) -> RunTaskCommand:
        return RunTaskCommand(
            procId=NOBODY, taskId=NOBODY, jobId=NOBODY, layerId=NOBODY, cores=1, command=["true"], env={},
            logFile="/l", uid=0, username="anna",
        )  # fmt: skip

    @property
    def result(self) -> RunTaskResult:
        return RunTaskResult(procId=NOBODY, taskId=NOBODY, jobId=NOBODY, maxRssMb=1, exitStatus=0)

    def _opened(self, connection: Connection) -> Connection:
        self.open.append(connection)
        return connection

    def close(self) -> None:
        """Hang up; what was launched is killed first, that of examples takes any node."""
        for job in self._scene.api.getJobs(filter=JobFilterT(project=[self._scene.key])):
            self._scene.api.killJob(jobId=job.id, reason="")
        if "_fake" in vars(self):
            self._fake.forget(NOBODY)  # what an example started there by itself
            self._fake.wait_for(lambda: not self._fake.held)
        for thing in self.open:
            thing.close()


@pytest.fixture
def things(scene: Scene, tmp_path: Path) -> Iterator[Things]:
    made = Things(scene, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("call", WORDS["calls"])
def test_an_example_does_what_it_shows(things: Things, scene: Scene, call: str) -> None:
    text = WORDS["calls"][call]["example"].replace('"default"', repr(scene.key))
    tree = ast.parse(text)
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    calls = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert call.split(".")[-1] in calls
    space = {**idl.enums, **idl.structs}
    for name in dict.fromkeys(names):
        if hasattr(Things, name):
            space[name] = getattr(things, name)
    exec(compile(tree, call, "exec"), space)
