"""A pasted list of positions: every row is taken or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.errors import InstrumentError
from storage.files.positions import MAX_ROWS, read_positions


def read(text):
    return read_positions(text, "deribit")


def taken(text):
    return [
        (each.instrument.name, each.quantity, each.entry_price) for each in read(text).positions
    ]


def test_three_columns_without_a_header():
    text = "BTC-27FEB26-60000-P\t-120\t0.0418\nBTC-PERPETUAL\t1250000\t66020.5\n"
    assert taken(text) == [
        ("BTC-27FEB26-60000-P", -120, 0.0418),
        ("BTC-PERPETUAL", 1_250_000, 66_020.5),
    ]
    assert read(text).refused == ()


def test_two_columns_leave_the_entry_price_unknown():
    assert taken("BTC-PERPETUAL\t10\nETH-PERPETUAL\t-20") == [
        ("BTC-PERPETUAL", 10, None),
        ("ETH-PERPETUAL", -20, None),
    ]


def test_a_header_gives_the_columns_in_any_order():
    text = "Avg Price;Comment;Size;Instrument\n0,0418;hedge;-120;BTC-27FEB26-60000-P\n"
    assert taken(text) == [("BTC-27FEB26-60000-P", -120, 0.0418)]


def test_the_columns_of_deribits_own_positions():
    text = (
        "instrument_name,kind,direction,size,size_currency,average_price,mark_price,index_price,"
        "settlement_price,delta,leverage\n"
        "ETH-PERPETUAL,future,sell,1,0.000509344,2074.25,1963.31,1963.1,2090.99,0.0005,50\n"
        "BTC-27FEB26-60000-P,option,buy,2.5,,0.0418,0.0437,64119.0,0.0451,-0.4,\n"
    )
    found = read(text)
    assert found.refused == ()
    future, option = found.positions
    assert (future.quantity, future.entry_price, future.settled_price) == (-1, 2074.25, 2090.99)
    assert (option.quantity, option.entry_price, option.settled_price) == (2.5, 0.0418, None)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffBTC-PERPETUAL\t10\t66020.5\r\n\r\n\t\t\r\n",
        "BTC-PERPETUAL,10,66020.5\n\n\n",
        "BTC-PERPETUAL, 10, 66020.5",
        "BTC-PERPETUAL;10;66020,5",
        "BTC-PERPETUAL 10 66020.5",
        '"BTC-PERPETUAL","10","66,020.5"',
        "btc-perpetual\t10\t66,020.5",
        "BTC\u2011PERPETUAL\t10\t66020.5",
        "instrument\tquantity\tentry price\nBTC-PERPETUAL\t10\t66020.5\n",
        "BTC-PERPETUAL\t10\t66020.5\t\t",
    ],
)
def test_the_same_row_in_the_forms_a_spreadsheet_gives(text):
    assert taken(text) == [("BTC-PERPETUAL", 10, 66_020.5)]
    assert read(text).refused == ()


def test_a_refused_row_leaves_the_others_taken():
    text = "BTC-PERPETUAL\t10\t66020.5\nBTC-PERPETUL\t10\t1\nETH-PERPETUAL\t-5\t1990"
    found = read(text)
    assert [each.instrument.name for each in found.positions] == ["BTC-PERPETUAL", "ETH-PERPETUAL"]
    (refused,) = found.refused
    assert refused.row == 2
    assert "'BTC-PERPETUL'" in refused.refused
    assert [fate.row for fate in found.fates] == [1, 2, 3]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("BTC-PERPETUAL\t10", "it has 2 cells where 3 are expected"),
        ("BTC-PERPETUAL\t10\t1\t7", "it has 4 cells where 3 are expected"),
        ("BTC-PERPETUAL\tten\t1", "its quantity is 'ten'; a number is expected"),
        ("BTC-PERPETUAL\tnan\t1", "its quantity is 'nan'; a number is expected"),
        ("BTC-PERPETUAL\t\t1", "its quantity is empty"),
        ("BTC-PERPETUAL\t0\t1", "its quantity is 0"),
        ("BTC-PERPETUAL\t10\t-1", "its entry price -1.0 must be a number, not negative"),
        ("BTC-PERPETUAL\t10\t#REF!", "its entry price is '#REF!'"),
        ("\t10\t1", "its instrument is empty"),
        ("BTC-31FEB26\t10\t1", "expires on a day that does not exist"),
        ("ETH-PERPETUAL\t10\t1", "ETH-PERPETUAL stands in row 1 already"),
        ('"BTC-PERPETUAL\t10\t1', "its quotation marks do not close"),
    ],
)
def test_a_row_is_refused_with_its_reason(row, says):
    found = read(f"ETH-PERPETUAL\t-5\t1990\nETH-27MAR26\t-5\t1990\n{row}")
    assert len(found.positions) == 2
    (refused,) = found.refused
    assert refused.row == 3
    assert says in refused.refused


def test_a_row_narrower_than_its_header_is_refused():
    (refused,) = read("instrument,quantity,price\nBTC-PERPETUAL,10").refused
    assert refused.refused == "it has 2 cells where the header has 3"
    assert refused.row == 2


def test_a_number_that_may_mean_two_things_is_refused():
    text = "BTC-PERPETUAL\t1,250\t0.5\nETH-PERPETUAL\t10\t0,25\n"
    (refused,) = read(text).refused
    assert "may mean two numbers" in refused.refused
    assert refused.row == 1


@pytest.mark.parametrize(
    ("direction", "size", "says"),
    [("buy", "-5", "but its quantity -5 is negative"), ("hold", "5", "direction is 'hold'")],
)
def test_a_direction_must_agree_with_its_quantity(direction, size, says):
    text = f"instrument,direction,size\nBTC-PERPETUAL,{direction},{size}"
    (refused,) = read(text).refused
    assert says in refused.refused


def test_words_of_a_column_are_known_or_refused():
    text = "instrument,quantity,margin mode\nBTC-PERPETUAL,5,isolated\nETH-PERPETUAL,5,none"
    found = read(text)
    assert found.positions[0].margin_mode == "isolated"
    assert "its margin mode is 'none'; cross or isolated is known" in found.refused[0].refused


def test_a_header_without_quantities_is_refused_as_a_whole():
    found = read("instrument,mark price\nBTC-PERPETUAL,66000")
    assert found.positions == ()
    assert "no column of quantities" in found.refused[0].refused


def test_an_empty_list_holds_nothing():
    assert read(" \n\t\n").fates == ()


def test_a_list_far_too_long_is_refused_as_a_whole():
    found = read("BTC-PERPETUAL\t10\n" * (MAX_ROWS + 1))
    assert found.positions == ()
    assert "split it" in found.refused[0].refused
    assert "split it" in read("x" * 5_000_001).refused[0].refused


def test_an_unknown_venue_is_refused():
    with pytest.raises(InstrumentError, match="'nowhere' is not known"):
        read_positions("BTC-PERPETUAL\t10", "nowhere")


@given(st.text(alphabet="BTC-PERPETUAL0123456789.,;\t\n\"'()−=@ ", max_size=200))
def test_any_text_is_taken_or_refused_row_by_row(text):
    found = read(text)
    good = [fate for fate in found.fates if not fate.refused]
    assert len(good) == len(found.positions)
