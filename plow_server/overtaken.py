"""Layers that smaller work overtakes, and for how long, until a node is kept for them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from plow_server.snapshot import Plan

AGAIN_S = 5.0  # until a node is looked for again where none could be kept


class Overtaken:
    """Layers that were ahead in the order, found no room, and saw others start where they could have run."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._since: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._lately: set[str] = set()  # overtaken by the newest start: they still are ahead

    def notice(
        self, made: Plan, waits: Callable[[str], bool], now: float, passed: Sequence[str] | None = None
    ) -> list[str]:
        """Take in what a plan did; the layers whose patience is at an end, in their order.

        `passed` are those that it overtook, if not for want of room on nodes.
        `waits` says whether a layer still has something ready. Whoever is not ahead any more, for its project had its
        share meanwhile, is not served before it is overtaken again.
        """
        passed = made.passed if passed is None else passed
        started = {start.layer_id for start in made.starts}
        for layer in passed:
            self._since.setdefault(layer, now)
        self._since = {
            layer: since for layer, since in self._since.items() if layer not in started and waits(layer)
        }
        self._not_before = {layer: at for layer, at in self._not_before.items() if layer in self._since}
        if made.is_open:
            self._lately = set(passed)
        return [layer for layer in self._since if layer in self._lately and self._ends(layer) <= now]

    def forget(self, layers: Iterable[str]) -> None:
        """They have what they waited for."""
        for layer in layers:
            self._since.pop(layer, None)

    def put_off(self, layers: Iterable[str], now: float) -> None:
        """No node could be kept for them: their patience is at an end again in a moment."""
        for layer in layers:
            self._not_before[layer] = now + AGAIN_S

    def due_s(self, now: float) -> float | None:
        """Seconds until somebody has waited long enough; None where nobody waits."""
        ends = [self._ends(layer) for layer in self._since if layer in self._lately]
        return max(0.0, min(ends) - now) if ends else None

    def _ends(self, layer: str) -> float:
        return max(self._since[layer] + self._most_s, self._not_before.get(layer, 0.0))
