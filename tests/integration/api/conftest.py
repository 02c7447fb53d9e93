"""Every call over a real socket: our listener, our caller, a database with a small farm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plow_client.idl import JobSpecT, JobT, LayerSpecT
from plow_client.rpc.caller import Caller
from plow_client.rpc.listener import Listener
from plow_server.config import Config, Job, Limit
from plow_server.database import Database
from plow_server.handlers.bind import bind
from tests.sql.farm import Farm, farm_of

Launch = Callable[..., JobT]


class Api:
    """Calls by their names on the wire: `api.getJob(jobId=…)`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **arguments: self._caller.call(name, **arguments)


@pytest.fixture
def farm(db: Database) -> Iterator[Farm]:
    """Rows to work with; the books are audited when the test is over."""
    yield from farm_of(db.dsn)


@pytest.fixture
def api(db: Database, farm: Farm, tmp_path: Path) -> Iterator[Api]:
    told = Job(log_root=Path("/logs"), log_roots=(str(tmp_path),))
    config = Config(job=told, limit=Limit(rows_per_answer=1000))
    listener = Listener("RpcService", bind(db, config))
    listener.start()
    try:
        with Caller("RpcService", *listener.address) as caller:
            yield Api(caller)
    finally:
        listener.stop()


@pytest.fixture
def launch(api: Api) -> Launch:
    """Launch two frames of `beauty` as `shot`, unless said otherwise."""

    def launch(*layers: LayerSpecT, **fields: Any) -> JobT:
        fields = {"name": "shot", "project": "test", "username": "anna", **fields}
        job: JobT = api.launch(spec=JobSpecT(layers=list(layers) or [layer()], **fields))
        return job

    return launch


def layer(name: str = "beauty", **fields: Any) -> LayerSpecT:
    if "tasks" not in fields:
        fields = {"range": "1-2", **fields}
    return LayerSpecT(**{"name": name, "command": ["true"], "minRam": 512, **fields})
