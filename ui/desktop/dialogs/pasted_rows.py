"""What became of pasted rows, before any of them is taken."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from riskcore.journal import RowFate


class PastedRows(QDialog):
    """The refused rows with the reason for each; the good ones are added on a wish only."""

    def __init__(
        self, refused: Sequence[RowFate], good: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Pasted rows"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bad = len(refused)
        cannot = self.tr("1 row") if bad == 1 else self.tr("{0} rows").format(bad)
        others = self.tr("The 1 other") if good == 1 else self.tr("The {0} others").format(good)
        rest = self.tr("{0} can; nothing has been added yet.").format(others)
        words = QLabel(
            self.tr("{0} cannot be taken.").format(cannot)
            + " "
            + (rest if good else self.tr("Nothing has been added."))
        )
        words.setWordWrap(True)
        self.table = QTableWidget(len(refused), 3)
        self.table.setAccessibleName(self.tr("Refused rows"))
        self.table.setHorizontalHeaderLabels([self.tr("Row"), self.tr("Text"), self.tr("Why not")])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        for row, fate in enumerate(refused):
            text = fate.text.replace("\t", "  ")
            for column, shown in enumerate((str(fate.row), text, fate.refused)):
                item = QTableWidgetItem(shown)
                item.setToolTip(shown)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(1, 260)
        self.table.setWordWrap(True)
        self.table.resizeRowsToContents()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        add = self.tr("Add the 1 other row") if good == 1 else self.tr("Add the {0} other rows")
        self.take = QPushButton(add.format(good), self)
        self.take.setVisible(good > 0)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.buttons)
        if good:
            self.buttons.addButton(self.take, QDialogButtonBox.ButtonRole.AcceptRole)
            cancel.setAutoDefault(False)
            self.take.setDefault(True)
        (self.take if good else cancel).setFocus()
        self.resize(820, 380)
