"""A spec is sound or refused with a sentence that names what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from plow_client.errors import Invalid
from plow_client.idl import JobSpecT, LayerSpecT, TaskSpecT
from plow_server.config import Limit
from plow_server.spec import Work, expand

LIMIT = Limit()


def layer(name: str = "beauty", **fields: Any) -> LayerSpecT:
    return LayerSpecT(**{"name": name, "command": ["true"], "range": "1-10", **fields})


def work(
    *layers: LayerSpecT, presets: dict[str, Any] | None = None, limit: Limit = LIMIT, **fields: Any
) -> Work:
    spec = JobSpecT(
        **{"name": "shot", "project": "test", "username": "anna", "layers": list(layers), **fields}
    )
    return expand(spec, presets or {}, limit)


def test_frames_become_tasks_in_their_order() -> None:
    tasks = work(layer(range="1-10:3"), layer("b", range="-5,3")).tasks

    assert tasks.number == [1, 4, 7, 10, 3, 5, 9, 2, 6, 8, -5, 3]
    assert tasks.name[:2] == ["0001-beauty", "0004-beauty"] and tasks.name[-2:] == ["-005-b", "0003-b"]
    assert tasks.layer == [1] * 10 + [2] * 2
    assert set(tasks.frames) == {None}


def test_chunks_hold_real_frames_and_the_last_may_be_short() -> None:
    made = work(layer(range="1-9x2", chunk=2))

    assert made.tasks.name == ["0001-beauty", "0005-beauty", "0009-beauty"]
    assert made.tasks.frames == ["1,3", "5,7", None]


@pytest.mark.parametrize("chunk", [0, -1])
def test_a_chunk_of_0_is_everything(chunk: int) -> None:
    made = work(layer(chunk=chunk), layer("b", range=None, tasks=[TaskSpecT(name="one")], chunk=chunk))

    assert (made.tasks.name, made.tasks.frames) == (["0001-beauty", "one"], ["1-10", None])
    assert [one.chunk for one in made.layers] == [10, 1]


def test_named_tasks_have_number_0() -> None:
    tasks = work(layer(range=None, tasks=[TaskSpecT(name="model"), TaskSpecT(name="rig")])).tasks

    assert (tasks.name, tasks.number) == (["model", "rig"], [0, 0])


def test_a_layer_gets_what_it_says_then_its_service_then_the_defaults() -> None:
    presets = {"sim": {"min_ram": 100, "tags": ["sim"], "max_retries": 0}}
    made = work(layer(serv="sim", maxRetries=5, minCores=2), layer("b"), presets=presets).layers

    assert (made[0].min_ram, made[0].tags, made[0].max_retries, made[0].min_cores) == (100, ["sim"], 5, 2)
    assert (made[1].service, made[1].tags, made[1].min_cores, made[1].max_cores) == (
        "default",
        ["render"],
        1,
        8,
    )
    assert (made[1].min_ram, made[1].max_ram, made[1].max_retries, made[1].threadable) == (
        3072,
        20480,
        2,
        False,
    )


def test_the_service_named_default_counts_where_none_is_named() -> None:
    assert work(layer(), presets={"default": {"min_ram": 512}}).layers[0].min_ram == 512


@pytest.mark.parametrize(
    "said, least, most",
    [
        ({"minCores": 16}, 16, 16),
        ({"maxCores": 2}, 1, 2),
        ({"minCores": 4}, 4, 8),
        ({"maxCores": 0}, 1, 8),
    ],
)
def test_a_default_gives_way_to_what_is_said(said: dict[str, int], least: int, most: int) -> None:
    (made,) = work(layer(**said)).layers
    assert (made.min_cores, made.max_cores) == (least, most)


def test_a_services_least_gives_way_to_the_most_that_is_said() -> None:
    (made,) = work(layer(serv="big", maxRam=1000), presets={"big": {"min_ram": 8000}}).layers
    assert (made.min_ram, made.max_ram) == (1000, 1000)


NUL = chr(0)

BAD_LAYERS: list[tuple[dict[str, Any], str]] = [
    ({"range": "abc"}, "layer 'beauty': 'abc' is no frame"),
    ({"range": "1-10x0"}, "layer 'beauty': '1-10x0' has a step of 0"),
    ({"range": "1-3,foo"}, "layer 'beauty': 'foo' is no frame"),
    ({"range": "1-1000000"}, "more than 100,000 tasks"),
    ({"range": "1-2000000", "chunk": 1000}, "more than 1,000,000 frames"),
    ({"range": None}, "neither a range nor tasks"),
    ({"tasks": [TaskSpecT(name="a")]}, "both a range and tasks"),
    ({"range": None, "tasks": [TaskSpecT(name="a"), TaskSpecT(name="a")]}, "task 'a' is there twice"),
    ({"range": None, "tasks": [TaskSpecT(name="a b")]}, "task 'a b': a name has"),
    ({"range": None, "tasks": [TaskSpecT()]}, "a task needs a name"),
    ({"name": ""}, "a layer needs a name"),
    ({"name": "a/b"}, "layer 'a/b': a name has letters"),
    ({"name": "-rf"}, "layer '-rf': a name has"),
    ({"name": "x" * 300}, "a name of 300 characters"),
    ({"name": "x" * 252}, "too long for the names of its tasks"),
    ({"name": f"a{NUL}"}, "a name has letters"),
    ({"command": []}, "layer 'beauty' has no command"),
    ({"command": [""]}, "layer 'beauty' has no command"),
    ({"command": ["x"] * 5000}, "the command has 5,000 words"),
    ({"command": ["x" * 200_000]}, "longer than 131,072 bytes"),
    ({"command": ["render", "%{FRAMES}"]}, "unknown token %{FRAMES} in the command; known are %{FRAME}"),
    ({"minCores": 0}, "min cores of 0 cores; 1 to 32,767"),
    ({"maxCores": 40_000}, "max cores of 40000 cores"),
    ({"minRam": 0}, "min ram of 0 MB"),
    ({"minCores": 4, "maxCores": 2}, "at least 4 and at most 2 cores"),
    ({"minRam": 4, "maxRam": 2}, "at least 4 and at most 2 MB"),
    ({"maxRetries": -1}, "-1 retries"),
    ({"tags": []}, "an empty list of tags"),
    ({"tags": ["a\nb"]}, "a tag is a line"),
    ({"serv": "missing"}, "layer 'beauty': no service 'missing'"),
    ({"env": {"1A": "x"}}, "layer 'beauty': '1A' is no name of an environment variable"),
    ({"env": {"A": "x" * 40_000}}, "'A' is longer than 32,768 bytes"),
    ({"env": {f"A{n}": "x" * 1000 for n in range(200)}}, "the environment is larger than 131,072 bytes"),
    ({"env": {f"A{n}": "x" for n in range(300)}}, "300 environment variables"),
]


@pytest.mark.parametrize("fields, sentence", BAD_LAYERS)
def test_a_bad_layer_is_named(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        work(layer(**fields))
    assert sentence in refused.value.why


BAD_JOBS: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "a job needs a name"),
    ({"name": "a/b"}, "job 'a/b': a name has letters"),
    ({"name": ".."}, "job '..': a name has"),
    ({"name": "x" * 300}, "a name of 300 characters"),
    ({"project": ""}, "job 'shot' names no project"),
    ({"username": None}, "a job needs a username"),
    ({"username": "a b"}, "'a b' is no name of a user"),
    ({"username": "../root"}, "'../root' is no name of a user"),
    ({"logPath": "logs"}, "logPath 'logs' is not an absolute path"),
    ({"logPath": "/a\nb"}, "is not an absolute path"),
    ({"logPath": "/logs/../etc"}, "logPath '/logs/../etc' goes upwards by '..'"),
    ({"logPath": "C:\\logs\\.."}, "goes upwards by '..'"),
    ({"env": {"": "x"}}, "job 'shot': '' is no name of an environment variable"),
    ({"attrs": {"": "x"}}, "the key of an attribute has 1 to 255 characters"),
    ({"layers": []}, "job 'shot' has no layers"),
    ({"layers": None}, "job 'shot' has no layers"),
    ({"layers": [layer(isPost=True)]}, "job 'shot' has no layers but post layers"),
    ({"layers": [layer(), layer()]}, "layer 'beauty' is there twice"),
    ({"layers": [layer(f"l{n}") for n in range(1001)]}, "1,001 layers; at most 1,000"),
    ({"layers": [layer("a", range="1-60000"), layer("b", range="1-60000")]}, "more than 100,000 tasks"),
]


@pytest.mark.parametrize("fields, sentence", BAD_JOBS)
def test_a_bad_job_is_named(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        work(**{"layers": [layer()], **fields})
    assert sentence in refused.value.why


def test_frames_are_limited_over_the_whole_job() -> None:
    with pytest.raises(Invalid, match="more than 15 frames"):
        work(layer(), layer("b"), limit=Limit(frames_per_job=15))


def test_words_of_other_programs_pass() -> None:
    (made,) = work(layer(command=["curl", "-w", "%{http_code}", "%{FRAME}%{STEP}", "100%"])).layers
    assert made.command[2] == "%{http_code}"


@pytest.mark.parametrize("path", ["/mnt/logs", "C:\\logs", "\\\\server\\logs", "//server/logs"])
def test_paths_of_every_system_are_absolute(path: str) -> None:
    assert work(layer(), logPath=path)
