"""docs/guide/queries.md: its tables are those of the code, its queries and its Python run against a server."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plow_client as plow
from plow_client.query import FIELDS, KINDS, Kind, parse, write
from plow_client.rpc.listener import Listener
from plow_server.config import Config, Limit
from plow_server.database import Database
from plow_server.handlers.bind import bind
from plow_server.query.fields import columns_of, columns_of_layers
from plow_server.query.reach import NARROW

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide" / "queries.md"
TEXT = GUIDE.read_text(encoding="utf-8")
QUERIES = [
    (kind, line)
    for kind, block in re.findall(r"```query (\w+)\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
]
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ASK = {"job": plow.get_jobs, "task": plow.get_tasks, "node": plow.get_nodes}


@pytest.fixture
def server(db: Database) -> Iterator[None]:
    """A server that `plow` is connected to, with a job."""
    listener = Listener("RpcService", bind(db, Config(limit=Limit(search_s=30.0))))
    listener.start()
    plow.connect("{}:{}".format(*listener.address))
    layer = plow.LayerSpec("beauty", ["true"], range="1-2", min_ram=512)
    plow.JobSpec("sc020_light", "default", [layer], username="anna").launch()
    yield
    plow.reconnect()
    listener.stop()


def test_the_tables_are_those_of_the_code() -> None:
    spec = importlib.util.spec_from_file_location("make_queries", ROOT / "docs" / "make_queries.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.written() == TEXT, "python docs/make_queries.py"


def test_every_query_of_the_guide_runs(server: None) -> None:
    assert {kind for kind, _ in QUERIES} == set(KINDS)
    for kind, text in QUERIES:
        ASK[kind](where=text)
        assert parse(write(parse(text, kind), kind), kind) == parse(text, kind)


def test_the_python_of_the_guide_runs(server: None) -> None:
    names: dict[str, Any] = {}
    for block in PYTHON:
        exec(block, names)
    assert names["tasks"] == names["idle"] == []


def test_the_mistakes_of_the_guide_are_said_so() -> None:
    for text in ("state=dead and usr=anna", "state=ded"):
        with pytest.raises(plow.Invalid) as refused:
            parse(text, "task")
        assert f"\n{refused.value.why}\n" in TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_knows_every_field(kind: Kind) -> None:
    assert set(columns_of(kind)) == set(FIELDS[kind])
    assert set(NARROW) <= set(FIELDS["task"])
    assert set(columns_of_layers()) - set(FIELDS["task"]) == {
        label.lower() for label in FIELDS["task"]["state"].labels
    }


def test_the_limits_of_the_guide_are_the_defaults() -> None:
    for name, value in re.findall(r"`limit\.(query_\w+)` \(([\d,]+)\)", TEXT):
        assert getattr(Limit(), name) == int(value.replace(",", ""))
