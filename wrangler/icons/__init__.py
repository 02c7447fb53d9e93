"""Our own small pictures, drawn as SVG."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from PySide6.QtGui import QIcon, QPixmap


@lru_cache(maxsize=128)
def icon(name: str) -> QIcon:
    """The picture of that name, sharp on every screen; needs a running QApplication."""
    drawn = resources.files(__package__).joinpath(f"{name}.svg").read_bytes()
    made = QIcon()
    for size in (16, 24, 32, 64):
        pixmap = QPixmap()
        pixmap.loadFromData(
            drawn.replace(b'width="16" height="16"', b'width="%d" height="%d"' % (size, size))
        )
        made.addPixmap(pixmap)
    return made
