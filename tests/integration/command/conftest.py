"""A farm of two nodes for the `plow` command, with a job that has a dead task."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import plow_client as plow
from plow_client.local_farm import LocalFarm
from tests.integration.client_parts import until

FAILS_AT_7 = ["sh", "-c", 'echo frame $1; test $1 != 7 || { echo "no texture wood.tx"; exit 3; }', "render"]


@pytest.fixture(scope="package")
def whole_farm() -> Iterator[LocalFarm]:
    # pytest's own folders are closed to the accounts of the database and of tasks
    state = Path(tempfile.mkdtemp(prefix="plow-command-"))
    state.chmod(0o755)
    options = ["daemon.ping_interval_s=0.5"]
    try:
        with LocalFarm(state, nodes=2, cores_per_node=2, node_options=options) as farm:
            plow.connect(farm.hosts)
            until(lambda: len(plow.get_nodes(states="up")) == 2)
            yield farm
    finally:
        plow.reconnect()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture
def farm(whole_farm: LocalFarm, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalFarm]:
    monkeypatch.setenv("PLOW_HOSTS", whole_farm.hosts)
    plow.connect(whole_farm.hosts)
    yield whole_farm
    plow.connect(whole_farm.hosts)
    for job in plow.get_jobs(states=["RUNNING", "POST"]):
        job.kill("the test is over")


@pytest.fixture
def shot(farm: LocalFarm) -> plow.Job:
    """Anna's job: frame 7 of `beauty` is dead, and `comp` waits for it."""
    beauty = plow.LayerSpec("beauty", [*FAILS_AT_7, "%{FRAME}"], range="1-12", max_retries=0)
    waits = plow.DependSpec(plow.DependType.LAYER_ON_LAYER, dependent_layer="comp", depend_on_layer="beauty")
    comp = plow.LayerSpec("comp", ["echo", "comp"], range="1-1", depends=[waits])
    job = plow.JobSpec("shot", "default", layers=[beauty, comp], username="anna").launch()

    def has_failed() -> bool:
        job.refresh()
        return job.totals.dead == 1 and job.totals.succeeded == 11

    until(has_failed)
    return job
