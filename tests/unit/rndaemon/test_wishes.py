import pytest

from rndaemon.wishes import Wish, Wishes


def test_what_was_told_is_there_after_a_restart(tmp_path):
    Wishes(tmp_path).tell(nimby="on", nimby_by="anna", drain="a new disk")

    assert Wishes(tmp_path).now == Wish(drain="a new disk", nimby="on", nimby_by="anna")


def test_a_new_node_has_no_wishes(tmp_path):
    assert Wishes(tmp_path).now == Wish()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"nimby": "sideways"}', '{"nimby": 7, "later": 1}'])
def test_a_spoilt_file_is_as_good_as_none(tmp_path, text):
    (tmp_path / "wishes.json").write_text(text)

    assert Wishes(tmp_path).now == Wish()


def test_a_disk_that_takes_nothing_does_not_hold_anybody_up(tmp_path):
    wishes = Wishes(tmp_path / "gone")

    assert wishes.tell(nimby="on").nimby == "on"
    assert wishes.now.nimby == "on"
