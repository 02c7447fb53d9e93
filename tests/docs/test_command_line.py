"""The manual of the `plow` command knows every command and every option."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from plow_client.cli.main import NOUNS, cli

MANUAL = (Path(__file__).parents[2] / "docs" / "guide" / "command-line.md").read_text(encoding="utf-8")


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            if command is cli and below not in NOUNS:
                continue
            found = command.get_command(context, below)
            assert found is not None
            yield from commands(found, f"{name} {below}")


def _options() -> Iterator[tuple[str, str]]:
    for name, command in commands(cli, "plow"):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield from ((name, option) for option in [*parameter.opts, *parameter.secondary_opts])


@pytest.mark.parametrize(
    "name", [name for name, command in commands(cli, "plow") if not isinstance(command, click.Group)]
)
def test_every_command_is_in_the_manual(name):
    assert f"| `{name} " in MANUAL or f"| `{name}`" in MANUAL or f"## {name}\n" in MANUAL


@pytest.mark.parametrize(("name", "option"), list(_options()))
def test_every_option_is_in_the_manual(name, option):
    """In the line of its command, or in the table of those that many have."""
    lines = [line for line in MANUAL.splitlines() if line.startswith("| `")]

    assert any(
        re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", line)
        for line in lines
        if line.startswith((f"| `{name} ", "| `-"))
    )
