"""The text of a log: plain, read-only, errors and warnings tinted, every match of the search marked."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from wrangler.theme import colour

MOST_LINES = 200_000
SMALLEST, USUAL, LARGEST = 6, 10, 24
ERROR_WORDS = re.compile(
    r"\b(?<!\b0 )(?<!\bno )(errors?|critical|fatal|fail(?:ed|ure)?|crash(?:ed)?|traceback|exception|aborted"
    r"|segmentation fault)\b",
    re.IGNORECASE,
)
WARNING_WORDS = re.compile(r"\bwarn(?:ings?)?\b", re.IGNORECASE)


class _Tint(QSyntaxHighlighter):
    """Tints whole lines; the word that made it so is bold."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._kinds = [
            (pattern, _format(name, bold=False), _format(name, bold=True))
            for pattern, name in ((ERROR_WORDS, "error"), (WARNING_WORDS, "warning"))
        ]

    def highlightBlock(self, text: str) -> None:
        for pattern, line, word in self._kinds:
            found = pattern.search(text)
            if found:
                self.setFormat(0, len(text), line)
                self.setFormat(found.start(), found.end() - found.start(), word)
                return


class LogText(QPlainTextEdit):
    """`left_end` and `reached_end` tell that a person scrolled away from the end or back to it."""

    left_end = Signal()
    reached_end = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(MOST_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setAccessibleName("Log")
        self._tint = _Tint(self.document())
        self._points = USUAL
        self._needle = ""
        self._is_adding = False
        self.set_font_size(USUAL)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # -------------------- text

    def begin(self) -> None:
        """Empty it for another file."""
        self._is_adding = True
        self.clear()
        self._is_adding = False

    def add(self, text: str, *, follow: bool) -> None:
        """Put text at the end; the view goes along only if it follows."""
        self._is_adding = True
        bar = self.verticalScrollBar()
        place = bar.value()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        bar.setValue(bar.maximum() if follow else place)
        self._is_adding = False
        self._mark()

    def go_to_end(self) -> None:
        """Show the last line."""
        self._is_adding = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self._is_adding = False

    def is_at_end(self) -> bool:
        """Whether the last line is in sight."""
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum()

    def set_font_size(self, points: int) -> None:
        """Between 6 and 24 points."""
        self._points = max(SMALLEST, min(points, LARGEST))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSize(self._points)
        self.document().setDefaultFont(font)
        self.setFont(font)

    @property
    def font_size(self) -> int:
        """In points."""
        return self._points

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_font_size(self._points + (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
            return
        super().wheelEvent(event)

    # -------------------- search

    def search_for(self, needle: str) -> None:
        """Mark this text wherever it is in sight."""
        self._needle = needle
        self._mark()

    def step(self, *, backwards: bool = False) -> bool:
        """Go to the next match, round the end; false where there is none."""
        if not self._needle:
            return False
        flags = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        found = self.document().find(self._needle, self.textCursor(), flags)
        if found.isNull():
            edge = QTextCursor.MoveOperation.End if backwards else QTextCursor.MoveOperation.Start
            start = QTextCursor(self.document())
            start.movePosition(edge)
            found = self.document().find(self._needle, start, flags)
        if found.isNull():
            return False
        self.setTextCursor(found)
        self.centerCursor()
        return True

    def matches(self) -> tuple[int, int]:
        """Which match the cursor is on, from 1, and how many there are."""
        if not self._needle:
            return 0, 0
        needle, text = self._needle.casefold(), self.toPlainText().casefold()
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return 0, text.count(needle)
        before = QTextCursor(self.document())
        before.setPosition(cursor.selectionEnd(), QTextCursor.MoveMode.KeepAnchor)
        return before.selectedText().casefold().count(needle), text.count(needle)

    def _mark(self) -> None:
        """Only what is in sight is looked through: a long log costs no more than a short one."""
        marks = []
        if self._needle:
            ground = QTextCharFormat()
            ground.setBackground(colour("match"))
            ground.setForeground(QColor("white"))
            block = self.firstVisibleBlock()
            bottom = self.viewport().height()
            while block.isValid():
                if self.blockBoundingGeometry(block).translated(self.contentOffset()).top() > bottom:
                    break
                marks += self._marks_in(block.text(), block.position(), ground)
                block = block.next()
        self.setExtraSelections(marks)

    def _marks_in(self, text: str, start: int, ground: QTextCharFormat) -> list[QTextEdit.ExtraSelection]:
        marks = []
        for found in re.finditer(re.escape(self._needle), text, re.IGNORECASE):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document())
            mark.cursor.setPosition(start + _units(text[: found.start()]))
            mark.cursor.setPosition(start + _units(text[: found.end()]), QTextCursor.MoveMode.KeepAnchor)
            mark.format = ground
            marks.append(mark)
        return marks

    def _scrolled(self) -> None:
        self._mark()
        if not self._is_adding:
            (self.reached_end if self.is_at_end() else self.left_end).emit()


def _format(name: str, *, bold: bool) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour(name))
    if bold:
        made.setFontWeight(QFont.Weight.Bold)
    return made


def _units(text: str) -> int:
    """Qt counts in UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
