"""Random histories on the real procedures: whatever happens in whatever order, the books stay right.

Each step ends with the audit, which recounts everything (cores and memory exact, a running task has one live proc,
counters equal recounts, nothing starts before what it waits for). 2,000 histories of 50 steps; for more:

    PLOW_HISTORIES=200000 python3 run.py test tests/sql/test_histories.py
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack

import pytest

from tests.postgres import Postgres
from tests.sql.history import broken_history

HISTORIES = int(os.environ.get("PLOW_HISTORIES", "2000"))
PLAYERS = min(os.cpu_count() or 1, 4, HISTORIES)


@pytest.mark.timeout(600 + HISTORIES)
def test_no_history_breaks_the_books(postgres: Postgres, template: str) -> None:
    with ExitStack() as stack:
        farms = [stack.enter_context(postgres.scratch(template)) for _ in range(PLAYERS)]
        shares = [HISTORIES // PLAYERS + (place < HISTORIES % PLAYERS) for place in range(PLAYERS)]
        players = stack.enter_context(ProcessPoolExecutor(PLAYERS, multiprocessing.get_context("spawn")))
        faults = list(players.map(broken_history, farms, shares))
    assert not any(faults), "\n".join(faults)
