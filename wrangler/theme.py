"""The dark look: one table of colours, a palette and a style sheet made from it.

State colours follow what farms are used to: blue waits, yellow runs, green is done, red is dead,
dark red was eaten, purple depends, amber is held. A word and a sign stand beside each of them.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

COLOURS: Final[dict[str, str]] = {
    "window": "#22252a",
    "panel": "#1b1d21",
    "base": "#16181b",
    "stripe": "#1a1c20",
    "raised": "#2c3036",
    "hover": "#363b43",
    "line": "#33373e",
    "text": "#dde1e6",
    "quiet": "#98a1ad",
    "off": "#6d7580",
    "accent": "#4a9fd8",
    "selected": "#264f73",
    "error": "#ff8a75",
    "warning": "#f0b35a",
    "match": "#3d6b1f",
    "good": "#8fc04a",
}

# tone: fill, ink
TONES: Final[dict[str, tuple[str, str]]] = {
    "waiting": ("#2b6580", "#ffffff"),
    "running": ("#d6bf3c", "#14161a"),
    "succeeded": ("#4a7a12", "#ffffff"),
    "dead": ("#bd2d17", "#ffffff"),
    "eaten": ("#74190e", "#ffffff"),
    "depend": ("#8a3aa8", "#ffffff"),
    "paused": ("#d98a2e", "#14161a"),
    "repair": ("#e0722a", "#14161a"),
    "idle": ("#4b525c", "#ffffff"),
}

_ROLES: Final[dict[QPalette.ColorRole, str]] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "stripe",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.Highlight: "selected",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "quiet",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "panel",
    QPalette.ColorRole.Light: "hover",
}


def colour(name: str) -> QColor:
    """A colour of the table by name."""
    return QColor(COLOURS[name])


def tone(name: str) -> tuple[QColor, QColor]:
    """Fill and ink of a state's tone."""
    fill, ink = TONES.get(name, TONES["idle"])
    return QColor(fill), QColor(ink)


def palette() -> QPalette:
    """The colours by the roles that Qt knows."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, colour("off"))
    return made


def style_sheet() -> str:
    """The style sheet with the names of colours, like @line, replaced."""
    sheet = resources.files("wrangler").joinpath("theme.qss").read_text(encoding="utf-8")
    for name in sorted(COLOURS, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", COLOURS[name])
    return sheet


def dress(app: QApplication) -> None:
    """Give the whole program this look, whatever the desktop's own is."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette())
    app.setStyleSheet(style_sheet())
