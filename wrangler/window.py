"""The main window: panels as docks, menus made from what the panels offer, workspaces, the status bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QTabWidget, QToolBar, QWidget

from plow_client.version import VERSION
from wrangler.icons import icon
from wrangler.models.job import JobRow
from wrangler.models.state import TASK_CHIPS, TASK_STATES
from wrangler.models.task import TaskRow
from wrangler.panels.jobs import JobsPanel
from wrangler.panels.listpanel import fill
from wrangler.panels.log import LogPanel
from wrangler.panels.nodes import NodesPanel
from wrangler.panels.panel import Panel
from wrangler.panels.tasks import TasksPanel
from wrangler.session import Link, Session, Status
from wrangler.statusbar import StatusBar
from wrangler.views.textwindow import TextWindow
from wrangler.workspace import WORKSPACES, Layouts


class Window(QMainWindow):
    """Owns the panels; the session is started by whoever made it."""

    def __init__(self, session: Session, settings: QSettings) -> None:
        super().__init__()
        self.session = session
        self.setWindowTitle(f"plow-wrangler · {session.status.server}")
        self.setWindowIcon(icon("plow"))
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.jobs, self.tasks = JobsPanel(session), TasksPanel(session)
        self.nodes, self.log = NodesPanel(session), LogPanel(session)
        self.panels: dict[str, Panel] = {
            panel.name: panel for panel in (self.jobs, self.tasks, self.nodes, self.log)
        }
        self.status = StatusBar(session, self)
        self.setStatusBar(self.status)
        self._menus: list[QMenu] = []
        self.layouts = Layouts(self, self.panels, settings)
        self._wire()
        self._build_menus()
        self._build_workspace_bar()
        if not self.layouts.restore_geometry():
            self.resize(1600, 950)

    def open_workspace(self, name: str = "") -> None:
        """Go to a workspace; without a name to the one of last time."""
        self.layouts.open(name or self.layouts.last())
        for action in self.workspace_actions:
            action.setChecked(action.text() == self.layouts.active.name)
        self.jobs.body.setFocus()

    def refresh_all(self) -> None:
        """Every panel that can be seen asks again."""
        for panel in self.panels.values():
            panel.refresh_again()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.layouts.save()
        self.session.stop()
        super().closeEvent(event)

    # -------------------- wiring

    def _wire(self) -> None:
        for panel in self.panels.values():
            panel.setParent(self)
            panel.hide()
            panel.said.connect(self.status.say)
            panel.refreshed.connect(self.status.refreshed)
            panel.went_stale.connect(self._refresh_stale)
        self.jobs.job_chosen.connect(self._show_job)
        self.tasks.task_chosen.connect(self._show_task)
        self.tasks.task_opened.connect(self._open_task)
        self.session.status_changed.connect(self._follow_link)

    def _show_job(self, job: JobRow) -> None:
        self.tasks.show_job(job)

    def _show_task(self, task: TaskRow) -> None:
        self.log.show_task(task)

    def _open_task(self, task: TaskRow) -> None:
        self.log.show_task(task)
        self.log.front()

    def _refresh_stale(self, names: frozenset[str]) -> None:
        for name in names & self.panels.keys():
            self.panels[name].refresh_again()

    def _follow_link(self, status: Status) -> None:
        for panel in self.panels.values():
            if status.link is Link.CONNECTED:
                panel.refresh()
            else:
                panel.link_lost()

    # -------------------- menus

    def _build_menus(self) -> None:
        file = self._menu("&File")
        file.addAction(self._act("Refresh", "F5", self.refresh_all, "refresh"))
        file.addAction(self._act("Filter or find", "Ctrl+F", self._focus_search, ""))
        file.addSeparator()
        file.addAction(
            self._act(
                "Quit", QKeySequence(QKeySequence.StandardKey.Quit).toString() or "Ctrl+Q", self.close, ""
            )
        )
        for panel, title in (
            (self.jobs, "&Jobs"),
            (self.tasks, "&Tasks"),
            (self.nodes, "&Nodes"),
            (self.log, "&Log"),
        ):
            fill(self._menu(title), panel.menu_actions())
        self._build_panel_menu()
        self._build_workspace_menu()
        self._menu("&Help").addAction(self._act("Keys", "F1", self.show_keys, ""))

    def _build_panel_menu(self) -> None:
        menu = self._menu("&Panels")
        for place, panel in enumerate(self.panels.values(), start=1):
            toggle = panel.toggleViewAction()
            toggle.setIcon(icon(panel.name))
            menu.addAction(toggle)
            go = self._act(f"Go to {panel.name}", f"Ctrl+{place}", panel.front, "")
            self.addAction(go)
            panel.windowTitleChanged.connect(
                lambda _, it=panel: it.toggleViewAction().setText(it.name.capitalize())
            )
        menu.addSeparator()
        for action in self.actions():
            menu.addAction(action)

    def _build_workspace_menu(self) -> None:
        menu = self._menu("&Workspace")
        group = QActionGroup(self)
        self.workspace_actions: list[QAction] = []
        for place, workspace in enumerate(WORKSPACES, start=1):
            action = self._act(workspace.name, f"Ctrl+Shift+{place}", None, "")
            action.setCheckable(True)
            action.setStatusTip(workspace.tip)
            action.triggered.connect(lambda _=False, name=workspace.name: self._switch(name))
            group.addAction(action)
            self.workspace_actions.append(action)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self._act("Reset this workspace", "", self.layouts.reset, "reset"))

    def _build_workspace_bar(self) -> None:
        bar = QToolBar("Workspaces", self)
        bar.setObjectName("workspaces")
        bar.setMovable(False)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        bar.addActions(self.workspace_actions)
        self.menuBar().setCornerWidget(bar, Qt.Corner.TopRightCorner)

    def _act(self, text: str, key: str, call: Callable[[], object] | None, picture: str) -> QAction:
        made = QAction(text, self)
        made.setObjectName(text.lower().replace(" ", "_"))
        if picture:
            made.setIcon(icon(picture))
        if key:
            made.setShortcut(QKeySequence(key))
        if call is not None:
            made.triggered.connect(lambda: call())
        return made

    def _switch(self, name: str) -> None:
        self.layouts.save()
        self.open_workspace(name)

    def _focus_search(self) -> None:
        """Of the panel that has the keyboard, else of the jobs."""
        focused: QWidget | None = self.focusWidget()
        for panel in self.panels.values():
            if focused is not None and panel.isAncestorOf(focused):
                panel.focus_search()
                return
        self.jobs.focus_search()

    def show_keys(self) -> None:
        """All keys, read from the menus themselves."""
        lines = []
        for menu in self._menus:
            keyed = [action for action in menu.actions() if not action.shortcut().isEmpty()]
            if keyed:
                lines += ["", menu.title().replace("&", "")]
            for action in keyed:
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                lines.append(f"  {keys:<16} {action.text()}")
        lines += ["", "Tasks", *(f"  Alt+{at + 1:<12} Only {chip}" for at, chip in enumerate(_state_words()))]
        TextWindow("Keys", "\n".join(lines).strip(), self).show()

    def _menu(self, title: str) -> QMenu:
        menu = self.menuBar().addMenu(title)
        self._menus.append(menu)
        return menu


def _state_words() -> list[str]:
    return [TASK_CHIPS[state].word.lower() for state in TASK_STATES]


def user_settings() -> QSettings:
    """Where a person's layouts are kept: plow/wrangler.ini among the user's settings."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "plow", "wrangler")


def version_line() -> str:
    """What --version prints."""
    return f"plow-wrangler {VERSION}"
