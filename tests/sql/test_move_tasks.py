"""move_tasks: a task's state with everything that hangs on it."""

from __future__ import annotations

import pytest

from tests.sql.farm import Farm


@pytest.mark.parametrize("state", ["WAITING", "DEAD"])
def test_a_move_to_where_it_is_already_changes_nothing(farm: Farm, state: str) -> None:
    node, layer = farm.node(), farm.layer(farm.job(), tasks=2)
    ids = [task["id"] for task in farm.tasks(layer)]
    farm.execute("select plow.move_tasks(%s, %s)", ids, state)
    before = farm.tasks(layer)

    farm.execute("select plow.move_tasks(%s, %s)", ids, state)

    assert farm.tasks(layer) == before
    assert farm.faults() == []
    assert len(farm.book((layer, node, 2))) == (2 if state == "WAITING" else 0)
