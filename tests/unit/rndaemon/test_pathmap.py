"""Paths of other platforms are turned where they are whole, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client.config import load
from plow_client.errors import Invalid
from rndaemon.config import Config
from rndaemon.pathmap import PathMap

TO_WINDOWS = PathMap(
    {"/mnt/show": "P:\\show", "/mnt/show/tex": "T:\\", "/mnt/nas": "\\\\nas\\vol", "/mnt/f": "//nas/f"}
)
TO_POSIX = PathMap({"P:\\show": "/mnt/show", "\\\\srv\\vol": "/mnt/vol", "Q:": "/mnt/q", "D:\\": "/"})

NAMES = st.text("abcXYZ019._-", min_size=1, max_size=8).filter(lambda name: name.strip("."))
FOLDERS = st.lists(NAMES, min_size=1, max_size=4)


@pytest.mark.parametrize(
    "text, turned",
    [
        ("/mnt/show/a/b", "P:\\show\\a\\b"),
        ("/mnt/show", "P:\\show"),
        ("/mnt//show/a", "P:\\show\\a"),
        ("/mnt/show/tex/a.png", "T:\\a.png"),
        ("/mnt/show/tex", "T:\\"),
        ("/mnt/nas/x/y", "\\\\nas\\vol\\x\\y"),
        ("/mnt/f/x/y", "//nas/f/x/y"),
        ("--out=/mnt/show/x", "--out=P:\\show\\x"),
        ("OUT=/mnt/show/x", "OUT=P:\\show\\x"),
        ("-I/mnt/show/inc", "-IP:\\show\\inc"),
        ("/mnt/show/a:/mnt/show/b", "P:\\show\\a;P:\\show\\b"),
        ("--path=/usr/lib:/mnt/show/py", "--path=/usr/lib;P:\\show\\py"),
        ("/mnt/show/a,/mnt/show/b", "P:\\show\\a,P:\\show\\b"),
        ("/mnt/show/a;/mnt/show/b", "P:\\show\\a;P:\\show\\b"),
        ("/mnt/show/my file/x", "P:\\show\\my file\\x"),
        ("/mnt/show/bin/x -o /mnt/show/o/y", "P:\\show\\bin\\x -o P:\\show\\o\\y"),
        ("cat /mnt/show/a from http://x/y", "cat P:\\show\\a from http://x/y"),
        ("f('/mnt/show/a/b', n/2)", "f('P:\\show\\a\\b', n/2)"),
    ],
)
def test_a_posix_path_becomes_one_of_windows(text: str, turned: str) -> None:
    assert TO_WINDOWS.apply(text) == turned


@pytest.mark.parametrize(
    "text, turned",
    [
        ("p:\\SHOW\\a\\b", "/mnt/show/a/b"),
        ("P:/show/x", "/mnt/show/x"),
        ("P:\\\\show\\\\a", "/mnt/show/a"),  # as JSON and scripts write it
        ("\\\\SRV\\vol\\a", "/mnt/vol/a"),
        ("//srv/vol/a", "/mnt/vol/a"),
        ("Q:", "/mnt/q"),
        ("D:", "/"),
        ("D:\\a", "/a"),
        ("--o=P:\\show\\a;P:\\show\\b", "--o=/mnt/show/a:/mnt/show/b"),
        ("C:\\x;P:\\show\\a", "C:\\x:/mnt/show/a"),
    ],
)
def test_a_path_of_windows_becomes_posix(text: str, turned: str) -> None:
    assert TO_POSIX.apply(text) == turned


@pytest.mark.parametrize(
    "text",
    [
        "", "render", "/mnt/showreel/x", "/mnt/show.old", "/mnt/show-2", "/x/mnt/show", "./mnt/show", "~/mnt/show",
        "${HOME}/mnt/show", "/MNT/show", "s#/mnt/show#x#", "http://mnt/show", "http://host/mnt/show/x",
    ],
)  # fmt: skip
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert TO_WINDOWS.apply(text) == text


@pytest.mark.parametrize("text", ["P:\\showreel", "XP:\\show", "http://srv/vol/x", "ftp:\\a", "P:show"])
def test_what_only_looks_like_windows_is_left_alone(text: str) -> None:
    assert TO_POSIX.apply(text) == text


@given(FOLDERS)
def test_a_path_turned_there_and_back_is_the_same(names: list[str]) -> None:
    there, back = PathMap({"/mnt/show": "P:\\show"}), PathMap({"P:\\show": "/mnt/show"})
    path = "/mnt/show/" + "/".join(names)
    assert there.apply(path) == "P:\\show\\" + "\\".join(names)
    assert back.apply(there.apply(path)) == path


@given(st.lists(st.tuples(st.sampled_from(["/mnt/show", "/usr", "/mnt/show/tex"]), FOLDERS), min_size=2))
def test_a_list_is_turned_member_by_member(members: list[tuple[str, list[str]]]) -> None:
    paths = [f"{root}/{'/'.join(names)}" for root, names in members]
    alone = [TO_WINDOWS.apply(path) for path in paths]
    separator = ";" if alone != paths else ":"
    assert TO_WINDOWS.apply(":".join(paths)) == separator.join(alone)


@given(st.text("/mntshow.x:;= -'\\P", max_size=40))
def test_text_without_the_whole_prefix_is_untouched(text: str) -> None:
    if not re.search(r"/+mnt/+show(?![\w.-])", text):
        assert TO_WINDOWS.apply(text) == text


@given(st.text(max_size=60))
def test_any_text_is_turned_without_a_fault(text: str) -> None:
    TO_WINDOWS.apply(text)
    TO_POSIX.apply(text)


def test_what_was_turned_is_not_turned_again() -> None:
    swap = PathMap({"/a": "/b", "/b": "/a"})
    assert swap.apply("/a/x:/b/y") == "/b/x:/a/y"


def test_a_node_takes_the_rules_of_its_platform_and_those_for_all() -> None:
    overrides = [
        "paths.everywhere=/old=/new,/srv=/all",
        "paths.linux=/srv=/linux",
        "paths.windows=/srv=S:\\",
        "paths.macos=/srv=/Volumes/srv",
    ]
    config = load(Config, environ={}, overrides=overrides).value
    texts = {
        platform: PathMap.from_config(config, platform).apply("/srv/x")
        for platform in ("linux", "darwin", "win32", "other")
    }
    assert texts == {"linux": "/linux/x", "darwin": "/Volumes/srv/x", "win32": "S:\\x", "other": "/all/x"}
    assert PathMap.from_config(config).apply("/old/x") == "/new/x"
    assert PathMap.from_config(Config()).apply("/old/x") == "/old/x"


@pytest.mark.parametrize("rule, says", [("show=/mnt", "'show'"), ("/a=b", "'b'"), ("/=/x", "every path")])
def test_a_rule_that_makes_no_sense_is_refused_at_the_start(rule: str, says: str) -> None:
    with pytest.raises(Invalid, match=f"paths: .*{says}"):
        load(Config, environ={}, overrides=[f"paths.linux={rule}"])
