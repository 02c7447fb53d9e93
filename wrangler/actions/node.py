"""What can be done to nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from plow_client.idl import NodeState, RpcService
from wrangler.actions.action import Action, one_by_one
from wrangler.actions.failures import node_failures
from wrangler.actions.why import why
from wrangler.models.node import NodeRow

_STALE: Final = frozenset({"nodes"})


def _set_locked(is_locked: bool) -> Callable[[RpcService, Sequence[NodeRow]], None]:
    return lambda farm, rows: one_by_one(
        rows, lambda row: row.name, lambda row: farm.setNodeLocked(row.id, is_locked)
    )


NODE_ACTIONS: Final[tuple[Action[NodeRow], ...]] = (
    Action(
        "lock_nodes", "Lock", "lock", "L", "node", "Locked",
        "Start no more tasks on the node; running ones go on.",
        lambda row: not row.is_locked,
        _set_locked(True),
        _STALE,
    ),
    Action(
        "unlock_nodes", "Unlock", "unlock", "Shift+L", "node", "Unlocked",
        "Let tasks start on the node again, at once.",
        lambda row: row.is_locked,
        _set_locked(False),
        _STALE,
    ),
    Action(
        "take_back_nodes", "Take back", "resume", "B", "node", "Took back",
        "Let tasks start again on a node that was set aside for repair.",
        lambda row: row.state == NodeState.REPAIR,
        lambda farm, rows: one_by_one(
            rows, lambda row: row.name, lambda row: farm.setNodeState(row.id, NodeState.UP)
        ),
        _STALE,
    ),
    why("node"),
    node_failures(),
)  # fmt: skip
