"""`plow events`: what happens on the farm."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import click

from plow_client.event import Event, get_events, watch_events

_LAST = 50


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--since", type=click.IntRange(min=0), help="After this number; 0 = from the oldest kept.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per line.")
def events(follow: bool, since: int | None, as_json: bool) -> None:
    """What happens on the farm, in order: the last 50 events, or all since a number."""
    if since is None:
        since = max(0, get_events(-1).next_sequence - _LAST)
    _print(watch_events(since) if follow else _until_now(since), as_json)


def _until_now(since: int) -> Iterable[Event]:
    while (page := get_events(since)).events:
        yield from page.events
        since = page.next_sequence
    if not page.is_complete:
        click.echo(f"{page.gap(since)}; --since 0 begins with the oldest", err=True)


def _print(found: Iterable[Event], as_json: bool) -> None:
    for event in found:
        click.echo(json.dumps(event.as_dict(), ensure_ascii=False) if as_json else _line(event))


def _line(event: Event) -> str:
    """Number, time, what, and the change; what others named must not talk to the terminal."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.time / 1000))
    values = [value for value in (event.old_value, event.new_value) if value is not None]
    line = f"{event.sequence} {at} {event.noun} {event.object_id} {event.change} {' -> '.join(values)}"
    return "".join(letter if letter.isprintable() else "?" for letter in line.rstrip())
