"""The command line of the server: serve, migrate, check, audit, simulate."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from plow_client.config import Settings, describe, load
from plow_client.errors import Denied, Invalid, PlowError
from plow_client.logs import event, set_up
from plow_client.places import config_file
from plow_client.version import VERSION
from plow_server.app import App, check_host, database_of, open_database
from plow_server.config import ENVIRONMENT, Config
from plow_server.fairness import take_short_turns
from plow_server.migrate import migrate as bring_up
from plow_server.migrate import require_current

if TYPE_CHECKING:
    from plow_server.simulator.world import World

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
        take_short_turns()
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


@cli.command()
@_database_options
@click.argument("farm", metavar="FARM.yaml", type=Path, required=False)
@click.option("--history", metavar="DAY", help="Simulate a day that was, as 2026-11-19, from the database.")
@click.option(
    "--hours", type=click.FloatRange(0.001, 10_000), default=24.0, show_default=True, help="How long."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same draws the same run times.")
@click.option(
    "--step",
    type=click.FloatRange(0, 60),
    default=0.0,
    show_default=True,
    help="Seconds within which events count as one; more is faster.",
)
@click.option(
    "--policy", multiple=True, metavar="KEY=VALUE", help="A setting of `dispatch` to simulate with."
)
@click.option(
    "--compare", multiple=True, metavar="KEY=VALUE,…", help="Simulate with these too, side by side."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--chart", "picture", metavar="FILE.svg", type=Path, help="Draw cores in use by project over time."
)
def simulate(
    farm: Path | None,
    history: str | None,
    seed: int,
    hours: float,
    step: float,
    picture: Path | None,
    **given: Any,
) -> None:
    """Run a farm in virtual time, to see what a policy does before it is switched on."""
    from plow_server.simulator import command, reading

    asked = command.Asked(
        hours, step, given.pop("policy"), given.pop("compare"), given.pop("as_json"), picture
    )
    config = _settings(**given).value
    if (farm is None) == (history is None):
        raise Invalid("simulate a FARM.yaml or the --history of a day")
    world = reading.read_world(farm, seed) if farm is not None else _past(config, history or "")
    command.run(world, config.dispatch, asked)


def _past(config: Config, day: str) -> World:
    """The world of a day from the database; what is left out is said."""
    from plow_server.simulator.past import read_past

    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise Invalid(f"'{day}' is not a day such as 2026-11-19") from None
    with database_of(config, make=False) as dsn:
        require_current(dsn)
        patient = replace(config.database, statement_s=AUDIT_S, hung_s=AUDIT_S)
        with open_database(dsn, replace(config, database=patient)) as db:
            world, left_out = db.atomically(lambda transaction: read_past(transaction, asked))
    if left_out:
        click.echo(f"{PROGRAM}: {left_out:,} attempts of that day are left out", err=True)
    return world


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
