"""Each limit of a text is a setting, and the refusal names the thing and the limit."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import JobSpecT, LayerSpecT, RunSettingsT, TaskSpecT
from plow_server.config import Limit
from plow_server.run_settings import check_run
from plow_server.spec import Work, expand, frame_tasks, named_tasks
from plow_server.wording import check_attrs, check_path


def made(limit: Limit, layer: dict[str, Any] | None = None, **job: Any) -> Work:
    layer = {"name": "a", "range": "1-2", "command": ["render", "x"], "chunk": 1, **(layer or {})}
    job = {"name": "shot", "project": "test", "username": "anna", **job}
    return expand(JobSpecT(layers=[LayerSpecT(**layer)], **job), {}, limit)


@pytest.mark.parametrize(
    ("name", "most", "said", "refused"),
    [
        ("name_chars", 8, {"name": "long_name"}, "job 'long_name': a name of 9 characters; at most 8"),
        ("name_chars", 8, {"username": "anna_maria"}, "'anna_maria' is no name of a user"),
        ("name_chars", 8, {"layer": {"name": "long_name"}}, "layer 'long_name': a name of 9"),
        ("name_chars", 8, {"layer": {"name": "beauty"}}, "too long for the names of its tasks"),
        ("name_chars", 8, {"layer": {"tags": ["long_name"]}}, "a tag is a line of 1 to 8 characters"),
        ("command_words", 1, {}, "layer 'a': the command has 2 words; at most 1"),
        ("word_bytes", 5, {}, "layer 'a': a word of the command is longer than 5 bytes"),
        ("command_bytes", 6, {}, "layer 'a': the command is longer than 6 bytes"),
        ("variables", 1, {"env": {"A": "", "B": ""}}, "job 'shot': 2 environment variables; at most 1"),
        ("variable_bytes", 1, {"layer": {"env": {"A": "xx"}}}, "variable 'A' is longer than 1 bytes"),
        ("env_bytes", 2, {"env": {"A": "xx"}}, "job 'shot': the environment is larger than 2 bytes"),
        ("attrs", 1, {"attrs": {"a": "", "b": ""}}, "job 'shot': 2 attributes; at most 1"),
        ("attrs_bytes", 3, {"attrs": {"a": "ää"}}, "job 'shot': the attributes are larger than 3 bytes"),
        ("path_chars", 5, {"logPath": "/12345"}, "logPath '/12345': a path of 6 characters; at most 5"),
    ],
)  # fmt: skip
def test_what_is_too_much_by_the_settings_is_refused(
    name: str, most: int, said: dict[str, Any], refused: str
) -> None:
    made(Limit(), **said)
    with pytest.raises(Invalid) as told:
        made(Limit(**{name: most}), **said)
    assert refused in told.value.why


def test_what_grows_later_has_the_same_limits() -> None:
    few = Limit(name_chars=8, command_words=1, path_chars=3)
    with pytest.raises(Invalid, match="a name of 9"):
        named_tasks(1, [TaskSpecT(name="long_name")], few)
    with pytest.raises(Invalid, match="too long for the names"):
        frame_tasks("beauty", 1, [[1]], few)
    with pytest.raises(Invalid, match="the wrapper has 2 words; at most 1"):
        check_run("layer 'a'", RunSettingsT(wrapper=["rez", "maya"]), few)
    with pytest.raises(Invalid, match="the sum of its commands has 2 words; at most 1 are allowed"):
        check_run("layer 'a'", RunSettingsT(beforeCommand=["a"], afterCommand=["b"]), few)
    with pytest.raises(Invalid, match="an output: a path of 4 characters; at most 3"):
        check_path("an output", "/abc", few)
    with pytest.raises(Invalid, match="an output needs a path"):
        check_path("an output", "", few)
    with pytest.raises(Invalid, match="1 to 8 characters"):
        check_attrs("an output", {"": "x"}, few)
