"""Positions survive a spreadsheet, and no cell of ours becomes a formula."""

import csv
import io

from riskcore.holdings import MarginMode, Position, Side
from storage.files.position_files import (
    position_text,
    read_position_file,
    safe,
    write_position_file,
)
from tests.builders import instrument

POSITIONS = (
    Position(instrument("BTC-27FEB26-60000-P"), -120.0, 0.0418),
    Position(instrument("BTC-PERPETUAL"), 1_250_000.0, 66_020.5, 67_400.0),
    Position(instrument("ETH_USDC-PERPETUAL"), -0.001),
    Position(instrument("ETH-27MAR26"), 0.1 + 0.2, 1 / 3),
    Position(instrument("BTC-27MAR26"), 10.0, 70_000.125, side=Side.LONG),
    Position(
        instrument("BTC-27MAR26"),
        -1e-07,
        side=Side.SHORT,
        margin_mode=MarginMode.ISOLATED,
        leverage=12.5,
        isolated_margin=0.015,
        accrued_funding=-0.0003,
    ),
)


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "positions.csv"
    write_position_file(path, POSITIONS)
    found = read_position_file(path, "deribit")
    assert found.refused == ()
    assert found.positions == POSITIONS


def test_a_position_of_another_venue_is_refused(tmp_path):
    path = tmp_path / "positions.csv"
    path.write_text(position_text(POSITIONS[:1]).replace("deribit", "okx"))
    (refused,) = read_position_file(path, "deribit").refused
    assert "it is a position at 'okx'" in refused.refused


def test_a_cell_that_begins_like_a_formula_becomes_text():
    assert safe("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert safe("@SUM(A1)") == "'@SUM(A1)"
    assert safe("+cmd") == "'+cmd"
    assert safe("-cmd") == "'-cmd"
    assert safe("\t=1") == "'\t=1"


def test_numbers_stay_numbers():
    assert safe("-120") == "-120"
    assert safe("+5.5") == "+5.5"
    rows = list(csv.reader(io.StringIO(position_text(POSITIONS))))
    assert rows[1][:3] == ["BTC-27FEB26-60000-P", "-120", "0.0418"]
