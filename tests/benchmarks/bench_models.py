"""The account on the screen under every model there is: one realistic 40-position Deribit book."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np

from riskcore.analysis.comparison import comparison
from riskcore.analysis.mapping import mapped
from riskcore.analysis.views import HOUSE
from riskcore.errors import RiskcoreError
from riskcore.holdings import Account, Balance, Holdings, Order, Position
from riskcore.instruments import Instrument, Option, Perpetual
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import deribit, directory
from riskcore.query import Query, query
from riskcore.universe import universe
from tests.benchmarks import chain
from tests.benchmarks.row import Row, median_ms, one_core
from tests.builders import library

POSITIONS = 40
BOUND = 50.0  # milliseconds for every model together
TIERS = [
    {"kind": "perpetual", "quote": quote, "contracts_to": 1e9, "maintenance": 0.004,
     "initial": 0.01}
    for quote in ("USD", "USDT", "USDC")
]  # fmt: skip
SHOCKS = {"days_to": 1e5, "points_up": 0.1, "points_down": 0.1, "percent_up": 0.3,
          "percent_down": 0.3}  # fmt: skip
MOVES = {"max_move": 0.2, "max_vol_up": 0.5, "max_vol_down": 0.25}
DAYS = 1_000
PAST = {
    coin: {"first_day": date(2023, 1, 1), "made_up": False,
           "returns": np.random.default_rng(seed).normal(0, 0.03, DAYS).tolist()}
    for seed, coin in enumerate(("BTC", "ETH"))
}  # fmt: skip
OWN = {  # what venues do not publish, as a desk would give it: without it a model refuses
    "okx/portfolio": {"options": {"volatility_shocks": [SHOCKS]}},
    "okx/multi-currency": {"BTC": {"tiers": TIERS}, "ETH": {"tiers": TIERS}},
    "aevo/portfolio": {"BTC": MOVES, "ETH": MOVES},
    "dederi/portfolio": {
        "options": {"vol_up_factor": 0.3, "vol_down_factor": 0.2, "short_vol_power": -0.3,
                    "long_vol_power": -0.1}
    },
    "paradex/cross": {"ETH": {"imf_base": 0.02}},
    "house/historical": PAST,
}  # fmt: skip
PERPETUALS = ("BTC-PERPETUAL", "ETH-PERPETUAL", "ETH_USDC-PERPETUAL")


def rows() -> Iterable[Row]:
    """All of them, each of them, and the mapping to each venue."""
    asked = book()
    with one_core():
        found = comparison(asked)
        holding = [each for each in found.standings if each.pools]
        yield Row(
            f"{len(asked.models)} models, {POSITIONS} positions",
            median_ms(lambda: comparison(asked), 30),
            bound=BOUND,
            remark=f"{len(holding)} hold the book, {sum(each.is_whole for each in holding)} whole",
        )
        own = next(each for each in found.standings if each.model == "deribit/cross-portfolio")
        for venue in sorted({each.name.partition("/")[0] for each in asked.models}):
            if venue not in ("deribit", HOUSE):
                yield Row(
                    f"mapping to {directory.title(venue)}",
                    median_ms(lambda to=venue: mapped(asked.holdings, asked.market, to), 30),
                )
        for each in found.standings:
            model = next(one for one in asked.models if one.name == each.model)
            single = replace(asked, models=(model,))
            ratio = each.refusal
            if each.required is not None and own.required:
                ratio = f"{each.required / own.required:.3f} of Deribit cross portfolio"
                if each.unmapped:
                    ratio += f", without {len(each.unmapped)} lines"
            yield Row(
                f"{each.model} alone", median_ms(lambda of=single: comparison(of), 20), remark=ratio
            )


def book() -> Query:
    """Options of both coins, long and short, three perpetuals, two orders, three currencies."""
    market = listed()
    options = [each for each in market.universe.instruments if isinstance(each, Option)]
    count = POSITIONS - len(PERPETUALS)
    chosen = [options[round(place * len(options) / count)] for place in range(count)]
    held = [
        Position(each, (-1.0) ** row * (5 + row), float(market.mark[market.universe.row(each)]))
        for row, each in enumerate(chosen)
    ]
    sizes = {"BTC-PERPETUAL": -400_000.0, "ETH-PERPETUAL": 250_000.0, "ETH_USDC-PERPETUAL": -40.0}
    held += [Position(deribit.parse(name), size) for name, size in sizes.items()]
    orders = (
        Order(deribit.parse("BTC-PERPETUAL"), 20_000.0, 0.97 * market.usd("BTC")),
        Order(chosen[3], 2.0, 0.01),
    )
    cash = {"BTC": Balance(60.0), "ETH": Balance(900.0), "USDC": Balance(2_500_000.0)}
    account = Account(
        "bench", "Bench", "deribit", "deribit/cross-portfolio", Holdings(tuple(held), cash, orders)
    )
    bound = []
    for name in library().names():
        try:
            bound.append(library().bind(name, market.as_of, OWN.get(name)))
        except RiskcoreError:
            continue  # no parameters for it: nothing to measure
    return query(account, market, *bound)


def listed() -> MarketSnapshot:
    """The recorded chain with the perpetuals and the prices of dollars."""
    market = chain.market()
    marks: dict[Instrument, float] = {}
    for name in PERPETUALS:
        each = deribit.parse(name)
        assert isinstance(each, Perpetual)
        marks[each] = market.usd(each.base)
    every = universe([*market.universe.instruments, *marks])
    columns = {
        name: [
            float(getattr(market, name)[market.universe.rows[each]])
            if each in market.universe.rows
            else marks[each] if name == "mark" else float("nan")
            for each in every.instruments
        ]
        for name in ("mark", "forward", "vol")
    }  # fmt: skip
    index = {**market.index, "USDC": 1.0, "USDT": 1.0}
    return snapshot(market.as_of, every, index, **columns)
