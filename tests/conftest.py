"""What every test may ask for: a PostgreSQL, a migrated database of one's own; and a guard for Qt.

Where Qt's system libraries are missing, pytest-qt would end the whole run; so it is only loaded where Qt
loads, and the tests of the window are left out with a word about it at the top and at the end.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from plow_server.database import Database
    from tests.postgres import Postgres

settings.register_profile("plow", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("plow")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A run that was started in the background ignores Ctrl-C, and so would every program that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    import PySide6.QtWidgets  # noqa: F401
except ImportError as error:
    NO_WINDOW = f"window tests left out: {error}"
    collect_ignore = ["gui", "unit/wrangler"]
else:
    NO_WINDOW = ""
    pytest_plugins = ["pytestqt.plugin"]


def pytest_report_header() -> list[str]:
    return _remarks()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for remark in _remarks():
        terminalreporter.write_line(remark)


def _remarks() -> list[str]:
    missing = os.environ.get("PLOW_TEST_MISSING")  # run.py looked for them
    return [remark for remark in (NO_WINDOW, missing and f"MISSING on this machine: {missing}") if remark]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run, without databases of ours."""
    from tests.postgres import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres) -> str:
    """The name of a database with the whole schema and seed, to be cloned."""
    from plow_server.migrate import migrate

    migrate(postgres.make("plow_template"))
    return "plow_template"


@pytest.fixture
def database_url(postgres, template) -> Iterator[str]:
    """The address of a migrated database that belongs to this test alone."""
    with postgres.scratch(template) as address:
        yield address


@pytest.fixture
def db(database_url) -> Iterator[Database]:
    """Our `Database` on a migrated database that belongs to this test alone."""
    from plow_server.database import Database

    with Database(database_url) as database:
        yield database
