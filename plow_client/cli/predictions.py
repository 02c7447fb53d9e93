"""`plow predictions`: how good they were."""

from __future__ import annotations

import click

from plow_client.cli.show import Column, json_option, show
from plow_client.prediction import get_prediction_quality

_COLUMNS: list[Column] = [
    ("SERVICE", lambda quality: quality.serv),
    ("ATTEMPTS", lambda quality: quality.attempts),
    ("RAM USED/BOOKED", lambda quality: f"{quality.median_ram_ratio:.2f}"),
    ("WITHIN 25 %", lambda quality: f"{quality.within_ram:.0%}"),
    ("TIME TAKEN/PREDICTED", lambda quality: f"{quality.median_clock_ratio:.2f}"),
    ("KILLED FOR MEMORY", lambda quality: quality.killed_for_memory),
]


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=7, show_default=True, help="The last so many days."
)
@json_option
def predictions(days: int, as_json: bool) -> None:
    """How good the farm's predictions of memory and time were, by service."""
    show(get_prediction_quality(days), _COLUMNS, as_json, "no attempt was booked by a prediction yet")
