"""Which module a short name means: ours, then those that installed packages offer.

A package offers its modules in the entry-point group ``blueprint.modules``: ``maya = studio.layers:Maya``.
"""

from __future__ import annotations

import importlib
import re
from importlib.metadata import entry_points
from typing import Final

from blueprint.layer import Layer
from blueprint.options import unknown
from plow_client.errors import Invalid

GROUP: Final = "blueprint.modules"
OURS: Final[dict[str, str]] = {
    "arnold": "blueprint.modules.arnold:Arnold",
    "blender": "blueprint.modules.blender:Blender",
    "command": "blueprint.modules.shell:ShellCommand",
    "contactsheet": "blueprint.modules.contactsheet:ContactSheet",
    "ffmpeg": "blueprint.modules.ffmpeg:Ffmpeg",
    "houdini": "blueprint.modules.houdini:Houdini",
    "husk": "blueprint.modules.houdini:Husk",
    "iconvert": "blueprint.modules.oiio:Iconvert",
    "katana": "blueprint.modules.katana:Katana",
    "mantra": "blueprint.modules.houdini:Mantra",
    "maya": "blueprint.modules.maya:Maya",
    "nuke": "blueprint.modules.nuke:Nuke",
    "oiiotool": "blueprint.modules.oiio:Oiiotool",
    "povray": "blueprint.modules.povray:Povray",
    "python": "blueprint.modules.python:Python",
    "raytracer": "blueprint.modules.raytracer:Raytracer",
    "renderman": "blueprint.modules.renderman:Renderman",
    "shell": "blueprint.modules.shell:Shell",
    "vray": "blueprint.modules.vray:Vray",
}
_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def known_modules() -> dict[str, str]:
    """Every short name and the class path it stands for."""
    return {**{entry.name: entry.value for entry in entry_points(group=GROUP)}, **OURS}


def find_module(name: str, *, trusted: bool = False) -> type[Layer]:
    """The layer class of a short name or of a path like ``studio.layers:Maya``.

    To import a Python module is to run it. So what only stands in a file of data is not imported on its word: it has
    to be one of ours, or offered by an installed package; `trusted` lifts that.
    """
    path = name if ":" in name else known_modules().get(name)
    if path is None:
        raise unknown(name, "module", known_modules())
    if not _PATH.fullmatch(path):
        raise Invalid(f"'{path}' is no module: expected package.module:Class")
    if not (trusted or path.startswith("blueprint.") or path in known_modules().values()):
        raise Invalid(f"module '{path}' is not offered by an installed package (entry points '{GROUP}')")
    package, _, word = path.partition(":")
    try:
        found = getattr(importlib.import_module(package), word, None)
    except ImportError as error:
        raise Invalid(f"module '{path}' cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Layer)):
        raise Invalid(f"'{path}' is no layer class")
    return found


def module_path(cls: type[Layer]) -> str:
    """The path by which a class is found again."""
    return f"{cls.__module__}:{cls.__qualname__}"
