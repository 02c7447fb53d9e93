"""Before something is destroyed: say how much, and ask."""

from __future__ import annotations

import sys
from typing import Final

import click

from plow_client.errors import Denied

yes_option: Final = click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
dry_option: Final = click.option(
    "--dry-run", "-n", is_flag=True, help="Say what would be done, and do nothing."
)


def confirm(yes: bool, deed: str) -> None:
    """Go on only if a person wants it; `deed` is ``end 2 jobs with 240 tasks, 12 of them running``.

    Denied where there is no terminal to ask on; click.Abort where the answer is no.
    """
    if yes:
        return
    if not _has_terminal():
        raise Denied(f"this would {deed}; there is no terminal to ask on: say --yes if it is meant")
    if not click.confirm(f"This will {deed}. Go on?", err=True):
        raise Denied("nothing was done")


def _has_terminal() -> bool:
    return bool(sys.stdin and sys.stdin.isatty())
