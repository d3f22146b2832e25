"""The user's guide, a page for each panel."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from ui.desktop.theme import Theme, row_height

PAGES = (
    "accounts", "summary", "positions", "balances", "orders", "usage", "spot", "matrix", "explain",
    "top-bar", "status-bar",
)  # fmt: skip


class HelpViewer(QDialog):
    """The pages on the left, the one chosen on the right."""

    keys_asked = Signal()

    def __init__(self, docs: Path, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._docs, self._theme = docs, theme
        self.setWindowTitle(self.tr("Help"))
        self.resize(860, 620)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Pages of the guide"))
        self.list.setFixedWidth(190)
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Page of the guide"))
        self.text.setOpenExternalLinks(True)
        self.text.setOpenLinks(True)
        for path in self._paths():
            item = QListWidgetItem(_title(path))
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            self.list.addItem(item)
        self.list.currentItemChanged.connect(self._show_page)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        for key in ("F1", "Ctrl+?"):
            QShortcut(QKeySequence(key), self).activated.connect(self.keys_asked)
        self.set_theme(theme)
        self.list.setCurrentRow(0)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.list.setFont(theme.words())
        for row in range(self.list.count()):
            item = self.list.item(row)
            size = item.sizeHint()
            size.setHeight(row_height(self.list.fontMetrics()))
            item.setSizeHint(size)
        self._show_page(self.list.currentItem())

    def open_page(self, name: str) -> None:
        """Show the page of this name, e.g. "positions" or "keyboard"."""
        for row in range(self.list.count()):
            if Path(self.list.item(row).data(Qt.ItemDataRole.UserRole)).stem == name:
                self.list.setCurrentRow(row)
        self.show()
        self.raise_()
        self.activateWindow()

    def open_text(self, title: str, markdown: str) -> None:
        """Show a text that is no page of the guide."""
        self.list.setCurrentRow(-1)
        self.setWindowTitle(title)
        self._write(markdown)
        self.show()
        self.raise_()

    def _paths(self) -> list[Path]:
        paths = [self._docs / "panels" / f"{name}.md" for name in PAGES]
        paths += [self._docs / "keyboard.md", *sorted((self._docs / "models").glob("**/*.md"))]
        return [path for path in paths if path.is_file()]

    def _show_page(self, item: QListWidgetItem | None, _previous: object = None) -> None:
        if item is not None:
            self.setWindowTitle(self.tr("Help: {0}").format(item.text()))
            path = Path(item.data(Qt.ItemDataRole.UserRole))
            self._write(path.read_text(encoding="utf-8"))

    def _write(self, markdown: str) -> None:
        colours = self._theme.colours
        document = self.text.document()
        document.setDefaultFont(self._theme.words())
        document.setDocumentMargin(20)
        document.setDefaultStyleSheet(f"a {{ color: {colours['accent']}; }}")
        document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        self.text.moveCursor(self.text.textCursor().MoveOperation.Start)


def _title(path: Path) -> str:
    """The first heading of a page."""
    first = path.read_text(encoding="utf-8").lstrip().partition("\n")[0]
    return first.lstrip("# ").strip() or path.stem
