"""docs/guide/placement.md, said line by line through the Python API to a server."""

from __future__ import annotations

import re
from pathlib import Path

import plow_client as plow
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.bind import bind

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "placement.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_guide_does_what_it_says(db: Database) -> None:
    names: dict[str, object] = {}
    listener = Listener("RpcService", bind(db, Config()))
    listener.start()
    plow.connect("{}:{}".format(*listener.address))
    try:
        for block in BLOCKS:
            exec(block, names)
        (pool,), (limit,), (job,) = plow.get_pools(), plow.get_limits(), plow.get_jobs()
        (layer,) = job.get_layers()
    finally:
        plow.reconnect()
        listener.stop()

    assert (pool.hosts, pool.job_count) == (["r12", "r13.farm.lan", "r14"], 1)
    assert (limit.total, limit.held_back, limit.per) == (20, 4, plow.LimitPer.NODE)
    assert job.pools == ["big memory"]
    assert layer.needs == plow.Needs(os="linux", node_ram=65536, max_per_node=2, limits=["nuke"])
    assert layer.retry_rules == plow.RetryRules(exits=[1, 139], delay_s=30)
