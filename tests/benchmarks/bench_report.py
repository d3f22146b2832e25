"""An edit on an unmoved market: a new report of a 40-position book under each model."""

from collections.abc import Iterable
from dataclasses import replace

from riskcore.analysis.liquidation import spot_curve
from riskcore.holdings import Account, Balance, Holdings, Position
from riskcore.query import Query, query
from riskcore.report import report
from tests.benchmarks import chain
from tests.benchmarks.row import Row, median_ms, one_core
from tests.builders import library

POSITIONS = 40
BOUND = 3.0  # milliseconds: requirement tree, stand-alone sum, Euler shares
MODELS = (
    "deribit/standard",
    "deribit/cross-standard",
    "deribit/portfolio",
    "deribit/cross-portfolio",
)
MOVES = tuple((step - 30) / 60 for step in range(61))


def rows() -> Iterable[Row]:
    """One model at a time, and the spot curve that follows it on another thread."""
    asked = book()
    with one_core():
        for name in MODELS:
            bound = replace(asked, models=(library().bind(name, chain.NOW),))
            what = f"report, {POSITIONS} positions, {name}"
            yield Row(what, median_ms(lambda of=bound: report(of)), bound=BOUND)
        yield Row(
            "spot curve, 61 points and both levels", median_ms(lambda: spot_curve(asked, MOVES), 10)
        )


def book() -> Query:
    """Forty options of both coins, long and short, with three currencies of collateral."""
    market = chain.market()
    step = len(market.universe) // POSITIONS
    positions = tuple(
        Position(each, (-1.0) ** row * (5 + row), float(market.mark[row * step]))
        for row, each in enumerate(market.universe.instruments[::step][:POSITIONS])
    )
    cash = {"BTC": Balance(25.0), "ETH": Balance(400.0), "USDC": Balance(500_000.0)}
    account = Account("bench", "Bench", "deribit", MODELS[-1], Holdings(positions, cash))
    index = {**market.index, "USDC": 1.0}
    return query(account, replace(market, index=index), library().bind(MODELS[-1], chain.NOW))
