"""Who is passed over in a plan: something that came later starts where a layer that found no room could run. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from plow_server.placement import refused
from plow_server.snapshot import Layer, Node, Shape
from plow_server.standing import Capped, Caps, QuotaInLine


class Passing:
    """Takes in what starts, and who finds no room, as it comes."""

    def __init__(self) -> None:
        self._starts: list[tuple[Node, Caps]] = []
        # By cap that holds somebody, the first of them, and how many starts were before.
        self._capped: dict[QuotaInLine | Capped, tuple[int, str]] = {}
        # Layers that found no room, by what they look for, and how many starts were before the first of them.
        self._roomless: dict[tuple[str, Shape], tuple[int, list[str]]] = {}
        # Layers whose cap allows them some nodes only, on which there is no room; before that, starts and cluster.
        self._too_large: list[tuple[int, str, Layer, int]] = []

    def started(self, node: Node, caps: Caps) -> None:
        """Something starts on a node, under these caps."""
        self._starts.append((node, caps))

    def roomless(self, cluster_id: str, layer: Layer) -> None:
        """No node of the cluster has room for the layer."""
        found = self._roomless.setdefault((cluster_id, layer.shape), (len(self._starts), []))
        found[1].append(layer.id)

    def too_large(self, cluster_id: str, layer: Layer, cap: int) -> None:
        """Nodes have room, but only such as take more cores of it than its caps leave."""
        self._too_large.append((len(self._starts), cluster_id, layer, cap))

    def capped(self, caps: Caps, layer: Layer) -> None:
        """A cap holds the layer for now; not one that is too small for a task of it."""
        cores = layer.shape.cores
        if all(cap.cap >= cores for cap in caps):
            for cap in caps:
                if cap.left() < cores:
                    self._capped.setdefault(cap, (len(self._starts), layer.id))

    @property
    def is_open(self) -> bool:
        """Whether anything starts on nodes that are kept for nobody."""
        return any(not node.kept for node, _ in self._starts)

    def over(self) -> list[str]:
        """Layers without room while something that came later starts on a node where they could run.

        A node that is kept is out of the question: whoever starts there takes nothing from the others.
        """
        passed = []
        for (cluster_id, shape), (before, layers) in self._roomless.items():
            if any(self._started_after(before, cluster_id, shape)):
                passed.extend(layers)
        for before, cluster_id, layer, cap in self._too_large:
            later = self._started_after(before, cluster_id, layer.shape)
            if any(node.size_for(layer.shape)[0] <= cap for node in later):
                passed.append(layer.id)
        return passed

    def under_caps(self) -> list[str]:
        """Layers that a cap holds while something that came later starts under it."""
        last = {cap: place for place, (_, caps) in enumerate(self._starts) for cap in caps}
        passed = (layer for cap, (before, layer) in self._capped.items() if last.get(cap, -1) >= before)
        return list(dict.fromkeys(passed))

    def _started_after(self, before: int, cluster_id: str, shape: Shape) -> Iterator[Node]:
        """Nodes with starts after so many where this shape could run."""
        later = {
            node.id: node
            for node, _ in self._starts[before:]
            if node.cluster_id == cluster_id and not node.kept
        }
        return (node for node in later.values() if node.id not in shape.avoid and not refused(node, shape))
