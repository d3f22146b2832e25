"""Colours by role, fonts and the style sheet of the window."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

ROLES = (
    "window", "panel", "raised", "line", "text", "dim", "mute", "accent", "selection",
    "gain", "loss", "caution", "call", "liquidation",
)  # fmt: skip
BACKGROUNDS = ("window", "panel", "raised", "selection")
INKS = ("text", "dim", "mute", "accent", "gain", "loss", "caution", "call", "liquidation")

WORDS = ("Inter", "JetBrains Mono", "DejaVu Sans")  # what one lacks, the next has
FIGURES = ("JetBrains Mono", "Inter", "DejaVu Sans Mono")
SIZE = 13  # pixels at 100 %


@dataclass(frozen=True, slots=True)
class Theme:
    """One look: its name, its palette for the eye, and a colour for every role."""

    name: str  # "dark" or "light"
    colour_blind: bool
    colours: Mapping[str, str]

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a role, more or less opaque."""
        colour = QColor(self.colours[role])
        colour.setAlphaF(alpha)
        return colour

    def mixed(self, role: str, share: float, ground: str = "panel") -> QColor:
        """A role's colour laid over a background with this share, opaque."""
        over, under = self.color(role), self.color(ground)
        return QColor.fromRgbF(
            *(
                top * share + bottom * (1 - share)
                for top, bottom in zip(over.getRgbF()[:3], under.getRgbF()[:3], strict=True)  # type: ignore[index]
            )
        )

    def signed(self, amount: float) -> QColor:
        """Gain, loss or plain text by the sign of an amount."""
        return self.color("gain" if amount > 0 else "loss" if amount < 0 else "text")

    def zone(self, usage: float | None, trigger: float = 0.0, caution: float = 0.75) -> str:
        """The role of the zone an initial usage lies in; `trigger` is its figure over its level."""
        if trigger >= 1:
            return "liquidation"
        if usage is None or usage < caution:
            return "accent"
        return "caution" if usage <= 1 else "call"

    def words(self, size: int = SIZE, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of words; its figures have equal widths."""
        font = _font(WORDS, size, weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def figures(self, size: int = SIZE, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The font of figures."""
        return _font(FIGURES, size, weight)

    def palette(self) -> QPalette:
        """The colours as Qt's own roles."""
        palette = QPalette()
        role = QPalette.ColorRole
        for target, source in (
            (role.Window, "window"), (role.WindowText, "text"), (role.Base, "panel"),
            (role.AlternateBase, "raised"), (role.Text, "text"), (role.Button, "raised"),
            (role.ButtonText, "text"), (role.BrightText, "text"), (role.ToolTipBase, "raised"),
            (role.ToolTipText, "text"), (role.PlaceholderText, "mute"), (role.Link, "accent"),
            (role.LinkVisited, "accent"), (role.Highlight, "selection"),
            (role.HighlightedText, "text"), (role.Accent, "accent"), (role.Light, "line"),
            (role.Midlight, "line"), (role.Mid, "line"), (role.Dark, "line"),
            (role.Shadow, "window"),
        ):  # fmt: skip
            palette.setColor(target, self.color(source))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.color("mute"))
        return palette

    def style(self, resources: Path) -> str:
        """The style sheet: what a palette cannot say. Cells of tables are not in it, for speed."""
        sheet = Template((resources / "theme" / "window.qss").read_text(encoding="utf-8"))
        icons = (resources / "icons").as_posix()
        return sheet.substitute(self.colours, icons=icons, tint=self.name)


def load(resources: Path, name: str = "dark", *, colour_blind: bool = False) -> Theme:
    """The theme of this name from resources/theme."""
    document = tomllib.loads((resources / "theme" / f"{name}.toml").read_text(encoding="utf-8"))
    colours = document["colours"] | (document["colour-blind"] if colour_blind else {})
    return Theme(document["name"], colour_blind, colours)


def load_fonts(resources: Path) -> None:
    """Make the program's own fonts known to Qt."""
    for path in sorted((resources / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def apply(theme: Theme, resources: Path) -> None:
    """Let every widget of the program be drawn in this theme."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    hints = QGuiApplication.styleHints()
    dark = theme.name == "dark"
    hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    app.setPalette(theme.palette())
    app.setFont(theme.words())
    app.setStyleSheet(theme.style(resources))


def row_height(metrics: QFontMetrics) -> int:
    """The height of a row of a grid or tree: 26 pixels at 100 %."""
    return metrics.height() + 10


def _font(families: tuple[str, ...], size: int, weight: QFont.Weight) -> QFont:
    font = QFont()
    font.setFamilies(list(families))
    font.setPixelSize(size)
    font.setWeight(weight)
    return font
