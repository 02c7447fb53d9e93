"""`plow events`: what happens on the farm."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from plow_client.cli.columns import Column
from plow_client.cli.show import View, shown
from plow_client.cli.words import visible
from plow_client.event import Event, get_events, watch_events

_LAST = 50
_COLUMNS = [Column(field.upper(), field) for field in ("sequence", "time", "noun", "object_id", "change")]
_COLUMNS += [Column(field.upper(), field) for field in ("old_value", "new_value", "job_id")]


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--since", type=click.IntRange(min=0), help="After this number; 0 = from the oldest kept.")
@shown
def events(follow: bool, since: int | None, view: View) -> None:
    """What happens on the farm, in order: the last 50 events, or all since a number. JSON has an object per line."""
    if since is None:
        since = max(0, get_events(-1).next_sequence - _LAST)
    view.stream(watch_events(since) if follow else _until_now(since), _COLUMNS, _line)


def _until_now(since: int) -> Iterable[Event]:
    while (page := get_events(since)).events:
        yield from page.events
        since = page.next_sequence
    if not page.is_complete:
        click.echo(f"{page.gap(since)}; --since 0 begins with the oldest", err=True)


def _line(event: Event) -> str:
    """Number, time, what, and the change; what others named must not talk to the terminal."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.time / 1000))
    values = [value for value in (event.old_value, event.new_value) if value is not None]
    line = f"{event.sequence} {at} {event.noun} {event.object_id} {event.change} {' -> '.join(values)}"
    return visible(line.rstrip())
