from __future__ import annotations

from collections.abc import Iterator

import pytest

from plow_server.database import Database
from tests.sql.farm import Farm, farm_of


@pytest.fixture
def farm(db: Database) -> Iterator[Farm]:
    yield from farm_of(db.dsn)
