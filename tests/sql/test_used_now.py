"""used_now: what a quota has used, each core-second worth half after the half-life."""

from __future__ import annotations

import pytest

from tests.sql.farm import Farm


@pytest.mark.parametrize(("days", "left"), [(0, 800.0), (1, 400.0), (3, 100.0), (61, 0.0), (4000, 0.0)])
def test_use_is_worth_half_after_each_half_life_however_long_ago(farm: Farm, days: int, left: float) -> None:
    farm.execute("update plow.quota_counter set used_core_s = 800, used_at = plow.now()")

    told = farm.value(
        "select plow.used_now(c, 86400, c.used_at + make_interval(days => %s)) from plow.quota_counter as c",
        days,
    )

    assert told == pytest.approx(left, abs=1e-9)
