"""`plow up`: a farm on this machine, kept until Ctrl-C."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from plow_client.local_farm import LocalFarm

_LOOK_S = 0.5


@click.command()
@click.option("--nodes", type=click.IntRange(1, 64), default=2, show_default=True, help="How many nodes.")
@click.option(
    "--cores-per-node", type=click.IntRange(min=1), help="Cores of each; else this machine's, shared out."
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the database, logs and all else; else Plow's own. It is kept.",
)
def up(nodes: int, cores_per_node: int | None, state: Path | None) -> int:
    """Run a whole farm on this machine until Ctrl-C."""
    farm = LocalFarm(
        state,
        nodes=nodes,
        cores_per_node=cores_per_node,
        standard_ports=True,
        tell=lambda words: click.echo(f"{words} ..."),
    )
    click.echo(f"a farm in {farm.state}")
    try:
        with farm:
            click.echo(greeting(farm))
            ended = watch(farm)
            click.echo(f"{ended}; stopping the farm", err=True)
            return 1
    except KeyboardInterrupt:
        click.echo("farm stopped")
        return 0


def greeting(farm: LocalFarm) -> str:
    """What to do with a farm that is up."""
    lines = [
        f"server   {farm.hosts}",
        *(
            f"{node.name:<8} {node.share.cores} core{'s' * (node.share.cores != 1)}, {node.share.ram_mb} MB"
            for node in farm.nodes
        ),
        f"logs     {farm.state / 'log'}",
        "",
        "The farm is up. In another terminal:",
    ]
    if not farm.has_standard_ports:
        lines.append(f"  export PLOW_HOSTS={farm.hosts}    # the usual port is taken")
    plow = typed("plow")
    lines += [
        f"  {plow} node list",
        f"  {plow} submit FILE RANGE --wait",
        f"  {plow} job list",
        f"  {typed('plow-wrangler')}",
        "Ctrl-C stops it; what it knows is kept for the next time.",
    ]
    return "\n".join(lines)


def typed(program: str) -> str:
    """A program of this installation as it can be typed here: its path where the shell would not find it."""
    ours = shutil.which(program, path=str(Path(sys.executable).parent))
    found = shutil.which(program)
    if ours is None or (found is not None and Path(found).samefile(ours)):
        return program
    path = Path(ours)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def watch(farm: LocalFarm, pause: Callable[[float], None] = time.sleep) -> str:
    """Return when one of the programs ends, with what there is to say about it."""
    while True:
        for program in (farm.server, *farm.nodes):
            status = program.wait(0)
            if status is not None:
                return f"{program.name} ended with status {status}, see {program.log_file}"
        pause(_LOOK_S)
