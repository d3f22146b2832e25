"""Random books, made and recorded, against a second implementation that shares no code."""

import csv
import gzip
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from math import fsum, inf
from pathlib import Path

import numpy as np
import pytest

from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Future, Option, Perpetual, Right, is_inverse
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot, snapshot
from riskcore.repricing import risk
from riskcore.universe import universe
from tests.builders import instrument, library
from tests.riskcore.margin.venues.deribit import scalar
from tests.riskcore.margin.venues.deribit.scalar import Held

AT = datetime(2026, 2, 6, 4, 30, 12, tzinfo=UTC)
INDEX = {"BTC": 64_817.22, "ETH": 1_890.4, "USDC": 0.9997}
OPTIONS = (
    "BTC-7FEB26-64000-P", "BTC-13FEB26-60000-P", "BTC-27FEB26-70000-C", "BTC-27MAR26-50000-P",
    "BTC-25DEC26-100000-C", "BTC-27MAR26-64000-C", "ETH-7FEB26-1900-C", "ETH-27FEB26-1600-P",
    "ETH-27MAR26-2500-C", "ETH-25DEC26-1500-P", "BTC_USDC-27FEB26-60000-P",
    "BTC_USDC-27MAR26-80000-C", "ETH_USDC-27FEB26-2000-C", "ETH_USDC-27MAR26-1500-P",
    "BTC-13FEB26-110000-C", "ETH-13FEB26-3200-C", "BTC_USDC-13FEB26-110000-C",
)  # fmt: skip
FUTURES = (
    "BTC-PERPETUAL", "BTC-27MAR26", "BTC-25DEC26", "ETH-PERPETUAL", "ETH-27MAR26",
    "BTC_USDC-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC_USDC-27MAR26",
)  # fmt: skip
SEEDS = range(24)


def made(source: random.Random) -> MarketSnapshot:
    """Every name above, at a mark of its own."""
    of = universe(instrument(name) for name in (*OPTIONS, *FUTURES))
    mark, forward, vol = (np.full(len(of), np.nan) for _ in range(3))
    for row, each in enumerate(of.instruments):
        at = INDEX[each.base] * source.uniform(0.98, 1.03)
        if isinstance(each, Option):
            forward[row], vol[row] = at, source.uniform(0.3, 1.6)
            tau = (each.expiry - AT).total_seconds() / scalar.YEAR
            call = each.right is Right.CALL
            price = scalar.black(at, each.strike, tau, vol[row], call=call)
            mark[row] = price / at if is_inverse(each) else price
        else:
            mark[row] = at
    return snapshot(AT, of, INDEX, mark=mark, forward=forward, vol=vol)


def book(source: random.Random, market: MarketSnapshot, large: float = 1.0) -> Holdings:
    """A few positions of the market, some futures with a settled price, and balances."""
    chosen = source.sample(market.universe.instruments, source.randint(1, 10))
    positions = []
    for each in chosen:
        linear = not is_inverse(each)
        scale = {"BTC": 20.0, "ETH": 300.0}[each.base]
        size = source.uniform(-1, 1) * scale * large
        if not isinstance(each, Option) and not linear:
            size = round(size * INDEX[each.base])
        settled = None
        if not isinstance(each, Option) and source.random() < 0.7:
            settled = INDEX[each.base] * source.uniform(0.9, 1.1)
        positions.append(Position(each, size, settled_price=settled))
    balances = {
        name: Balance(amount)
        for name, amount in (
            ("BTC", source.uniform(-1, 20)),
            ("ETH", source.uniform(-10, 300)),
            ("USDC", source.uniform(-1e4, 1e6)),
        )
        if source.random() < 0.8
    }
    return Holdings(tuple(positions), balances)


def translated(holdings: Holdings, market: MarketSnapshot) -> list[Held]:
    found = []
    for position in holdings.positions:
        each = position.instrument
        row = market.universe.row(each)
        assert isinstance(each, Option | Future | Perpetual)
        option = isinstance(each, Option)
        found.append(
            Held(
                each.name,
                "option" if option else "perpetual" if isinstance(each, Perpetual) else "future",
                each.base,
                is_inverse(each),
                position.quantity,
                float(market.mark[row]),
                position.settled_price,
                inf if isinstance(each, Perpetual) else each.expiry.timestamp(),
                each.strike if isinstance(each, Option) else 0.0,
                isinstance(each, Option) and each.right is Right.CALL,
                float(market.forward[row]),
                float(market.vol[row]),
            )
        )
    return found


def answers(model: str, holdings: Holdings, whole: MarketSnapshot) -> dict[str, Requirement]:
    bound = library().bind(model, whole.as_of)
    market = whole.restricted(holdings.instruments())
    moved = risk(market, bound.scenarios(market.universe, market))
    return {each.pool: each for each in bound.requirement(holdings, moved)}


def equities(holdings: Holdings, held: Sequence[Held]) -> dict[str, float]:
    found = {name: each.amount for name, each in holdings.balances.items()}
    for each in held:
        found[each.settles] = found.get(each.settles, 0.0) + scalar.equity_of(each)
    return found


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=3e-9)


