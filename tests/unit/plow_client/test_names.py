"""Names go from the wire to Python and back."""

from __future__ import annotations

import pytest

from plow_client import idl
from plow_client.names import to_camel, to_snake, wire_names

PAIRS = [
    ("getPlowTime", "get_plow_time"),
    ("dependOnJobId", "depend_on_job_id"),
    ("rssMb", "rss_mb"),
    ("id", "id"),
    ("killGraceS", "kill_grace_s"),
]


@pytest.mark.parametrize(("camel", "snake"), PAIRS)
def test_names_go_both_ways(camel, snake):
    assert to_snake(camel) == snake
    assert to_camel(snake) == camel


def test_capitals_in_a_row_are_one_word():
    assert to_snake("diskIO") == "disk_io"
    assert to_snake("HTTPPort") == "http_port"


def test_a_known_set_of_names_finds_the_exact_way_back():
    assert wire_names(["diskIO", "rssMb"]) == {"disk_io": "diskIO", "rss_mb": "rssMb"}


def test_two_names_that_would_be_one_are_refused():
    with pytest.raises(ValueError, match="disk_io"):
        wire_names(["diskIO", "diskIo"])


def test_every_name_of_the_idl_has_a_way_back():
    for kind in idl.structs.values():
        wire_names(spec[1] for spec in kind.thrift_spec.values())
    for service in idl.services.values():
        wire_names(service.thrift_services)
