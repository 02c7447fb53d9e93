"""``taskrun``: does one task of a submitted job on the node. It opens the archive, finds the layer, runs it.

    taskrun ARCHIVE --sum SUM --layer NAME --range 1-5
    taskrun ARCHIVE --sum SUM --task NAME

As in 2012 it takes a blueprint itself too, and ``-layer``, ``-range``, ``-task``, ``-verbose`` and ``-debug``.
Ends with the status of the command that failed, 1 for any other failure.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from blueprint import archive, hooks, process
from blueprint.layer import Layer
from blueprint.output import make_folders, missing
from blueprint.task import SetupTask
from plow_client.errors import PlowError
from plow_client.frames import parse_frames
from plow_client.logs import set_up


def main(argv: Sequence[str] | None = None) -> int:
    """Run the task that the command line names."""
    args = _parser().parse_args(argv)
    process.end_on_terminate()
    if args.verbose or args.debug:
        set_up(debug=args.debug)
    try:
        layer = _open(args.archive, args.task or args.layer, args.sum)
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


def _open(path: Path, name: str, submitted: str | None) -> Layer:
    """From an archive, from the job.json in it, or straight from a blueprint."""
    if path.is_file() and path.name != archive.JOB_FILE:
        from blueprint.loader import load  # a task of the farm need not wait for its readers

        return load(path).layer(name)
    return archive.load_layer(path.parent if path.is_file() else path, name, submitted)


def run(layer: Layer, frames: Sequence[int]) -> None:
    """The life of a task on the node; it has failed if what it should have written is not there."""
    make_folders(layer.outputs(), frames)
    layer.before_execute(frames)
    hooks.tell("before_execute", layer)
    layer.execute(frames)
    layer.after_execute(frames)
    if isinstance(layer, SetupTask):
        layer.keep_outputs()
    hooks.tell("after_execute", layer)
    absent = missing(layer.outputs(), frames)
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise process.CommandFailed(1, f"'{layer.name}' ended well but did not write '{absent[0]}'{more}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="taskrun", description="Do one task of a submitted job.")
    parser.add_argument("archive", type=Path, help="the folder that the submission made, or a blueprint")
    parser.add_argument("--sum", help="the checksum of what was submitted, as the farm's command has it")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--layer", "-layer", help="the layer; with --range")
    what.add_argument("--task", "-task", help="the task, which has no frames")
    parser.add_argument("--range", "-range", default="", help="the frames, e.g. 1-5")
    parser.add_argument("--verbose", "-verbose", action="store_true", help="show what happens")
    parser.add_argument("--debug", "-debug", action="store_true", help="show the small steps too")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
