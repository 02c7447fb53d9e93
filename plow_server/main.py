"""The command line of the server: serve, migrate, check, audit."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from plow_client.config import Settings, describe, load
from plow_client.errors import Denied, Invalid, PlowError
from plow_client.logs import event, set_up
from plow_client.places import config_file
from plow_client.version import VERSION
from plow_server.app import App, check_host, database_of, open_database
from plow_server.config import ENVIRONMENT, Config
from plow_server.migrate import migrate as bring_up
from plow_server.migrate import require_current

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

PROGRAM = "plow-server"
AUDIT_S = 3600.0  # it reads everything there is
Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name=PROGRAM)
def cli() -> None:
    """The server of a Plow render farm."""


def _database_options(command: Command) -> Command:
    """Options that say which settings and which database."""
    for option in (
        click.option("-o", "overrides", multiple=True, metavar="SECTION.KEY=VALUE", help="Set one setting."),
        click.option(
            "--database", metavar="URL", help="A PostgreSQL 14 or newer; without it an embedded one."
        ),
        click.option("--data", metavar="DIR", help="Folder for the embedded database and logs."),
        click.option("--config", "file", metavar="FILE", type=Path, help="Settings file (TOML)."),
    ):
        command = option(command)
    return command


def _server_options(command: Command) -> Command:
    for option in (
        click.option("--debug", is_flag=True, default=None, help="Log the small steps too."),
        click.option(
            "--insecure", is_flag=True, default=None, help="Listen beyond this machine, unencrypted."
        ),
        click.option("--node-port", type=int, metavar="PORT", help="Port for nodes; 0 = a free one."),
        click.option("--rpc-port", type=int, metavar="PORT", help="Port for clients; 0 = a free one."),
        click.option("--host", metavar="ADDRESS", help="Address to listen on."),
    ):
        command = option(command)
    return command


@cli.command()
@_database_options
@_server_options
def serve(**given: Any) -> None:
    """Run the server until it is told to stop."""
    settings = _settings(**given)
    check_host(settings.value)
    set_up(debug=settings.value.server.debug)
    _take_all_descriptors()
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    with App(settings.value) as app:
        click.echo(f"{PROGRAM} ready rpc={app.rpc_address} node={app.node_address}")
        told_to_stop.wait()


@cli.command()
@_database_options
def migrate(**given: Any) -> None:
    """Bring the database to what this version needs."""
    config = _settings(**given).value
    with database_of(config, make=True) as dsn:
        outcome = bring_up(dsn)
    done = ", ".join(outcome.applied) or ("functions and views renewed" if outcome.changed else "up to date")
    click.echo(f"database at migration {outcome.number}: {done}")


@cli.command()
@_database_options
@_server_options
def check(**given: Any) -> None:
    """Print every setting and where it came from; nothing is started."""
    settings = _settings(**given)
    rows = describe(settings)
    width = max(len(row.key) for row in rows)
    for row in rows:
        click.echo(f"{row.key:<{width}}  {row.value or '-'}  ({row.origin})")
    check_host(settings.value)


@cli.command()
@_database_options
def audit(**given: Any) -> None:
    """Recount everything; exit 1 with a table where the books differ."""
    config = _settings(**given).value
    with database_of(config, make=False) as dsn:
        require_current(dsn)
        patient = replace(config.database, statement_s=AUDIT_S, hung_s=AUDIT_S)
        with open_database(dsn, replace(config, database=patient)) as db:
            faults = db.all("audit")
    if not faults:
        click.echo("audit clean")
        return
    names = ("fault", "object", "expected", "found")
    rows = [names, *(tuple(str(row[name]) for name in names) for row in faults)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(names))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    sys.exit(1)


def main() -> None:
    """Errors are one line; what was asked for wrongly ends with 2, what failed with 1."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except PlowError as error:
        click.echo(f"{PROGRAM}: {' '.join(error.why.split())}", err=True)
        sys.exit(2 if isinstance(error, (Invalid, Denied)) else 1)


def _take_all_descriptors() -> None:
    """A farm's connections need more files than the 1,024 that a shell usually grants."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError) as error:  # macOS grants less than it says
        log.warning(event("open files not raised", most=soft, why=error))
    else:
        log.info(event("open files raised", most=hard, before=soft))


def _settings(
    overrides: tuple[str, ...],
    database: str | None,
    data: str | None,
    file: Path | None,
    host: str | None = None,
    rpc_port: int | None = None,
    node_port: int | None = None,
    insecure: bool | None = None,
    debug: bool | None = None,
) -> Settings[Config]:
    arguments = {
        "database.url": database,
        "server.data": data,
        "server.host": host,
        "server.rpc_port": rpc_port,
        "server.node_port": node_port,
        "server.insecure": insecure,
        "server.debug": debug,
    }
    return load(
        Config,
        file=file or config_file(PROGRAM),
        overrides=overrides,
        prefix=ENVIRONMENT,
        arguments=arguments,
    )


if __name__ == "__main__":
    main()
