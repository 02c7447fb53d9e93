"""docs/guide/filters.md, said line by line through the Python API to a server."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import plow_client as plow
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.bind import bind

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "filters.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def names(db: Database) -> Iterator[dict[str, Any]]:
    """What the guide's lines may speak of; a server answers them."""
    listener = Listener("RpcService", bind(db, Config()))
    listener.start()
    plow.connect("{}:{}".format(*listener.address))
    layer = plow.LayerSpec("beauty", ["true"], range="1-2", min_ram=512)
    attrs = {"dept": "lighting"}
    yield {"uuid": uuid, "spec": plow.JobSpec("sc020_light", "default", [layer], attrs=attrs)}
    plow.reconnect()
    listener.stop()


def test_the_guide_does_what_it_says(names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    make, trace, check, once = BLOCKS
    exec(make, names)
    exec(check, names)
    told = capsys.readouterr().out
    assert told.startswith("light 2 [\"layer 'beauty': no node has one of its tags: render")
    assert "beauty 0 0 0 no earlier tasks" in told

    exec(once, names)
    job = names["job"]
    assert (job.folder_name, job.max_cores) == ("light", 400)
    exec(once, names)
    assert names["job"] == job

    exec(trace, names)
    assert capsys.readouterr().out == (
        "light goes to its folder True all of its matchers match: folder 'light', max cores 400\n"
    )
