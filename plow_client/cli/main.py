"""`plow`: finds the command, says which farm it is for, and turns every error into one line.

Exit status: 0 done, 1 a fault of ours or of this machine, 2 the command was written wrongly or makes no sense, 3 no
such thing, 4 not in this state, 5 you may not, or nobody said yes, 6 the farm is out of reach, 130 Ctrl-C.
Other packages add commands by the entry point group `plow.commands`.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plow_client.cli.words import visible
from plow_client.errors import AlreadyExists, Denied, Invalid, NotAllowed, NotFound, PlowError, Unavailable
from plow_client.version import VERSION

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "plow.commands"
# What each file of this folder is for, so that `plow --help` imports none of them; a test compares.
NOUNS: Final = {
    "attempt": "Attempts: the starts of tasks that have ended.",
    "avoid": "Avoids: jobs that stay away from nodes where they failed too often.",
    "cluster": "Clusters: groups of nodes; each node is in one.",
    "completion": "Print the completion script of a shell.",
    "depend": "Depends: work that waits for other work.",
    "events": "What happens on the farm, in order: the last 50 events, or all since a number.",
    "failures": "What failed in a job or on a node, the same last words together.",
    "farm": "A farm as a file: clusters, pools, limits, services, projects, quotas, folders, filters.",
    "filter": "Filters: what a project does to each job at launch.",
    "folder": "Folders: shelves of jobs in a project.",
    "history": "Who changed what, newest first.",
    "job": "Jobs, their layers, tasks and logs.",
    "layer": "Layers: the tasks of one kind in a job.",
    "limit": "Limits: counts of something scarce.",
    "log": "Print the log of a task.",
    "node": "Nodes: the machines that run tasks.",
    "output": "Outputs: what layers write.",
    "pool": "Pools: nodes by name, chosen by jobs.",
    "predictions": "How good the farm's predictions of memory and time were, by service.",
    "proc": "Procs: what runs now, and what it holds.",
    "project": "Projects: who pays.",
    "quota": "Quotas: projects' shares of clusters.",
    "service": "Services: presets for layers.",
    "task": "Tasks: frames, chunks of frames, or named pieces of work.",
    "top": "The farm, live: jobs and nodes with keys to sort, filter, open, pause, retry and kill; ? shows them.",
    "up": "Run a whole farm on this machine until Ctrl-C.",
    "why": "Why a job waits, runs or is over, or why a node is idle.",
}
# The same for commands that Plow's other packages bring.
OTHERS: Final = {"submit": "Launch the job that a blueprint describes."}
STATUS: Final = {Invalid: 2, NotFound: 3, NotAllowed: 4, AlreadyExists: 4, Denied: 5, Unavailable: 6}
NOT_THERE: Final = (
    "is a farm running there? `plow up` starts one here, --host HOST:PORT or PLOW_HOSTS names another"
)
EPILOG: Final = """\b
Examples:
  plow up                                  a farm on this machine
  plow submit shot.bp 1-24 --wait          launch a blueprint
  plow job list "user=anna and dead>0"     what is wrong with my jobs
  plow why shot                            why it waits, runs or failed
  plow log -f shot/beauty/7                a task's log as it grows
  plow task retry "job=shot and state=dead"
  plow --host farm1:11336 node list --json

Completion:  plow completion --help"""


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._told(ctx, name)) for name in self.list_commands(ctx)])

    def _told(self, ctx: click.Context, name: str) -> str:
        if told := NOUNS.get(name) or OTHERS.get(name):
            return told
        command = self.get_command(ctx, name)
        return command.get_short_help_str(80) if command else ""


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option("--host", metavar="HOST:PORT[,...]", help="The farm; else PLOW_HOSTS, plow.toml, this machine.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours: on a terminal, unless NO_COLOR is set (auto), always, or never.",
)
@click.option("--debug", is_flag=True, help="Show the small steps, and where an error came from.")
@click.version_option(VERSION, prog_name="plow")
@click.pass_context
def cli(context: click.Context, host: str | None, color: str, debug: bool) -> None:
    """See and change a Plow render farm."""
    is_plain = bool(os.environ.get("NO_COLOR")) and color == "auto"
    context.color = False if is_plain else {"always": True, "never": False}.get(color)
    if debug:
        from plow_client.logs import set_up

        set_up(debug=True)
    if host is not None:
        _connect(host)


def _connect(host: str) -> None:
    from plow_client import current
    from plow_client.connection import parse_hosts

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
    columns = sys.modules.get("plow_client.cli.columns")
    if columns is not None:
        columns.forget_clock()  # another farm may have another clock
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
        return report(error)


def report(error: Exception, program: str = "plow") -> int:
    """Say in one line what went wrong; the exit status for it."""
    click.echo(f"{program}: {visible(_sentence(error))}", err=True)
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 1)


def _prepare_output() -> None:
    """What the terminal's alphabet lacks becomes a question mark, and a closed output takes everything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _sentence(error: Exception) -> str:
    if isinstance(error, Unavailable):
        from plow_client.rpc.caller import Unsent

        return f"{error.why}; {NOT_THERE if isinstance(error, Unsent) else 'try again'}"
    if isinstance(error, PlowError):
        return error.why
    if isinstance(error, OSError):
        said = error.strerror or str(error)
        return f"{error.filename}: {said}" if error.filename else said
    return f"a fault of ours, {type(error).__name__}: {error} (`plow --debug ...` shows where)"


def _others() -> list[EntryPoint]:
    from importlib.metadata import entry_points

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
