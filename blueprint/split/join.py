"""Puts the parts of a picture together, value for value: 8, 16 and 32 bit, whole or floating, with all channels.

    python -m blueprint.split.join --columns 1 --rows 13 --output shot.0007.png -- part1.png part2.png ...

The parts come row by row from the top, each as a picture of full size. Names of channels, colour space and the like
are those of the first part. The picture is written whole or not at all.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blueprint.split.grid import grid
from plow_client.errors import Invalid, NotFound

if TYPE_CHECKING:
    import OpenImageIO as oiio

# Colours stay as they are in the file: neither multiplied by alpha nor divided by it.
_AS_IT_IS = "oiio:UnassociatedAlpha"


def join(parts: Sequence[Path], columns: int, rows: int, output: Path) -> None:
    """Write the whole picture. NotFound and Invalid name the part that does not fit."""
    spec, pixels = _read(parts[0])
    for place, file in zip(grid(columns, rows), parts, strict=True):
        other, other_pixels = _read(file) if place.column or place.row else (spec, pixels)
        if _kind(other) != _kind(spec):
            raise Invalid(f"'{file}' is {_kind(other)}, but '{parts[0]}' is {_kind(spec)}")
        box = place.box(spec.width, spec.height)
        rows_, columns_ = slice(box.top, box.bottom), slice(box.left, box.right)
        pixels[rows_, columns_] = other_pixels[rows_, columns_]
    _write(output, spec, pixels)


def _read(file: Path) -> tuple[oiio.ImageSpec, Any]:
    import OpenImageIO as oiio

    if not file.is_file():
        raise NotFound(f"no part '{file}'")
    config = oiio.ImageSpec()
    config.attribute(_AS_IT_IS, 1)
    image = oiio.ImageInput.open(str(file), config)
    if image is None:
        raise Invalid(f"cannot read '{file}': {oiio.geterror()}")
    spec = image.spec()
    if image.seek_subimage(1, 0):
        raise Invalid(f"'{file}' holds several pictures: write one, with all layers as its channels")
    pixels = image.read_image(0, 0, 0, spec.nchannels, spec.format)
    if pixels is None:
        raise Invalid(f"cannot read '{file}': {image.geterror()}")
    image.close()
    return spec, pixels.reshape(spec.height, spec.width, spec.nchannels)


def _kind(spec: oiio.ImageSpec) -> str:
    """What has to be the same in all parts, in words."""
    formats = sorted({str(kind) for kind in spec.channelformats}) or [str(spec.format)]
    return f"{spec.width} x {spec.height}, {', '.join(spec.channelnames)}, {' and '.join(formats)}"


def _write(output: Path, spec: oiio.ImageSpec, pixels: Any) -> None:
    import OpenImageIO as oiio

    half = output.with_name(f".half.{os.getpid()}.{output.name}")
    image = oiio.ImageOutput.create(str(half))
    if image is None:
        raise Invalid(f"cannot write '{output}': {oiio.geterror()}")
    try:
        if not (image.open(str(half), spec) and image.write_image(pixels) and image.close()):
            raise Invalid(f"cannot write '{output}': {image.geterror()}")
        half.replace(output)
    finally:
        half.unlink(missing_ok=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Join what the command line names."""
    parser = argparse.ArgumentParser(prog="join", description="Put the parts of a picture together.")
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("parts", type=Path, nargs="+")
    args = parser.parse_args(argv)
    if len(args.parts) != args.columns * args.rows:
        parser.error(f"{len(args.parts)} parts, but {args.columns} x {args.rows} are expected")
    try:
        join(args.parts, args.columns, args.rows, args.output)
    except ImportError as error:
        print(f"join: {error}: needs OpenImageIO on the node: pip install 'plow[split]'")
        return 1
    except (Invalid, NotFound) as error:
        print(f"join: {error}")
        return 1
    print(f"{len(args.parts)} parts joined to {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
