"""The ray tracer as a program: ``python -m blueprint.raytracer.render --frame 5 --output 5.png``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from blueprint.raytracer import picture, png


def main(argv: Sequence[str] | None = None) -> int:
    """Render one frame; tells how far it is in lines that the farm reads."""
    parser = argparse.ArgumentParser(prog="render", description="Render one frame of the dancing balls.")
    parser.add_argument("--frame", type=int, required=True, help="number of the frame, from 1")
    parser.add_argument("--loop", type=int, default=24, help="frames after which the dance begins anew")
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=180)
    parser.add_argument("--output", type=Path, required=True, help="the PNG to write")
    args = parser.parse_args(argv)
    phase = ((args.frame - 1) % args.loop) / args.loop
    rows = picture.render(args.width, args.height, phase, _Progress())
    png.write(args.output, args.width, rows)
    print(f"frame {args.frame} written to {args.output}", flush=True)
    return 0


class _Progress:
    """Prints every tenth part once."""

    def __init__(self) -> None:
        self.tenths = 0

    def __call__(self, done: float) -> None:
        if int(done * 10) > self.tenths:
            self.tenths = int(done * 10)
            print(f"PLOW_PROGRESS {self.tenths / 10}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
