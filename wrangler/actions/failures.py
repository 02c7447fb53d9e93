"""What failed in a job or on a node, the same last words together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plow_client.failure import Failure, as_text
from plow_client.idl import FailureT, RpcService
from wrangler.actions.action import Action
from wrangler.models.column import Row, RowT

HOURS = 24


def job_failures(applies: Callable[[RowT], bool]) -> Action[RowT]:
    """Shows the failures of a job."""
    tip = "Show what failed in the job, failures with the same last words together."
    return _action("job", tip, applies, lambda farm, row: farm.getJobFailures(row.id, False))


def node_failures() -> Action[RowT]:
    """Shows the failures on a node of the last day."""
    tip = (
        f"Show what failed on the node in the last {HOURS} hours, failures with the same last words together."
    )
    return _action("node", tip, lambda _: True, lambda farm, row: farm.getNodeFailures(row.id, HOURS))


def _action(
    noun: str,
    tip: str,
    applies: Callable[[RowT], bool],
    ask: Callable[[RpcService, RowT], list[FailureT]],
) -> Action[RowT]:
    return Action(
        f"{noun}_failures", "Failures", "failures", "F", noun, "Showed the failures of", tip,
        applies, _nothing, frozenset(), tell=lambda farm, row: as_text(Failure(one) for one in ask(farm, row)),
    )  # fmt: skip


def _nothing(farm: RpcService, rows: Sequence[Row]) -> None:
    """It changes nothing."""
