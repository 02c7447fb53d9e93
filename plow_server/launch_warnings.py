"""What a launch should be told before it waits for ever: sentences about layers, nodes, quotas and frames. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plow_server.spec import Layer

Row = Mapping[str, Any]


def room_warnings(project: str, layer: Layer, room: Row, refused: Sequence[str] = ()) -> Iterator[str]:
    """Why tasks of the layer can run nowhere, or nowhere now; `room` is its row of `room_for_layers`.

    `refused` says which rules refuse how many nodes, where it needs more of them than tags and size.
    """
    name = layer.name
    if not room["tagged"]:
        yield f"layer '{name}': no node has one of its tags: {', '.join(layer.tags)}"
    elif not room["fitting"] and refused:
        yield f"layer '{name}': no node can run it: {'; '.join(refused)}"
    elif not room["fitting"]:
        yield from _size_warnings(layer, room)
    elif not room["with_quota"]:
        where = ", ".join(room["clusters"])
        yield f"layer '{name}': project '{project}' has no quota on a cluster whose nodes fit: {where}"
    elif not room["payable"]:
        yield (
            f"layer '{name}': the quotas of project '{project}' on clusters whose nodes fit are locked, "
            "or their bursts are smaller than one task"
        )
    elif not room["ready"]:
        yield f"layer '{name}': {_nodes(room['fitting'])} would fit, but none is up and unlocked now"


def _size_warnings(layer: Layer, room: Row) -> Iterator[str]:
    """Which size no node has; each alone, or else both together."""
    sizes = ((room["ram"], room["most_ram"], "MB"), (layer.min_cores, room["most_cores"], "cores"))
    too_large = [
        f"layer '{layer.name}': no node with its tags has {asked} {unit}; the largest has {most}"
        for asked, most, unit in sizes
        if asked > most
    ]
    yield from too_large
    if not too_large:
        yield (
            f"layer '{layer.name}': no node with its tags has {layer.min_cores} cores and {room['ram']} MB "
            "together, as it is divided"
        )


def cap_warnings(layer: Layer, judged: Row) -> Iterator[str]:
    """Caps that are smaller than one task; `judged` is the row of `judged_launch`. A cap of -1 is none."""
    caps = (
        ("the job", judged["max_cores"]),
        (f"folder '{judged['folder_name']}'", judged["folder_max_cores"]),
    )
    for owner, cap in caps:
        if 0 <= cap < layer.min_cores:
            yield (
                f"layer '{layer.name}': a task needs {layer.min_cores} cores, "
                f"but {owner} may use at most {cap}: nothing of it will start"
            )


def range_warnings(layer: Layer) -> Iterator[str]:
    """Frames in an order that is perhaps not meant; a staggered range is."""
    frames = list(itertools.chain.from_iterable(layer.chunks))
    is_ascending = all(before < after for before, after in itertools.pairwise(frames))
    if not is_ascending and ":" not in (layer.range or ""):
        yield f"layer '{layer.name}': its frames are not in ascending order: they start in the order given"


def memory_warnings(layer: Layer, past: Row | None) -> Iterator[str]:
    """Memory that earlier tasks needed and this layer does not ask for; `past` is its row of `predict_layers`."""
    if past is None:
        return
    most = past["ram_high"]
    if most > layer.max_ram:
        yield (
            f"layer '{layer.name}': earlier tasks used up to {most} MB, more than its most of {layer.max_ram} MB"
        )
    elif most > layer.min_ram:
        yield f"layer '{layer.name}': earlier tasks used up to {most} MB; it asks for {layer.min_ram} MB"


def _nodes(count: int) -> str:
    return "1 node" if count == 1 else f"{count:,} nodes"
