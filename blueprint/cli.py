"""``plow submit``: a blueprint → a job on the farm, on this machine, or on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from blueprint.job import Job
from blueprint.loader import load
from blueprint.module_help import module_lines
from blueprint.submission import Wish, carry_out
from plow_client.errors import Invalid


def _help(context: click.Context, parameter: click.Parameter, module: str | None) -> None:
    """``--help`` alone tells of the command, with a word of that module."""
    if module is None or context.resilient_parsing:
        return
    click.echo("\n".join(module_lines(module)) if module else context.get_help())
    context.exit()


HELP = click.option(
    "--help",
    metavar="[MODULE]",
    is_flag=False,
    flag_value="",
    is_eager=True,
    expose_value=False,
    callback=_help,
    help="Show this, or the options of a module.",
)
DESCRIBED: Sequence[Callable[[Any], Any]] = (
    click.argument("file"),
    click.argument("frames", metavar="[RANGE]", required=False),
    click.option("--name", help="Call the job this; unset: as the file is, up to its first dot."),
    click.option("--project", envvar="PLOW_PROJECT", help="Who pays."),
    click.option(
        "--set", "-p", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the blueprint."
    ),
    click.option("--archive-root", type=Path, help="Where the tasks find the job; all nodes must see it."),
    click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
)
LAUNCHED: Sequence[Callable[[Any], Any]] = (
    click.option("--pause", is_flag=True, help="Launch the job paused."),
    click.option(
        "--wait", is_flag=True, help="Show progress until the job is done: ends 0 ok, 1 failed, 2 killed."
    ),
)


def with_options(*groups: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Give a command the arguments and options of these groups, in their order."""

    def give(command: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return give


@click.command()
@with_options(DESCRIBED, LAUNCHED)
@click.option("--pretend", is_flag=True, help="Show what would run; launch nothing.")
@click.option("--local", is_flag=True, help="Run everything here, without a farm.")
@HELP
def submit(pretend: bool, local: bool, **words: Any) -> int:
    """Launch the job that a blueprint describes."""
    return submit_words(words, pretend=pretend, backend="local" if local else None)


def submit_words(words: Mapping[str, Any], *, pretend: bool = False, backend: str | None = None) -> int:
    """Do what a command line with DESCRIBED and perhaps LAUNCHED says."""
    wish = Wish(
        words["frames"],
        words["project"],
        backend,
        words.get("pause", False),
        words.get("wait", False),
        pretend,
        words["as_json"],
        words["archive_root"],
    )
    return carry_out(load_job(words["file"], words["name"], words["settings"]), wish)


def load_job(file: str, name: str | None, settings: Sequence[str]) -> Job:
    """The job of a blueprint, with its parameters set."""
    pairs = [text.partition("=") for text in settings]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise Invalid(f"--set '{key}': expected key=value")
    return load(file, name=name, params={key: value for key, _, value in pairs})
