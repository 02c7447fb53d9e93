"""Runs inside hython: renders a node of a .hip file, frame by frame in the order given.

hython houdini_render.py --hip shot.hip --node /out/karma1 --frames=1,3,2
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Open the file, set what was asked for, render; what is not there ends it with 1 and a line that says what."""
    import hou  # type: ignore[import-not-found]  # Houdini's own; there is none outside of it

    args = _parser().parse_args(argv)
    try:
        if args.threads:
            hou.setMaxThreads(args.threads)
        hou.hipFile.load(args.hip, suppress_save_prompt=True, ignore_load_warnings=True)
        node = _wanted(hou.node(args.node), "node", args.node)
        if args.take:
            hou.takes.setCurrentTake(_wanted(hou.takes.findTake(args.take), "take", args.take))
        if args.camera:
            _wanted(node.parm("camera"), "parameter 'camera' in", args.node).set(args.camera)
        frames = [int(frame) for frame in args.frames.split(",")]
        _render(node, frames, args.picture or [None] * len(frames), args.size)
    except (LookupError, hou.Error) as error:
        print(f"houdini_render: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="houdini_render")
    parser.add_argument("--hip", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--frames", required=True)
    parser.add_argument("--picture", action="append", help="one for each frame, in their order")
    parser.add_argument("--camera")
    parser.add_argument("--take")
    parser.add_argument("--size", nargs=2, type=int)
    parser.add_argument("--threads", type=int)
    return parser


def _render(node: Any, frames: Sequence[int], pictures: Sequence[str | None], size: list[int] | None) -> None:
    """Each frame by itself: a node knows only ranges that count up."""
    words: dict[str, object] = {"res": tuple(size)} if size else {}
    for done, (frame, picture) in enumerate(zip(frames, pictures)):  # noqa: B905 - Houdini 19 has Python 3.9
        print(f"ALF_PROGRESS {100 * done // len(frames)}%", flush=True)
        if hasattr(node, "render"):
            node.render(frame_range=(frame, frame), **words, **({"output_file": picture} if picture else {}))
        else:  # a node of /stage or of geometry that writes files has a button instead
            _press(node, frame)
    print("ALF_PROGRESS 100%", flush=True)


def _press(node: Any, frame: int) -> None:
    _wanted(node.parm("trange"), "parameter 'trange' in", node.path()).set(1)
    for name, value in (("f1", frame), ("f2", frame), ("f3", 1)):
        parm = _wanted(node.parm(name), f"parameter '{name}' in", node.path())
        parm.deleteAllKeyframes()  # these hold $FSTART and $FEND
        parm.set(value)
    _wanted(node.parm("execute"), "button 'execute' in", node.path()).pressButton()


def _wanted(thing: Any, what: str, name: str) -> Any:
    """The thing, or an error that names what is not there."""
    if thing is None:
        raise LookupError(f"no {what} '{name}'")
    return thing


if __name__ == "__main__":
    sys.exit(main())
