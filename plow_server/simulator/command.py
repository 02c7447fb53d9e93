"""The command `plow-server simulate`: a world, its policies, and what comes of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import click

from plow_client.errors import Invalid
from plow_server.config import Dispatch
from plow_server.simulator.chart import chart
from plow_server.simulator.clockwork import Policy
from plow_server.simulator.comparing import Told, simulate, table, with_settings
from plow_server.simulator.world import World


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    hours: float
    step_s: float
    policy: Sequence[str]
    compare: Sequence[str]
    as_json: bool
    picture: Path | None


def run(world: World, settings: Dispatch, asked: Asked) -> None:
    """Simulate under each policy, and print."""
    own = with_settings(policy_of(settings), " ".join(asked.policy))
    policies = [own, *(with_settings(own, one) for one in asked.compare)]
    until_s = asked.hours * 3600
    columns = []
    for number, policy in enumerate(policies, start=1):
        told = _progress(f"policy {number} of {len(policies)}", until_s)
        columns.append(simulate(world, policy, until_s, asked.step_s, told))
    if told is not None:
        click.echo("\r" + " " * 60 + "\r", err=True, nl=False)
    if asked.as_json:
        click.echo(json.dumps([one.as_dict() for one in columns], indent=2))
    else:
        for line in table(columns):
            click.echo(line)
    if asked.picture is not None:
        cores = sum(node.cores for node in world.nodes)
        try:
            asked.picture.write_text(chart(columns, cores, until_s), encoding="utf-8")
        except OSError as error:
            raise Invalid(f"the chart cannot be written: {error}") from None


def policy_of(settings: Dispatch) -> Policy:
    """The policy that a server with these settings follows."""
    return Policy(**{one.name: getattr(settings, one.name) for one in fields(Policy)})


def _progress(what: str, until_s: float) -> Told | None:
    """Writes a line that says how far it is, each hundredth of the way; only where somebody looks."""
    if not sys.stderr.isatty():
        return None
    shown = -1

    def told(now: float) -> None:
        nonlocal shown
        if (percent := int(100 * now / until_s)) > shown:
            shown = percent
            hours = f"{now / 3600:.1f} of {until_s / 3600:g} h"
            click.echo(f"\r{what}: {hours}, {percent} %", err=True, nl=False)

    return told
