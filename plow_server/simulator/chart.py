"""A picture of a simulation: cores in use by project over time, one band for each, as SVG. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from plow_server.simulator.figures import Figures

COLOURS = (
    "#3b6ea5",
    "#e08e45",
    "#5b9f6a",
    "#b5524f",
    "#8268a8",
    "#8c6d5a",
    "#d47fb0",
    "#7f7f7f",
    "#b3ad3c",
    "#4fb3bf",
)
WIDTH, HEIGHT, LEFT, TOP, GAP = 900, 260, 64, 34, 74


def chart(columns: Sequence[Figures], cores: int, until_s: float) -> str:
    """One panel for each policy, all of the same scale."""
    height = len(columns) * (HEIGHT + GAP) + TOP
    panels = [_panel(one, cores, until_s, TOP + place * (HEIGHT + GAP)) for place, one in enumerate(columns)]
    lines = [line for panel in panels for line in panel]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 170} {height}"'
            ' font-family="sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            *lines,
            "</svg>\n",
        ]
    )


def _panel(figures: Figures, cores: int, until_s: float, top: int) -> Iterator[str]:
    settings = "  ".join(f"{name}={value:g}" for name, value in figures.policy.items())
    yield f'<text x="{LEFT}" y="{top - 10}" font-weight="bold">{escape(settings)}</text>'
    yield f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="#f2f2f2"/>'
    below = [0.0] * len(next(iter(figures.timeline.values()), []))
    for place, (project, line) in enumerate(figures.timeline.items()):
        colour = COLOURS[place % len(COLOURS)]
        above = [low + used for low, used in zip(below, line, strict=True)]
        yield f'<path d="{_band(below, above, cores, top)}" fill="{colour}"><title>{escape(project)}</title></path>'
        y = top + 8 + place * 20
        share = figures.shares[project]
        yield f'<rect x="{LEFT + WIDTH + 14}" y="{y}" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{LEFT + WIDTH + 32}" y="{y + 11}">{escape(project)} {share.percent:.0f} %</text>'
        below = above
    yield from _scale(cores, until_s, top)


def _band(below: Sequence[float], above: Sequence[float], cores: int, top: int) -> str:
    """Steps along the upper edge, and back along the lower."""
    step = WIDTH / len(below)

    def corners(line: Sequence[float]) -> list[str]:
        ys = [top + HEIGHT * (1 - value / cores) for value in line]
        return [f"{LEFT + x * step:.1f},{y:.1f}" for place, y in enumerate(ys) for x in (place, place + 1)]

    return "M" + " L".join([*corners(above), *reversed(corners(below))]) + " Z"


def _scale(cores: int, until_s: float, top: int) -> Iterator[str]:
    for part in range(5):
        y = top + HEIGHT * (1 - part / 4)
        yield f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}" stroke="#00000022"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{cores * part / 4:,.0f}</text>'
    unit, name = (3600, "h") if until_s >= 7200 else (60, "min")
    for part in range(7):
        x, at = LEFT + WIDTH * part / 6, until_s * part / 6 / unit
        yield f'<text x="{x}" y="{top + HEIGHT + 16}" text-anchor="middle">{at:.3g} {name}</text>'
    yield f'<text x="{LEFT}" y="{top + HEIGHT + 34}" fill="#666666">cores in use, of {cores:,}</text>'
