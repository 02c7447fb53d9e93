"""Runs inside Blender: says what a .blend file has in it, as JSON: for each scene its range, cameras, outputs.

blender --background shot.blend --python blender_scene.py -- found.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ENDINGS = {
    "OPEN_EXR": ".exr",
    "OPEN_EXR_MULTILAYER": ".exr",
    "JPEG": ".jpg",
    "TIFF": ".tif",
    "TARGA": ".tga",
}


def main(path: str) -> None:
    """Write what the file has to `path`."""
    import bpy  # type: ignore[import-not-found]  # Blender's own; there is none outside of it

    scenes = [_scene(scene, bpy.path.abspath) for scene in bpy.data.scenes]
    found = {"current": bpy.context.scene.name, "scenes": scenes}
    Path(path).write_text(json.dumps(found, indent=1), encoding="utf-8")


def _scene(scene: Any, absolute: Any) -> dict[str, object]:
    render = scene.render
    return {
        "name": scene.name,
        "first": scene.frame_start,
        "last": scene.frame_end,
        "step": scene.frame_step,
        "fps": render.fps / render.fps_base,
        "width": render.resolution_x * render.resolution_percentage // 100,
        "height": render.resolution_y * render.resolution_percentage // 100,
        "engine": render.engine,
        "camera": scene.camera.name if scene.camera else None,
        "cameras": sorted(item.name for item in scene.objects if item.type == "CAMERA"),
        "view_layers": [layer.name for layer in scene.view_layers if layer.use],
        "outputs": list(_outputs(scene, absolute)),
    }


def _outputs(scene: Any, absolute: Any) -> Iterator[dict[str, str]]:
    """The files that the compositor's File Output nodes write; Blender 5 has other names for the same."""
    tree = getattr(scene, "compositing_node_group", None)
    if tree is None and getattr(scene, "use_nodes", False):
        tree = getattr(scene, "node_tree", None)
    for node in tree.nodes if tree else ():
        if node.bl_idname == "CompositorNodeOutputFile" and not node.mute:
            yield from _files(node, absolute)


def _files(node: Any, absolute: Any) -> Iterator[dict[str, str]]:
    form = node.format
    if hasattr(node, "file_output_items"):  # Blender 5
        base, names = Path(absolute(node.directory)), [item.name for item in node.file_output_items]
        whole = base / node.file_name
        slots = [(name, str(base / (node.file_name + name)), form) for name in names]
    else:
        whole = Path(absolute(node.base_path))
        slots = [
            (slot.path, str(whole / slot.path), form if slot.use_node_format else slot.format)
            for slot in node.file_slots
        ]
    if form.file_format == "OPEN_EXR_MULTILAYER":
        yield _file(node.name, "all", str(whole), form)
        return
    for name, path, own in slots:
        yield _file(node.name, name, path, own)


def _file(node: str, name: str, path: str, form: Any) -> dict[str, str]:
    """Blender writes the number where # stands, and at the end where none does."""
    numbered = path if "#" in Path(path).name else f"{path}####"
    ending = _ENDINGS.get(form.file_format, f".{form.file_format.lower()}")
    path = numbered if numbered.endswith(ending) else numbered + ending
    return {
        "node": node,
        "pass": name,
        "path": path,
        "format": form.file_format,
        "depth": str(form.color_depth),
    }


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1])
