"""What to show of a job's tasks: by state, with counts, and by layer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPainter, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from wrangler.models.state import TASK_CHIPS, TASK_STATES
from wrangler.theme import tone

_NARROW = 300


class StateChoice(QWidget):
    """One button for each state; none pressed shows all. Alt+1 to Alt+6 press them.

    Where the panel is narrow, colour and number do without the word.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.box = QHBoxLayout(self)
        self.box.setContentsMargins(2, 0, 2, 0)
        self._counts: Mapping[int, int] = {}
        self.box.setSpacing(3)
        self.buttons = {int(state): self._button(place, state) for place, state in enumerate(TASK_STATES)}
        self.box.addStretch()
        self.set_counts({})

    def chosen(self) -> frozenset[int]:
        """The states to show; empty for all."""
        return frozenset(state for state, button in self.buttons.items() if button.isChecked())

    def set_counts(self, counts: Mapping[int, int]) -> None:
        """How many tasks there are in each state."""
        self._counts = counts
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Narrow: the words do not keep the panel wide."""
        return QSize(_NARROW, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for with_words in (True, False):
            for state, button in self.buttons.items():
                word = f"{TASK_CHIPS[state].word} " if with_words else ""
                button.setText(f"{word}{self._counts.get(state, 0):,}")
            if self.box.minimumSize().width() <= self.width():
                return

    def _button(self, place: int, state: int) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(_swatch(TASK_CHIPS[state].tone))
        button.setIconSize(QSize(10, 10))
        # Not the button's own shortcut: each new text would take it away.
        QShortcut(QKeySequence(f"Alt+{place + 1}"), self).activated.connect(button.click)
        button.setToolTip(f"Show only tasks in this state: {TASK_CHIPS[state].word} (Alt+{place + 1})")
        button.toggled.connect(lambda _: self.changed.emit())
        self.box.addWidget(button)
        return button


class LayerChoice(QToolButton):
    """A menu of the job's layers to check; none checked shows all."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("Show only tasks of these layers")
        self.setMenu(QMenu(self))
        self.set_layers({})

    def set_layers(self, names: Mapping[str, str]) -> None:
        """Offer these layers, by id; checks of the last job go."""
        self.menu().clear()
        for layer_id, name in names.items():
            entry = self.menu().addAction(name.replace("&", "&&"))
            entry.setCheckable(True)
            entry.setData(layer_id)
            entry.toggled.connect(self._toggled)
        self.menu().addSeparator()
        self.menu().addAction("All layers").triggered.connect(self.clear)
        self._name()

    def chosen(self) -> frozenset[str]:
        """Ids of the layers to show; empty for all."""
        return frozenset(entry.data() for entry in self.menu().actions() if entry.isChecked())

    def clear(self) -> None:
        """Show all layers again."""
        for entry in self.menu().actions():
            entry.setChecked(False)

    def _toggled(self) -> None:
        self._name()
        self.changed.emit()

    def _name(self) -> None:
        names = [entry.text() for entry in self.menu().actions() if entry.isChecked()]
        self.setText(
            (names[0] if len(names) == 1 else f"{len(names)} layers" if names else "All layers") + " ▾"
        )


def _swatch(name: str) -> QIcon:
    pixmap = QPixmap(20, 20)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone(name)[0])
    painter.drawRoundedRect(1, 1, 18, 18, 5, 5)
    painter.end()
    return QIcon(pixmap)
