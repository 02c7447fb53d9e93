"""set_node_state, begin_reboot, drop_reboot, delete_node, delete_quota, delete_project, set_folder_order, kill_proc."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from plow_client.errors import Invalid, NotAllowed, NotFound, PlowError
from plow_server.database import Database
from tests.sql.farm import Farm, Row
from tests.sql.launching import launch, wait_for_lock
from tests.sql.test_ping_node import DAEMON, ping

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "function, noun, arguments",
    [
        ("set_node_state", "node", {"p_node": NOBODY, "p_state": "UP"}),
        ("begin_reboot", "node", {"p_node": NOBODY}),
        ("delete_node", "node", {"p_node": NOBODY}),
        ("delete_quota", "quota", {"p_quota": NOBODY}),
        ("delete_project", "project", {"p_project": NOBODY}),
        ("set_folder_order", "folder", {"p_folder": NOBODY, "p_place": 0}),
        ("kill_proc", "proc", {"p_proc": NOBODY, "p_reason": ""}),
    ],
)
def test_what_is_not_there_is_named(
    farm: Farm, db: Database, function: str, noun: str, arguments: dict
) -> None:
    with pytest.raises(NotFound, match=f"no {noun} '{NOBODY}'"):
        db.run(function, **arguments)


def telling(told: list[str], act: Callable[[], object]) -> Callable[[], None]:
    """The act, which another thread may carry out; why it was refused is kept."""

    def carry_out() -> None:
        try:
            act()
        except PlowError as error:
            told.append(error.why)

    return carry_out


# ---- procs


def test_a_killed_proc_costs_its_task_nothing(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    (row,) = farm.book((UUID(job.layers["beauty"]), node, 1))

    assert db.value("kill_proc", p_proc=row["proc_id"], p_reason="stuck") is True
    assert db.value("kill_proc", p_proc=row["proc_id"], p_reason="again") is False

    assert farm.execute("select state, kill_signal, kill_reason from plow.proc") == [
        {"state": "KILLING", "kill_signal": 669, "kill_reason": "stuck"}
    ]
    farm.complete([row["proc_id"]], end="KILLED")
    (first, _) = farm.tasks(UUID(job.layers["beauty"]))
    assert (first["state"], first["failures"], first["losses"], first["retries"]) == ("WAITING", 0, 0, 0)
    assert farm.value("select reason from plow.attempt") == "stuck"


def test_a_proc_that_ends_meanwhile_is_not_there(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    (row,) = farm.book((UUID(job.layers["beauty"]), node, 1))
    told: list[str] = []
    kill = telling(told, lambda: db.run("kill_proc", p_proc=row["proc_id"], p_reason=""))

    between(farm, kill, "select plow.complete_tasks(%s::uuid[], '{0}', '{0}', '{EXITED}', '{\"\"}', '{0}', '{0}', '{0}', '{0}')", [row["proc_id"]])  # fmt: skip # noqa: E501

    assert told == [f"no proc '{row['proc_id']}'"]


# ---- nodes


def state_of(farm: Farm, node: UUID) -> str:
    return str(farm.value("select state from plow.node where id = %s", node))


def test_a_node_in_repair_takes_nothing_and_stays_so_whatever_it_says(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    beauty = UUID(job.layers["beauty"])
    farm.book((beauty, node, 1))

    db.run("set_node_state", p_node=node, p_state="REPAIR")

    assert farm.book((beauty, node, 1)) == []
    ping(farm, held=[])
    assert state_of(farm, node) == "REPAIR"
    assert farm.states(beauty) == ["RUNNING", "WAITING"]
    db.run("set_node_state", p_node=node, p_state="UP")
    assert len(farm.book((beauty, node, 1))) == 1


def test_nobody_sets_a_node_down_or_wakes_a_silent_one(farm: Farm, db: Database) -> None:
    node = farm.node(state="DOWN")

    with pytest.raises(Invalid, match="nobody sets a node DOWN"):
        db.run("set_node_state", p_node=node, p_state="DOWN")
    with pytest.raises(NotAllowed, match="node 'n1' is DOWN: it is UP again with its next ping"):
        db.run("set_node_state", p_node=node, p_state="UP")
    db.run("set_node_state", p_node=node, p_state="REPAIR")
    assert state_of(farm, node) == "REPAIR"


def rebooting(farm: Farm) -> Row:
    return farm.execute(
        "select is_rebooting, is_draining from plow.node join plow.node_report on node_id = id"
    )[0]


def test_nothing_is_booked_between_the_wish_and_the_new_boot(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    beauty = UUID(job.layers["beauty"])
    ping(farm, boot_id="one")

    assert db.value("begin_reboot", p_node=node) == farm.value("select address from plow.node")

    assert farm.book((beauty, node, 1)) == []
    ping(farm, boot_id="one")
    assert rebooting(farm) == {"is_rebooting": True, "is_draining": True}
    assert farm.book((beauty, node, 1)) == []
    ping(farm, boot_id="two")
    assert rebooting(farm) == {"is_rebooting": False, "is_draining": False}
    assert len(farm.book((beauty, node, 1))) == 1


def test_a_node_that_boots_anew_and_who_steers_it_meanwhile_do_not_wait_for_each_other(
    farm: Farm, db: Database
) -> None:
    node = farm.node()
    ping(farm, boot_id="one")
    db.value("begin_reboot", p_node=node)
    farm.execute("update plow.node set state = 'DOWN'")
    machine = farm.beside()
    thread = threading.Thread(target=lambda: ping(machine, boot_id="two"))

    with farm.connect() as other:
        other.execute("begin")
        other.execute("select plow.lock_rows(null, null, null, null, array[%s::uuid])", (node,))
        thread.start()
        wait_for_lock(farm)
        other.execute("select plow.set_node_locked(%s, true)", (node,))
        other.execute("commit")
    thread.join()
    machine.close()

    assert farm.execute("select state, is_locked, is_rebooting from plow.node") == [
        {"state": "UP", "is_locked": True, "is_rebooting": False}
    ]


def test_a_node_that_gives_its_reboot_up_is_back(farm: Farm, db: Database) -> None:
    node = farm.node()
    db.value("begin_reboot", p_node=node)

    ping(farm, boot_id="one", is_reboot=True, is_draining=True)
    assert rebooting(farm)["is_rebooting"]
    ping(farm, boot_id="one")

    assert rebooting(farm) == {"is_rebooting": False, "is_draining": False}


def test_a_new_daemon_of_the_same_boot_has_not_heard_of_the_reboot(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    beauty = UUID(job.layers["beauty"])
    ping(farm, boot_id="one")
    db.value("begin_reboot", p_node=node)

    ping(farm, boot_id="one", daemon_id=uuid4(), is_reboot=True, is_draining=True)  # this one was told
    assert rebooting(farm)["is_rebooting"]
    ping(farm, boot_id="one", daemon_id=uuid4())

    assert rebooting(farm) == {"is_rebooting": False, "is_draining": False}
    assert len(farm.book((beauty, node, 1))) == 1


def test_a_refused_reboot_is_over_with_the_next_ping(farm: Farm, db: Database) -> None:
    node = farm.node()
    ping(farm)
    db.value("begin_reboot", p_node=node)

    db.run("drop_reboot", p_node=node)
    ping(farm)

    assert rebooting(farm) == {"is_rebooting": False, "is_draining": False}


def test_a_wish_that_the_node_never_heard_is_taken_back_by_hand(farm: Farm, db: Database) -> None:
    node = farm.node()
    ping(farm)
    db.value("begin_reboot", p_node=node)
    db.run("set_node_state", p_node=node, p_state="REPAIR")
    assert rebooting(farm)["is_rebooting"]

    db.run("set_node_state", p_node=node, p_state="UP")
    ping(farm)

    assert rebooting(farm) == {"is_rebooting": False, "is_draining": False}


def test_a_node_that_is_down_cannot_be_told(farm: Farm, db: Database) -> None:
    node = farm.node(state="DOWN")

    with pytest.raises(NotAllowed, match="node 'n1' is DOWN: it cannot be told to reboot"):
        db.value("begin_reboot", p_node=node)


def test_a_deleted_node_is_new_when_it_pings_again(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    farm.complete([row["proc_id"] for row in farm.book((UUID(job.layers["beauty"]), node, 1))])
    farm.execute("update plow.node set state = 'DOWN'")

    db.run("delete_node", p_node=node)

    assert farm.value("select node from plow.attempt") == "n1"
    assert farm.value("select count(*) from plow.node_counter") == 0
    assert ping(farm)["is_new"] is True


def test_a_node_with_procs_or_signs_of_life_is_kept(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()

    with pytest.raises(NotAllowed, match="node 'n1' is UP and pings: only a silent node is deleted"):
        db.run("delete_node", p_node=node)
    farm.book((UUID(job.layers["beauty"]), node, 1))
    farm.execute("update plow.node set state = 'DOWN'")
    with pytest.raises(NotAllowed, match="node 'n1' has procs"):
        db.run("delete_node", p_node=node)


def test_a_node_in_repair_is_deleted_when_it_is_silent(farm: Farm, db: Database) -> None:
    node = ping(farm)["node_id"]
    farm.execute("update plow.node set state = 'REPAIR'")
    with pytest.raises(NotAllowed, match="node 'n1' is REPAIR and pings"):
        db.run("delete_node", p_node=node)
    farm.execute("update plow.node_report set updated = updated - interval '31 s'")
    db.run("delete_node", p_node=node)
    assert farm.value("select count(*) from plow.node") == 0


# ---- quotas, projects, folders


def between(farm: Farm, act: Callable[[], object], statement: str, *values: object) -> None:
    """Let `act` meet a statement of another session that has not committed yet."""
    thread = threading.Thread(target=act)
    with farm.connect() as other:
        other.execute("begin")
        other.execute(statement.encode(), values)
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()


def test_a_quota_in_use_is_kept_and_an_idle_one_goes(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    procs = [row["proc_id"] for row in farm.book((UUID(job.layers["beauty"]), node, 1))]

    with pytest.raises(NotAllowed, match="the quota is in use: 1 procs run on it"):
        db.run("delete_quota", p_quota=farm.quota)
    farm.complete(procs)
    db.run("delete_quota", p_quota=farm.quota)
    assert farm.book((UUID(job.layers["beauty"]), node, 1)) == []


def test_a_booking_comes_before_the_end_of_its_quota(farm: Farm, db: Database) -> None:
    job, node = launch(db), farm.node()
    told: list[str] = []
    delete = telling(told, lambda: db.run("delete_quota", p_quota=farm.quota))

    between(
        farm, delete, "select plow.commit_plan(%s::uuid[], %s::uuid[], '{1}')", [job.layers["beauty"]], [node]
    )

    assert told == ["the quota is in use: 1 procs run on it"]


@pytest.mark.parametrize("what", ["delete_quota", "delete_node"])
def test_a_booking_comes_too_late(farm: Farm, db: Database, what: str) -> None:
    job, node = launch(db), farm.node()
    if what == "delete_node":
        farm.execute("update plow.node set state = 'DOWN'")
    booked: list[Row] = []

    def book() -> None:
        with farm.connect() as session:
            plan = ([job.layers["beauty"]], [node])
            booked.extend(
                session.execute("select * from plow.commit_plan(%s::uuid[], %s::uuid[], '{1}')", plan)
            )

    between(farm, book, f"select plow.{what}(%s)", farm.quota if what == "delete_quota" else node)

    assert booked == []


def test_a_project_goes_with_what_it_owns(farm: Farm, db: Database) -> None:
    project = db.value("create_project", p_title="Old", p_code="old")
    folder = farm.value("select default_folder_id from plow.project where id = %s", project)
    kept = db.value("create_filter", p_project=project, p_name="to the shelf")
    db.run("create_action", p_filter=kept, p_type="SET_FOLDER", p_value=str(folder))

    db.run("delete_project", p_project=project)

    for table in ("folder", "quota", "filter"):
        assert farm.value(f"select count(*) from plow.{table} where project_id = %s", project) == 0
    assert farm.value("select count(*) from plow.project") == 1


def test_a_project_with_jobs_and_the_last_one_are_kept(farm: Farm, db: Database) -> None:
    with pytest.raises(NotAllowed, match="project 'test' is the last"):
        db.run("delete_project", p_project=farm.project)
    job = launch(db)
    db.run("kill_job", p_job=job.id, p_reason="")
    db.value("create_project", p_title="New", p_code="new")
    with pytest.raises(NotAllowed, match="project 'test' has jobs"):
        db.run("delete_project", p_project=farm.project)


def test_of_the_last_two_projects_one_stays(farm: Farm, db: Database) -> None:
    other = db.value("create_project", p_title="New", p_code="new")
    told: list[str] = []
    delete = telling(told, lambda: db.run("delete_project", p_project=farm.project))

    between(farm, delete, "select plow.delete_project(%s)", other)

    assert told == ["project 'test' is the last"]


def test_a_launch_and_the_end_of_its_project_do_not_cross(farm: Farm, db: Database) -> None:
    db.value("create_project", p_title="New", p_code="new")
    told: list[str] = []
    delete = telling(told, lambda: db.run("delete_project", p_project=farm.project))

    with farm.connect() as other:
        other.execute("begin")
        other.execute("select from plow.project where id = %s for share", (farm.project,))
        thread = threading.Thread(target=delete)
        thread.start()
        wait_for_lock(farm)
        other.execute(
            "insert into plow.job (project_id, folder_id, name, active_name, username, state, log_path)"
            " values (%s, %s, 'late', 'late', 'anna', 'RUNNING', '/logs')",
            (farm.project, farm.folder),
        )
        other.execute("insert into plow.job_counter (job_id) select id from plow.job")
        other.execute("commit")
    thread.join()

    assert told == ["project 'test' has jobs"]


@pytest.mark.parametrize(
    "name, place, order",
    [("jobs", 2, "a b jobs c"), ("c", 0, "c jobs a b"), ("a", 1, "jobs a b c"), ("jobs", 99, "a b c jobs")],
)
def test_a_folder_moves_to_its_place(farm: Farm, db: Database, name: str, place: int, order: str) -> None:
    for other in "abc":
        db.value("create_folder", p_project=farm.project, p_name=other)
    folder = farm.value("select id from plow.folder where name = %s", name)

    db.run("set_folder_order", p_folder=folder, p_place=place)

    rows = db.all("folders_of_project", project_id=farm.project)
    assert " ".join(row["name"] for row in rows) == order
    assert [row["order"] for row in rows] == [0, 2, 4, 6]


def test_a_place_before_the_first_is_refused(farm: Farm, db: Database) -> None:
    with pytest.raises(Invalid, match="a folder's place is 0 or more, not -1"):
        db.run("set_folder_order", p_folder=farm.folder, p_place=-1)


def test_two_moves_at_once_take_turns(farm: Farm, db: Database) -> None:
    ids = [db.value("create_folder", p_project=farm.project, p_name=name) for name in "ab"]

    between(
        farm,
        lambda: db.run("set_folder_order", p_folder=ids[1], p_place=0),
        "select plow.set_folder_order(%s, 0)",
        ids[0],
    )

    rows = db.all("folders_of_project", project_id=farm.project)
    assert [row["name"] for row in rows] == ["b", "a", "jobs"]


def test_the_bell_rings_for_what_the_planner_knows(farm: Farm, db: Database) -> None:
    node = farm.node()
    with psycopg.connect(db.dsn, autocommit=True) as ears:
        ears.execute("listen plow_farm")
        for act in (
            lambda: db.run("set_node_state", p_node=node, p_state="REPAIR"),
            lambda: db.value("begin_reboot", p_node=node),
            lambda: db.run("delete_quota", p_quota=farm.quota),
        ):
            act()
            assert len(list(ears.notifies(timeout=5, stop_after=1))) == 1


@pytest.mark.parametrize("call", ["set_node_state(%s, 'REPAIR')", "begin_reboot(%s)"])
def test_once_a_node_is_set_aside_nothing_starts_there(farm: Farm, db: Database, call: str) -> None:
    job, node = launch(db), farm.node()
    booked: list[Row] = []

    def book() -> None:
        with farm.connect() as session:
            plan = ([job.layers["beauty"]], [node])
            booked.extend(
                session.execute("select * from plow.commit_plan(%s::uuid[], %s::uuid[], '{1}')", plan)
            )

    between(farm, book, f"select plow.{call}", node)

    assert booked == []


def test_a_ping_on_its_way_does_not_undo_the_wish_to_reboot(farm: Farm, db: Database) -> None:
    node = farm.node()
    ping(farm)
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select plow.begin_reboot(%s)", (node,))
        thread = threading.Thread(target=lambda: ping_again(db))
        thread.start()
        wait_for_lock(farm)
        other.execute("commit")
    thread.join()

    assert rebooting(farm) == {"is_rebooting": True, "is_draining": True}


def ping_again(db: Database) -> None:
    """A ping of the same daemon by another session."""
    with psycopg.connect(db.dsn, autocommit=True) as session:
        session.execute(
            "select * from plow.ping_node('n1', 'a:1', '', null, 'b1', %s::uuid, 9, '', false, false,"
            " 1, 1, 1, 1, 1, 1, '', '', '{0,0,0}', 4, 8192, '{}')",
            (DAEMON,),
        )
