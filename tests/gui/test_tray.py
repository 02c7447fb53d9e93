"""The tray icon, off-screen, with a daemon played by the test, and once with the real socket."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from plow_client import node_socket
from plow_client.errors import Denied, Unavailable
from wrangler import tray
from wrangler.trayicon import Tray

STATUS = {"node": "ws7", "nimby": "auto", "away": "", "is_given": True, "tasks": [{}]}


class Daemon:
    """Answers as rndaemon does."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = dict(STATUS)
        self.error: Exception | None = None
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.threads: set[int] = set()

    def __call__(self, do: str, **said: object) -> dict[str, Any]:
        self.asked.append((do, said))
        self.threads.add(threading.get_ident())
        if self.error:
            raise self.error
        if do == "nimby":
            away = "anna took the machine, since 14:02" if said["wish"] == "on" else ""
            self.status.update(nimby=said["wish"], away=away)
        return dict(self.status)


@pytest.fixture
def daemon() -> Daemon:
    return Daemon()


@pytest.fixture
def icon(qtbot: QtBot, daemon: Daemon) -> Iterator[Tray]:
    made = Tray(daemon)
    with qtbot.waitSignal(made.answered):
        made.start()
    yield made
    made.stop()


def test_it_says_whose_the_machine_is(icon: Tray) -> None:
    assert icon.icon.toolTip() == "ws7 is the farm's\n1 task running"
    assert icon.wishes["auto"].isChecked()


def test_a_word_reaches_the_daemon_and_its_answer_is_shown(qtbot: QtBot, icon: Tray, daemon: Daemon) -> None:
    with qtbot.waitSignal(icon.answered):
        icon.wishes["on"].trigger()

    assert daemon.asked[-1] == ("nimby", {"wish": "on"})
    assert "anna took the machine, since 14:02" in icon.told.text()
    assert icon.wishes["on"].isChecked() and not icon.wishes["auto"].isChecked()
    assert threading.get_ident() not in daemon.threads


@pytest.mark.parametrize(
    "error", [Unavailable("no rndaemon answers"), Denied("'anna' is not logged in here")]
)
def test_a_daemon_that_does_not_answer_is_a_sentence(
    qtbot: QtBot, icon: Tray, daemon: Daemon, error: Exception
) -> None:
    daemon.error = error
    with qtbot.waitSignal(icon.answered):
        icon.ask("status")

    assert icon.icon.toolTip() == str(error)


def test_a_node_that_is_no_workstation_offers_nothing(qtbot: QtBot, icon: Tray, daemon: Daemon) -> None:
    daemon.status["nimby"] = ""
    with qtbot.waitSignal(icon.answered):
        icon.ask("status")

    assert not any(action.isEnabled() for action in icon.wishes.values())
    assert "at all times" in icon.icon.toolTip()


def test_no_daemon_at_all_is_a_sentence_too(capsys: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        status, why = tray.answer(lambda do: node_socket.ask(Path(folder), do), "status")

    assert status is None and folder in why


def test_without_a_place_for_icons_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert tray.main([]) == 2
    assert "no place for icons" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "colour"),
    [(None, "#d9534f"), ({"away": "x"}, "#8a8f98"), ({"away": ""}, "#5cb85c")],
)
def test_the_colour_tells_at_a_glance(status: dict[str, Any] | None, colour: str) -> None:
    assert tray.colour_of(status) == colour
