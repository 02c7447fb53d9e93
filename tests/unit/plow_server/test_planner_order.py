"""The whole order, with every rule of placement, against a search through everything."""

from __future__ import annotations

import pytest

from benchmarks.order import examine


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_whoever_is_first_in_line_is_served_first_and_nothing_that_fits_is_left(first: int):
    seen = {seed: examine(seed, 10.0) for seed in range(first, first + 25)}
    assert {seed: one.faults for seed, one in seen.items() if one.faults} == {}
    assert sum(one.starts for one in seen.values()) > 100
