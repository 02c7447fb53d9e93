"""FFmpeg: a movie from pictures, whatever their numbers: with steps, before zero, backwards.

FFmpeg counts pictures up by one and stops without a word where one is missing. So the task first looks whether
all are there, then gives FFmpeg a folder of links that are numbered from 0 in the order of the frames.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar, Final

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, given
from blueprint.options import REQUIRED, Option
from blueprint.output import Output, frame_path
from plow_client.errors import NotFound

_CODECS: Final = {
    "h264": "libx264",
    "h265": "libx265",
    "prores": "prores_ks",
    "dnxhr": "dnxhd",
    "vp9": "libvpx-vp9",
}


class Ffmpeg(Program):
    """One task for all its frames; usually ``depend="that_layer:all"``."""

    rules = ("ffmpeg",)
    scenes = ()
    framed = ("images",)
    links: ClassVar[Path] = Path("FRAMES")  # in a task: the folder with its links

    images = Option(Path, REQUIRED, "Pictures to show, e.g. out/shot.####.png.")
    output = Option(Path, REQUIRED, "The movie to write, e.g. out/shot.mp4; its ending says which container.")
    fps = Option(float, 24.0, "Pictures in a second.", minimum=0.01)
    codec = Option(str, "h264", "How the picture is packed, or any encoder's name of FFmpeg's (-c:v).")
    crf = Option(int, None, "Constant quality: lower is better and larger (-crf).", minimum=0)
    pixel_format = Option(str, "yuv420p", "How pixels are stored; yuv420p plays everywhere (-pix_fmt).")
    filters = Option(str, None, "FFmpeg's filters for the picture, e.g. scale=1280:-2 (-vf).")
    audio = Option(Path, None, "A sound file to go with it.")
    args = Option(list[str], [], "More arguments for the movie, before its name.")
    chunk = Option(int, 0, "A movie is one task for all its frames.", minimum=0)
    program = Option(str, "ffmpeg", "The program, where it is not found by this name.")

    def setup(self) -> None:
        super().setup()
        if self.audio is not None:
            self.need_file("audio")

    def command(self, frames: Frames) -> Command:
        link = self.links / f"%d{self.images.suffix}"
        return [
            *(self.program, "-hide_banner", "-nostdin", "-y"),
            *("-framerate", f"{self.fps:g}", "-start_number", "0", "-i", str(link)),
            *given("-i", self.audio),
            *(["-shortest"] if self.audio else []),
            *("-c:v", _CODECS.get(self.codec, self.codec)),
            *given("-crf", self.crf),
            *("-pix_fmt", self.pixel_format),
            *given("-vf", self.filters),
            *given("-threads", self.thread_count()),
            *self.args,
            str(_part(self.output)),
        ]

    def execute(self, frames: Frames) -> None:
        """The movie has its name when it is whole."""
        with tempfile.TemporaryDirectory(prefix="frames-") as folder:
            self.links = Path(folder)  # type: ignore[misc]
            for number, frame in enumerate(frames):
                (self.links / f"{number}{self.images.suffix}").symlink_to(self._picture(frame))
            try:
                self.run(self.command(frames))
                _part(self.output).replace(self.output)
            finally:
                _part(self.output).unlink(missing_ok=True)

    def outputs(self) -> list[Output]:
        return [*self.added_outputs, Output("movie", str(self.output))]

    def _picture(self, frame: int) -> Path:
        picture = frame_path(self.images, frame)
        if not picture.is_file() or not picture.stat().st_size:
            raise NotFound(f"no picture of frame {frame}: '{picture}'")
        return picture.absolute()


def _part(movie: Path) -> Path:
    return movie.with_name(f".part.{movie.name}")
