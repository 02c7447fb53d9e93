"""The ray tracer itself: one ray in, one colour out. Plain Python, written for speed where it counts.

Shadows and the darkening near contacts are soft without extra rays: for spheres both have a formula
(how close the ray to the sun passes a ball; how much of the sky a ball covers).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, sqrt

from blueprint.raytracer.scene import Colour, Scene

Shape = tuple[int, float, float, float, float, float]  # number, centre, radius, radius squared
SKY, FLOOR = -2, -1
_FAR = 1e9
_SOFT = 14.0  # the sun's sharpness: higher is a smaller sun
_REACH = 36.0  # no shadow falls further from the middle of the floor (squared)
_SUNLIGHT = (2.35, 1.75, 1.15)
_SKYLIGHT = (0.34, 0.36, 0.62)
_LIGHT_TILE, _DARK_TILE = (0.52, 0.49, 0.45), (0.022, 0.026, 0.045)


class Tracer:
    """Answers what a ray sees in a scene. A ray is an origin and a direction of length 1."""

    def __init__(self, scene: Scene) -> None:
        self.sun = scene.sun
        self.shapes: list[Shape] = [
            (number, *ball.centre, ball.radius, ball.radius**2) for number, ball in enumerate(scene.balls)
        ]
        self.looks = [(*ball.colour, ball.mirror) for ball in scene.balls]

    def trace(
        self, ox: float, oy: float, oz: float, dx: float, dy: float, dz: float,
        left: int, among: Sequence[Shape], skip: int = SKY,
    ) -> tuple[Colour, int]:  # fmt: skip
        """The colour, and what was hit first. `left`: reflections to follow; `among`: balls it may hit."""
        nearest, hit = _FAR, SKY
        for number, cx, cy, cz, _, rr in among:
            x, y, z = cx - ox, cy - oy, cz - oz
            along = x * dx + y * dy + z * dz
            if along > 0.0 and number != skip:
                gap = x * x + y * y + z * z - along * along
                if gap < rr:
                    distance = along - sqrt(rr - gap)
                    if 0.0 < distance < nearest:
                        nearest, hit = distance, number
        if hit == SKY and dy > -1e-4:
            return _sky(dx, dy, dz, self.sun), SKY
        floor_at = -oy / dy if dy < -1e-4 else _FAR
        if floor_at < nearest:
            return self._ground(ox + dx * floor_at, oz + dz * floor_at, dx, dy, dz, floor_at, left), FLOOR
        return self._ball(hit, ox + dx * nearest, oy + dy * nearest, oz + dz * nearest, dx, dy, dz, left), hit

    def _light(
        self, px: float, py: float, pz: float, nx: float, ny: float, nz: float, own: int
    ) -> tuple[float, float]:
        """How much sun and how much sky reach a point: each from 0 to 1."""
        (sx, sy, sz), sun, open_sky = self.sun, 1.0, 1.0
        for number, cx, cy, cz, radius, rr in self.shapes:
            if number == own:
                continue
            x, y, z = cx - px, cy - py, cz - pz
            square = x * x + y * y + z * z
            facing = x * nx + y * ny + z * nz
            if facing > 0.0 and square < 9.0:
                open_sky -= open_sky * facing * rr / (square * sqrt(square))
            along = x * sx + y * sy + z * sz
            if along > 0.0 and sun > 0.0:
                gap = (sqrt(max(0.0, square - along * along)) - radius) * _SOFT / along
                if gap < 1.0:
                    lit = gap * 0.5 + 0.5
                    sun *= lit * lit * (3.0 - 2.0 * lit) if lit > 0.0 else 0.0
        return sun, open_sky

    def _ground(
        self, px: float, pz: float, dx: float, dy: float, dz: float, distance: float, left: int
    ) -> Colour:
        haze = min(1.0, distance * distance * 0.0011)
        sky = _sky(dx, 0.0, dz, self.sun)
        if haze >= 1.0:
            return sky
        near = px * px + pz * pz < _REACH
        sun, open_sky = self._light(px, 0.0, pz, 0.0, 1.0, 0.0, FLOOR) if near else (1.0, 1.0)
        red, green, blue = _tile(
            _checker(px, pz, distance * 0.0026 / -dy + 0.004), sun * self.sun[1], open_sky
        )
        if left:
            glance = 1.0 + dy
            mirror = 0.05 + 0.55 * glance * glance * glance * glance
            (r, g, b), _ = self.trace(px, 0.0, pz, dx, -dy, dz, left - 1, self.shapes)
            red, green, blue = (
                red + (r - red) * mirror,
                green + (g - green) * mirror,
                blue + (b - blue) * mirror,
            )
        return red + (sky[0] - red) * haze, green + (sky[1] - green) * haze, blue + (sky[2] - blue) * haze

    def _ball(
        self, hit: int, px: float, py: float, pz: float, dx: float, dy: float, dz: float, left: int
    ) -> Colour:
        _, cx, cy, cz, radius, _ = self.shapes[hit]
        nx, ny, nz = (px - cx) / radius, (py - cy) / radius, (pz - cz) / radius
        base_r, base_g, base_b, mirror = self.looks[hit]
        sun, open_sky = self._light(px, py, pz, nx, ny, nz, hit)
        sx, sy, sz = self.sun
        facing = nx * sx + ny * sy + nz * sz
        sun = sun * facing if facing > 0.0 else 0.0
        up = (0.5 + 0.5 * ny) * open_sky
        bounce = 0.20 * (0.5 - 0.5 * ny) * open_sky
        red = base_r * (sun * _SUNLIGHT[0] + up * _SKYLIGHT[0] + bounce)
        green = base_g * (sun * _SUNLIGHT[1] + up * _SKYLIGHT[1] + bounce * 0.9)
        blue = base_b * (sun * _SUNLIGHT[2] + up * _SKYLIGHT[2] + bounce * 0.8)
        inward = dx * nx + dy * ny + dz * nz
        rx, ry, rz = dx - 2.0 * inward * nx, dy - 2.0 * inward * ny, dz - 2.0 * inward * nz
        rim = 1.0 + inward
        share = mirror + (1.0 - mirror) * 0.75 * rim * rim * rim * rim * rim
        if left:
            (r, g, b), _ = self.trace(px, py, pz, rx, ry, rz, left - 1, self.shapes, hit)
        else:
            r, g, b = _sky(rx, ry, rz, self.sun) if ry > 0.0 else _DARK_TILE
        if mirror > 0.5:  # a metal tints what it reflects, a painted ball does not
            r, g, b = r * base_r, g * base_g, b * base_b
        red, green, blue = red + (r - red) * share, green + (g - green) * share, blue + (b - blue) * share
        glint = rx * sx + ry * sy + rz * sz
        if glint > 0.9 and sun > 0.0:
            shine = 2.2 * sun * glint**180
            return red + shine, green + shine * 0.9, blue + shine * 0.75
        return red, green, blue


def _tile(share: float, sun: float, open_sky: float) -> Colour:
    """The floor's own colour in this light; `share` is how much of it is light tile."""
    (lr, lg, lb), (dr, dg, db) = _LIGHT_TILE, _DARK_TILE
    return (
        (dr + (lr - dr) * share) * (sun * _SUNLIGHT[0] + open_sky * _SKYLIGHT[0]),
        (dg + (lg - dg) * share) * (sun * _SUNLIGHT[1] + open_sky * _SKYLIGHT[1]),
        (db + (lb - db) * share) * (sun * _SUNLIGHT[2] + open_sky * _SKYLIGHT[2]),
    )


