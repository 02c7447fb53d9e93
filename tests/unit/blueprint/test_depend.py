"""Names that wait for names."""

from __future__ import annotations

from blueprint.depend import Depend, find_cycle


def test_a_name_alone_is_frame_by_frame():
    assert Depend.parse("a") == Depend("a", whole=False)


def test_all_means_the_whole_layer():
    assert Depend.parse("a:all") == Depend("a", whole=True)
    assert str(Depend("a", whole=True)) == "a:all"


def test_what_follows_another_colon_belongs_to_the_name():
    assert Depend.parse("a:most").on == "a:most"


def test_no_ring_in_a_diamond():
    assert find_cycle({"d": ["b", "c"], "b": ["a"], "c": ["a"], "a": []}) is None


def test_a_ring_is_named_from_where_it_closes():
    assert find_cycle({"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]


def test_a_layer_that_waits_for_itself_is_a_ring():
    assert find_cycle({"a": ["a"]}) == ["a", "a"]


def test_a_chain_longer_than_the_stack_is_walked():
    chain = {str(place): [str(place + 1)] for place in range(20_000)}

    assert find_cycle(chain) is None
