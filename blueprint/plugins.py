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
    "blender": "blueprint.modules.blender:Blender",
    "command": "blueprint.modules.shell:ShellCommand",
    "contactsheet": "blueprint.modules.contactsheet:ContactSheet",
    "povray": "blueprint.modules.povray:Povray",
    "raytracer": "blueprint.modules.raytracer:Raytracer",
    "shell": "blueprint.modules.shell:Shell",
}
_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def known_modules() -> dict[str, str]:
    """Every short name and the class path it stands for."""
    return {**{entry.name: entry.value for entry in entry_points(group=GROUP)}, **OURS}


def find_module(name: str) -> type[Layer]:
    """The layer class of a short name or of a path like ``studio.layers:Maya``."""
    path = name if ":" in name else known_modules().get(name)
    if path is None:
        raise unknown(name, "module", known_modules())
    if not _PATH.fullmatch(path):
        raise Invalid(f"'{path}' is no module: expected package.module:Class")
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
