"""`plow layer`: the tasks of one kind in a job."""

from __future__ import annotations

import click

from plow_client import layer as layers
from plow_client.cli.change import apply, pairs_of, settings_of, told, words_of
from plow_client.cli.columns import Column, count, pairs, when
from plow_client.cli.complete import argument
from plow_client.cli.find import find_job, find_layer
from plow_client.cli.job_columns import LAYERS, layer_facts
from plow_client.cli.show import View, listing, shown
from plow_client.layer_spec import TaskSpec
from plow_client.needs import Needs, RetryRules
from plow_client.run_settings import RunSettings

_LAYER = argument("name", "layer", "JOB/LAYER")
_VERSIONS = [
    Column("VERSION", "version"),
    Column("TIME", "created_time", when),
    Column("WHO", "actor"),
    Column("COMMAND", "command", " ".join),
    Column("ENV", "env", pairs),
    Column("REASON", "reason"),
]
_CORES = click.IntRange(min=1)
_MB = click.IntRange(min=1)


@click.group()
def layer() -> None:
    """Layers: the tasks of one kind in a job. A layer is JOB/LAYER, or an id."""


@layer.command("list")
@argument("name", "job", "JOB")
@listing
def list_(name: str, view: View) -> None:
    """List the layers of a job in their order."""
    view.rows(layers.get_layers(find_job(name)), LAYERS, "no layers")


@layer.command("show")
@_LAYER
@shown
def show_(name: str, view: View) -> None:
    """Show a layer: its command, what its tasks get, how they run, what they used."""
    found = find_layer(name)
    view.one(found, lambda: layer_facts(found))


@layer.command("set")
@_LAYER
@click.option("--tags", metavar="TAG,...", help="Nodes with one of these tags.")
@click.option("--min-cores", type=_CORES, help="Cores for each task.")
@click.option("--max-cores", type=_CORES, help="The most cores for each task.")
@click.option("--min-ram", type=_MB, metavar="MB", help="Memory for each task.")
@click.option(
    "--max-ram", type=_MB, metavar="MB", help="The most memory for each task, when it is raised by itself."
)
@click.option(
    "--threadable/--not-threadable", default=None, help="Whether tasks can use more cores than they need."
)
@click.option("--retries", type=click.IntRange(min=0), help="How often a failed task is tried again.")
@click.option("--service", help="Another service, whose preset values replace its own.")
@click.option(
    "--chunk", type=click.IntRange(min=0), help="Frames for each task, 0 = all in one; before it has begun."
)
@click.option("--priority", type=click.IntRange(-1000, 1000), help="Higher is first in the job.")
@click.option("--kill-grace", type=click.IntRange(0, 3600), metavar="S", help="Seconds to end by itself.")
@click.option("--run", multiple=True, metavar="KEY=VALUE", help="How attempts run: max_run_s=3600.")
@click.option("--need", "needs", multiple=True, metavar="KEY=VALUE", help="What a node has to have: gpus=1.")
@click.option(
    "--retry-rule", "rules", multiple=True, metavar="KEY=VALUE", help="When to try again: delay_s=30."
)
def set_(
    name: str,
    tags: str | None,
    min_cores: int | None,
    max_cores: int | None,
    min_ram: int | None,
    max_ram: int | None,
    threadable: bool | None,
    retries: int | None,
    service: str | None,
    chunk: int | None,
    priority: int | None,
    kill_grace: int | None,
    run: tuple[str, ...],
    needs: tuple[str, ...],
    rules: tuple[str, ...],
) -> None:
    """Change a layer, for what starts from now on."""
    found = find_layer(name)
    apply(
        (service, found.set_service),  # first: its values replace the layer's
        (tags, lambda text: found.set_tags(words_of(text))),
        (max_cores, found.set_max_cores_per_task),
        (min_cores, found.set_min_cores_per_task),
        (max_ram, found.set_max_ram_per_task),
        (min_ram, found.set_min_ram_per_task),
        (threadable, found.set_threadable),
        (retries, found.set_max_retries),
        (chunk, found.set_chunk),
        (priority, found.set_priority),
        (kill_grace, found.set_kill_grace),
        (run, lambda texts: found.set_run(settings_of(RunSettings, texts))),
        (needs, lambda texts: found.set_needs(settings_of(Needs, texts))),
        (rules, lambda texts: found.set_retry_rules(settings_of(RetryRules, texts))),
    )
    told("layer", found, "changed")


@layer.command("command")
@_LAYER
@click.argument("words", metavar="[--] COMMAND...", nargs=-1, type=click.UNPROCESSED, required=True)
@click.option(
    "--env", multiple=True, metavar="KEY=VALUE", help="Its variables from now on; unsaid, they stay."
)
@click.option("--reason", default="", help="Kept with the version.")
def command(name: str, words: tuple[str, ...], env: tuple[str, ...], reason: str) -> None:
    """Give a layer another command for what starts from now on; the old one stays as a version."""
    found = find_layer(name)
    found.set_command(words, pairs_of(env) if env else None, reason)
    told("layer", found, f"has version {found.version} of its command")


@layer.command("versions")
@_LAYER
@listing
def versions(name: str, view: View) -> None:
    """List all versions of a layer's command, oldest first."""
    view.rows(find_layer(name).get_versions(), _VERSIONS, "no versions")


@layer.command("append")
@_LAYER
@click.argument("frames", metavar="[RANGE]", required=False)
@click.option(
    "--task", "task_names", multiple=True, metavar="NAME", help="A task of this name, where it has no frames."
)
def append(name: str, frames: str | None, task_names: tuple[str, ...]) -> None:
    """Add frames, or named tasks, to a layer of an unfinished job."""
    found = find_layer(name)
    before = found.totals.total
    apply(
        (frames, found.append_frames),
        (task_names, lambda names: found.append_tasks([TaskSpec(name=one) for one in names])),
    )
    told("layer", found, f"has {count(found.totals.total - before, 'task')} more")
