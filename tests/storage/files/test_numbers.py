"""Numbers as people type them mean one thing or are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.files.numbers import Decimal, notation, number


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("-120", -120),
        ("−120", -120),
        ("–120", -120),
        ("+5", 5),
        ("(1,250)", -1250),
        ("1,250,000", 1_250_000),
        ("1 250 000", 1_250_000),
        ("1\u00a0250\u202f000.5", 1_250_000.5),
        ("1'250'000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1.250.000,75", 1_250_000.75),
        ("1,250,000.75", 1_250_000.75),
        ("0,0418", 0.0418),
        ("0,041", 0.041),
        ("66020,5", 66_020.5),
        ("66020.5", 66_020.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1.25E-2", 0.0125),
        ("'-120", -120),
        ("\uff11\uff12\uff10", 120),
        ("1,250", 1250),
        ("1.250", 1.25),
    ],
)
def test_a_number_is_read_as_it_is_meant(cell, value):
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["", "-", "abc", "12a", "1.2.3", "1,25,000", "12,34,567", "nan", "inf", "1e999", "--5", "(-5)"]
    + ["=1+1", "5%", "$5", "1_000", "0x10", "1,250.000.5", "1e", "1 2", "\u0663", "1250 USD"],
)
def test_what_is_no_number_is_refused(cell):
    assert number(cell) is None


def test_a_list_with_decimal_commas_reads_every_number_so():
    decimal = notation(["0,0418", "-120", "1.250"])
    assert decimal is Decimal.COMMA
    assert number("1.250", decimal) == 1250
    assert number("1,250", decimal) == 1.25


def test_a_list_with_decimal_points_groups_with_commas():
    decimal = notation(["0.0418", "1,250"])
    assert decimal is Decimal.POINT
    assert number("1,250", decimal) == 1250


def test_a_contradictory_list_refuses_what_may_be_either():
    decimal = notation(["0.0418", "0,0418"])
    assert decimal is Decimal.UNDECIDED
    assert number("1,250", decimal) is None
    assert number("1.250", decimal) is None
    assert number("0,0418", decimal) == 0.0418
    assert number("1,250,000", decimal) == 1_250_000


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_plain_and_grouped_forms_mean_the_same(value):
    value = round(value, 4)
    assert number(repr(value), notation([repr(value), "0.5"])) == value
    grouped = f"{value:,.4f}"
    assert number(grouped) == value
    european = grouped.translate(str.maketrans(",.", ".,"))
    assert number(european) == value


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text):
    value = number(text)
    assert value is None or abs(value) < float("inf")
