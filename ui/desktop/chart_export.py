"""A chart as a picture or a file of numbers."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from riskcore.errors import Refusal
from ui.desktop.models.series import Numbers

SCALE = 2.0  # pixels of a saved picture for each pixel of the screen at 100 %
PICTURES = (".png", ".svg")


def picture(widget: QWidget, scale: float = SCALE) -> QImage:
    """A widget as it looks now, drawn again at a scale rather than enlarged."""
    size = widget.size()
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image, QPoint(), QRegion(QRect(QPoint(), size)))
    return image


def save_picture(widget: QWidget, path: Path) -> None:
    """Write a widget as PNG, or as SVG that keeps its lines. Raises Refusal when it cannot."""
    match path.suffix.lower():
        case ".png":
            saved = picture(widget).save(str(path))
        case ".svg":
            saved = _drawn(widget, path)
        case other:
            raise Refusal(f"a picture cannot end in {other or 'nothing'}; name it .png or .svg")
    if not saved:
        raise Refusal(f"{path} could not be written; choose a folder that allows it")


def save_numbers(numbers: Numbers, path: Path) -> None:
    """Write a chart's numbers as CSV in full precision. Raises Refusal when it cannot."""
    try:
        path.write_text(numbers.csv(), encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{path} could not be written: {error.strerror}") from error


def copy_numbers(numbers: Numbers, rows: list[int] | None = None) -> None:
    """Put a chart's numbers, or some rows of them, on the clipboard for a spreadsheet."""
    QGuiApplication.clipboard().setText(numbers.text(rows))


def _drawn(widget: QWidget, path: Path) -> bool:
    page = QSvgGenerator()
    page.setFileName(str(path))
    page.setSize(widget.size())
    page.setViewBox(QRect(QPoint(), widget.size()))
    page.setTitle(widget.accessibleName())
    painter = QPainter()
    if not painter.begin(page):
        return False
    widget.render(painter, QPoint(), QRegion(QRect(QPoint(), widget.size())))
    return painter.end()
