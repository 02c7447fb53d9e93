"""Commands for the person at the node: `rndaemon status`, `drain`, `resume`, `stop`, `nimby`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from plow_client import node_socket
from plow_client.errors import PlowError

EXIT_REFUSED = 1
_FolderOf = Callable[[click.Context], Path]


def add_commands(group: click.Group, folder_of: _FolderOf) -> None:
    """Give them to the command `rndaemon`; `folder_of` finds the state folder that its options mean."""

    def tell(context: click.Context, as_json: bool, do: str, **said: object) -> None:
        try:
            status = node_socket.ask(folder_of(context), do, **said)
        except PlowError as error:
            click.echo(f"rndaemon: {error.why}", err=True)
            sys.exit(EXIT_REFUSED)
        click.echo(json.dumps(status, indent=2) if as_json else "\n".join(lines(status)))

    json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")

    @group.command()
    @json_option
    @click.pass_context
    def status(context: click.Context, as_json: bool) -> None:
        """What this node does, and whether it takes work."""
        tell(context, as_json, "status")

    @group.command()
    @click.argument("reason", nargs=-1)
    @json_option
    @click.pass_context
    def drain(context: click.Context, as_json: bool, reason: tuple[str, ...]) -> None:
        """Finish what runs and take nothing new, until `rndaemon resume`."""
        tell(context, as_json, "drain", reason=" ".join(reason))

    @group.command()
    @json_option
    @click.pass_context
    def resume(context: click.Context, as_json: bool) -> None:
        """Take work again."""
        tell(context, as_json, "resume")

    @group.command()
    @click.option("--when-idle", is_flag=True, help="Let running tasks finish first, and take nothing new.")
    @json_option
    @click.pass_context
    def stop(context: click.Context, as_json: bool, when_idle: bool) -> None:
        """End the daemon; running tasks go on, or end with it (daemon.on_stop)."""
        tell(context, as_json, "stop", when_idle=when_idle)

    @group.command()
    @click.argument("wish", type=click.Choice(["on", "off", "auto"]))
    @json_option
    @click.pass_context
    def nimby(context: click.Context, as_json: bool, wish: str) -> None:
        """on: the machine is mine. off: the farm may have it, whatever I do. auto: as it is seen to be used."""
        tell(context, as_json, "nimby", wish=wish)


def lines(status: dict[str, Any]) -> Iterator[str]:
    """A status for people."""
    yield _line("node", f"{status['node']} at {status['address']}, rndaemon {status['version']}")
    yield _line("server", f"{status['server']}, {_heard(status)}")
    yield _line("new tasks", f"no: {status['away']}" if status["away"] else "yes")
    if status["nimby"]:
        whose = "the farm's" if status["is_given"] else "its user's"
        yield _line("nimby", f"{status['nimby']}; the machine is {whose} now")
    yield _line("cores", f"{status['free_cores']} of {status['cores']} free")
    if status["unsent"]:
        yield _line("results", f"{status['unsent']} wait for a server")
    for complaint in status["complaints"]:
        yield _line("complaint", complaint)
    yield _line("tasks", f"{len(status['tasks'])} running")
    for task in status["tasks"]:
        yield (
            f"  {task['proc']}  pid {task['pid']}  {task['progress']:4.0%}  {_clock(task['running_s'])}  "
            f"{task['cores']:.1f} cores  {task['ram_mb']} MB"
        )


def _heard(status: dict[str, Any]) -> str:
    silent = status["heard_s"]
    if silent is None:
        return f"never answered: {status['problem'] or 'asked just now'}"
    return f"silent for {silent:.0f} s: {status['problem']}" if status["problem"] else "answers"


def _line(name: str, text: str) -> str:
    return f"{name:<10} {text}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
