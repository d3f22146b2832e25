"""The user's guide, a page for each panel."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeySequence,
    QShortcut,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from ui.desktop.theme import Theme

PAGES = (
    "accounts", "summary", "positions", "balances", "orders", "usage", "spot", "matrix", "explain",
    "venues", "top-bar", "status-bar",
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
        self.list.setFixedWidth(220)
        self.list.setStyleSheet("QListWidget::item { padding: 5px 12px; }")
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
        paths += [self._docs / "keyboard.md", self._docs / "parameters.md"]
        paths += [*sorted((self._docs / "models").glob("**/*.md"))]
        return [path for path in paths if path.is_file()]

    def _show_page(self, item: QListWidgetItem | None, _previous: object = None) -> None:
        if item is not None:
            self.setWindowTitle(self.tr("Help: {0}").format(item.text()))
            path = Path(item.data(Qt.ItemDataRole.UserRole))
            self._write(path.read_text(encoding="utf-8"))

    def _write(self, markdown: str) -> None:
        document = self.text.document()
        document.setDefaultFont(self._theme.words())
        document.setDocumentMargin(20)
        document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        _set_type(document, self._theme)
        self.text.moveCursor(self.text.textCursor().MoveOperation.Start)


def _set_type(document: QTextDocument, theme: Theme) -> None:
    """Room between paragraphs, calm tables, links in our colour, and the bold we have a font of."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        form = block.blockFormat()
        level = form.headingLevel()
        in_table = cursor.currentTable() is not None
        form.setTopMargin(0 if in_table or block == document.begin() else 14 if level else 4)
        form.setBottomMargin(0 if in_table else 6)
        cursor.setBlockFormat(form)
        for start, end, was in _pieces(block):
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            text = QTextCharFormat()
            if level:
                text.setFont(theme.words({1: 20, 2: 16}.get(level, 14)))
            elif was.fontFixedPitch():
                text.setFont(theme.figures(12))
            if level or was.fontWeight() > QFont.Weight.Medium:
                text.setFontWeight(QFont.Weight.DemiBold)
            if was.isAnchor():
                text.setForeground(theme.color("accent"))
            cursor.mergeCharFormat(text)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            form_of_table = frame.format()
            form_of_table.setCellPadding(5)
            form_of_table.setBorderCollapse(True)
            form_of_table.setBorderBrush(theme.color("line"))
            form_of_table.setTopMargin(6)
            form_of_table.setBottomMargin(8)
            frame.setFormat(form_of_table)


def _pieces(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Where each piece of one format begins and ends; taken before any of them is changed."""
    pieces = []
    each = block.begin()
    while not each.atEnd():
        fragment = each.fragment()
        start = fragment.position()
        pieces.append((start, start + fragment.length(), fragment.charFormat()))
        each += 1
    return pieces


def _title(path: Path) -> str:
    """The first heading of a page."""
    first = path.read_text(encoding="utf-8").lstrip().partition("\n")[0]
    return first.lstrip("# ").partition(" (")[0].strip() or path.stem
