"""docs/bindings.md says what is tried. tests/e2e/test_bindings.py runs its commands; the rest is compared here."""

from __future__ import annotations

import json

import pytest

import run
from tests.e2e.bindings_parts import EXAMPLES, HEADINGS, NEEDS, PAGE, PRINTED, PROTOCOLS, TRANSPORTS, commands

TEXT = PAGE.read_text()
APT = "apt-get install -y --no-install-recommends "
# Where the version of a language's library is written down; the other libraries are Debian's.
PINNED = {
    "node": lambda: json.loads((EXAMPLES / "node/package.json").read_text())["dependencies"]["thrift"],
    "go": lambda: (EXAMPLES / "go/go.mod").read_text().split("thrift ")[1].strip(),
    "python": lambda: (EXAMPLES / "python/requirements.txt").read_text().strip().split("==")[1],
}


def test_every_example_has_its_heading():
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == set(HEADINGS)


@pytest.mark.parametrize("language", HEADINGS)
def test_it_says_how_to_install_build_and_run(language):
    printed = commands(language)

    assert printed.install.startswith(APT)
    assert printed.build.startswith(f"cd docs/examples/clients/{language}\n")
    assert printed.run.rstrip().endswith(PRINTED)


@pytest.mark.parametrize("language", HEADINGS)
def test_what_it_installs_is_what_the_tests_install(language):
    brought = {
        package
        for program in run.PROGRAMS
        if language in NEEDS.get(program.what, ())
        for package in program.packages
    }

    assert set(commands(language).install.removeprefix(APT).split()) == brought


def test_the_table_holds_what_is_tried():
    begin = TEXT.index("| language |")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in TEXT[begin:].split("\n\n")[0].splitlines()
    ]
    head, _, *languages = rows
    assert head[2:] == [f"{protocol}, {transport}" for protocol in PROTOCOLS for transport in TRANSPORTS]
    assert [row[0] for row in languages] == list(HEADINGS.values())
    assert all(row[2:] == ["ok"] * 4 for row in languages)
    libraries = {row[0]: row[1] for row in languages}
    for language, version in PINNED.items():
        assert libraries[HEADINGS[language]].endswith(f" {version()}")
