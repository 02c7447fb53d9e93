"""Row A69: the client in a Python that has nothing but it and a thriftpy2 without compiled parts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database
from plow_server.handlers.bind import bind
from tests.bare_python import bare_python

SCRIPT = """
import importlib, json, pkgutil, sys
import plow_client as plow

plow.connect(sys.argv[1])
layer = plow.LayerSpec("beauty", ["true", "\u00e9"], range="1-300", env={"A": "b"}, min_cores=2, threadable=False)
job = plow.JobSpec("bare", "default", [layer], attrs={"shot": "020"}).launch()
[found] = job.get_layers()
job.pause()
tasks = plow.get_tasks(job=job)
refusals = []
for act in (lambda: plow.get_active_job("none"), lambda: job.set_priority(2**40), lambda: plow.get_job("x")):
    try:
        act()
    except plow.PlowError as error:
        refusals.append(type(error).__name__)
[same] = plow.get_jobs(name="bare", states="running")
job.kill("done")
from plow_client import compat
print(json.dumps({
    "same": same == job == compat.getJobById(job.id), "state": job.state.name, "attrs": job.attrs,
    "spec": job.get_spec().layers[0] == layer, "tasks": len(tasks), "refusals": refusals,
    "cores": found.min_cores, "names": all(hasattr(plow, name) for name in plow.__all__),
    "modules": sorted({name.partition(".")[0] for name, module in sys.modules.items()
                       if "site-packages" in (getattr(module, "__file__", None) or "")}),
    "compiled": [name for name in sys.modules if name.startswith("thriftpy2") and ".cy" in name],
}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bare_python(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def hosts(db: Database) -> Iterator[str]:
    listener = Listener("RpcService", bind(db, Config()))
    listener.start()
    yield "{}:{}".format(*listener.address)
    listener.stop()


def test_row_a69_a_bare_python_launches_reads_and_kills(python: Path, hosts: str, tmp_path: Path) -> None:
    """And in a DCC's Python: tests/e2e/test_blender_client.py."""
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "USER": "anna"}
    done = subprocess.run(
        [python, "-c", SCRIPT, hosts], capture_output=True, text=True, timeout=100, env=clean, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told.pop("refusals") == ["NotFound", "Invalid", "Invalid"]
    assert set(told.pop("modules")) <= {"plow_client", "thriftpy2", "ply", "ijson"}
    assert told == {
        "same": True, "state": "FINISHED", "attrs": {"shot": "020"}, "spec": True, "tasks": 300, "cores": 2,
        "names": True, "compiled": [],
    }  # fmt: skip
