"""V-Ray Standalone: a .vrscene file, one process for each frame, so that each picture has exactly its name.

Names of flags: Chaos's page on V-Ray Standalone's command line, and ``vray -help``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from blueprint.layer import Command, Frames
from blueprint.modules.program import Program, input_path
from blueprint.options import REQUIRED, Option
from blueprint.output import frame_path

_ENGINES: Final = {"production": 0, "cpu": 1, "cuda": 5, "rtx": 7}


class Vray(Program):
    """One V-Ray for each frame."""

    rules = ("vray",)
    per_frame = True

    scene = Option(Path, REQUIRED, "The .vrscene file, or that of a frame: vrscene/shot.####.vrscene.")
    output = Option(Path, REQUIRED, "Picture of a frame, e.g. out/shot.####.exr.")
    engine = Option(str, "production", "The regular renderer, or an RT engine.", choices=tuple(_ENGINES))
    width = Option(int, None, "Pixels across (-imgWidth).", minimum=1)
    height = Option(int, None, "Pixels down (-imgHeight).", minimum=1)
    camera = Option(str, None, "The camera's scene name (-camera).")
    include = Option(list[Path], [], "Folders where the scene finds its parts (-include).")
    set_values = Option(dict[str, str], {}, "Parameters to set, e.g. SettingsImageSampler::type and 3.")
    verbosity = Option(int, 3, "How much it says, 0 to 4 (-verboseLevel).", minimum=0)
    program = Option(str, "vray", "The program, where it is not found by this name.")

    def command(self, frames: Frames) -> Command:
        (frame,) = frames
        threads, engine = self.thread_count(), _ENGINES[self.engine]
        return [
            *(self.program, f"-sceneFile={input_path(self.scene, frame)}"),
            *(f"-imgFile={frame_path(self.output, frame)}", f"-frames={frame}", "-noFrameNumbers=1"),
            *("-display=0", "-autoClose=1", "-progressUseCR=0", "-progressUseColor=0"),
            f"-verboseLevel={self.verbosity}",
            *([f"-rtEngine={engine}"] if engine else []),
            *([f"-imgWidth={self.width}"] if self.width else []),
            *([f"-imgHeight={self.height}"] if self.height else []),
            *([f"-camera={self.camera}"] if self.camera else []),
            *(f"-include={folder}" for folder in self.include),
            *(f"-parameterOverride={name}={value}" for name, value in self.set_values.items()),
            *([f"-numThreads={threads}"] if threads else []),
            *self.args,
        ]
