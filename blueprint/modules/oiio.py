"""OpenImageIO: pictures changed frame by frame, with oiiotool or with iconvert.

Names of flags: OpenImageIO's chapters on oiiotool and iconvert.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, given, input_path, switch
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path

_TYPES: Final = ("uint8", "sint8", "uint10", "uint12", "uint16", "sint16", "half", "float", "double")


class Oiiotool(Program):
    """One oiiotool for each frame: reads a picture, does to it what ``args`` say, writes it."""

    rules = ("oiiotool",)
    per_frame = True
    scenes = ("images",)

    images = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr, or one for all.")
    output = Option(Path, REQUIRED, "Picture to write, e.g. small/shot.####.png.")
    resize = Option(str, None, "New size, e.g. 960x540, 50%, or 960x0 to keep the shape (--resize).")
    colours = Option(list[str], None, "From which colour space to which (--colorconvert).")
    type = Option(str, None, "How values are stored (-d).", choices=_TYPES)
    compression = Option(str, None, "E.g. zip, dwaa:45, jpeg:90 (--compression).")
    args = Option(list[str], [], "More of oiiotool's own words between reading and writing.")
    program = Option(str, "oiiotool", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.colours is not None and len(self.colours) != 2:
            raise self.problem(f"colours = {self.colours}: expected two names, from and to")

    def command(self, frames: Frames) -> Command:
        """Paths are taken as they are: # and {} in them mean nothing."""
        (frame,) = frames
        return [
            *(self.program, "--wildcardoff", "--evaloff"),
            *given("--threads", self.thread_count()),
            *(str(input_path(self.images, frame)), "--evalon"),
            *given("--resize", self.resize),
            *(["--colorconvert", *self.colours] if self.colours else []),
            *self.args,
            *given("-d", self.type),
            *given("--compression", self.compression),
            *("--evaloff", "-o", str(frame_path(self.output, frame))),
        ]


class Iconvert(Program):
    """One iconvert for each frame: another format, another way to store values, other metadata."""

    rules = ("oiiotool",)
    per_frame = True
    scenes = ("images",)

    images = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr, or one for all.")
    output = Option(Path, None, "Picture to write, e.g. jpg/shot.####.jpg; unset only with inplace.")
    inplace = Option(bool, False, "Change the pictures themselves.")
    type = Option(str, None, "How values are stored (-d).", choices=_TYPES)
    gamma = Option(float, None, "Gamma correction (-g).", minimum=0)
    tile = Option(list[int], None, "Write tiles of this width and height.")
    scanline = Option(bool, False, "Write scan lines.")
    separate = Option(bool, False, "Store channel by channel.")
    contig = Option(bool, False, "Store pixel by pixel.")
    compression = Option(str, None, "How the file is packed, e.g. zip or jpeg:90.")
    quality = Option(int, None, "Quality of the packing, 1 to 100.", minimum=1)
    no_copy_image = Option(bool, False, "Decode and encode again even where nothing would change.")
    adjust_time = Option(bool, False, "Give the file the time that its metadata say.")
    caption = Option(str, None, "The picture's description.")
    keyword = Option(list[str], [], "Keywords to add.")
    clear_keywords = Option(bool, False, "Take the keywords away.")
    attrib = Option(dict[str, str], {}, "Metadata to set: name and value.")
    orientation = Option(int, None, "Which way is up, 1 to 8 as in TIFF.", minimum=1)
    rotcw = Option(bool, False, "Note a quarter turn clockwise.")
    rotccw = Option(bool, False, "Note a quarter turn counter-clockwise.")
    rot180 = Option(bool, False, "Note a half turn.")
    srgb = Option(bool, False, "Note that the values are sRGB (--sRGB).")
    no_clobber = Option(bool, False, "Leave a picture that is there already.")
    program = Option(str, "iconvert", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if (self.output is None) != self.inplace:
            raise self.problem("say either output or inplace=True")
        if self.tile is not None and len(self.tile) != 2:
            raise self.problem(f"tile = {self.tile}: expected a width and a height")
        if self.orientation is not None and self.orientation > 8:
            raise self.problem(f"orientation = {self.orientation}: expected 1 to 8")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        source = str(input_path(self.images, frame))
        return [
            self.program,
            *given("--threads", self.thread_count()),
            *self._words(),
            *self.args,
            *(
                ["--inplace", source]
                if self.output is None
                else [source, str(frame_path(self.output, frame))]
            ),
        ]

    def _words(self) -> list[str]:
        return [
            *given("-d", self.type),
            *given("-g", None if self.gamma is None else f"{self.gamma:g}"),
            *(["--tile", *map(str, self.tile)] if self.tile else []),
            *given("--compression", self.compression),
            *given("--quality", self.quality),
            *given("--caption", self.caption),
            *(word for keyword in self.keyword for word in ("--keyword", keyword)),
            *(word for name, value in self.attrib.items() for word in ("--attrib", name, value)),
            *given("--orientation", self.orientation),
            *(word for option, word in _SWITCHES.items() for word in switch(word, bool(self.values[option]))),
        ]


_SWITCHES: Final = {
    "scanline": "--scanline",
    "separate": "--separate",
    "contig": "--contig",
    "no_copy_image": "--no-copy-image",
    "adjust_time": "--adjust-time",
    "clear_keywords": "--clear-keywords",
    "rotcw": "--rotcw",
    "rotccw": "--rotccw",
    "rot180": "--rot180",
    "srgb": "--sRGB",
    "no_clobber": "--no-clobber",
}
