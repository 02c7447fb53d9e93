"""`plow quota`: projects' shares of clusters."""

from __future__ import annotations

import click

from plow_client import quota as quotas
from plow_client.cli.show import Column, json_option, short_id, show
from plow_client.cluster import get_cluster
from plow_client.project import get_project_by_code

_COLUMNS: list[Column] = [
    ("QUOTA", lambda quota: quota.name),
    ("STATE", lambda quota: "locked" if quota.is_locked else "open"),
    ("SIZE", lambda quota: quota.size),
    ("BURST", lambda quota: quota.burst),
    ("RUN", lambda quota: quota.run_cores),
    ("ID", short_id),
]


@click.group()
def quota() -> None:
    """Quotas: projects' shares of clusters."""


@quota.command("list")
@click.option("--project", "codes", multiple=True, metavar="CODE", help="Only this project's.")
@click.option("--cluster", "names", multiple=True, metavar="NAME", help="Only on this cluster.")
@json_option
def list_(codes: tuple[str, ...], names: tuple[str, ...], as_json: bool) -> None:
    """List quotas."""
    found = quotas.get_quotas(
        project=[get_project_by_code(code) for code in codes] or None,
        cluster=[get_cluster(name) for name in names] or None,
    )
    show(found, _COLUMNS, as_json, "no quotas")
