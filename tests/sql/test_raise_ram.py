"""raise_ram: what a layer asks for follows what its attempts use, up to its most, and waits for nobody."""

from __future__ import annotations

import pytest

from tests.sql.farm import Farm


@pytest.mark.parametrize(
    ("used", "asked"),
    [(1, 512), (512, 512), (513, 768), (768, 768), (4000, 4096), (4097, 4096), (90_000, 4096)],
)
def test_a_layer_asks_for_what_was_used_in_steps_and_up_to_its_most(
    farm: Farm, used: int, asked: int
) -> None:
    layer = farm.layer(farm.job(), 2)
    procs = [row["proc_id"] for row in farm.book((layer, farm.node(), 2))]
    farm.execute("select plow.raise_ram(%s, %s::int[])", procs, [1, used])
    assert farm.value("select min_ram from plow.layer") == asked
    assert farm.value("select distinct min_ram from plow.task") == 512


def test_it_is_never_lowered_and_an_unknown_proc_says_nothing(farm: Farm) -> None:
    layer = farm.layer(farm.job(), 1)
    (row,) = farm.book((layer, farm.node(), 1))
    for procs, used in (([row["proc_id"]], 1000), ([row["proc_id"]], 600), ([layer], 4000)):
        farm.execute("select plow.raise_ram(%s, %s::int[])", procs, [used])
    assert farm.value("select min_ram from plow.layer") == 1024


def test_a_layer_in_other_hands_is_passed_over(farm: Farm) -> None:
    layer = farm.layer(farm.job(), 1)
    (row,) = farm.book((layer, farm.node(), 1))
    with farm.connect() as other:
        other.execute("begin")
        other.execute("select plow.lock_rows(null, null, null, array[%s]::uuid[], null)", [layer])
        farm.execute("select plow.raise_ram(%s, %s::int[])", [row["proc_id"]], [1000])
    assert farm.value("select min_ram from plow.layer") == 512


def test_the_next_attempt_is_booked_with_it(farm: Farm) -> None:
    layer, node = farm.layer(farm.job(), 2), farm.node()
    (row,) = farm.book((layer, node, 1))
    farm.execute("select plow.raise_ram(%s, %s::int[])", [row["proc_id"]], [1000])
    assert [row["ram"] for row in farm.book((layer, node, 1))] == [1024]
