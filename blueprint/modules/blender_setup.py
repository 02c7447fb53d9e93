"""What a .blend file has in it: range, cameras, and the files that its compositor writes.

``BlenderSetup(layer)`` is a task that looks before the layer renders; the farm and the layer's tasks learn of the
outputs that it found. ``read_scene`` looks right away, where Blender is at hand, so that a blueprint can use what
it says.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blueprint.job import current_job
from blueprint.layer import Command, Frames, Layer
from blueprint.options import REQUIRED, Option, unknown
from blueprint.output import Output
from blueprint.task import SetupTask
from plow_client.errors import Invalid

_LOOK = Path(__file__).with_name("blender_scene.py")


@dataclass(frozen=True)
class Scene:
    """A scene of a .blend file; `outputs` are the files of its File Output nodes, with #### for the frame."""

    name: str
    first: int
    last: int
    step: int
    fps: float
    width: int
    height: int
    engine: str
    camera: str | None
    cameras: list[str]
    view_layers: list[str]
    outputs: list[Output]

    @property
    def range(self) -> str:
        """Its frames: ``1-24``, ``1-24x2``."""
        return f"{self.first}-{self.last}" + (f"x{self.step}" if self.step > 1 else "")


class BlenderSetup(SetupTask):
    """Looks into the file of a Blender layer before it renders: what its compositor writes, the layer writes too."""

    scene = Option(Path, REQUIRED, "The .blend file.")
    scene_name = Option(str, None, "The scene inside the file; unset: the one it was saved with.")
    factory_startup = Option(bool, True, "Ignore the preferences and add-ons of whoever the task runs as.")
    program = Option(str, "blender", "The program, where it is not found by this name.")

    def __init__(self, layer: Layer | str, **options: object) -> None:
        shared = {} if isinstance(layer, str) else {name: layer.values[name] for name in _SHARED}
        super().__init__(layer, **{**shared, **options})

    def execute(self, frames: Frames) -> None:
        found = _look(self, self.scene, self.program, self.factory_startup, self.scene_name)
        print(f"scene {found.name}: frames {found.range}, cameras {', '.join(found.cameras) or 'none'}")
        for output in found.outputs:
            print(f"writes {output.path}")
            if self.target is not None:
                self.target.add_output(output.name, output.path, **output.attrs)


_SHARED = ("scene", "scene_name", "factory_startup", "program")


def read_scene(file: Path | str, scene_name: str | None = None, program: str = "blender") -> Scene:
    """What a scene has in it, asked of Blender now: ``this_job().range = read_scene("shot.blend").range``."""
    job = current_job()
    return _look(None, (job.folder if job else Path.cwd()) / file, program, True, scene_name)


def _look(layer: Layer | None, file: Path, program: str, factory: bool, name: str | None) -> Scene:
    with tempfile.TemporaryDirectory(prefix="scene-") as folder:
        answer = Path(folder) / "found.json"
        (layer.run if layer else _run_quietly)(_command(file, program, factory, answer))
        found = json.loads(answer.read_text(encoding="utf-8"))
    wanted = name or found["current"]
    for scene in found["scenes"]:
        if scene["name"] == wanted:
            return _scene(scene)
    raise unknown(wanted, f"scene of '{file}'", [scene["name"] for scene in found["scenes"]])


def _run_quietly(command: Command) -> None:
    """While a blueprint is loaded the output belongs to whoever loads it; of a failure the end is told."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError as error:
        raise Invalid(f"cannot start '{command[0]}': {error.strerror}") from error
    if done.returncode:
        told = " / ".join(done.stdout.decode(errors="replace").strip().splitlines()[-3:])
        raise Invalid(f"'{command[0]}' ended with status {done.returncode}: {told}")


def _command(file: Path, program: str, factory: bool, answer: Path) -> Command:
    return [
        *(program, "--background"),
        *(["--factory-startup"] if factory else []),
        *("-noaudio", "--python-exit-code", "1", str(file), "--python", str(_LOOK), "--", str(answer)),
    ]


def _scene(plain: dict[str, Any]) -> Scene:
    size = {"width": str(plain["width"]), "height": str(plain["height"])}
    outputs = [
        Output(f"{each['node']}.{each['pass']}", each.pop("path"), {**each, **size})
        for each in plain.pop("outputs")
    ]
    return Scene(**plain, outputs=outputs)
