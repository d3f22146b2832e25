"""ui/desktop/formats.py."""

from datetime import UTC, datetime
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ui.desktop import formats


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (formats.money(1_193_200.4), "1,193,200"),
        (formats.money(-0.4), "0"),
        (formats.money(731_420, sign=True), "+731,420"),
        (formats.money(12.53456, "BTC"), "12.5346"),
        (formats.money(None), "-"),
        (formats.money(nan), "-"),
        (formats.short(-688_230), "-688k"),
        (formats.short(2_840_000), "2.84M"),
        (formats.short(999.9), "1.0k"),
        (formats.short(0), "0"),
        (formats.quantity(-120.0), "-120.0"),
        (formats.quantity(1_250_000.0), "+1,250,000"),
        (formats.quantity(0.25), "+0.25"),
        (formats.price(0.0418, 0.0001), "0.0418"),
        (formats.price(66_020.5, 0.5), "66,020.5"),
        (formats.price(1_897.4), "1,897.4"),
        (formats.percent(0.613), "61.3 %"),
        (formats.percent(-0.232, sign=True), "-23.2 %"),
        (formats.percent(None), "-"),
        (formats.percent(inf), "∞ %"),
        (formats.vol(0.682), "68.2"),
        (formats.age(0.42), "0.4 s"),
        (formats.age(190), "3 min"),
        (formats.age(200_000), "2 d"),
        (formats.milliseconds(0.0041), "4.1 ms"),
        (formats.instant(datetime(2026, 2, 5, 16, 4, 12, tzinfo=UTC)), "5 Feb 2026 16:04:12 UTC"),
    ],
)
def test_a_figure_looks_as_a_desk_writes_it(shown: str, text: str) -> None:
    assert shown == text


def test_an_amount_is_converted_at_the_index_of_today() -> None:
    index = {"BTC": 50_000.0, "ETH": 2_000.0}
    assert formats.in_unit(100_000.0, "USD", "BTC", index) == (2.0, "BTC")
    assert formats.in_unit(2.0, "BTC", "ETH", index) == (50.0, "ETH")
    assert formats.in_unit(2.0, "BTC", "pool", index) == (2.0, "BTC")
    assert formats.in_unit(None, "BTC", "USD", index) == (None, "BTC")


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_what_is_copied_can_be_read_back_exactly(value: float) -> None:
    assert formats.number(formats.full(value)) == value


def test_a_zero_is_copied_without_a_sign() -> None:
    assert formats.full(-0.0) == "0"


@given(some.floats(-1e12, 1e12))
def test_what_is_shown_can_be_typed_in_again(value: float) -> None:
    assert formats.number(formats.quantity(value)) == pytest.approx(value, abs=1e-7)


@pytest.mark.parametrize("text", ["", "twelve", "1.2.3", "nan", "inf", "12 BTC"])
def test_a_text_that_is_no_number_is_refused_with_what_would_be_accepted(text: str) -> None:
    with pytest.raises(formats.FormatError, match="takes a number such as"):
        formats.number(text, "Quantity")
