"""The parts of a picture put together: not one value is another afterwards."""

from __future__ import annotations

import numpy as np
import OpenImageIO as oiio
import pytest

from blueprint.split.grid import grid
from blueprint.split.join import join, main
from plow_client.errors import Invalid, NotFound

WIDTH, HEIGHT = 31, 17
KINDS = [
    ("png", "uint8", "RGB"), ("png", "uint8", "RGBA"), ("png", "uint16", "RGB"), ("png", "uint16", "RGBA"),
    ("png", "uint16", "Y"), ("exr", "half", "RGBA"), ("exr", "float", "RGBAZ"), ("tif", "uint16", "RGBA"),
    ("tif", "float", "RGB"), ("tga", "uint8", "RGBA"), ("bmp", "uint8", "RGB"), ("ppm", "uint8", "RGB"),
]  # fmt: skip
TYPES = {"uint8": np.uint8, "uint16": np.uint16, "half": np.float16, "float": np.float32}


def make_spec(kind, channels):
    spec = oiio.ImageSpec(WIDTH, HEIGHT, len(channels), kind)
    spec.channelnames = tuple(channels)
    spec.attribute("oiio:UnassociatedAlpha", 1)
    return spec


def save(file, spec, pixels):
    image = oiio.ImageOutput.create(str(file))
    assert image.open(str(file), spec), image.geterror()
    assert image.write_image(pixels) and image.close(), image.geterror()


def load(file):
    config = oiio.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    image = oiio.ImageInput.open(str(file), config)
    spec = image.spec()
    return spec, image.read_image(0, 0, 0, spec.nchannels, spec.format).reshape(HEIGHT, WIDTH, -1)


def noise(kind, channels):
    """Every kind of value, also colour where alpha is nothing, and more than white."""
    random = np.random.default_rng(7)
    shape = (HEIGHT, WIDTH, len(channels))
    if kind in ("half", "float"):
        return random.normal(0.0, 40.0, shape).astype(TYPES[kind])
    pixels = random.integers(0, np.iinfo(TYPES[kind]).max, shape, dtype=TYPES[kind], endpoint=True)
    if "A" in channels:
        pixels[::2, ::3, -1] = 0
    return pixels


def cut(folder, columns, rows, suffix, spec, pixels):
    """Pictures of full size in which only a part is as it should be."""
    files = []
    for part in grid(columns, rows):
        box, own = part.box(WIDTH, HEIGHT), np.zeros_like(pixels)
        own[box.top : box.bottom, box.left : box.right] = pixels[box.top : box.bottom, box.left : box.right]
        files.append(folder / f"{part.word}.{suffix}")
        save(files[-1], spec, own)
    return files


@pytest.mark.parametrize(("suffix", "kind", "channels"), KINDS, ids="-".join)
@pytest.mark.parametrize(("columns", "rows"), [(1, 13), (3, 2)])
def test_a_picture_is_the_same_after_it_was_cut_and_joined(tmp_path, suffix, kind, channels, columns, rows):
    spec, pixels = make_spec(kind, channels), noise(kind, channels)
    save(tmp_path / f"whole.{suffix}", spec, pixels)
    join(cut(tmp_path, columns, rows, suffix, spec, pixels), columns, rows, tmp_path / f"out.{suffix}")

    (whole, expected), (joined, found) = load(tmp_path / f"whole.{suffix}"), load(tmp_path / f"out.{suffix}")
    assert np.array_equal(found, expected)
    assert (joined.format, joined.channelnames) == (whole.format, whole.channelnames)


def test_an_exr_keeps_the_type_of_each_channel(tmp_path):
    spec = make_spec("float", "RGBZ")
    spec.channelformats = tuple(oiio.TypeDesc(kind) for kind in ("half", "half", "half", "float"))
    pixels = noise("float", "RGBZ")
    save(tmp_path / "whole.exr", spec, pixels)
    join(cut(tmp_path, 2, 2, "exr", spec, pixels), 2, 2, tmp_path / "out.exr")

    (whole, expected), (joined, found) = load(tmp_path / "whole.exr"), load(tmp_path / "out.exr")
    assert [str(kind) for kind in joined.channelformats] == ["half", "half", "half", "float"]
    assert joined.channelformats == whole.channelformats
    assert np.array_equal(found, expected)


def test_a_part_that_is_not_there_is_named(tmp_path):
    files = cut(tmp_path, 1, 2, "png", make_spec("uint8", "RGB"), noise("uint8", "RGB"))
    files[1].unlink()

    with pytest.raises(NotFound, match=f"no part '{files[1]}'"):
        join(files, 1, 2, tmp_path / "out.png")


def test_a_part_of_another_kind_is_named_and_nothing_is_written(tmp_path):
    spec, pixels = make_spec("uint8", "RGB"), noise("uint8", "RGB")
    files = cut(tmp_path, 1, 2, "png", spec, pixels)
    save(files[1], make_spec("uint16", "RGB"), noise("uint16", "RGB"))

    with pytest.raises(
        Invalid, match=r"r2\.png' is 31 x 17, R, G, B, uint16, but .*r1\.png' is 31 x 17, R, G, B, uint8"
    ):
        join(files, 1, 2, tmp_path / "out.png")
    assert {file.name for file in tmp_path.iterdir()} == {"r1.png", "r2.png"}


def test_a_damaged_part_ends_the_task_with_a_sentence(tmp_path, capsys):
    files = cut(tmp_path, 1, 2, "png", make_spec("uint8", "RGB"), noise("uint8", "RGB"))
    files[1].write_bytes(files[1].read_bytes()[:200])
    words = ["--columns", "1", "--rows", "2", "--output", str(tmp_path / "out.png"), "--", *map(str, files)]

    assert main(words) == 1
    assert capsys.readouterr().out.startswith(f"join: cannot read '{files[1]}'")
    assert not (tmp_path / "out.png").exists()
