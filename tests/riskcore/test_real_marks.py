"""Deribit's own marks and Greeks, reproduced from its forwards and volatilities.

The recorded mark and forward of an option are a few seconds apart, so the forward that the marks
themselves imply by put-call parity is tried as well.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from itertools import starmap
from pathlib import Path

import numpy as np
import pytest

from riskcore import repricing
from riskcore.instruments import Instrument, Option
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit
from riskcore.pricing import greeks
from riskcore.pricing.implied import implied_vol
from riskcore.scenarios import unmoved
from riskcore.time import SECONDS_PER_YEAR, instant
from riskcore.universe import Universe

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CHAINS = DATA / "01_deribit_chain_snapshots_2026"
TICKERS = DATA / "03_deribit_full_tickers_2026-01"
PRINTED_TO = 1e-4  # volatilities are recorded to 0.01 %
TELLING = 1e-3  # coins of time value from which eight digits of a mark tell its volatility
LATE = "20260106T212121Z"  # its forwards are older than its marks by more than the others'

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="the recorded markets in ../shared/data are absent"
    ),
]
parse = cache(deribit.parse)  # the names of one snapshot are mostly those of the one before


@dataclass(frozen=True)
class Errors:
    """Absolute differences from the record: marks in coins, (I,); volatilities of some."""

    name: str
    stored: np.ndarray
    implied: np.ndarray
    vol: np.ndarray


@pytest.fixture(scope="module")
def errors() -> list[Errors]:
    files = sorted(CHAINS.glob("deribit_options_snapshot_*.csv.gz"))
    return list(starmap(_errors, ((_name(file), _chain(file)) for file in files)))


def test_all_recorded_options_are_compared(errors: list[Errors]) -> None:
    assert len(errors) == 99
    assert sum(each.stored.size for each in errors) == 161_850


def test_marks_follow_from_the_recorded_forward(errors: list[Errors]) -> None:
    medians = {each.name: np.median(each.stored) for each in errors}
    assert {name: error for name, error in medians.items() if error > 5e-5} == {}, medians


def test_marks_follow_closely_from_the_forward_they_imply(errors: list[Errors]) -> None:
    medians = {each.name: np.median(each.implied) for each in errors}
    assert max(medians.values()) <= 3e-6


def test_nineteen_marks_of_twenty_follow_from_the_forward_they_imply(errors: list[Errors]) -> None:
    tails = {each.name: np.percentile(each.implied, 95) for each in errors}
    assert tails.pop(LATE) == pytest.approx(6.5e-5, abs=0.1e-5)
    assert max(tails.values()) <= 5e-5


def test_marks_imply_the_recorded_volatilities_to_their_last_digit(errors: list[Errors]) -> None:
    medians = {each.name: np.median(each.vol) for each in errors}
    assert max(medians.values()) <= 0.5 * PRINTED_TO
    assert sum(each.vol.size for each in errors) > 100_000


def test_greeks_are_those_of_the_recorded_tickers() -> None:
    files = sorted(TICKERS.glob("*_options_raw.csv.gz"))
    assert len(files) == 7
    for file in files:
        rows = _rows(file)
        column = {
            name: np.array([float(row[name]) for row in rows])
            for name in ("timestamp", "underlying_price", "mark_iv", "expiration_timestamp")
        }
        options = [parse(row["instrument_name"]) for row in rows]
        forward, vol = column["underlying_price"], column["mark_iv"] / 100
        strike = np.array([option.strike for option in options])
        sign = np.array([option.right.sign for option in options])
        tau = (column["expiration_timestamp"] - column["timestamp"]) / 1_000 / SECONDS_PER_YEAR
        ours = {
            "delta": greeks.delta(forward, strike, tau, vol, sign),
            "gamma": greeks.gamma(forward, strike, tau, vol),
            "vega": greeks.vega(forward, strike, tau, vol) / 100,
            "theta": greeks.theta(forward, strike, tau, vol, sign) / 365,
        }
        error = {
            name: np.abs(value - np.array([float(row[f"greeks_{name}"]) for row in rows]))
            for name, value in ours.items()
        }
        assert error["delta"].max() <= 1.05e-4, file.name
        assert error["gamma"].max() <= 5e-6, file.name
        assert np.median(error["vega"]) <= 0.002, file.name
        assert np.percentile(error["theta"], 99) <= 0.3, file.name


def _errors(name: str, market: MarketSnapshot) -> Errors:
    of, forward = market.universe, _implied_forward(market)
    stored, implied = (
        np.abs(_values(market, each) - market.mark) for each in (market.forward, forward)
    )
    found = implied_vol(
        market.mark * forward, forward, of.strike, of.tau(market.seconds), of.sign
    ).vol
    time_value = market.mark - np.maximum(of.sign * (forward - of.strike), 0.0) / forward
    return Errors(name, stored, implied, np.abs(found - market.vol)[time_value > TELLING])


def _values(market: MarketSnapshot, forward: np.ndarray) -> np.ndarray:
    """Our own value of one unit of each option, coins."""
    moved = snapshot(
        market.as_of,
        market.universe,
        market.index,
        mark=market.mark,
        forward=forward,
        vol=market.vol,
    )
    return repricing.reprice(moved, unmoved(market.universe, market.vol)).value[:, 0]


def _implied_forward(market: MarketSnapshot) -> np.ndarray:
    """By parity of the marks, C - P = 1 - K/F: the median over the strikes of an expiry."""
    marks = dict(zip(market.universe.instruments, market.mark, strict=True))
    calls = {_terms(each): mark for each, mark in marks.items() if each.right == "call"}
    puts = {_terms(each): mark for each, mark in marks.items() if each.right == "put"}
    found: dict[tuple[object, ...], list[float]] = {}
    for (base, expiry, strike), call in calls.items():
        put = puts.get((base, expiry, strike))
        if put is not None:
            found.setdefault((base, expiry), []).append(strike / (1 - (call - put)))
    forward = {key: np.median(values) for key, values in found.items()}
    return np.array([forward[each.base, each.expiry] for each in market.universe.instruments])


def _terms(option: Option) -> tuple[object, ...]:
    return option.base, option.expiry, option.strike


def _chain(file: Path) -> MarketSnapshot:
    rows = _rows(file)
    instruments: list[Instrument] = [parse(row["instrument_name"]) for row in rows]
    index = {
        coin: float(
            np.median([float(row["index_price"]) for row in rows if row["currency"] == coin])
        )
        for coin in ("BTC", "ETH")
    }
    columns = {
        ours: np.array([float(row[theirs]) for row in rows])
        for ours, theirs in (
            ("mark", "mark_price"),
            ("forward", "underlying"),
            ("vol", "implied_volatility"),
        )
    }
    return snapshot(instant(rows[0]["timestamp"]), Universe(tuple(instruments)), index, **columns)


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", newline="") as text:
        return list(csv.DictReader(text))


def _name(file: Path) -> str:
    return file.name.removeprefix("deribit_options_snapshot_").removesuffix(".csv.gz")
