from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client.errors import Invalid, NotAllowed
from rndaemon.slots import Place, Slots, choose


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


# ---- which cores go together

TWO_SOCKETS = [Place(socket=n // 8, node=n // 4) for n in range(16)]
HYBRID = [Place(rank=0)] * 4 + [Place(rank=1)] * 8


def places_of(cores, places):
    return {(places[core].socket, places[core].node, places[core].rank) for core in cores}


@pytest.mark.parametrize(
    ("free", "wanted", "places", "expected"),
    [
        (range(16), 4, TWO_SOCKETS, [0, 1, 2, 3]),
        ([0, 1, 4, 5, 6, 7], 2, TWO_SOCKETS, [0, 1]),  # the small gap first: the large one stays whole
        ([0, 1, 4, 5, 6, 7], 3, TWO_SOCKETS, [4, 5, 6]),
        ([0, 4, 5, 8, 9, 10, 12, 13, 14], 6, TWO_SOCKETS, [8, 9, 10, 12, 13, 14]),  # one socket, two nodes
        (range(16), 10, TWO_SOCKETS, [*range(8), 8, 9]),
        (range(12), 2, HYBRID, [0, 1]),  # fast ones first
        ([3, *range(4, 12)], 2, HYBRID, [4, 5]),  # of one kind rather than mixed
        (range(12), 10, HYBRID, list(range(10))),
        ([0, 1, 7], 2, [], [0, 1]),
    ],
)
def test_the_cores_of_a_task_lie_together(free, wanted, places, expected):
    assert choose(set(free), wanted, dict(enumerate(places))) == expected


MACHINES = st.lists(
    st.builds(lambda node, rank: Place(node // 2, node, rank), st.integers(0, 3), st.integers(0, 1)),
    min_size=1,
    max_size=24,
)


@given(MACHINES, st.data())
def test_a_task_never_spans_more_than_it_must(places, data):
    free = data.draw(st.sets(st.integers(0, len(places) - 1), min_size=1))
    wanted = data.draw(st.integers(1, len(free)))
    chosen = choose(free, wanted, dict(enumerate(places)))

    assert len(chosen) == len(set(chosen)) == wanted and set(chosen) <= free
    sizes = {part: Counter(part(places[core]) for core in free) for part in PARTS}
    for part, how_many in sizes.items():
        if max(how_many.values()) >= wanted:
            assert len({part(places[core]) for core in chosen}) == 1
    nodes = sorted(sizes[node_of].values(), reverse=True)
    if max(sizes[socket_of].values()) < wanted:
        fewest = next(n for n in range(1, len(nodes) + 1) if sum(nodes[:n]) >= wanted)
        assert len({places[core].node for core in chosen}) == fewest


def node_of(place):
    return place.node


def kind_of(place):
    return place.node, place.rank


def socket_of(place):
    return place.socket


PARTS = (kind_of, node_of, socket_of)


@given(MACHINES, st.lists(st.integers(1, 6), max_size=40), st.randoms())
def test_row_r19_every_core_is_given_once_and_comes_back(places, wishes, chance):
    slots, held = Slots(len(places), places), []
    for wanted in wishes:
        if wanted <= slots.free:
            held.append(slots.take(wanted))
        elif held:
            slots.give_back(held.pop(chance.randrange(len(held))))
        taken = [core for cores in held for core in cores]
        assert len(taken) == len(set(taken)) and slots.free == len(places) - len(taken)
    for cores in held:
        slots.give_back(cores)
    assert slots.take(len(places)) == list(range(len(places)))