def _sky(dx: float, dy: float, dz: float, sun: tuple[float, float, float]) -> Colour:
    """Orange at the horizon, rose above it, then night blue, and a glow around the sun."""
    up = dy if dy > 0.0 else 0.0
    low = 1.0 - up
    low *= low * low
    low *= low * low
    high = (1.0 - low) * (1.0 - low)
    rose = 1.0 - low - high
    glow = dx * sun[0] + dy * sun[1] + dz * sun[2]
    glow = glow * glow * glow * glow * 0.35 if glow > 0.0 else 0.0
    return (
        1.00 * low + 0.42 * rose + 0.020 * high + glow * 1.3,
        0.40 * low + 0.14 * rose + 0.050 * high + glow * 0.8,
        0.13 * low + 0.30 * rose + 0.200 * high + glow * 0.3,
    )


def _checker(x: float, z: float, width: float) -> float:
    """The share of light tile under a square of this width: filtered, so that it never flickers."""
    return 0.5 - 0.5 * _stripe(x, width) * _stripe(z, width)


def _stripe(at: float, width: float) -> float:
    """The mean over `width` of a wave that is 1 and -1 for one unit each."""
    low, high = (at - width) * 0.5, (at + width) * 0.5
    low, high = abs(low - floor(low) - 0.5), abs(high - floor(high) - 0.5)
    return 2.0 * (low - high) / (2.0 * width)
