"""The window never waits for the server. Gaps are compared with the server's own delay, not with a clock."""

from __future__ import annotations

import threading

from plow_client.idl import TaskState
from tests.gui.conftest import MakeWindow
from tests.gui.fake_farm import FakeFarm
from tests.gui.heartbeat import heartbeat
from tests.gui.person import Person

SLOW_S = 5.0


def test_a_server_that_answers_after_five_seconds_never_freezes_the_window(
    make_window: MakeWindow, farm: FakeFarm
) -> None:
    farm.delay_s = SLOW_S
    with heartbeat() as watch:
        person = make_window(farm)
        person.qtbot.waitUntil(lambda: len(person.jobs()) == 3, timeout=int(4 * SLOW_S * 1000))

    assert watch.largest_gap_s < SLOW_S / 5


def test_an_action_on_a_slow_server_leaves_the_window_free(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light")
    farm.delay_s = SLOW_S
    with heartbeat() as watch:
        person.presses(person.window.jobs.view, "P")
        person.until(lambda: person.window.session.waiting_s > SLOW_S / 2)
        person.until(lambda: "waiting for an answer" in person.window.status.age.text())
        farm.delay_s = 0.0
        person.until(lambda: person.text(person.window.jobs, "sc020_light", "State") == "Paused")

    assert watch.largest_gap_s < SLOW_S / 5


def test_an_action_goes_before_refreshes_that_wait(person: Person, farm: FakeFarm) -> None:
    person.chooses(person.window.jobs, "sc020_light")
    person.until(lambda: person.window.nodes.model.rowCount() == 3)
    farm.delay_s = 0.3
    farm.calls.clear()
    person.window.refresh_all()
    person.presses(person.window.jobs.view, "P")
    person.until(lambda: farm.asked("pauseJob") and farm.asked("getNodes"))

    names = [name for name, _ in farm.calls]
    assert names.index("pauseJob") < names.index("getNodes")


def test_nothing_but_the_session_s_threads_talks_to_the_server(person: Person, farm: FakeFarm) -> None:
    person.opens_job("sc020_light", 14)

    callers = {thread.name for thread in threading.enumerate() if thread.name.startswith("wrangler-")}
    assert callers == {"wrangler-server", "wrangler-files", "wrangler-desk"}


def test_the_tasks_of_a_job_that_was_left_are_not_shown(person: Person, farm: FakeFarm) -> None:
    farm.add_job("left", {TaskState.WAITING: 30})
    person.sees_jobs(4)
    farm.delay_s = 0.2
    person.chooses(person.window.jobs, "left")
    person.until(
        lambda: (
            any(jobId == left.id for (jobId,) in farm.asked("getLayers"))
            if (left := next(job for job in farm.jobs.values() if job.name == "left"))
            else False
        )
    )
    person.chooses(person.window.jobs, "sc021_light")
    person.until(lambda: len(person.tasks()) == 5)
    farm.delay_s = 0.0

    asked = len(farm.asked("getTasks"))
    person.until(lambda: len(farm.asked("getTasks")) > asked)
    assert len(person.tasks()) == 5


def test_a_window_closes_at_once_while_a_call_hangs(make_window: MakeWindow, farm: FakeFarm) -> None:
    person = make_window(farm)
    person.sees_jobs(3)
    farm.delay_s = SLOW_S
    person.window.refresh_all()
    person.until(lambda: person.window.session.waiting_s > 0.05)
    with heartbeat() as watch:
        person.window.close()

    assert watch.largest_gap_s < SLOW_S / 2
    farm.delay_s = 0.0
