"""What the ray tracer sees at a moment: coloured balls that dance around a mirror, and the camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

Colour = tuple[float, float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Ball:
    """A sphere; `mirror` is how much it reflects when looked at straight on, from 0 to 1."""

    centre: Vector
    radius: float
    colour: Colour
    mirror: float


@dataclass(frozen=True)
class Camera:
    """Where the picture is taken from, and at what; `zoom` is focal length over half the height."""

    position: Vector
    target: Vector
    zoom: float


@dataclass(frozen=True)
class Scene:
    """Balls over a checkered floor at y = 0, under an evening sky."""

    balls: tuple[Ball, ...]
    camera: Camera
    sun: Vector


# Linear light, not sRGB.
_DANCERS: tuple[Colour, ...] = (
    (0.90, 0.10, 0.08),
    (0.95, 0.42, 0.03),
    (0.80, 0.66, 0.05),
    (0.06, 0.50, 0.16),
    (0.04, 0.28, 0.80),
    (0.42, 0.09, 0.62),
)
_RING, _SMALL, _LARGE, _HOP = 1.95, 0.43, 1.05, 0.85


def scene_at(phase: float) -> Scene:
    """The scene at a part of its loop: 0.0 and 1.0 look the same."""
    turn = 2 * math.pi * phase
    balls = [Ball((0.0, _LARGE, 0.0), _LARGE, (0.86, 0.88, 0.92), 0.82)]
    for number, colour in enumerate(_DANCERS):
        share = number / len(_DANCERS)
        around = 2 * math.pi * share + turn
        height = _SMALL + _HOP * abs(math.sin(math.pi * (2 * phase + share * 2)))
        centre = (_RING * math.cos(around), height, _RING * math.sin(around))
        balls.append(Ball(centre, _SMALL, colour, 0.10))
    return Scene(tuple(balls), _camera_at(turn), _unit((-0.62, 0.60, -0.50)))


def _camera_at(turn: float) -> Camera:
    swing = -math.pi / 2 + 0.22 * math.sin(turn)
    return Camera(
        position=(6.2 * math.cos(swing), 2.15 + 0.25 * math.cos(turn), 6.2 * math.sin(swing)),
        target=(0.0, 0.92, 0.0),
        zoom=3.15,
    )


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(part * part for part in vector))
    return (vector[0] / length, vector[1] / length, vector[2] / length)
