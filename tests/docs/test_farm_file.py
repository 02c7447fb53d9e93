"""docs/guide/farm-file.md has each key as the code has it, and its examples are what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plow_client.cli.main import run
from plow_client.farm_file.reading import read_text
from plow_client.farm_file.table import FILE, SECTIONS, Key, Section
from tests.integration.farm_file_parts import served

MANUAL = (Path(__file__).parents[2] / "docs" / "guide" / "farm-file.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)


def row(key: Key) -> str:
    """The line of the manual about a key."""
    kind = {"list": "list of mappings", "texts": "list of texts", "wholes": "list of whole numbers",
            "commands": "list of lists of texts", "whole": "whole number", "flag": "true or false",
            "value": "text, whole number, true or false", "other": "-"}.get(key.kind, key.kind)  # fmt: skip
    kind = " \\| ".join(key.choices) if key.choices else kind
    default = "needed" if key.is_needed else key.default
    told = f"{key.told}; said when it is made" if key.is_fixed else key.told
    told = f"{told} (simulation only)" if key.is_simulated else told
    return f"| `{key.name}` | {kind} | {key.unit} | {default} | {told} |"


def tables(section: Section) -> str:
    return "\n".join(row(key) for key in section.keys)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.noun)
def test_every_key_is_in_the_manual_with_type_unit_and_default(section):
    assert tables(section) in MANUAL


def test_the_examples_are_farm_files():
    assert len(EXAMPLES) >= 2
    for example in EXAMPLES:
        assert read_text(example, "farm.yaml").section is FILE


def test_the_first_example_works_as_printed(db, tmp_path, capsys):
    file = tmp_path / "farm.yaml"
    file.write_text(EXAMPLES[0], encoding="utf-8")
    shown = re.search(r"\$ plow farm plan farm.yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert shown

    with served(db):
        assert run(["farm", "plan", str(file)]) == 2
        assert capsys.readouterr().out == shown[1]
        assert run(["farm", "apply", str(file), "--yes"]) == 0
        assert run(["farm", "plan", str(file)]) == 0
