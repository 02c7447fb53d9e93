"""Runs one of Blueprint's own programs: an error is one line, and the exit status says which kind."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from plow_client.cli.main import STATUS
from plow_client.errors import PlowError


def run_program(command: click.Command, name: str, words: Sequence[str] | None = None) -> int:
    """Carry out a command line; its exit status: 1 failed, 2 written wrongly, others as those of plow."""
    try:
        answer = command.main(words if words is None else list(words), prog_name=name, standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("stopped", file=sys.stderr)
        return 130
    except PlowError as error:
        print(f"{name}: {error.why}", file=sys.stderr)
        return STATUS.get(type(error), 1)
    return answer if isinstance(answer, int) else 0
