"""From scene to rows of bytes: rays through pixels, more of them where there are edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from blueprint.raytracer.scene import Colour, Scene, Vector, scene_at
from blueprint.raytracer.tracer import Shape, Tracer

Progress = Callable[[float], None]
Seen = tuple[Colour, int]
_REFLECTIONS = 2
_CORNERS = ((0.375, 0.125), (0.875, 0.375), (0.625, 0.875), (0.125, 0.625))
_STEPS = 2047
_EDGE = 0.4


def render(width: int, height: int, phase: float, progress: Progress = lambda done: None) -> list[bytes]:
    """The picture of a moment of the loop; the same arguments give the same bytes everywhere."""
    view = View(scene_at(phase), width, height)
    rows = []
    for y in range(height):
        among = view.balls_in_row(y)
        rows.append([view.look(x + 0.5, y + 0.5, among) for x in range(width)])
        progress(0.7 * (y + 1) / height)
    marks = _edges(rows)
    pixels = [_finish(view, rows[y], marks[y], y) for y in range(height)]
    progress(1.0)
    return pixels


class View:
    """The scene through the camera: asks for places in the picture, in pixels from the upper left."""

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        camera = scene.camera
        self.tracer = Tracer(scene)
        self.origin = camera.position
        self.forward = _unit(_minus(camera.target, camera.position))
        self.right = _unit((self.forward[2], 0.0, -self.forward[0]))
        self.up = _cross(self.forward, self.right)
        self.left_edge, self.top_edge = width / 2, height / 2
        self.scale = 2.0 / height / camera.zoom

    def look(self, x: float, y: float, among: Sequence[Shape]) -> Seen:
        """What is seen there, if none but these balls can be."""
        right, up = (x - self.left_edge) * self.scale, (self.top_edge - y) * self.scale
        (fx, fy, fz), (rx, _, rz), (ux, uy, uz) = self.forward, self.right, self.up
        dx, dy, dz = fx + rx * right + ux * up, fy + uy * up, fz + rz * right + uz * up
        size = 1.0 / sqrt(dx * dx + dy * dy + dz * dz)
        return self.tracer.trace(*self.origin, dx * size, dy * size, dz * size, _REFLECTIONS, among)

    def balls_in_row(self, y: int) -> list[Shape]:
        """The balls that the row's plane cuts, or nearly: the others need not be tried."""
        up = (self.top_edge - y - 0.5) * self.scale
        normal = _unit(_minus(self.up, _times(self.forward, up)))
        found = []
        for shape in self.tracer.shapes:
            to = _minus(shape[1:4], self.origin)
            if abs(_dot(normal, to)) <= shape[4] + self.scale * sqrt(_dot(to, to)):
                found.append(shape)
        return found


def _edges(rows: list[list[Seen]]) -> list[bytearray]:
    """A mark on each pixel that differs from the one beside, above or below it."""
    marks = [bytearray(len(row)) for row in rows]
    for y, row in enumerate(rows):
        below = rows[y + 1] if y + 1 < len(rows) else row
        for x, here in enumerate(row):
            if _differ(here, below[x]):
                marks[y][x] = marks[y + 1][x] = 1
            if x and _differ(here, row[x - 1]):
                marks[y][x] = marks[y][x - 1] = 1
    return marks


def _differ(one: Seen, other: Seen) -> bool:
    (r, g, b), hit = one
    (rr, gg, bb), other_hit = other
    if hit != other_hit:
        return True
    return abs(r - rr) + abs(g - gg) + abs(b - bb) > _EDGE * (0.2 + 0.5 * (r + g + b + rr + gg + bb))


def _finish(view: View, row: list[Seen], marks: bytearray, y: int) -> bytes:
    """One row as bytes: marked pixels are looked at four more times."""
    among, out = view.balls_in_row(y), bytearray()
    for x, (colour, _) in enumerate(row):
        if marks[x]:
            seen = [view.look(x + dx, y + dy, among)[0] for dx, dy in _CORNERS]
            red, green, blue = (sum(map(_soften, part)) / 4 for part in zip(*seen, strict=True))
        else:
            red, green, blue = map(_soften, colour)
        out += bytes((_GAMMA[int(red * _STEPS)], _GAMMA[int(green * _STEPS)], _GAMMA[int(blue * _STEPS)]))
    return bytes(out)


def _soften(light: float) -> float:
    """Any amount of light to 0..1, bright parts rolled off as film does (Narkowicz's fit of ACES)."""
    if light <= 0.0:
        return 0.0
    light *= 0.62
    light = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    return light if light < 1.0 else 1.0


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _minus(one: Vector, other: Vector) -> Vector:
    return (one[0] - other[0], one[1] - other[1], one[2] - other[2])


def _times(vector: Vector, factor: float) -> Vector:
    return (vector[0] * factor, vector[1] * factor, vector[2] * factor)


def _cross(one: Vector, other: Vector) -> Vector:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _unit(vector: Vector) -> Vector:
    return _times(vector, 1.0 / sqrt(_dot(vector, vector)))


_GAMMA = bytes(round(255 * (step / _STEPS) ** (1 / 2.2)) for step in range(_STEPS + 1))
