"""Maya: frames of a scene through ``Render``, Maya's command-line renderer, with any of its renderers.

Names of flags: Autodesk's "Common flags for the command line renderer", and the renderers' own lists. Where the
form of the pictures' names is the scene's to say (V-Ray, Redshift, RenderMan), set Name.#.Ext there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blueprint.layer import Command, Frames
from blueprint.modules.program import StepProgram, given
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_digits


@dataclass(frozen=True)
class _Renderer:
    """What ``Render -r`` calls it, its flag for threads, whether it takes the form of a picture's name, and more."""

    name: str
    threads: str | None = None
    names_pictures: bool = False
    words: Sequence[str] = ()


_RENDERERS: Final = {
    "scene": _Renderer("file"),
    "arnold": _Renderer("arnold", "-ai:threads", names_pictures=True, words=("-ai:lve", "2", "-ai:ltc", "1")),
    "vray": _Renderer("vray"),
    "redshift": _Renderer("redshift"),
    "renderman": _Renderer("renderman"),
    "mentalray": _Renderer("mr", "-rt", names_pictures=True),
    "software": _Renderer("sw", "-n", names_pictures=True),
    "hardware": _Renderer("hw2", names_pictures=True),
    "vector": _Renderer("vr", names_pictures=True),
}
_NAME_DOT_FRAME_DOT_EXT: Final = "3"


class Maya(StepProgram):
    """One ``Render`` for each run of even step; a chunk loads the scene once."""

    rules = ("maya",)

    scene = Option(Path, REQUIRED, "The .ma or .mb file.")
    renderer = Option(
        str, "scene", "Who renders; scene: the one it was saved with.", choices=tuple(_RENDERERS)
    )
    output = Option(
        Path,
        None,
        "Picture of a frame, e.g. images/shot.####.exr; unset: as the scene says, and nobody looks.",
    )
    project = Option(Path, None, "Maya's project folder (-proj).")
    camera = Option(str, None, "The camera to render; unset: those the scene marks (-cam).")
    render_layer = Option(str, None, "The render layer; unset: those the scene marks (-rl).")
    width = Option(int, None, "Pixels across (-x).", minimum=1)
    height = Option(int, None, "Pixels down (-y).", minimum=1)
    percent = Option(float, None, "Size in percent of the resolution (-percentRes).", minimum=1)
    pre_render = Option(str, None, "MEL to run before the render (-preRender).")
    post_render = Option(str, None, "MEL to run after the render (-postRender).")
    pre_frame = Option(str, None, "MEL to run before each frame (-preFrame).")
    post_frame = Option(str, None, "MEL to run after each frame (-postFrame).")
    program = Option(str, "Render", "The program, where it is not found by this name.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.output is not None and self.output.name.count(".") != 2:
            raise self.problem(f"output = '{self.output.name}': expected name.####.ext, as Maya writes them")

    def command(self, frames: Frames) -> Command:
        renderer = _RENDERERS[self.renderer]
        step = frames[1] - frames[0] if len(frames) > 1 else 1
        threads = given(renderer.threads, self.thread_count()) if renderer.threads else []
        return [
            *(self.program, "-r", renderer.name),
            *("-s", str(frames[0]), "-e", str(frames[-1]), "-b", str(step)),
            *given("-proj", self.project),
            *self._picture(renderer),
            *given("-cam", self.camera),
            *given("-rl", self.render_layer),
            *given("-x", self.width),
            *given("-y", self.height),
            *given("-percentRes", None if self.percent is None else f"{self.percent:g}"),
            *given("-preRender", self.pre_render),
            *given("-postRender", self.post_render),
            *given("-preFrame", self.pre_frame),
            *given("-postFrame", self.post_frame),
            *threads,
            *renderer.words,
            *self.args,
            str(self.scene),
        ]

    def _picture(self, renderer: _Renderer) -> list[str]:
        if self.output is None:
            return []
        stem, _, kind = self.output.name.split(".")
        form = ["-of", kind, "-fnc", _NAME_DOT_FRAME_DOT_EXT] if renderer.names_pictures else []
        folder = ["-rd", str(self.output.parent), "-im", stem]
        return [*folder, *form, "-pad", str(frame_digits(self.output))]
