"""ping_node: what a node says becomes what the farm knows, and both sides agree on what runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.farm import Farm, Row

DAEMON = uuid4()
NOBODY: list[UUID] = []


def ping(farm: Farm, name: str = "n1", held: list[UUID] = NOBODY, **told: Any) -> Row:
    """One ping; each is later than the one before unless it says otherwise."""
    later = farm.value("select coalesce(max(sequence), 0) + 1 from plow.node_report")
    values: dict[str, Any] = {
        "name": name, "address": "10.0.0.1:11338", "ip": "10.0.0.1", "boot_time": None, "boot_id": "b1",
        "daemon_id": DAEMON, "sequence": later, "version": "1", "is_draining": False, "is_reboot": False,
        "physical_cores": 4, "logical_cores": 8, "total_ram": 9000, "free_ram": 8000, "total_swap": 0,
        "free_swap": 0, "cpu_model": "x", "platform": "linux", "load": [0.1, 0.2, 0.3], "cores": 4,
        "ram": 8192, "held": held, **told,
    }  # fmt: skip
    casts = {"daemon_id": "::uuid", "held": "::uuid[]", "boot_time": "::timestamptz", "load": "::float8[]"}
    arguments = ", ".join(f"p_{key} => %s{casts.get(key, '')}" for key in values)
    return farm.execute(f"select * from plow.ping_node({arguments})", *values.values())[0]


def rings(farm: Farm, **told: Any) -> bool:
    with farm.connect() as other:
        other.execute("listen plow_farm")
        ping(farm, **told)
        return bool(list(other.notifies(timeout=0.05, stop_after=1)))


def test_an_unknown_node_joins_the_default_cluster(farm: Farm) -> None:
    assert ping(farm)["is_new"]

    node = farm.execute("select * from plow.node")[0]
    assert (node["name"], node["tags"], node["state"]) == ("n1", ["render"], "UP")
    assert farm.counter("node_counter", node_id=node["id"])["idle_cores"] == 4


def test_without_a_default_cluster_it_is_told_so(farm: Farm) -> None:
    farm.execute("update plow.cluster set is_default = false")
    with pytest.raises(Exception, match="no default cluster for node 'n1'"):
        ping(farm)


def test_the_bell_rings_when_more_may_start_and_only_then(farm: Farm) -> None:
    assert rings(farm)
    assert not rings(farm)
    assert rings(farm, cores=6)
    assert not rings(farm, cores=5)
    assert rings(farm, cores=5, is_draining=True)
    assert rings(farm, cores=5, is_draining=False)
    farm.execute("update plow.node set state = 'DOWN'")
    assert rings(farm, cores=5)
    assert farm.value("select state from plow.node") == "UP"


def test_a_node_in_repair_stays_there(farm: Farm) -> None:
    ping(farm)
    farm.execute("update plow.node set state = 'REPAIR'")
    ping(farm)
    assert farm.value("select state from plow.node") == "REPAIR"


def test_a_node_that_shrinks_keeps_what_its_procs_hold(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1, min_cores=3), node, 1))
    ping(farm, held=[proc["proc_id"]], cores=2, ram=100)

    counter = farm.counter("node_counter", node_id=node)
    assert (counter["cores"], counter["idle_cores"]) == (3, 0)
    farm.complete([proc["proc_id"]])
    ping(farm, cores=2, ram=100)
    counter = farm.counter("node_counter", node_id=node)
    assert (counter["cores"], counter["idle_cores"], counter["idle_ram"]) == (2, 2, 100)


def test_a_booked_proc_is_confirmed(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), node, 1))

    assert ping(farm, held=[proc["proc_id"]])["stop"] == []
    assert farm.value("select state from plow.proc") == "RUNNING"


def test_a_booked_proc_that_is_not_listed_is_left_alone(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    farm.book((farm.layer(farm.job(), tasks=1), node, 1))

    reply = ping(farm)
    assert (reply["lost"], reply["missing"]) == ([], [])


def test_a_proc_that_nobody_knows_or_that_is_killed_has_to_stop(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), node, 1))
    farm.execute("update plow.proc set state = 'KILLING', kill_signal = 669")
    farm.execute("select plow.move_tasks(%s, 'WAITING')", [proc["task_id"]])
    stranger = uuid4()

    assert set(ping(farm, held=[proc["proc_id"], stranger])["stop"]) == {proc["proc_id"], stranger}


def test_a_proc_of_another_node_has_to_stop(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), node, 1))
    assert ping(farm, "n2", held=[proc["proc_id"]])["stop"] == [proc["proc_id"]]


def test_a_confirmed_proc_that_is_not_listed_is_missing(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), node, 1))
    ping(farm, held=[proc["proc_id"]])

    assert ping(farm, vanished_after_s=60)["missing"] == []
    assert ping(farm)["missing"] == [proc["proc_id"]]
    assert farm.value("select state from plow.proc") == "RUNNING"


def test_a_new_boot_loses_what_the_old_one_held(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    layer = farm.layer(farm.job(), tasks=2)
    (old,) = farm.book((layer, node, 1))
    ping(farm, held=[old["proc_id"]])
    ping(farm, held=[old["proc_id"]])
    (fresh,) = farm.book((layer, node, 1))
    farm.execute("select plow.confirm_procs(%s)", [fresh["proc_id"]])

    reply = ping(farm, boot_id="b2", daemon_id=uuid4())
    assert (reply["lost"], reply["missing"]) == ([old["proc_id"]], [fresh["proc_id"]])


def test_an_overtaken_ping_changes_nothing(farm: Farm) -> None:
    node = ping(farm, sequence=5)["node_id"]
    (proc,) = farm.book((farm.layer(farm.job(), tasks=1), node, 1))
    ping(farm, sequence=7, held=[proc["proc_id"]])

    late = ping(farm, sequence=6, cores=1)
    assert (late["is_stale"], late["missing"]) == (True, None)
    assert farm.counter("node_counter", node_id=node)["cores"] == 4


def test_the_first_ping_of_a_new_daemon_is_believed(farm: Farm) -> None:
    ping(farm, sequence=5)
    assert not ping(farm, sequence=1, daemon_id=uuid4())["is_stale"]


def test_a_node_of_plow_2013_says_neither_daemon_nor_boot(farm: Farm) -> None:
    ping(farm, daemon_id=None, sequence=None, boot_id=None)
    assert not ping(farm, daemon_id=None, sequence=None, boot_id=None)["is_stale"]
