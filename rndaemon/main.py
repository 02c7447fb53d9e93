"""The command `rndaemon`: the daemon itself, and what the person at the node may tell it."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from plow_client import node_socket
from plow_client.config import Settings, load
from plow_client.errors import PlowError
from plow_client.logs import event, set_up
from plow_client.places import config_files
from plow_client.version import VERSION
from rndaemon.config import Config
from rndaemon.person import add_commands

log = logging.getLogger(__name__)

ENVIRONMENT = "PLOW_RNDAEMON_"
ONLY_FILE = "PLOW_RNDAEMON_CFG"  # names the one file to read
EXIT_FAILED = 1
EXIT_WRONG = 2
EXIT_TAKEN = 3
# What may be read is no matter of click's: people may ask daemons whose state folder they cannot list.
_ANY_PATH = click.Path(readable=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(VERSION, prog_name="rndaemon")
@click.option("--config", "file", type=_ANY_PATH, help="Settings file (TOML).")
@click.option("--server", help="Servers as HOST:PORT[,HOST:PORT...].")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.option("--name", help="Name of this node.")
@click.option("--state", type=_ANY_PATH, help="Folder for attempts and results.")
@click.option("--cores", type=int, help="Cores for tasks.")
@click.option("--ram-mb", type=int, help="Memory for tasks, MB.")
@click.option("--insecure", is_flag=True, default=None, help="Listen beyond loopback without encryption.")
@click.option("-o", "overrides", multiple=True, metavar="SECTION.KEY=VALUE", help="Any setting.")
@click.option("--debug", "-debug", is_flag=True, help="Log the small steps too.")
@click.option("--selftest", is_flag=True, help="Try what this machine can do, print JSON, and end.")
@click.pass_context
def command(
    context: click.Context,
    /,
    file: Path | None,
    overrides: tuple[str, ...],
    debug: bool,
    selftest: bool,
    **given: object,
) -> None:
    """Start tasks on this machine for a Plow server.

    Runs until SIGTERM or Ctrl-C; tasks go on without it and are found again at the next start. SIGUSR1 drains,
    SIGUSR2 resumes. The commands below talk to the daemon that runs here.
    """
    names = {"server": "servers"}
    arguments = {f"daemon.{names.get(name, name)}": value for name, value in given.items()}
    context.obj = file, overrides, arguments
    if context.invoked_subcommand:
        return
    set_up(debug=debug)
    sys.exit(test(*context.obj) if selftest else run(*context.obj))


def run(file: Path | None, overrides: Sequence[str], arguments: dict[str, object]) -> int:
    """The exit status: 0 stopped, 1 could not listen, 2 wrong settings, 3 state folder taken, 4 told to stop."""
    if not sys.platform.startswith("linux"):
        click.echo("rndaemon: tasks run on Linux so far; here only --selftest does something", err=True)
        return EXIT_FAILED
    from rndaemon.daemon import Daemon, SpoolTaken

    signals = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        settings = read(file, overrides, arguments)
        if not any(origin.startswith("file ") for origin in settings.origins.values()):
            log.warning(event("no settings file read", instead="defaults"))
        daemon = Daemon(settings.value)
        daemon.start()
    except SpoolTaken as error:
        click.echo(f"rndaemon: {error.why}", err=True)
        return EXIT_TAKEN
    except PlowError as error:
        click.echo(f"rndaemon: {error.why}", err=True)
        return EXIT_WRONG if error.code == 3 else EXIT_FAILED
    click.echo(f"rndaemon ready node={daemon.name} address={daemon.address}")
    sys.stdout.flush()
    while (number := signal.sigwait(signals)) in (signal.SIGUSR1, signal.SIGUSR2):
        if number == signal.SIGUSR1:
            daemon.desk.drain("a signal")
        else:
            daemon.desk.resume("a signal")
    log.info(event("stop requested", signal=signal.Signals(number).name))
    daemon.stop()
    return daemon.desk.exit_status


def read(file: Path | None, overrides: Sequence[str], arguments: dict[str, object]) -> Settings[Config]:
    """All settings: of the file that is named, else of the machine's file and the person's, which is believed first."""
    named = file or (Path(os.environ[ONLY_FILE]) if os.environ.get(ONLY_FILE) else None)
    files = [named] if named else config_files("rndaemon")
    return load(Config, file=files, overrides=overrides, prefix=ENVIRONMENT, arguments=arguments)


def test(file: Path | None, overrides: Sequence[str], arguments: dict[str, object]) -> int:
    """Print what this machine can do; 1 where something that tasks need does not work."""
    from rndaemon.trials import run_trials

    try:
        found = run_trials(read(file, overrides, arguments).value)
    except PlowError as error:
        click.echo(f"rndaemon: {error.why}", err=True)
        return EXIT_WRONG
    click.echo(json.dumps(found, indent=2))
    return 0 if found["pass"] else EXIT_FAILED


def _folder_of(context: click.Context) -> Path:
    """The state folder of the daemon that is meant, for whoever asks: settings of others may be closed to them."""
    assert context.parent
    file, overrides, arguments = context.parent.obj
    try:
        state = read(file, overrides, arguments).value.daemon.state
    except PlowError:
        if file or overrides:
            raise
        state = arguments.get("daemon.state")
    return node_socket.find_folder(state)


add_commands(command, _folder_of)


def main() -> None:
    """Entry point."""
    command(prog_name="rndaemon")


if __name__ == "__main__":
    main()
