"""Why does it wait, or why is it idle: the same for all that have an id."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plow_client.explanation import Explanation
from plow_client.idl import RpcService
from wrangler.actions.action import Action
from wrangler.models.column import Row, RowT


def why(noun: str, applies: Callable[[RowT], bool] = lambda _: True) -> Action[RowT]:
    """Shows the server's explanation of a row."""
    return Action(
        f"why_{noun}", "Why?", "why", "W", noun, "Explained",
        f"Say why the {noun} is as it is, what keeps it, and what would help.",
        applies, _nothing, frozenset(), tell=_tell,
    )  # fmt: skip


def _tell(farm: RpcService, row: Row) -> str:
    return "\n".join(Explanation(farm.explain(row.id)).lines())


def _nothing(farm: RpcService, rows: Sequence[Row]) -> None:
    """It changes nothing."""
