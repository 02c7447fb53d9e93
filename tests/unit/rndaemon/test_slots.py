import pytest

from plow_client.errors import Invalid, NotAllowed
from rndaemon.slots import Slots


def test_the_lowest_free_cores_are_given_first():
    slots = Slots(4)
    slots.take(2)

    assert slots.take(1) == [2]
    assert slots.free == 1


def test_cores_given_back_can_be_taken_again():
    slots = Slots(2)
    taken = slots.take(2)
    slots.give_back(taken)

    assert slots.take(2) == [0, 1]


def test_too_many_cores_are_refused_with_the_number_that_is_free():
    slots = Slots(4)
    slots.take(3)

    with pytest.raises(NotAllowed, match="2 cores wanted, 1 of 4 free"):
        slots.take(2)
    assert slots.free == 1


@pytest.mark.parametrize("wanted", [0, -1])
def test_a_task_needs_a_core(wanted):
    with pytest.raises(Invalid, match="at least 1 core"):
        Slots(4).take(wanted)


def test_cores_of_an_attempt_found_again_stay_taken_even_on_a_smaller_node():
    slots = Slots(2)
    slots.take_again([1, 2, 3])
    assert slots.free == 1
    slots.give_back([1, 2, 3])

    assert slots.free == 2
