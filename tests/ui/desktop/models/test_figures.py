"""Figures of positions as cells."""

import pytest

from ui.desktop.models import figures


def test_no_gamma_is_written_as_no_vega_is() -> None:
    shown = figures.Scale("USD", {}, {}).cells(figures.Figures(gamma=0.0, vega=0.0, theta=0.0))
    assert [each.text for each in shown[3:6]] == ["0", "0", "0"]


@pytest.mark.parametrize(
    ("amount", "tone"), [(5.0, "loss"), (-5.0, "gain"), (0.0, "text"), (-3e-10, "text")]
)
def test_what_adding_up_leaves_over_is_neither_gain_nor_loss(amount: float, tone: str) -> None:
    assert figures.required(amount, "USD").tone == tone
