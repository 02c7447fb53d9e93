"""The real window, off-screen, on a farm in memory behind a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from plow_client.connection import Connection
from plow_client.idl import TaskState
from plow_client.local_farm import LocalFarm
from tests.gui.fake_farm import FakeFarm
from tests.gui.person import Person
from wrangler.session import Session
from wrangler.theme import dress
from wrangler.window import Window

MakeWindow = Callable[..., Person]


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["plow-wrangler"]


@pytest.fixture(scope="session", autouse=True)
def look(qapp: QApplication) -> None:
    """The window's own look, for the whole run."""
    dress(qapp)


@pytest.fixture
def empty_farm() -> Iterator[FakeFarm]:
    """A server with nothing on it."""
    farm = FakeFarm().start()
    yield farm
    farm.delay_s = 0.0
    farm.stop()


@pytest.fixture
def farm(empty_farm: FakeFarm) -> FakeFarm:
    """Two folders of jobs, three nodes, one log."""
    empty_farm.add_job(
        "sc020_light",
        {
            TaskState.SUCCEEDED: 4,
            TaskState.RUNNING: 3,
            TaskState.DEAD: 2,
            TaskState.WAITING: 3,
            TaskState.DEPEND: 2,
        },
        layers=("beauty", "shadow"),
    )
    empty_farm.add_job("sc021_light", {TaskState.WAITING: 5}, is_paused=True, owner="jo")
    empty_farm.add_job("sc022_fx", {TaskState.RUNNING: 1, TaskState.WAITING: 5}, folder="fx")
    for name in ("r10", "r2", "r1"):
        empty_farm.add_node(name)
    return empty_farm


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """A person's settings that nobody has written yet."""
    return QSettings(str(tmp_path / "wrangler.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def make_window(qtbot: QtBot, settings: QSettings) -> Iterator[MakeWindow]:
    """Open a window on a farm: `make_window(farm, workspace="Systems")`."""
    windows: list[Window] = []

    def make(farm: FakeFarm | LocalFarm, *, workspace: str = "Wrangler", timeout_s: float = 10.0) -> Person:
        session = Session(Connection(farm.hosts, timeout_s=timeout_s), probe_s=0.1)
        window = Window(session, settings)
        windows.append(window)
        window.resize(1500, 900)
        window.open_workspace(workspace)
        window.show()
        session.start()
        return Person(window, qtbot)

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def person(make_window: MakeWindow, farm: FakeFarm) -> Person:
    """Somebody in front of the window, who already sees all jobs and nodes."""
    person = make_window(farm)
    person.sees_jobs(3)
    return person
