"""What this program is and what it is made of."""

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from ui.desktop.ports import Services
from ui.desktop.theme import Theme

PARTS = ("PySide6-Essentials", "numpy", "scipy", "pyqtgraph", "SQLAlchemy", "msgspec")


class About(QDialog):
    """Name, purpose, licence and the versions that a report of a problem needs."""

    def __init__(self, theme: Theme, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About Counterpoise"))
        name = QLabel(f"Counterpoise {services.version}".strip())
        name.setFont(theme.words(18, weight=QFont.Weight.DemiBold))
        what = QLabel(
            self.tr(
                "What a book of derivatives must post as margin, why, and how much of it netting "
                "saves, under the published rules of the venue. Licence: Apache-2.0. The fonts "
                "Inter and JetBrains Mono are under the SIL Open Font License 1.1."
            )
        )
        what.setWordWrap(True)
        parts = [f"{part} {_version(part)}" for part in PARTS]
        parts += [f"Qt {qVersion()}", f"Python {platform.python_version()}"]
        made = QLabel("\n".join((*parts, self.tr("Database {0}").format(services.database))))
        made.setFont(theme.figures(12))
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        for widget in (name, what, made, buttons):
            page.addWidget(widget)
        self.setMinimumWidth(max(460, page.sizeHint().width()))  # a path is never cut


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
