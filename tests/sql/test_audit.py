"""audit: silent while the books are right, and it names what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plow_server.database import Database
from tests.sql.farm import Farm


@pytest.fixture
def broken_farm(db: Database) -> Iterator[Farm]:
    farm = Farm(db.dsn)
    yield farm
    farm.close()


def scarce(farm: Farm) -> None:
    """A task that runs with a device and licences on a node of a pool, two that wait."""
    node = farm.node()
    farm.insert_gpu(node, 0, 8000)
    farm.insert_gpu(node, 1, 8000)
    pool = farm.value("select plow.create_pool('gpu', '{n1}', false)")
    limits = [farm.value("select plow.create_limit(%s, 3, %s)", per, per) for per in ("TASK", "NODE")]
    job = farm.job(pools=[pool])
    asked = farm.layer(job, tasks=3, pools=[pool], limits=sorted(limits), gpus=1)
    assert farm.book((asked, node, 1))


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (
            "update plow.layer_counter set waiting = waiting - 1, dead = dead + 1, ready = 0",
            "layer counter differs",
        ),
        ("update plow.job_counter set waiting = waiting - 1, dead = dead + 1", "job counter differs"),
        ("update plow.layer_counter set ready = 0", "ready count"),
        ("delete from plow.waiting", "without a waiting row"),
        ("update plow.task set state = 'DEAD' where state = 'WAITING'", "waiting row without"),
        ("delete from plow.proc", "running task without"),
        ("update plow.task set state = 'DEAD' where state = 'RUNNING'", "live proc without"),
        ("update plow.task set depend_count = 1 where state = 'RUNNING'", "depend count differs"),
        ("update plow.layer_counter set run_cores = 3", "layer cores differ"),
        ("update plow.job_counter set run_procs = 3", "job cores differ"),
        ("update plow.folder_counter set run_cores = 3", "folder cores differ"),
        (
            "insert into plow.folder_done select id, 1, 1, 0, 0, 0, 0 from plow.folder",
            "folder's finished tasks differ",
        ),
        ("update plow.quota_counter set run_cores = 3", "quota cores differ"),
        ("update plow.node_counter set idle_ram = 0", "node idle differs"),
        ("update plow.proc set quota_id = plow.new_id()", "proc of nothing"),
        (
            "update plow.job set state = 'FINISHED', active_name = null, stopped = now()",
            "finished job with a live proc",
        ),
        ("update plow.job_counter set waiting = 0, running = 0, eaten = 3", "job with nothing left to do"),
        ("update plow.limit_counter set used = used + 1", "limit in use differs"),
        ("update plow.limit_use set procs = 9", "holders of a limit differ"),
        ("delete from plow.limit_use", "holders of a limit differ"),
        ("delete from plow.limit", "proc with a limit that is not there"),
        ("update plow.node_gpu set proc_id = null", "devices of a proc differ"),
        (
            "update plow.node_gpu set proc_id = plow.new_id() where proc_id is null",
            "devices of a proc differ",
        ),
        ("update plow.proc set gpus = '{1}'", "devices of a proc differ"),
        ("update plow.node set pools = '{}'", "pools of a node differ"),
        ("update plow.pool set is_exclusive = true", "pools of a node differ"),
        ("update plow.layer set pools = '{}'", "pools of a layer differ"),
        ("delete from plow.pool", "a pool or limit that is not there is named"),
    ],
)
def test_each_kind_of_damage_is_found(broken_farm: Farm, damage: str, fault: str) -> None:
    farm = broken_farm
    scarce(farm)
    assert farm.faults() == []

    farm.execute(damage)

    assert any(fault in row["fault"] for row in farm.faults())


def test_a_post_job_that_nobody_started_is_found(broken_farm: Farm) -> None:
    farm = broken_farm
    first, post = farm.job("first"), farm.job("post", state="POST", is_post=True)
    farm.layer(post, tasks=1)
    farm.execute("insert into plow.job_post values (%s, %s)", first, post)
    assert farm.faults() == []

    farm.execute(
        "update plow.job set state = 'FINISHED', active_name = null, stopped = now() where id = %s", first
    )

    assert [row["fault"] for row in farm.faults()] == ["post job of a finished job"]
