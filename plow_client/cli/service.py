"""`plow service`: presets for layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from plow_client import service as services
from plow_client.cli.ask import confirm, yes_option
from plow_client.cli.change import apply, settings_of, told, words_of
from plow_client.cli.columns import Column, memory, short, words, yes
from plow_client.cli.complete import argument
from plow_client.cli.find import find_service
from plow_client.cli.show import View, listing, shown
from plow_client.needs import Needs, RetryRules
from plow_client.run_settings import RunSettings

_SERVICE = argument("name", "service", "SERVICE")
_COLUMNS = [
    Column("SERVICE", "name"),
    Column("CORES", "min_cores"),
    Column("MAX CORES", "max_cores"),
    Column("RAM", "min_ram", memory),
    Column("MAX RAM", "max_ram", memory),
    Column("RETRIES", "max_retries"),
    Column("THREADABLE", "threadable", yes),
    Column("TAGS", "tags", words),
    Column("ID", "id", short, extra=True),
]


@click.group()
def service() -> None:
    """Services: presets for layers. SERVICE is a name, an id, or a part of an id."""


@service.command("list")
@listing
def list_(view: View) -> None:
    """List services by name."""
    view.rows(services.get_services(), _COLUMNS, "no services")


@service.command("show")
@_SERVICE
@shown
def show_(name: str, view: View) -> None:
    """Show all that a service presets."""
    found = find_service(name)
    view.one(found, lambda: _facts(found))


def _values(function: Callable[..., None]) -> Callable[..., None]:
    """The options for what a service presets."""
    for option in (
        click.option("--tags", metavar="TAG,...", help="Nodes with one of these tags."),
        click.option("--min-cores", type=click.IntRange(min=1), help="Cores for each task."),
        click.option("--max-cores", type=click.IntRange(min=1), help="The most cores for each task."),
        click.option("--min-ram", type=click.IntRange(min=1), metavar="MB", help="Memory for each task."),
        click.option(
            "--max-ram", type=click.IntRange(min=1), metavar="MB", help="The most memory for each task."
        ),
        click.option("--retries", type=click.IntRange(min=0), help="How often a failed task is tried again."),
        click.option("--threadable/--not-threadable", default=None, help="Whether tasks can use more cores."),
        click.option(
            "--kill-grace", type=click.IntRange(0, 3600), metavar="S", help="Seconds to end by itself."
        ),
        click.option("--run", multiple=True, metavar="KEY=VALUE", help="How attempts run: max_run_s=3600."),
        click.option(
            "--need", "needs", multiple=True, metavar="KEY=VALUE", help="What a node has to have: gpus=1."
        ),
        click.option(
            "--retry-rule", "rules", multiple=True, metavar="KEY=VALUE", help="When to try again: delay_s=30."
        ),
    ):
        function = option(function)
    return function


@service.command("create")
@click.argument("name")
@_values
def create(name: str, **values: Any) -> None:
    """Make a service; what is not said presets nothing."""
    made = services.Service.new(name)
    if any(value is not None and value != () for value in values.values()):
        _assign(made, **values)
    made.create()
    told("service", made, "made")


@service.command("set")
@_SERVICE
@click.option("--name", "new", metavar="NAME", help="Rename it.")
@_values
def set_(name: str, new: str | None, **values: Any) -> None:
    """Change a service; jobs already launched keep its old values."""
    found = find_service(name)
    _assign(found, new=new, **values)
    found.update()
    told("service", found, "changed")


@service.command("delete")
@_SERVICE
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a service; jobs already launched keep its values."""
    found = find_service(name)
    confirm(yes, f"delete service {found.name}")
    found.delete()
    told("service", found, "deleted")


def _assign(
    found: services.Service,
    *,
    new: str | None = None,
    tags: str | None,
    retries: int | None,
    kill_grace: int | None,
    run: tuple[str, ...],
    needs: tuple[str, ...],
    rules: tuple[str, ...],
    **plain: object,
) -> None:
    def field(name: str) -> Callable[[Any], None]:
        return lambda value: setattr(found, name, value)

    apply(
        (new, field("name")),
        (tags, lambda text: field("tags")(words_of(text))),
        (retries, field("max_retries")),
        (kill_grace, field("kill_grace_s")),
        (run, lambda texts: field("run")(_with(RunSettings, found.run, texts))),
        (needs, lambda texts: field("needs")(_with(Needs, found.needs, texts))),
        (rules, lambda texts: field("retry_rules")(_with(RetryRules, found.retry_rules, texts))),
        *((value, field(name)) for name, value in plain.items()),
    )


def _with(kind: Any, known: Any, texts: tuple[str, ...]) -> Any:
    """What is known, with what is said now: a service is sent whole."""
    said = settings_of(kind, texts)
    kept = {} if known is None else vars(known)
    return kind(**{**kept, **{name: value for name, value in vars(said).items() if value is not None}})


def _facts(found: services.Service) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("service", found.name),
        ("id", found.id),
        ("cores", f"{found.min_cores or '-'} to {found.max_cores or '-'}"),
        ("RAM", f"{memory(found.min_ram)} to {memory(found.max_ram)}"),
        ("retries", found.max_retries),
        ("threadable", None if found.threadable is None else yes(found.threadable)),
        ("tags", words(found.tags or ())),
        ("kill grace", None if found.kill_grace_s is None else f"{found.kill_grace_s} s"),
    ]
    for title, settings in (("run", found.run), ("needs", found.needs), ("retries when", found.retry_rules)):
        told = (
            {name: value for name, value in vars(settings).items() if value is not None} if settings else {}
        )
        facts += [(title, f"{name} {words(value)}") for name, value in told.items()]
    return facts
