"""ping_node: what a node says becomes what the farm knows, and both sides agree on what runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.test_races import while_open

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
    casts = {"daemon_id": "::uuid", "held": "::uuid[]", "boot_time": "::timestamptz", "load": "::float8[]",
             "gone": "::uuid[]"}  # fmt: skip
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


def test_a_node_in_repair_stays_there_also_when_it_has_grown(farm: Farm) -> None:
    ping(farm)
    farm.execute("update plow.node set state = 'REPAIR'")
    ping(farm, cores=6)
    assert farm.value("select state from plow.node") == "REPAIR"
    assert farm.value("select cores from plow.node_counter") == 6


def test_two_first_pings_at_once_make_one_node(farm: Farm) -> None:
    made: list[Row] = []
    twin = farm.beside()
    with while_open(
        farm, lambda: made.extend(twin.execute("select * from plow.add_node('n1', 'b:1', 4, 4096)"))
    ) as other:
        other.execute("select * from plow.add_node('n1', 'a:1', 4, 4096)")
    twin.close()

    assert [(row["name"], row["address"]) for row in made] == [("n1", "a:1")]
    assert farm.value("select count(*) from plow.node_counter") == 1


def test_a_machine_without_boot_ids_has_rebooted_when_it_began_later(farm: Farm, db: Database) -> None:
    node = ping(farm, boot_id=None, boot_time="2026-01-01 10:00Z")["node_id"]
    rebooting = "select is_rebooting from plow.node"

    db.value("begin_reboot", p_node=node)
    ping(farm, boot_id=None, boot_time="2026-01-01 10:00:30Z")  # its clock was put right
    assert farm.value(rebooting)
    ping(farm, boot_id=None, boot_time="2026-01-01 10:02Z")
    assert not farm.value(rebooting)


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


def uncallable(farm: Farm, node: UUID, seconds: float) -> None:
    """Calls to it have failed for so long."""
    farm.execute(
        "insert into plow.uncallable values (%s, plow.now() - make_interval(secs => %s), 3, 'no route', true)",
        node, seconds,
    )  # fmt: skip


def test_what_hangs_on_a_node_that_calls_do_not_reach_is_named_in_the_answer(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    booked, killing, held, lost = (
        row["proc_id"] for row in farm.book((farm.layer(farm.job(), tasks=4, min_cores=1), node, 4))
    )
    ping(farm, held=[held, lost])
    farm.execute("select plow.kill_proc(%s, 'why')", killing)
    uncallable(farm, node, 90)

    assert set(ping(farm, held=[held], uncallable_after_s=60)["stop"]) == {booked, killing, lost}
    assert ping(farm, held=[held], uncallable_after_s=100)["stop"] == []
    assert ping(farm, held=[held], uncallable_after_s=None)["stop"] == []  # a node of Plow 2013
    assert ping(farm, held=[held], gone=[booked, killing, lost], uncallable_after_s=60)["stop"] == []


def test_what_a_node_says_is_gone_is_told_with_how_far_it_was(farm: Farm) -> None:
    node, other = ping(farm)["node_id"], ping(farm, "n2")["node_id"]
    layer = farm.layer(farm.job(), tasks=4, min_cores=1)
    booked, killing, held = (row["proc_id"] for row in farm.book((layer, node, 3)))
    (elsewhere,) = (row["proc_id"] for row in farm.book((layer, other, 1)))
    farm.execute("select plow.kill_proc(%s, 'why')", killing)

    told = ping(farm, held=[held], gone=[booked, killing, held, elsewhere, uuid4()])
    assert dict(zip(told["gone"], told["gone_state"], strict=True)) == {booked: "BOOKED", killing: "KILLING"}


@pytest.mark.parametrize(
    "told",
    [{"address": "10.0.0.9:11338"}, {"daemon_id": uuid4()}, {}],
    ids=["moved", "new daemon", "was away"],
)
def test_a_node_that_is_not_as_it_was_may_be_called_again(farm: Farm, told: dict[str, Any]) -> None:
    node = ping(farm)["node_id"]
    uncallable(farm, node, 90)
    ping(farm)
    assert farm.value("select count(*) from plow.uncallable") == 1
    if not told:
        farm.execute("update plow.node set state = 'DOWN'")
    assert rings(farm, **told)
    assert farm.value("select count(*) from plow.uncallable") == 0


def test_after_some_failed_calls_in_a_row_a_node_is_shut(farm: Farm) -> None:
    node = ping(farm)["node_id"]
    fail = "select plow.note_uncallable(%s, 'no route', 3)"
    assert [farm.value(fail, node) for _ in range(4)] == [False, False, True, True]
    since = farm.value("select since from plow.uncallable")
    farm.value(fail, node)
    assert farm.value("select since from plow.uncallable") == since
    assert farm.value(fail, uuid4()) is None

    farm.execute("select plow.note_callable(array[%s]::uuid[])", node)
    assert farm.value(fail, node) is False
    farm.execute("delete from plow.node_report")
    farm.execute("delete from plow.node")
    assert farm.value("select count(*) from plow.uncallable") == 0


def test_what_is_held_after_another_boot_is_not_lost_and_what_is_being_killed_is_not_missing(
    farm: Farm,
) -> None:
    node = ping(farm)["node_id"]
    held, killed = [row["proc_id"] for row in farm.book((farm.layer(farm.job(), tasks=2), node, 2))]
    for _ in range(2):
        ping(farm, held=[held, killed])
    farm.execute("select plow.kill_proc(%s, '')", killed)

    told = ping(farm, held=[held])
    assert (told["lost"], told["missing"]) == ([], [])
    told = ping(farm, held=[held], boot_id="b2")
    assert (told["lost"], told["missing"]) == ([killed], [])
