"""Which task waits for which, frame by frame. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def pair_by_frame(dependent: Sequence[Sequence[int]], on: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Places (from 0) of tasks that wait, and of those that hold one of their frames, each pair once.

    Real frames count, not first frame and chunk: ``1-10x2`` in chunks of two waits for 1 and 3, not for 2.
    """
    holder = {frame: place for place, frames in enumerate(on) for frame in frames}
    return [
        (place, held)
        for place, frames in enumerate(dependent)
        for held in dict.fromkeys(holder[frame] for frame in frames if frame in holder)
    ]
