"""``taskrun``: does one task of a submitted job on the node. It opens the archive, finds the layer, runs it.

    taskrun ARCHIVE --layer NAME --range 1-5
    taskrun ARCHIVE --task NAME

Ends with the status of the command that failed, 1 for any other failure.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from blueprint import archive, process
from blueprint.layer import Layer
from blueprint.output import make_folders, missing
from plow_client.errors import PlowError
from plow_client.frames import parse_frames


def main(argv: Sequence[str] | None = None) -> int:
    """Run the task that the command line names."""
    args = _parser().parse_args(argv)
    process.end_on_terminate()
    try:
        layer = archive.load_layer(args.archive, args.task or args.layer)
        run(layer, [] if args.task else parse_frames(args.range))
    except process.CommandFailed as error:
        print(f"taskrun: {error}", file=sys.stderr)
        return error.status
    except process.Stopped as stopped:
        print(f"taskrun: {stopped}", file=sys.stderr)
        return 128 + 15
    except PlowError as error:
        print(f"taskrun: {error}", file=sys.stderr)
        return 1
    return 0


def run(layer: Layer, frames: Sequence[int]) -> None:
    """The life of a task on the node; it has failed if what it should have written is not there."""
    make_folders(layer.outputs(), frames)
    layer.before_execute(frames)
    layer.execute(frames)
    layer.after_execute(frames)
    absent = missing(layer.outputs(), frames)
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise process.CommandFailed(1, f"'{layer.name}' ended well but did not write '{absent[0]}'{more}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="taskrun", description="Do one task of a submitted job.")
    parser.add_argument("archive", type=Path, help="the folder that the submission made")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--layer", help="the layer; with --range")
    what.add_argument("--task", help="the task, which has no frames")
    parser.add_argument("--range", default="", help="the frames, e.g. 1-5")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
