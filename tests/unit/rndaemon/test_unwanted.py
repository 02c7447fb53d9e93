"""What a server names in its answer to a ping, and what it hears about it."""

import uuid

import pytest

from rndaemon.unwanted import Unwanted

HELD, A, B = (str(uuid.UUID(int=number)) for number in range(1, 4))


@pytest.fixture
def unwanted():
    asked = []
    made = Unwanted(lambda proc_id, reason: bool(asked.append(proc_id)) or proc_id == HELD)
    made.asked = asked
    return made


def test_what_is_held_is_stopped_and_what_is_not_is_told(unwanted):
    assert unwanted.take([HELD, A])
    assert unwanted.asked == [HELD, A] and unwanted.gone == [A]


def test_it_is_told_until_an_answer_names_it_no_more(unwanted):
    unwanted.take([A, B])
    unwanted.take([B])
    assert unwanted.gone == [B]
    unwanted.take([])
    assert unwanted.gone == []


def test_only_news_are_told_soon(unwanted):
    assert unwanted.take([A])
    assert not unwanted.take([A])
    assert unwanted.take([A, B])
    assert not unwanted.take([HELD])


def test_what_is_no_proc_id_is_passed_over(unwanted):
    assert not unwanted.take(["../../etc", "", "a\nb"])
    assert unwanted.asked == []
