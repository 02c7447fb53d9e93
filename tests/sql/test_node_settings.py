"""set_node_cluster, set_node_slot_mode and idle_node: only while nothing runs there."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound
from plow_server.database import Database
from tests.sql.farm import Farm
from tests.sql.launching import launch


def test_a_moved_node_takes_the_tags_of_its_cluster(farm: Farm, db: Database) -> None:
    node, other = farm.node(), db.value("create_cluster", p_name="sim")

    db.run("set_node_cluster", p_node=node, p_cluster=other)

    row = farm.counter("node", id=node)
    assert (str(row["cluster_id"]), row["tags"]) == (other, ["sim"])


def test_a_node_moves_to_a_cluster_that_is_there(farm: Farm, db: Database) -> None:
    with pytest.raises(NotFound, match=f"no cluster '{farm.folder}'"):
        db.run("set_node_cluster", p_node=farm.node(), p_cluster=farm.folder)


def test_only_slots_have_a_size(farm: Farm, db: Database) -> None:
    node = farm.node()
    for mode, stored in (("SLOTS", (2, 4096)), ("SINGLE", (0, 0)), ("DYNAMIC", (0, 0))):
        db.run("set_node_slot_mode", p_node=node, p_mode=mode, p_cores=2, p_ram=4096)
        row = farm.counter("node", id=node)
        assert (row["slot_mode"], row["slot_cores"], row["slot_ram"]) == (mode, *stored)
    with pytest.raises(Invalid, match="slots of 2 cores and 0 MB"):
        db.run("set_node_slot_mode", p_node=node, p_mode="SLOTS", p_cores=2, p_ram=0)


def test_a_node_with_procs_stays_as_it_is(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    farm.book((job.layers["beauty"], node, 1))

    with pytest.raises(NotAllowed, match="node 'n1' has procs"):
        db.run("set_node_cluster", p_node=node, p_cluster=farm.cluster)
    with pytest.raises(NotAllowed, match="node 'n1' has procs"):
        db.run("set_node_slot_mode", p_node=node, p_mode="SINGLE", p_cores=0, p_ram=0)
