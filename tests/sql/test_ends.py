"""What an attempt's end means for its task, and hold_back: who waits before it is tried again, where, and how long."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from plow_client.idl import RunSettingsT
from plow_server.database import Database, Json
from plow_server.farm import Farm as Picture
from plow_server.planner import plan
from plow_server.read_farm import read_farm
from plow_server.run_settings import check_run
from tests.sql.farm import Farm
from tests.sql.test_ping_node import rings

HELD = "select extract(epoch from until - plow.now())::int from plow.retry_wait where layer_id = %s"


def clock(farm: Farm, seconds: int) -> None:
    """So many seconds after the beginning of 2030."""
    moment = datetime(2030, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    farm.execute(f"set plow.now = '{moment.isoformat()}'")


def ended(farm: Farm, layer: UUID, node: UUID, end: str, n: int = 1) -> list[str]:
    """So many attempts begin and end in that way; the states of their tasks."""
    procs = [row["proc_id"] for row in farm.book((layer, node, n))]
    assert len(procs) == n
    return [row["task_state"] for row in farm.complete(procs, status=1, end=end)]


@pytest.mark.parametrize("end", ["MEMORY", "RUN_TIME", "SILENCE", "LOG_ERROR"])
def test_what_the_task_did_itself_is_a_failure(farm: Farm, end: str) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=1, max_ram=512), farm.node()

    assert ended(farm, layer, node, end) == ["WAITING"]
    assert ended(farm, layer, node, end) == ["DEAD"]
    (task,) = farm.tasks(layer)
    assert (task["failures"], task["losses"], task["exit_status"]) == (2, 0, 1)


def test_a_log_that_says_error_fails_a_task_that_exits_with_0(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=0), farm.node()
    (proc,) = farm.book((layer, node, 1))

    (row,) = farm.complete([proc["proc_id"]], status=0, end="LOG_ERROR")

    assert (row["task_state"], farm.tasks(layer)[0]["exit_status"]) == ("DEAD", 1)


@pytest.mark.parametrize("end", ["LICENSE", "ENVIRONMENT"])
def test_what_the_task_cannot_mend_is_a_loss_and_ends_after_ten(farm: Farm, end: str) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=0), farm.node()
    states = []
    for hour in range(10):
        clock(farm, hour * 3600)
        states += ended(farm, layer, node, end)

    assert states == ["WAITING"] * 9 + ["DEAD"]
    assert farm.tasks(layer)[0]["failures"] == 0


def test_a_recalled_machine_costs_a_task_nothing_however_often(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=1, max_retries=0), farm.node()

    assert {state for _ in range(12) for state in ended(farm, layer, node, "RECALLED")} == {"WAITING"}

    (task,) = farm.tasks(layer)
    assert (task["failures"], task["losses"], task["retries"]) == (0, 0, 11)
    assert farm.value("select count(*) from plow.attempt where end_reason = 'RECALLED'") == 12
    assert farm.execute("select from plow.retry_wait") == []


# ---- who waits


def test_without_a_licence_the_layer_waits_on_every_node(farm: Farm) -> None:
    job, nodes = farm.job(), [farm.node("n1"), farm.node("n2")]
    layer, other = farm.layer(job, tasks=3), farm.layer(job, tasks=1, name="comp")
    clock(farm, 0)
    ended(farm, layer, nodes[0], "LICENSE")

    assert [farm.book((layer, node, 1)) for node in nodes] == [[], []]
    assert len(farm.book((other, nodes[0], 1))) == 1
    clock(farm, 11)
    assert len(farm.book((layer, nodes[1], 1))) == 1


def test_behind_a_broken_wrapper_the_layer_waits_on_that_node_alone(farm: Farm) -> None:
    layer, broken, sound = farm.layer(farm.job(), tasks=2), farm.node("n1"), farm.node("n2")
    clock(farm, 0)
    ended(farm, layer, broken, "ENVIRONMENT")

    assert farm.book((layer, broken, 1)) == []
    assert len(farm.book((layer, sound, 1))) == 1


def test_the_wait_doubles_up_to_ten_minutes_and_is_forgotten_in_quiet(farm: Farm) -> None:
    layer, node, now, waits = farm.layer(farm.job(), tasks=20), farm.node(), 0, []
    for _ in range(8):
        clock(farm, now)
        ended(farm, layer, node, "LICENSE")
        waits.append(farm.value(HELD, layer))
        now += waits[-1]
    assert waits == [10, 20, 40, 80, 160, 320, 600, 600]

    clock(farm, now + 601)
    ended(farm, layer, node, "LICENSE")
    assert farm.value(HELD, layer) == 10


def test_many_that_lack_a_licence_at_once_are_one_wait(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=8), farm.node(cores=8, ram=65536)
    clock(farm, 0)
    late = farm.book((layer, node, 1))
    ended(farm, layer, node, "LICENSE", n=4)
    clock(farm, 4)
    farm.complete([row["proc_id"] for row in late], status=1, end="LICENSE")

    assert farm.value(HELD, layer) == 6


def test_a_killed_attempt_holds_nothing_back(farm: Farm, db: Database) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node()
    (proc,) = farm.book((layer, node, 1))
    db.run("kill_tasks", p_task=[farm.tasks(layer)[0]["id"]], p_reason="")

    farm.complete([proc["proc_id"]], status=1, end="LICENSE")

    assert farm.execute("select from plow.retry_wait") == []


@pytest.mark.parametrize("mend", ["retry", "settings"])
def test_a_hand_that_mends_ends_the_wait(farm: Farm, db: Database, mend: str) -> None:
    layer, node = farm.layer(farm.job(), tasks=1), farm.node()
    ended(farm, layer, node, "ENVIRONMENT")
    assert farm.book((layer, node, 1)) == []

    if mend == "retry":
        db.run("retry_tasks", p_task=[farm.tasks(layer)[0]["id"]], p_reason="the wrapper is mended")
    else:
        settings = check_run("layer", RunSettingsT(wrapper=["rez", "maya"]))
        db.run("set_layer_run", p_layer=layer, p_run=Json(settings))

    assert len(farm.book((layer, node, 1))) == 1


# ---- what the planner knows of it


def planned(picture: Picture) -> list[tuple[str, str]]:
    return [(start.layer_id, start.node_id) for start in plan(picture.snapshot()).starts]


def test_the_planner_leaves_out_who_is_held_back_and_knows_how_long(farm: Farm, db: Database) -> None:
    job, broken, sound = farm.job(), farm.node("n1", cores=1), farm.node("n2", cores=1)
    scarce, wrapped = farm.layer(job, tasks=1), farm.layer(job, tasks=2, name="comp")
    ended(farm, scarce, broken, "LICENSE")
    ended(farm, wrapped, broken, "ENVIRONMENT")

    picture = db.atomically(read_farm)

    assert planned(picture) == [(str(wrapped), str(sound))]
    assert picture.next_start_s == pytest.approx(10, abs=5)
    farm.execute("update plow.retry_wait set until = plow.now()")
    picture = db.atomically(read_farm)
    assert len(planned(picture)) == 2
    assert picture.next_start_s is None


# ---- a node whose user has it


def test_a_node_that_somebody_took_back_takes_nothing_and_rings_when_it_is_given(farm: Farm) -> None:
    layer = farm.layer(farm.job(), tasks=1)
    rings(farm)
    node = farm.value("select id from plow.node")
    assert rings(farm, away_reason="anna works here")
    assert not rings(farm, away_reason="anna still works here")

    assert farm.book((layer, node, 1)) == []
    seen = farm.execute("select away_reason, is_draining from plow.node_view")
    assert seen == [{"away_reason": "anna still works here", "is_draining": False}]
    assert rings(farm)
    assert len(farm.book((layer, node, 1))) == 1


# ---- what history keeps


def test_history_says_which_command_ran_and_how_many_warnings_there_were(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), tasks=2), farm.node()
    first, second = (row["proc_id"] for row in farm.book((layer, node, 2)))
    farm.execute(
        "select plow.complete_tasks(%s::uuid[], '{0}', '{0}', '{EXITED}', '{\"\"}', '{0}', '{0}', '{0}', '{0}',"
        " p_command_index => '{2}', p_warnings => '{7}')",
        [first],
    )
    farm.complete([second])

    kept = farm.execute("select command_index, warnings from plow.past_attempt_view order by warnings")
    assert kept == [{"command_index": 2, "warnings": 7}, {"command_index": None, "warnings": None}]
