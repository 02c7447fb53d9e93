"""`plow predictions`: how good they were."""

from __future__ import annotations

import click

from plow_client.cli.columns import Column
from plow_client.cli.show import View, listing
from plow_client.prediction import get_prediction_quality

_COLUMNS = [
    Column("SERVICE", "serv"),
    Column("ATTEMPTS", "attempts"),
    Column("RAM USED/BOOKED", "median_ram_ratio", "{:.2f}".format),
    Column("WITHIN 25 %", "within_ram", "{:.0%}".format),
    Column("TIME TAKEN/PREDICTED", "median_clock_ratio", "{:.2f}".format),
    Column("KILLED FOR MEMORY", "killed_for_memory"),
]


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=7, show_default=True, help="The last so many days."
)
@listing
def predictions(days: int, view: View) -> None:
    """How good the farm's predictions of memory and time were, by service."""
    view.rows(get_prediction_quality(days), _COLUMNS, "no attempt was booked by a prediction yet")
