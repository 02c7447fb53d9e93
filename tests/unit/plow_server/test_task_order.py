import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client.idl import TaskOrder
from plow_server.task_order import in_order


@pytest.mark.parametrize(
    ("count", "order", "nth", "first"),
    [
        (5, TaskOrder.GIVEN, 0, [0, 1, 2, 3, 4]),
        (5, TaskOrder.FIRST_MIDDLE_LAST, 0, [0, 2, 4, 1, 3]),
        (2, TaskOrder.FIRST_MIDDLE_LAST, 0, [0, 1]),
        (0, TaskOrder.FIRST_MIDDLE_LAST, 0, []),
        (9, TaskOrder.EVERY_NTH, 4, [0, 4, 8, 2, 6, 1, 3, 5, 7]),
        (4, TaskOrder.EVERY_NTH, 10, [0, 2, 1, 3]),
    ],
)
def test_what_tells_most_comes_first(count, order, nth, first):
    assert in_order(range(count), order, nth) == first


@given(st.integers(0, 200), st.sampled_from(TaskOrder), st.integers(2, 60))
def test_every_task_comes_once(count, order, nth):
    assert sorted(in_order(range(count), order, nth)) == list(range(count))
