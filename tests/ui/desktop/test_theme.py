"""ui/desktop/theme.py."""

from itertools import product

import pytest
from PySide6.QtGui import QColor, QFontMetrics
from pytestqt.qtbot import QtBot

from tests.ui.desktop.stand_ins import RESOURCES
from ui.desktop import theme

LOOKS = [
    theme.load(RESOURCES, name, colour_blind=blind)
    for name, blind in product(("dark", "light"), (False, True))
]


def luminance(colour: QColor) -> float:
    """Of WCAG 2.1."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: QColor, ground: QColor) -> float:
    """Of WCAG 2.1."""
    dark, light = sorted((luminance(ink), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.name} {look.colour_blind}")
@pytest.mark.parametrize("ink", theme.INKS)
@pytest.mark.parametrize("ground", theme.BACKGROUNDS)
def test_every_text_can_be_read_on_every_background(
    look: theme.Theme, ink: str, ground: str
) -> None:
    assert contrast(look.color(ink), look.color(ground)) >= 4.5


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.name} {look.colour_blind}")
def test_every_role_has_a_colour(look: theme.Theme) -> None:
    assert set(look.colours) == set(theme.ROLES)
    assert all(look.color(role).isValid() for role in theme.ROLES)


def test_colour_blind_eyes_never_meet_green_against_red() -> None:
    for name in ("dark", "light"):
        plain, blind = theme.load(RESOURCES, name), theme.load(RESOURCES, name, colour_blind=True)
        assert blind.color("gain") == plain.color("accent")
        assert blind.color("loss") == plain.color("call")


def test_zones_follow_the_initial_usage_and_the_trigger() -> None:
    zones = [LOOKS[0].zone(usage) for usage in (None, 0.74, 0.75, 1.0, 1.01)]
    assert zones == ["accent", "accent", "caution", "caution", "call"]
    assert LOOKS[0].zone(1.3, trigger=1.0) == "liquidation"


def test_the_sign_of_an_amount_is_its_colour() -> None:
    look = LOOKS[0]
    assert look.signed(1.0) == look.color("gain")
    assert look.signed(-1.0) == look.color("loss")
    assert look.signed(0.0) == look.color("text")


@pytest.mark.parametrize("look", LOOKS[::2], ids=lambda look: look.name)
def test_the_style_sheet_leaves_no_place_open(look: theme.Theme) -> None:
    assert "$" not in look.style(RESOURCES)


def test_figures_have_equal_widths_and_rows_are_26_high(qtbot: QtBot) -> None:
    theme.load_fonts(RESOURCES)
    look = LOOKS[0]
    for font in (look.words(), look.figures()):
        metrics = QFontMetrics(font)
        assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1
    assert theme.row_height(QFontMetrics(look.words())) == 26
