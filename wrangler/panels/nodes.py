"""Nodes: who is up, who is full, who is locked."""

from __future__ import annotations

from wrangler.actions.node import NODE_ACTIONS
from wrangler.calls import read_nodes
from wrangler.models.node import NODE_COLUMNS, NodeRow
from wrangler.models.words import counted
from wrangler.panels.listpanel import ListPanel
from wrangler.session import Session

REFRESH_S = 5.0


class NodesPanel(ListPanel[NodeRow]):
    """All nodes of the farm."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            "nodes",
            "Nodes",
            session,
            NODE_COLUMNS,
            NODE_ACTIONS,
            name_of=lambda row: row.name,
            words_of=lambda row: f"{row.name} {row.cluster} {row.tags} {row.chip.word}",
            refresh_s=REFRESH_S,
        )

    def ask(self) -> bool:
        self.session.refresh(self.name, read_nodes, self.replace_rows, self.unanswered)
        return True

    def why_empty(self) -> str:
        return "no nodes yet\nrndaemon --server HOST:PORT adds one"

    def counted(self) -> str:
        rows = self.model.top_rows()
        used, cores = sum(row.cores - row.idle_cores for row in rows), sum(row.cores for row in rows)
        return f"{counted(len(rows), 'node')}, {used:,} of {cores:,} cores in use"
