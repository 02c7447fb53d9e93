"""`plow`: finds the command, says which farm it is for, and turns every error into one line.

Exit status: 0 done, 1 the farm (or this machine) refused or failed, 2 the command was written wrongly.
Other packages add commands by the entry point group `plow.commands`.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

import click

from plow_client import current
from plow_client.cli.words import visible
from plow_client.connection import parse_hosts
from plow_client.errors import Invalid, PlowError, Unavailable
from plow_client.logs import set_up
from plow_client.rpc.caller import Unsent
from plow_client.version import VERSION

GROUP: Final = "plow.commands"
NOUNS: Final = (
    "cluster", "events", "failures", "folder", "history", "job", "limit", "node", "pool", "predictions", "project",
    "quota", "up", "why",
)  # fmt: skip
NOT_THERE: Final = (
    "is a farm running there? `plow up` starts one here, --host HOST:PORT or PLOW_HOSTS names another"
)
EPILOG: Final = """\b
Examples:
  plow up                                  a farm on this machine
  plow submit shot.bp 1-24 --wait          launch a blueprint
  plow job tasks shot --state dead
  plow --host farm1:11336 node list --json

Completion: add  eval "$(_PLOW_COMPLETE=bash_source plow)"  to ~/.bashrc (zsh_source and fish_source for those)."""


class Commands(click.Group):
    """Imports a noun's file when it is asked for, and commands of other packages likewise."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*NOUNS, *(found.name for found in _others())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in NOUNS:
            command = getattr(importlib.import_module(f"plow_client.cli.{cmd_name}"), cmd_name)
            assert isinstance(command, click.Command)
            return command
        found = next((other for other in _others() if other.name == cmd_name), None)
        return None if found is None else _load(found)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option("--host", metavar="HOST:PORT[,...]", help="The farm; else PLOW_HOSTS, plow.toml, this machine.")
@click.option("--debug", is_flag=True, help="Show the small steps, and where an error came from.")
@click.version_option(VERSION, prog_name="plow")
def cli(host: str | None, debug: bool) -> None:
    """See and change a Plow render farm."""
    if debug:
        set_up(debug=True)
    if host is not None:
        try:
            parse_hosts(host)
        except Invalid as error:
            raise click.BadParameter(error.why, param_hint="--host") from None
        current.connect(host)


def main() -> None:
    """Entry point."""
    _prepare_output()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Carry out a command line; its exit status."""
    try:
        answer = cli.main(arguments, prog_name="plow", standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader has enough; Python would complain about its own farewell
        return 1
    except Exception as error:
        if "--debug" in arguments:
            raise
        click.echo(f"plow: {visible(_sentence(error))}", err=True)
        return 1


def _prepare_output() -> None:
    """What the terminal's alphabet lacks becomes a question mark, and a closed output takes everything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _sentence(error: Exception) -> str:
    if isinstance(error, Unsent):
        return f"{error.why}; {NOT_THERE}"
    if isinstance(error, Unavailable):
        return f"{error.why}; try again"
    if isinstance(error, PlowError):
        return error.why
    if isinstance(error, OSError):
        said = error.strerror or str(error)
        return f"{error.filename}: {said}" if error.filename else said
    return f"a fault of ours, {type(error).__name__}: {error} (`plow --debug ...` shows where)"


def _others() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda found: found.name)


def _load(found: EntryPoint) -> click.Command:
    try:
        command = found.load()
    except ImportError as error:
        raise click.ClickException(f"the command '{found.name}' cannot be used here: {error}") from error
    if not isinstance(command, click.Command):
        raise click.ClickException(f"the command '{found.name}' of {found.value} is no click command")
    return command


if __name__ == "__main__":
    main()
