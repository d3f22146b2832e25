"""Which texts of a window are cut: every widget's own text against the room it has."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QTreeView,
    QWidget,
)

from ui.desktop.cell_delegate import PADDING
from ui.desktop.chip import Chip
from ui.desktop.edge_bar import EdgeButton
from ui.desktop.grid import GridView
from ui.desktop.line_delegate import PAD
from ui.desktop.models.explain import AMOUNT, ExplainModel
from ui.desktop.panels.status_bar import Sentence
from ui.desktop.plots.legend import Legend
from ui.desktop.plots.tile import PAD as TILE_PAD
from ui.desktop.plots.tile import Tile
from ui.desktop.ticker import Ticker

# What the style sheet leaves free on each side.
PADDED = {QPushButton: 13, QToolButton: 7, QTabBar: 12, QHeaderView: 8}
SLACK = 1.0  # pixels: advances are rounded


def cut(window: QWidget) -> list[str]:
    """Every text on the screen that has less room than it needs, and where it stands."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        for text, needed, room in texts(widget):
            if text.strip() and needed > room + SLACK:
                place = f"{type(widget).__name__} {widget.accessibleName()!r}"
                found.append(f"{text!r} needs {needed:.0f} of {room:.0f} in {place}")
    return found


def texts(widget: QWidget) -> Iterator[tuple[str, float, float]]:
    """Each text of a widget, the pixels it needs and those it has."""
    match widget:
        case QLabel():
            yield from label(widget)
        case Sentence():
            return  # it ends in an ellipsis by design, and its tooltip has all of it
        case Ticker():
            yield widget.text(), width(widget, widget.text()), widget.width()
        case Tile():
            yield from tile(widget)
        case Chip():
            yield widget.accessibleName(), widget.sizeHint().width(), widget.width()
        case EdgeButton():
            yield widget.text(), width(widget, widget.text()), widget.height()
        case QAbstractButton():
            room = widget.width() - next(
                (2 * PADDED[k] for k in PADDED if isinstance(widget, k)), 0
            )
            if not widget.icon().isNull():
                room -= widget.iconSize().width()
            yield widget.text(), width(widget, plain(widget.text())), room
        case QTabBar():
            for at in range(widget.count()):
                text = widget.tabText(at)
                yield text, width(widget, text), widget.tabRect(at).width() - 2 * PADDED[QTabBar]
        case QComboBox():
            yield widget.currentText(), width(widget, widget.currentText()), field(widget)
        case QHeaderView():
            yield from header(widget)
        case Legend():
            yield from legend(widget)
        case GridView():
            yield from grid(widget)
        case QTreeView() if isinstance(widget.model(), ExplainModel):
            yield from explain(widget)
        case _:
            return


def width(widget: QWidget, text: str) -> float:
    return widget.fontMetrics().horizontalAdvance(text)


def plain(text: str) -> str:
    return text.replace("&", "")


def label(widget: QLabel) -> Iterator[tuple[str, float, float]]:
    if not widget.text() or widget.textFormat() is Qt.TextFormat.RichText:
        return
    room = widget.contentsRect()
    if widget.wordWrap():
        yield widget.text(), widget.heightForWidth(widget.width()), widget.height()
        return
    lines = widget.text().splitlines()
    yield widget.text(), max(width(widget, each) for each in lines), room.width()
    yield widget.text(), widget.fontMetrics().height() * len(lines), room.height()


def tile(widget: Tile) -> Iterator[tuple[str, float, float]]:
    room = widget.width() - 2 * TILE_PAD
    yield widget.reading.value, widget.value_width(), room + TILE_PAD / 2
    title = QFontMetrics(widget._theme.words(12))
    yield widget.reading.title, title.horizontalAdvance(widget.reading.title), room
    if widget.reading.notes and not widget.note():
        yield f"a note of {widget.reading.title}", widget.width() + 100, room


def field(widget: QComboBox) -> float:
    option = QStyleOptionComboBox()
    widget.initStyleOption(option)
    return (
        widget.style()
        .subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            widget,
        )
        .width()
    )


def header(widget: QHeaderView) -> Iterator[tuple[str, float, float]]:
    if widget.orientation() is not Qt.Orientation.Horizontal or widget.model() is None:
        return
    for at in range(widget.count()):
        if widget.isSectionHidden(at):
            continue
        text = str(widget.model().headerData(at, Qt.Orientation.Horizontal) or "")
        yield text, width(widget, text), widget.sectionSize(at) - 2 * PADDED[QHeaderView]


def legend(widget: Legend) -> Iterator[tuple[str, float, float]]:
    if widget.entries:
        names = widget.written()
        yield widget.accessibleDescription(), widget._width(names), widget.width() + 14


def grid(view: GridView) -> Iterator[tuple[str, float, float]]:
    """Figures are never shortened, nor is the name of a line."""
    cells, model = view.cells, view.model()
    for row, line in enumerate(model.rows):
        if not view.visualRect(model.index(row, 0)).intersects(view.viewport().rect()):
            continue
        for at, column in enumerate(model.columns):
            text = line.cells[at].text
            if view.isColumnHidden(at) or not text:
                continue
            font = cells._font(line.kind, is_figure=column.is_figure)
            rect = view.visualRect(model.index(row, at))
            left = (PADDING if line.is_ticked is None else 27) if at == 0 else PADDING
            needed = QFontMetrics(font).horizontalAdvance(text)
            yield text, needed, rect.width() - left - PADDING / 2


def explain(view: QTreeView) -> Iterator[tuple[str, float, float]]:
    model = view.model()
    metrics = QFontMetrics(view.itemDelegate()._strong_figures)
    for line in model.lines():
        text = model.amount(line)
        yield text, metrics.horizontalAdvance(text), view.columnWidth(AMOUNT) - PAD
