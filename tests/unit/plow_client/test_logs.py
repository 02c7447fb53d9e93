"""Log lines can be read by people and cut at the spaces by programs."""

import io
import logging
import re

import pytest

from plow_client.logs import event, set_up


@pytest.fixture(autouse=True)
def as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_an_event_is_followed_by_its_facts():
    assert event("task started", task="0007-beauty", cores=4, share=0.5) == (
        "task started task=0007-beauty cores=4 share=0.5"
    )


def test_a_value_cannot_forge_a_second_line_or_fact():
    assert event("job launched", name='a b\nuser=root "x"') == 'job launched name="a b\\nuser=root \\"x\\""'
    assert event("job launched", name="") == 'job launched name=""'
    assert event("job launched", name="fête") == "job launched name=fête"


def test_lines_carry_time_level_and_source():
    stream = io.StringIO()
    set_up(stream=stream)
    log = logging.getLogger("plow_server.app")
    log.debug("small step")
    log.info(event("server started", port=1))
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO plow_server.app: server started port=1\n",
        stream.getvalue(),
    )


def test_debug_shows_the_small_steps_and_a_file_keeps_them(tmp_path):
    file = tmp_path / "plow.log"
    set_up(debug=True, file=file)
    logging.getLogger("plow").debug("small step")
    for handler in logging.getLogger().handlers:
        handler.close()
    assert "DEBUG plow: small step" in file.read_text()
