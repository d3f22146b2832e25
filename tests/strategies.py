"""Hypothesis strategies for the objects of tests/builders.py."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from riskcore.holdings import Holdings, Position
from riskcore.instruments import Future, Instrument, Option, Perpetual, Right, Spot
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe, universe

INDEX = {"BTC": 70_000.0, "ETH": 2_000.0, "SOL": 90.0, "USDC": 1.0}
FIRST_DAY = datetime(2026, 2, 5, 8, tzinfo=UTC)

forwards = st.floats(1.0, 1e6)
moneyness = st.floats(0.2, 5.0)  # strike / forward
taus = st.floats(0.0, 5.0)
vols = st.floats(0.0, 5.0)
signs = st.sampled_from((1.0, -1.0))
expiries = st.integers(0, 700).map(lambda days: FIRST_DAY + timedelta(days=days))
quantities = st.floats(-1e4, 1e4).filter(lambda quantity: abs(quantity) > 1e-6)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Anything Deribit may list, under the name Deribit would give it."""
    linear = draw(st.booleans())
    base = draw(st.sampled_from(("BTC", "ETH", "SOL") if linear else ("BTC", "ETH")))
    quote, settlement = ("USDC", "USDC") if linear else ("USD", base)
    terms = (deribit.VENUE, "", base, quote, settlement)
    kinds = (Perpetual, Future, Option, Spot) if linear else (Perpetual, Future, Option)
    kind = draw(st.sampled_from(kinds))
    unnamed: Instrument
    if kind is Spot:
        unnamed = Spot(deribit.VENUE, "", base, quote)
    elif kind is Perpetual:
        unnamed = Perpetual(*terms)
    elif kind is Future:
        unnamed = Future(*terms, draw(expiries))
    else:
        strike = round(INDEX[base] * draw(moneyness), draw(st.integers(0, 4)))
        unnamed = Option(*terms, draw(expiries), strike, draw(st.sampled_from(Right)))
    return deribit.parse(deribit.spell(unnamed))


@st.composite
def universes(draw: st.DrawFn, size: int = 8) -> Universe:
    """One to `size` different instruments."""
    return universe(draw(st.lists(instruments(), min_size=1, max_size=size)))


@st.composite
def markets(draw: st.DrawFn, size: int = 8) -> MarketSnapshot:
    """A market in which everything that a price needs is quoted."""
    of = draw(universes(size))
    options = of.is_option
    index = np.array([INDEX[each.base] for each in of.instruments])
    basis = np.array([draw(st.floats(0.9, 1.1)) for _ in of.instruments])
    vol = np.array([draw(st.floats(0.05, 3.0)) for _ in of.instruments])
    return snapshot(
        FIRST_DAY,
        of,
        INDEX,
        mark=np.where(options, 0.01, index * basis),
        forward=np.where(options, index * basis, np.nan),
        vol=np.where(options, vol, np.nan),
    )


@st.composite
def scenario_sets(draw: st.DrawFn, market: MarketSnapshot, size: int = 6) -> ScenarioSet:
    """Unmoved, then moves of everything together with a factor on volatility and days that pass."""
    of = market.universe
    count = draw(st.integers(0, size - 1))
    spot = np.array([1.0, *(draw(st.floats(0.2, 3.0)) for _ in range(count))])
    factor = np.array([1.0, *(draw(st.floats(0.3, 2.0)) for _ in range(count))])
    days = np.array([0.0, *(draw(st.sampled_from((0.0, 1.0, 30.0))) for _ in range(count))])
    return ScenarioSet(
        of,
        tuple(f"scenario {column}" for column in range(spot.size)),
        np.tile(spot, (len(of.currencies), 1)),
        np.tile(spot, (len(of), 1)),
        market.vol[:, np.newaxis] * factor,
        days,
        move=spot - 1,
    )


@st.composite
def holdings(draw: st.DrawFn, market: MarketSnapshot) -> Holdings:
    """A quantity of some of a market's instruments."""
    held = [each for each in market.universe.instruments if draw(st.booleans())]
    return Holdings(tuple(Position(each, draw(quantities)) for each in held))
