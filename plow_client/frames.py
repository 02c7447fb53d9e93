"""Frame ranges, chunks and task names: the one reading of ``1-10x2`` for server, blueprint and wrangler.

A range is parts joined by commas, and a part is one of

    7  -3        one frame
    1-10         one after the other
    1-10x3       every third from the first: 1 4 7 10
    1-10y3       all but every third: 2 3 5 6 8 9
    1-10:3       staggered, with step 3, then 2, then 1: 1 4 7 10 3 5 9 2 6 8

The order is kept, and a frame named twice keeps its first place. Here fileseq would forgive (a trailing
comma, a range that counts down, half frames); we name the part instead, because a forgotten frame is
noticed after a night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from fileseq.frameset import FrameSet

from plow_client.errors import Invalid

MOST_FRAMES = 1_000_000
LONGEST_TEXT = 8_000_000
_LOWEST, _HIGHEST = -(2**31), 2**31 - 1  # a task's number is an i32
_PART = re.compile(r"(-?[0-9]{1,10})(?:-(-?[0-9]{1,10})(?:([xy:])([0-9]{1,10}))?)?")


def parse_frames(text: str) -> list[int]:
    """The frames of a range in their order; Invalid names the part that makes no sense."""
    if not text:
        raise Invalid("an empty frame range")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"a frame range of {len(text)} characters is too long")
    parts: list[Sequence[int]] = []
    named = 0
    for part in text.split(","):
        parts.append(_frames_of_part(part, text))
        named += len(parts[-1])
        if named > MOST_FRAMES:
            raise Invalid(f"frame range '{_short(text)}' has more than {MOST_FRAMES:,} frames")
    if len(parts) == 1:
        return list(parts[0])  # no frame is there twice: spares a large range a large dictionary
    return list(dict.fromkeys(chain.from_iterable(parts)))


def chunk_frames(frames: Sequence[int], chunk: int) -> list[list[int]]:
    """Cut the ordered frames into tasks of `chunk`; 0 or less means all in one."""
    size = chunk if chunk > 0 else max(len(frames), 1)
    return [list(frames[start : start + size]) for start in range(0, len(frames), size)]


def task_name(number: int, layer: str) -> str:
    """``0007-beauty``, ``-005-beauty``: four characters, sign included."""
    return f"{number:04d}-{layer}"


def frames_text(frames: Iterable[int]) -> str:
    """A short range that `parse_frames` turns into exactly these frames again: ``1-5``, ``1-9x2,4``."""
    return ",".join(_run_text(*run) for run in frame_runs(list(frames)))


def _frames_of_part(part: str, text: str) -> Sequence[int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise Invalid(f"'{_short(part)}' is no frame or range of frames, in '{_short(text)}'")
    first = int(match[1])
    last = first if match[2] is None else int(match[2])
    if not _LOWEST <= min(first, last) <= max(first, last) <= _HIGHEST:
        raise Invalid(f"'{part}' has a frame number beyond {_HIGHEST}")
    if last < first:
        raise Invalid(f"'{part}' ends before it starts, in '{_short(text)}'")
    count = last - first + 1
    if count > MOST_FRAMES and match[3] != "x":
        raise Invalid(f"'{part}' has more than {MOST_FRAMES:,} frames")
    return (
        range(first, last + 1) if match[3] is None else _stepped(part, first, last, match[3], int(match[4]))
    )


def _stepped(part: str, first: int, last: int, how: str, step: int) -> Sequence[int]:
    if step == 0:
        raise Invalid(f"'{part}' has a step of 0")
    if how == "x":
        return range(first, last + 1, step)
    if how == ":":
        return _staggered(first, last, step)
    found = [int(frame) for frame in FrameSet(f"{first}-{last}{how}{step}")]
    if not found:
        raise Invalid(f"'{part}' leaves no frame")
    return found


def _staggered(first: int, last: int, step: int) -> Sequence[int]:
    """Every step-th frame, every (step - 1)-th that is still missing, and so on.

    A frame comes with the longest step that meets it. fileseq goes over the range once for each step, which
    takes 5 s for a million frames; here the steps beyond half the range, which meet one frame each, cost nothing.
    """
    count = last - first + 1
    met_by = [1] * count  # the longest step that meets the frame
    half = min(step, (count - 1) // 2)
    for shorter in range(2, half + 1):
        met_by[::shorter] = [shorter] * ((count - 1) // shorter + 1)
    for longer in range(half + 1, min(step, count - 1) + 1):
        met_by[longer] = longer
    met_by[0] = count
    return [first + place for place in sorted(range(count), key=met_by.__getitem__, reverse=True)]


def frame_runs(frames: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Cut frames, in their order, into (first, last, step) with steps of at least 1; a lone one is its own run."""
    start = 0
    while start < len(frames):
        end = start + 1
        step = frames[end] - frames[start] if end < len(frames) else 0
        if step < 1:
            yield frames[start], frames[start], 1
            start = end
            continue
        while end + 1 < len(frames) and frames[end + 1] - frames[end] == step:
            end += 1
        if end == start + 1 and step > 1:  # two frames make no pattern: leave the second to the next run
            end = start
        yield frames[start], frames[end], step
        start = end + 1


def _run_text(first: int, last: int, step: int) -> str:
    if first == last:
        return str(first)
    return f"{first}-{last}" if step == 1 else f"{first}-{last}x{step}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