def check(holdings: Holdings, market: MarketSnapshot) -> None:
    """All four models against the scalar rules."""
    held = translated(holdings, market)
    index, now = dict(market.index), market.as_of.timestamp()
    equity = equities(holdings, held)
    pools = answers("deribit/portfolio", holdings, market)
    assert set(pools) == set(equity)
    for currency, found in pools.items():
        margin = scalar.risk_matrix_margin(held, index, now, currency, {})
        assert found.initial is not None
        assert found.initial.amount == near(round(margin, 9))
        assert found.maintenance.amount == near(0.8 * margin)
        assert found.equity.amount == near(equity[currency])
    pooled = answers("deribit/cross-portfolio", holdings, market)["USD"]
    margin = scalar.risk_matrix_margin(held, index, now, "USD", equity)
    assert pooled.initial is not None
    assert pooled.initial.amount == near(round(margin, 9))
    assert pooled.maintenance.amount == near(0.8 * margin)
    assert pooled.equity.amount == near(fsum(equity[name] * index[name] for name in equity))
    charges = [(each, scalar.standard(each, index)) for each in held]
    for currency, found in answers("deribit/standard", holdings, market).items():
        mine = [charge for each, charge in charges if each.settles == currency]
        assert found.initial is not None
        assert found.initial.amount == near(fsum(initial for initial, _ in mine))
        assert found.maintenance.amount == near(fsum(maintenance for _, maintenance in mine))
    cross = answers("deribit/cross-standard", holdings, market)["USD"]
    assert cross.initial is not None
    in_usd = [(index[each.settles] * a, index[each.settles] * b) for each, (a, b) in charges]
    assert cross.initial.amount == near(fsum(initial for initial, _ in in_usd))
    assert cross.maintenance.amount == near(fsum(maintenance for _, maintenance in in_usd))
    check_alone(holdings, market, held, index)
    options = fsum(
        scalar.equity_of(each) * index[each.settles] for each in held if each.kind == "option"
    )
    assert cross.equity.amount == near(pooled.equity.amount - options)


def check_alone(
    holdings: Holdings, whole: MarketSnapshot, held: list[Held], index: dict[str, float]
) -> None:
    """Every position by itself, under the model and under standard margin."""
    market, now = whole.restricted(holdings.instruments()), whole.as_of.timestamp()
    standard = [scalar.standard(each, index)[0] for each in held]
    prices = [index[each.settles] for each in held]
    in_usd = [price * amount for price, amount in zip(prices, standard, strict=True)]
    alone = {
        "deribit/portfolio": [
            scalar.risk_matrix_margin([each], index, now, each.settles, {}) for each in held
        ],
        "deribit/cross-portfolio": [
            scalar.risk_matrix_margin(
                [each], index, now, "USD", {each.settles: scalar.equity_of(each)}
            )
            for each in held
        ],
        "deribit/standard": standard,
        "deribit/cross-standard": in_usd,
    }
    for name, expected in alone.items():
        model = library().bind(name, whole.as_of)
        moved = risk(market, model.scenarios(market.universe, market))
        assert model.stand_alone(holdings, moved) == pytest.approx(expected, rel=1e-9, abs=3e-9)
        isolated = in_usd if "cross" in name else standard
        assert model.isolated(holdings, moved) == pytest.approx(isolated, rel=1e-9, abs=3e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_made_books_need_what_the_scalar_rules_say(seed: int) -> None:
    source = random.Random(seed)
    market = made(source)
    check(book(source, market), market)


@pytest.mark.parametrize("seed", range(8))
def test_books_large_enough_for_the_delta_shock_need_what_the_scalar_rules_say(seed: int) -> None:
    source = random.Random(1_000 + seed)
    market = made(source)
    check(book(source, market, large=100.0), market)


@pytest.mark.parametrize("seed", range(8))
def test_books_deep_in_the_extended_table_need_what_the_scalar_rules_say(seed: int) -> None:
    """Short far options and little else: the worst column lies beyond the matrix."""
    source = random.Random(2_000 + seed)
    market = made(source)
    far = ("BTC-13FEB26-110000-C", "ETH-13FEB26-3200-C", "BTC_USDC-13FEB26-110000-C")
    sizes = {name: -source.uniform(2e3, 2e4) for name in source.sample(far, 2)}
    positions = tuple(Position(instrument(name), size) for name, size in sizes.items())
    holdings = Holdings(positions, {"BTC": Balance(1.0), "ETH": Balance(1.0)})
    check(holdings, market)
    columns = answers("deribit/portfolio", holdings, market)
    assert any(
        each.losses.group[worst] == "extended"
        for each in columns.values()
        for worst in each.losses.worst
    )


def recorded(path: Path) -> MarketSnapshot:
    """A whole recorded chain, with perpetuals and a future made at its index and forward."""
    with gzip.open(path, "rt") as lines:
        rows = list(csv.DictReader(lines))
    at = datetime.fromisoformat(rows[0]["timestamp"]).astimezone(UTC)
    index, quotes = {"USDC": 1.0}, {}
    for row in rows:
        each = instrument(row["instrument_name"])
        assert isinstance(each, Option)
        index[row["currency"]] = float(row["index_price"])
        if each.expiry > at:
            figures = (row["mark_price"], row["underlying"], row["implied_volatility"])
            quotes[each] = tuple(float(text) for text in figures)
    for name in ("BTC-PERPETUAL", "ETH-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC-27MAR26"):
        each = instrument(name)
        quotes[each] = (index[each.base] * 1.0007, np.nan, np.nan)
    of = universe(quotes)
    columns = np.array([quotes[each] for each in of.instruments]).T
    mark, forward, vol = columns
    return snapshot(at, of, index, mark=mark, forward=forward, vol=vol)


@pytest.mark.shared
@pytest.mark.parametrize("day", ["20260205", "20260206"])
def test_books_of_recorded_chains_need_what_the_scalar_rules_say(
    shared_data: Path, day: str
) -> None:
    folder = shared_data / "01_deribit_chain_snapshots_2026"
    market = recorded(min(folder.glob(f"*{day}*.csv.gz")))
    assert len(market.universe) > 1_000
    source = random.Random(int(day))
    for _ in range(6):
        check(book(source, market), market)
