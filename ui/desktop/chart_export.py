"""A chart as a picture or a file of numbers."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from riskcore.errors import Refusal
from ui.desktop.models.series import Numbers

SCALE = 2.0  # pixels of a saved picture for each pixel of the screen at 100 %


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
    page = QBuffer()
    page.open(QBuffer.OpenModeFlag.WriteOnly)
    match path.suffix.lower():
        case ".png":
            QImageWriter(page, b"png").write(picture(widget))
        case ".svg":
            _draw(widget, page)
        case other:
            raise Refusal(f"a picture cannot end in {other or 'nothing'}; name it .png or .svg")
    _write(path, bytes(page.data().data()))


def save_numbers(numbers: Numbers, path: Path) -> None:
    """Write a chart's numbers as CSV in full precision. Raises Refusal when it cannot."""
    _write(path, numbers.csv().encode())


def copy_numbers(numbers: Numbers, rows: list[int] | None = None) -> None:
    """Put a chart's numbers, or some rows of them, on the clipboard for a spreadsheet."""
    QGuiApplication.clipboard().setText(numbers.text(rows))


def _draw(widget: QWidget, page: QBuffer) -> None:
    drawing = QSvgGenerator()
    drawing.setOutputDevice(page)
    drawing.setSize(widget.size())
    drawing.setViewBox(QRect(QPoint(), widget.size()))
    drawing.setTitle(widget.accessibleName())
    painter = QPainter(drawing)
    widget.render(painter, QPoint(), QRegion(QRect(QPoint(), widget.size())))
    painter.end()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refusal(f"{path} could not be written: {error.strerror}") from error
