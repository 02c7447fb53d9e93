"""Cells that are drawn: state chips, stacked bars, meters. Plain text everywhere else, never rich text."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QLinearGradient, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wrangler.icons import icon
from wrangler.models.column import Chip, Meter, Shares
from wrangler.models.rowmodel import DRAWING, ICON, INK
from wrangler.theme import colour, tone

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_ROUND = 4.0


class CellDelegate(QStyledItemDelegate):
    """Draws what a column's `draw` gives, or the text where it gives nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groove = colour("raised")
        self._ink = colour("text")
        self._levels = [colour(name) for name in ("accent", "warning", "error")]

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        picture, ink = index.data(ICON), index.data(INK)
        if picture:
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.icon = icon(picture)
            option.decorationSize = QSize(16, 16)
        if ink:
            option.palette.setColor(QPalette.ColorRole.Text, colour(ink))
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour(ink))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        drawing = index.data(DRAWING)
        if drawing is None:
            super().paint(painter, option, index)
            return
        self._paint_ground(painter, option, index)
        area = option.rect.adjusted(4, 3, -4, -3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if isinstance(drawing, Chip):
            paint_chip(painter, area, drawing)
        elif isinstance(drawing, Shares):
            self._paint_shares(painter, area, drawing)
        elif isinstance(drawing, Meter):
            self._paint_meter(painter, area, drawing)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Stripe, selection and focus, as for every other cell, but no text."""
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        plain.text = ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)

    def _paint_shares(self, painter: QPainter, area: QRect, shares: Shares) -> None:
        bar = QRectF(area)
        painter.setBrush(self._groove)
        painter.drawRoundedRect(bar, _ROUND, _ROUND)
        whole = sum(count for _, count in shares.parts)
        painter.save()
        left = bar.left()
        for name, count in shares.parts if whole else ():
            if not count:
                continue
            width = bar.width() * count / whole
            painter.fillRect(QRectF(left, bar.top(), max(width, 1.0), bar.height()), tone(name)[0])
            left += width
        painter.restore()
        _paint_over(painter, area, shares.text)

    def _paint_meter(self, painter: QPainter, area: QRect, meter: Meter) -> None:
        bar = QRectF(area)
        painter.setBrush(self._groove)
        painter.drawRoundedRect(bar, _ROUND, _ROUND)
        if meter.filled > 0:
            level = (meter.filled >= meter.warn) + (meter.filled >= meter.critical)
            filled = QRectF(bar.left(), bar.top(), max(bar.width() * min(meter.filled, 1.0), 3), bar.height())
            painter.setBrush(_gradient(bar, self._levels[level]))
            painter.drawRoundedRect(filled, _ROUND, _ROUND)
        _paint_over(painter, area, meter.text)


def paint_chip(painter: QPainter, area: QRect, chip: Chip) -> None:
    """A filled, rounded label; sign and word in ink that can be read on it."""
    fill, ink = tone(chip.tone)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(area), _ROUND, _ROUND)
    painter.setPen(ink)
    sign = QRect(area.left() + 4, area.top(), 16, area.height())
    painter.drawText(sign, _CENTRE, chip.sign)
    left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(area.adjusted(23, 0, -2, 0), left | int(Qt.TextFlag.TextSingleLine), chip.word)


def _gradient(bar: QRectF, strong: QColor) -> QBrush:
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    gradient.setColorAt(0, strong.darker(240))
    gradient.setColorAt(1, strong.darker(125))
    return QBrush(gradient)


def _paint_over(painter: QPainter, area: QRect, text: str) -> None:
    """White on a dark edge: readable over every tone."""
    font = QFont(painter.font())
    font.setPointSizeF(max(font.pointSizeF() - 0.5, 6))
    painter.setFont(font)
    painter.setPen(QColor(0, 0, 0, 200))
    for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(area.translated(right, down), _CENTRE, text)
    painter.setPen(QPalette().color(QPalette.ColorRole.BrightText).lighter(300))
    painter.drawText(area, _CENTRE, text)
