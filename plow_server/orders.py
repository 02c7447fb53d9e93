"""What goes out to nodes: starts and stops, all of one node in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from plow_client.idl import KillCommand
from plow_server.command import run_task_command
from plow_server.nodes import NodeCalls
from plow_server.verbs import Row, Verbs


class Orders:
    """Says to nodes what the database has decided."""

    def __init__(self, calls: NodeCalls, kill_grace_s: int) -> None:
        self._calls, self._kill_grace_s = calls, kill_grace_s

    def start(self, database: Verbs, procs: Sequence[str]) -> None:
        """Have the nodes of these procs run them."""
        if not procs:
            return
        for (node_id, address), orders in by_node(database.all("start_orders", procs=procs)):
            commands = [run_task_command(row, self._kill_grace_s) for row in orders]
            self._calls.start(node_id, address, commands)

    def stop(self, rows: Sequence[Row]) -> None:
        """Have the nodes of these procs, rows of `killing_procs`, end them."""
        for (node_id, address), orders in by_node(rows):
            stops = [KillCommand(procId=row["proc_id"], reason=row["reason"]) for row in orders]
            self._calls.stop(node_id, address, stops)


def by_node(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Rows of one node together, in their order."""

    def place(row: Row) -> tuple[str, str]:
        return row["node_id"], row["address"]

    for key, group in groupby(sorted(rows, key=place), key=place):
        yield key, list(group)
