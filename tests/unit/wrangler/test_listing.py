"""Order, filter and levels of a list."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wrangler.models.column import Column
from wrangler.models.difference import Change, Insert, Remove
from wrangler.models.listing import Listing, Order, Patch, everything
from wrangler.models.natural import natural_key


@dataclass
class Thing:
    id: str
    name: str = ""
    parent_id: str = ""


COLUMNS = (Column("Name", lambda row, _: row.name, lambda row: natural_key(row.name)),)


def shown(listing: Listing[Thing], parent_id: str = "") -> list[str]:
    """What a view that begins empty would show now."""
    return [row.name for row in listing._shown.get(parent_id, [])]


@pytest.fixture
def listing() -> Listing[Thing]:
    listing = Listing(COLUMNS)
    listing.replace([Thing("1", "shot10"), Thing("2", "shot2"), Thing("3", "Shot1")])
    return listing


def test_rows_stand_as_the_server_gave_them_until_somebody_asks_for_an_order(listing):
    assert shown(listing) == ["shot10", "shot2", "Shot1"]


def test_names_are_in_natural_order(listing):
    listing.arrange(Order(0), everything)
    assert shown(listing) == ["Shot1", "shot2", "shot10"]

    listing.arrange(Order(0, is_descending=True), everything)
    assert shown(listing) == ["shot10", "shot2", "Shot1"]


def test_a_row_that_changed_without_moving_is_one_change(listing):
    patches = listing.merge([Thing("2", "shot2b")])

    assert patches == [Patch("", [Change(1, [Thing("2", "shot2b")])])]


def test_a_row_that_did_not_change_is_nothing(listing):
    assert listing.merge([Thing("2", "shot2")]) == []


def test_a_row_whose_key_changed_moves(listing):
    listing.arrange(Order(0), everything)

    listing.merge([Thing("2", "shot99")])

    assert shown(listing) == ["Shot1", "shot10", "shot99"]


def test_a_row_that_no_longer_passes_the_filter_goes_and_comes_back(listing):
    listing.arrange(Order(), lambda row: "2" not in row.name)
    assert shown(listing) == ["shot10", "Shot1"]

    assert listing.merge([Thing("1", "shot12")]) == [Patch("", [Remove(0, 0)])]
    assert listing.merge([Thing("1", "shot11")]) == [Patch("", [Insert(0, [Thing("1", "shot11")])])]


def test_a_row_that_passes_brings_those_above_it():
    tree = Listing(COLUMNS, has_levels=True)
    tree.replace([Thing("p", "ocean"), Thing("f", "fx", "p"), Thing("a", "a1", "f"), Thing("b", "b1", "f")])

    tree.arrange(Order(), lambda row: row.name == "b1")

    assert (shown(tree), shown(tree, "p"), shown(tree, "f")) == (["ocean"], ["fx"], ["b1"])


def test_parents_come_before_their_children():
    tree = Listing(COLUMNS, has_levels=True)

    patches = tree.replace([Thing("a", "job", "f"), Thing("f", "fx", "p"), Thing("p", "ocean")])

    assert [patch.parent_id for patch in patches] == ["", "p", "f"]


def test_children_of_a_parent_that_went_are_not_mentioned():
    tree = Listing(COLUMNS, has_levels=True)
    tree.replace([Thing("p", "ocean"), Thing("a", "job", "p")])

    assert tree.replace([]) == [Patch("", [Remove(0, 0)])]


def test_a_job_that_moves_to_another_folder_leaves_the_first():
    tree = Listing(COLUMNS, has_levels=True)
    folders = [Thing("p", "lighting"), Thing("q", "fx")]
    tree.replace([*folders, Thing("a", "job", "p")])

    patches = tree.replace([*folders, Thing("a", "job", "q")])

    assert patches == [Patch("p", [Remove(0, 0)]), Patch("q", [Insert(0, [Thing("a", "job", "q")])])]
