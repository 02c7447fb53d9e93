"""`plow top`: the farm, live, in the terminal."""

from __future__ import annotations

import sys

import click

from plow_client.errors import NotAllowed, Unavailable

_SWITCH_S = 0.001  # reading 5,000 nodes takes a second of another thread, which keys shall not wait for
MISSING = "`plow top` needs textual: pip install 'plow[top]'"


@click.command()
@click.argument("where", metavar="[QUERY]", default="")
@click.option("--nodes", is_flag=True, help="Begin with the nodes.")
def top(where: str, nodes: bool) -> None:
    """The farm, live: jobs and nodes with keys to sort, filter, open, pause, retry and kill; ? shows them.

    QUERY filters the list from the start: `plow top "user=anna and dead>0"`.
    """
    try:
        from plow_client.top.app import TopApp
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "textual":
            raise
        raise Unavailable(MISSING) from None
    from plow_client.current import get_host
    from plow_client.query import parse

    if where:
        parse(where, "node" if nodes else "job")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotAllowed("`plow top` needs a terminal; `plow job list` and `plow node list` print")
    sys.setswitchinterval(_SWITCH_S)
    TopApp(get_host(), "nodes" if nodes else "jobs", where).run()
