"""A contact sheet: all frames of a layer in one picture, each with its number."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option
from blueprint.output import Output, frame_path
from blueprint.process import python_command
from plow_client.errors import Invalid, NotFound
from plow_client.frames import frames_text, parse_frames

if TYPE_CHECKING:
    from PIL import Image

_BACK, _INK, _GAP = (24, 26, 32), (226, 228, 234), 8


class ContactSheet(Layer):
    """One task for all its frames; usually ``depend="that_layer:all"``."""

    images = Option(Path, REQUIRED, "Pictures to show, e.g. out/balls.####.png.")
    output = Option(Path, REQUIRED, "The sheet to write.")
    columns = Option(int, 6, "Pictures side by side.", minimum=1)
    cell = Option(int, 320, "Width of a picture on the sheet.", minimum=16)
    chunk = Option(int, 0, "A sheet is one task for all its frames.", minimum=0)

    def command(self, frames: Frames) -> Command:
        numbers = [
            "--frames=" + frames_text(frames),
            "--columns",
            str(self.columns),
            "--cell",
            str(self.cell),
        ]
        return [
            *python_command("blueprint.modules.contactsheet"),
            "--images", str(self.images), "--output", str(self.output), *numbers,
        ]  # fmt: skip

    def outputs(self) -> list[Output]:
        return [*super().outputs(), Output("sheet", str(self.output))]


def draw(images: Path, frames: Sequence[int], columns: int, cell: int) -> Image.Image:
    """The sheet as a picture. NotFound names the first frame that is not there."""
    from PIL import Image, ImageDraw, ImageFont

    first = _open(images, frames[0])
    size = (cell, max(1, round(cell * first.height / first.width)))
    label = max(10, cell // 16)
    step = (size[0] + _GAP, size[1] + label + 2 * _GAP)
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    sheet = Image.new("RGB", (columns * step[0] + _GAP, rows * step[1] + _GAP), _BACK)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(label)
    for number, frame in enumerate(frames):
        left, top = _GAP + number % columns * step[0], _GAP + number // columns * step[1]
        sheet.paste(_open(images, frame).resize(size, Image.Resampling.LANCZOS), (left, top))
        pen.text((left + 2, top + size[1] + _GAP // 2), str(frame), _INK, font)
    return sheet


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the sheet and write it, the whole file or none of it."""
    parser = argparse.ArgumentParser(prog="contactsheet", description="Put frames on one sheet.")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--frames", required=True)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--cell", type=int, default=320)
    args = parser.parse_args(argv)
    part = args.output.with_name(f".part.{args.output.name}")
    try:
        draw(args.images, parse_frames(args.frames), args.columns, args.cell).save(part)
        part.replace(args.output)
    except ImportError:
        print("contactsheet: needs Pillow on the node: pip install 'plow[demo]'")
        return 1
    except (Invalid, NotFound) as error:
        print(f"contactsheet: {error}")
        return 1
    print(f"sheet written to {args.output}")
    return 0


def _open(images: Path, frame: int) -> Image.Image:
    from PIL import Image

    file = frame_path(images, frame)
    try:
        return Image.open(file).convert("RGB")
    except OSError as error:
        raise NotFound(f"no picture of frame {frame}: '{file}' ({error})") from error


if __name__ == "__main__":
    raise SystemExit(main())
