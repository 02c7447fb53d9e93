"""The four ready workspaces, and the layouts that a person makes of them.

A workspace is which panels are open and where. Layouts, column widths and the window's place are kept
for each user; `reset` goes back to the layout described here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QMainWindow

from wrangler.panels.listpanel import ListPanel
from wrangler.panels.panel import Panel

Side: TypeAlias = Literal["right of", "below", "behind"]
# Saved layouts of another number are not restored: Qt could not place panels that it does not know.
LAYOUT_VERSION = 1


@dataclass(frozen=True)
class Place:
    """Where a panel stands, beside one that stands already; the first panel has the whole window."""

    panel: str
    side: Side = "right of"
    of: str = ""


@dataclass(frozen=True)
class Workspace:
    """`widths` and `heights` are parts of the window, as Qt shares it among the panels named."""

    name: str
    tip: str
    places: tuple[Place, ...]
    widths: tuple[tuple[str, int], ...] = ()
    heights: tuple[tuple[str, int], ...] = ()


WORKSPACES: Final[tuple[Workspace, ...]] = (
    Workspace(
        "Wrangler",
        "Everything at a glance: jobs and nodes, the job's tasks, the task's log.",
        (
            Place("jobs"),
            Place("tasks", "right of", "jobs"),
            Place("nodes", "below", "jobs"),
            Place("log", "below", "tasks"),
        ),
        widths=(("jobs", 52), ("tasks", 48)),
        heights=(("jobs", 58), ("nodes", 42), ("tasks", 58), ("log", 42)),
    ),
    Workspace(
        "Systems",
        "The machines, and the jobs that use them.",
        (Place("nodes"), Place("jobs", "below", "nodes")),
        heights=(("nodes", 65), ("jobs", 35)),
    ),
    Workspace(
        "Artist",
        "Your jobs above; tasks and logs below, large enough to read.",
        (Place("jobs"), Place("tasks", "below", "jobs"), Place("log", "right of", "tasks")),
        widths=(("tasks", 55), ("log", 45)),
        heights=(("jobs", 35), ("tasks", 65), ("log", 65)),
    ),
    Workspace(
        "Production",
        "How far the work is.",
        (Place("jobs"),),
    ),
)
BY_NAME: Final = {workspace.name: workspace for workspace in WORKSPACES}


class Layouts:
    """Arranges the window's panels and remembers what people made of it."""

    def __init__(self, window: QMainWindow, panels: dict[str, Panel], settings: QSettings) -> None:
        self._window, self._panels, self._settings = window, panels, settings
        self.active = WORKSPACES[0]

    def open(self, name: str) -> None:
        """Go to a workspace, as it was left."""
        self.active = BY_NAME[name]
        saved = self._settings.value(self._key("state"))
        if not isinstance(saved, QByteArray) or not self._window.restoreState(saved, LAYOUT_VERSION):
            self.arrange(self.active)
        for panel in self._panels.values():
            if isinstance(panel, ListPanel):
                header = self._settings.value(self._key(f"columns/{panel.name}"))
                panel.restore_header(bytes(header.data()) if isinstance(header, QByteArray) else b"")

    def save(self) -> None:
        """Remember the active workspace as it is now."""
        self._settings.setValue("workspace", self.active.name)
        self._settings.setValue("geometry", self._window.saveGeometry())
        self._settings.setValue(self._key("state"), self._window.saveState(LAYOUT_VERSION))
        for panel in self._panels.values():
            if isinstance(panel, ListPanel):
                self._settings.setValue(self._key(f"columns/{panel.name}"), QByteArray(panel.header_state()))

    def reset(self) -> None:
        """The active workspace as it came."""
        self._settings.remove(f"workspaces/{self.active.name}")
        self.open(self.active.name)

    def last(self) -> str:
        """The workspace that was active when the window was closed."""
        name = str(self._settings.value("workspace", ""))
        return name if name in BY_NAME else WORKSPACES[0].name

    def restore_geometry(self) -> bool:
        """Put the window where it was; false the first time."""
        saved = self._settings.value("geometry")
        return isinstance(saved, QByteArray) and self._window.restoreGeometry(saved)

    def arrange(self, workspace: Workspace) -> None:
        """Put the panels where the description says, and hide the others."""
        for panel in self._panels.values():
            panel.setFloating(False)
            self._window.removeDockWidget(panel)
        for place in workspace.places:
            self._place(place)
        for names, way in (
            (workspace.widths, Qt.Orientation.Horizontal),
            (workspace.heights, Qt.Orientation.Vertical),
        ):
            whole = self._window.width() if way == Qt.Orientation.Horizontal else self._window.height()
            docks = [self._panels[name] for name, _ in names]
            self._window.resizeDocks(docks, [whole * part // 100 for _, part in names], way)

    def _place(self, place: Place) -> None:
        panel = self._panels[place.panel]
        if not place.of:
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, panel)
        elif place.side == "behind":
            self._window.tabifyDockWidget(self._panels[place.of], panel)
        else:
            is_right = place.side == "right of"
            way = Qt.Orientation.Horizontal if is_right else Qt.Orientation.Vertical
            self._window.splitDockWidget(self._panels[place.of], panel, way)
        panel.show()

    def _key(self, what: str) -> str:
        return f"workspaces/{self.active.name}/{what}"
