"""How each program is told to render a part of a picture."""

from __future__ import annotations

from blueprint.split.grid import Part
from blueprint.split.layer import SplitFrame


class PovrayParts(SplitFrame):
    """POV-Ray takes first and last column and row, counted from 1.

    A first row of pixels alone is said as +SR1 +ER1, which it reads as "all of them": more than needed, and right.
    """

    def full_size(self) -> tuple[int, int]:
        return int(str(self.values["width"])), int(str(self.values["height"]))

    def part_words(self, part: Part) -> list[str]:
        box = part.box(*self.full_size())
        return [f"+SC{box.left + 1}", f"+EC{box.right}", f"+SR{box.top + 1}", f"+ER{box.bottom}"]


# Where a part lies is reckoned in Blender, as only the scene may know its size. Rows are counted from below there, and
# a border is a fraction that Blender cuts to whole pixels: a quarter of a pixel keeps it clear of the edge. The picture
# keeps its full size, so that dithering falls as it does in the whole one.
_BORDER = """import bpy
for scene in bpy.data.scenes:
    r = scene.render
    w, h = r.resolution_x * r.resolution_percentage // 100, r.resolution_y * r.resolution_percentage // 100
    r.use_border, r.use_crop_to_border = True, False
    r.border_min_x, r.border_max_x = (w * {column} // {columns} + 0.25) / w, (w * {right} // {columns} + 0.25) / w
    r.border_min_y = (h - h * {bottom} // {rows} + 0.25) / h
    r.border_max_y = (h - h * {row} // {rows} + 0.25) / h
"""


class BlenderParts(SplitFrame):
    """Blender takes a border, set by Python."""

    def full_size(self) -> tuple[int, int] | None:
        width, height = self.values["width"], self.values["height"]
        if not isinstance(width, int) or not isinstance(height, int):
            return None
        percent = self.values["percent"]
        percent = percent if isinstance(percent, int) else 100
        return width * percent // 100, height * percent // 100

    def part_words(self, part: Part) -> list[str]:
        numbers = {"column": part.column, "row": part.row, "columns": part.columns, "rows": part.rows}
        expression = _BORDER.format(**numbers, right=part.column + 1, bottom=part.row + 1)
        return ["--python-expr", expression]
