"""Errors keep their kind and their sentence."""

from __future__ import annotations

import pytest

from plow_client.errors import (
    AlreadyExists,
    Denied,
    Internal,
    Invalid,
    NotAllowed,
    NotFound,
    PlowError,
    Unavailable,
    from_code,
)

KINDS = [Internal, NotFound, AlreadyExists, Invalid, NotAllowed, Denied, Unavailable]


@pytest.mark.parametrize(("code", "kind"), list(enumerate(KINDS)))
def test_a_code_of_the_wire_becomes_its_error(code, kind):
    error = from_code(code, "no job 'sc020_light'")

    assert type(error) is kind
    assert (error.code, error.why, str(error)) == (code, "no job 'sc020_light'", "no job 'sc020_light'")
    assert isinstance(error, PlowError)


@pytest.mark.parametrize("code", [7, -1, None])
def test_a_code_we_do_not_know_is_a_fault(code):
    assert type(from_code(code, "x")) is Internal


def test_an_error_without_a_sentence_says_so():
    assert from_code(1, None).why == "the server gave no reason"
