"""Settings: where values come from, and what is said about wrong ones."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from plow_client.config import describe, load, setting
from plow_client.errors import Invalid


@dataclass(frozen=True)
class Node:
    silent_s: float = setting(30.0, "Seconds without a ping.", minimum=1, maximum=3600)
    retries: int = setting(3, "Tries.")
    tags: tuple[str, ...] = setting(("render",), "Tags.")
    folder: Path | None = setting(None, "A folder.")


@dataclass(frozen=True)
class Schema:
    node: Node = Node()
    debug: bool = setting(False, "Say more.")
    url: str = setting("", "Where the database is.", secret=True)
    paths: dict[str, str] = setting({}, "Prefixes to exchange.")


def read(**sources):
    return load(Schema, **{"environ": {}, **sources})


def test_a_value_nobody_gave_is_the_default():
    settings = read()
    assert settings.value == Schema()
    assert set(settings.origins.values()) == {"default"}


def test_later_sources_win_and_each_value_knows_its_origin(tmp_path):
    file = tmp_path / "plow.toml"
    file.write_text('debug = true\n[node]\nsilent_s = 5\nretries = 4\ntags = ["a", "b"]\nfolder = "/x"\n')
    settings = read(
        file=file,
        environ={"PLOW_NODE_SILENT_S": "6", "PLOW_NODE_RETRIES": "5", "PLOW_NODE_TAGS": "c, d"},
        overrides=["node.silent_s=7", "node.retries=6"],
        arguments={"node.silent_s": 8.0, "debug": None},
    )
    assert settings.value.node == Node(8.0, 6, ("c", "d"), Path("/x"))
    assert settings.origins == {
        "node.silent_s": "command line",
        "node.retries": "-o",
        "node.tags": "environment PLOW_NODE_TAGS",
        "node.folder": f"file {file}",
        "debug": f"file {file}",
        "url": "default",
        "paths": "default",
    }


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("node.silent_s=soon", "node.silent_s = 'soon' (-o): expected a number"),
        ("node.silent_s=nan", "node.silent_s = 'nan' (-o): expected a number"),
        ("node.silent_s=0", "node.silent_s = '0' (-o): expected at least 1"),
        ("node.silent_s=4000", "node.silent_s = '4000' (-o): expected at most 3600"),
        ("node.retries=1.5", "node.retries = '1.5' (-o): expected a whole number"),
        ("debug=perhaps", "debug = 'perhaps' (-o): expected true or false"),
        ("paths=x", "paths = 'x' (-o): expected pairs like name=value,name=value"),
        ("node.silnt_s=5", "no setting 'node.silnt_s' (-o); did you mean 'node.silent_s'?"),
        ("qqqqq=5", "no setting 'qqqqq' (-o)"),
        ("debug", "-o 'debug': expected section.key=value"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_is_expected(override, sentence):
    with pytest.raises(Invalid) as told:
        read(overrides=[override])
    assert told.value.why == sentence


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("debug = 1", "expected true or false"),
        ('node.retries = "x"', "expected a whole number"),
        ("node.retries = true", "expected a whole number"),
        ("node.tags = 5", "expected a list"),
        ("url = 5", "expected a text"),
        ("node = 5", "no setting 'node'"),
        ("[nodes]\nsilent_s = 5", "did you mean 'node.silent_s'?"),
        ("node = [", "is not valid TOML"),
    ],
)
def test_a_file_is_checked_as_strictly(tmp_path, toml, part):
    file = tmp_path / "plow.toml"
    file.write_text(toml)
    with pytest.raises(Invalid) as told:
        read(file=file)
    assert part in told.value.why
    assert str(file) in told.value.why


def test_a_missing_file_is_named():
    with pytest.raises(Invalid, match="no settings file '/nowhere/plow.toml'"):
        read(file=Path("/nowhere/plow.toml"))


def test_a_table_setting_takes_toml_and_text(tmp_path):
    file = tmp_path / "plow.toml"
    file.write_text('[paths]\n"/mnt/a" = "/vol/a"\n')
    assert read(file=file).value.paths == {"/mnt/a": "/vol/a"}
    assert read(overrides=["paths=/a=/b,/c=/d"]).value.paths == {"/a": "/b", "/c": "/d"}


def test_an_empty_text_clears_an_optional_setting():
    assert read(overrides=["node.folder="]).value.node.folder is None


def test_the_list_of_settings_hides_secrets():
    rows = {row.key: row for row in describe(read(overrides=["url=postgresql://me:pw@host/db"]))}
    assert rows["url"].value == "***"
    assert rows["url"].origin == "-o"
    assert (rows["debug"].value, rows["node.tags"].value, rows["node.folder"].value) == (
        "false",
        "render",
        "",
    )
    assert rows["node.silent_s"].doc == "Seconds without a ping."


def test_a_wrong_secret_is_not_shown():
    with pytest.raises(Invalid) as told:
        read(overrides=["url=geheim\0"])
    assert "geheim" not in told.value.why


def test_of_several_files_the_last_that_has_a_key_is_believed(tmp_path):
    machine, mine = tmp_path / "machine.toml", tmp_path / "mine.toml"
    machine.write_text("[node]\nsilent_s = 5\nretries = 4\n")
    mine.write_text("[node]\nsilent_s = 6\n")
    settings = read(file=[machine, mine])

    assert settings.value.node == Node(6.0, 4)
    assert settings.origins["node.silent_s"] == f"file {mine}"
