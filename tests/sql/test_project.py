"""create_project, create_folder, delete_folder, create_quota, and the clusters they stand on."""

from __future__ import annotations

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer


def test_a_new_project_can_work_at_once(farm: Farm, db: Database) -> None:
    db.run("create_project", p_title="Second", p_code="second")
    job = launch(db, layer(), project="second")

    assert len(farm.book((job.layers["beauty"], farm.node(), 9))) == 2


def test_codes_are_unique_and_plain(farm: Farm, db: Database) -> None:
    with pytest.raises(AlreadyExists):
        db.run("create_project", p_title="Again", p_code="test")
    for code in ("", "a/b", "12345678901234567", "..", "a b"):
        with pytest.raises(Invalid, match="1 to 16 letters"):
            db.run("create_project", p_title="x", p_code=code)


def test_folders_are_numbered_in_steps_of_two(farm: Farm, db: Database) -> None:
    for name in ("comp", "fx"):
        db.run("create_folder", p_project=farm.project, p_name=name)

    rows = farm.execute("select name, sort_order from plow.folder order by sort_order")
    assert [(row["name"], row["sort_order"]) for row in rows] == [("jobs", 0), ("comp", 2), ("fx", 4)]
    with pytest.raises(AlreadyExists, match="the project has a folder of this name already"):
        db.run("create_folder", p_project=farm.project, p_name="fx")


def test_a_folder_in_use_stays(farm: Farm, db: Database) -> None:
    folder = db.value("create_folder", p_project=farm.project, p_name="old")
    job = launch(db)
    db.run("set_job_folder", p_job=job.id, p_folder=folder)
    db.run("kill_job", p_job=job.id, p_reason="")

    with pytest.raises(NotAllowed, match="folder 'old' holds jobs"):
        db.run("delete_folder", p_folder=folder)
    with pytest.raises(NotAllowed, match="folder 'jobs' takes its project's new jobs"):
        db.run("delete_folder", p_folder=farm.folder)
    db.run("set_job_folder", p_job=job.id, p_folder=farm.folder)
    db.run("delete_folder", p_folder=folder)


def test_a_pair_has_one_quota(farm: Farm, db: Database) -> None:
    with pytest.raises(AlreadyExists, match="the project has a quota on this cluster already"):
        db.run("create_quota", p_project=farm.project, p_cluster=farm.cluster, p_size=1, p_burst=1)


def test_a_quota_is_on_a_cluster_that_is_there(farm: Farm, db: Database) -> None:
    with pytest.raises(NotFound, match=f"no cluster '{farm.folder}'"):
        db.run("create_quota", p_project=farm.project, p_cluster=farm.folder, p_size=1, p_burst=1)


def test_a_cluster_goes_with_its_quotas_but_not_with_nodes(farm: Farm, db: Database) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    db.run("create_quota", p_project=farm.project, p_cluster=cluster, p_size=1, p_burst=1)
    node = farm.node(cluster_id=cluster)

    with pytest.raises(NotAllowed, match="cluster 'sim' has nodes"):
        db.run("delete_cluster", p_cluster=cluster)
    farm.execute("delete from plow.node where id = %s", node)
    assert db.value("delete_cluster", p_cluster=cluster) is True
    assert db.value("delete_cluster", p_cluster=cluster) is False
    with pytest.raises(NotAllowed, match="cluster 'render' is where new nodes land"):
        db.run("delete_cluster", p_cluster=farm.cluster)


def test_one_cluster_is_the_default(farm: Farm, db: Database) -> None:
    cluster = db.value("create_cluster", p_name="sim")
    db.run("set_default_cluster", p_cluster=cluster)

    assert farm.execute("select name from plow.cluster where is_default") == [{"name": "sim"}]


def test_the_seeded_farm_runs_a_bare_job(db: Database) -> None:
    """Without the test's own farm: what a new database comes with."""
    assert [row["code"] for row in db.all("projects")] == ["default"]
    assert [(row["name"], row["tags"]) for row in db.all("clusters")] == [("render", ["render"])]
    assert db.value("quotas", projects=None, clusters=None)
    job = launch(db, layer(minRam=None, maxRetries=None), project="default")
    (row,) = db.all("layers_of_job", job_id=job.id)
    assert (row["tags"], row["min_ram"], row["max_ram"], row["max_retries"]) == (["render"], 512, 20480, 2)
