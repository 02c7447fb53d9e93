"""The command `rndaemon`."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

import click

from plow_client.config import Settings, load
from plow_client.errors import PlowError
from plow_client.logs import event, set_up
from plow_client.places import config_file
from plow_client.version import VERSION
from rndaemon.config import Config
from rndaemon.daemon import Daemon, SpoolTaken

log = logging.getLogger(__name__)

ENVIRONMENT = "PLOW_RNDAEMON_"
EXIT_WRONG = 2
EXIT_TAKEN = 3
EXIT_FAILED = 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="rndaemon")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@click.option("--server", help="Servers as HOST:PORT[,HOST:PORT...].")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one.")
@click.option("--name", help="Name of this node.")
@click.option("--state", type=click.Path(path_type=Path), help="Folder for attempts and results.")
@click.option("--cores", type=int, help="Cores for tasks.")
@click.option("--ram-mb", type=int, help="Memory for tasks, MB.")
@click.option("--insecure", is_flag=True, default=None, help="Listen beyond loopback without encryption.")
@click.option("-o", "overrides", multiple=True, metavar="SECTION.KEY=VALUE", help="Any setting.")
@click.option("--debug", is_flag=True, help="Log the small steps too.")
def command(file: Path | None, overrides: tuple[str, ...], debug: bool, **given: object) -> None:
    """Start tasks on this machine for a Plow server.

    Runs until SIGTERM or Ctrl-C; tasks go on without it and are found again at the next start.
    """
    set_up(debug=debug)
    names = {"server": "servers"}
    arguments = {f"daemon.{names.get(name, name)}": value for name, value in given.items()}
    sys.exit(run(file, overrides, arguments))


def run(file: Path | None, overrides: tuple[str, ...], arguments: dict[str, object]) -> int:
    """The exit status: 0 stopped on request, 1 could not listen, 2 wrong settings, 3 the state folder is taken."""
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        settings: Settings[Config] = load(
            Config,
            file=file or config_file("rndaemon"),
            overrides=overrides,
            prefix=ENVIRONMENT,
            arguments=arguments,
        )
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
    number = signal.sigwait(stop)
    log.info(event("stop requested", signal=signal.Signals(number).name))
    daemon.stop()
    return 0


def main() -> None:
    """Entry point."""
    command(prog_name="rndaemon")


if __name__ == "__main__":
    main()
