"""Bybit portfolio margin (unified account): a stress test of every coin, one pool in USD.

maintenance(coin) = largest loss over 11 prices x 3 volatilities + contingencies
initial(coin)     = maintenance(coin) x factor of the coin
prices            = index moved by up to 10 %; a future moves by the same money, so its basis stays;
                    an option's forward moves by the same share
volatility        = times 1 + 24 % (30 / days)^0.30, unchanged, or times 1 - 20 % (30 / days)^0.30
spot hedge        = coins of spot against the derivatives' delta, where it gains
loans             = margined as in cross margin
Sources: Bybit help, portfolio margin, 4 Sep 2024; learn article of 10 Feb 2025; the example of
GET /v5/asset/portfolio-margin, from which the volatility shocks and the spot hedge are inferred.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64, Ints
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, Position
from riskcore.instruments import Future, Option, Perpetual, is_inverse
from riskcore.margin.grid import Move, VolRule, scenario_set
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNoCollateral
from riskcore.margin.preset import ScenarioBook, scenario_book
from riskcore.margin.requirement import Component, Requirement, scaled, total
from riskcore.margin.venues.bybit import account
from riskcore.margin.venues.bybit.account import Borrowed, Row
from riskcore.margin.venues.bybit.bound import Parameters, parameters
from riskcore.margin.venues.bybit.charges import charge
from riskcore.margin.venues.bybit.contingency import Held, contingency
from riskcore.margin.venues.bybit.parameters import (
    Assumed,
    Coin,
    Grid,
    Ladder,
    Levels,
    Loan,
    OptionRow,
    PortfolioReadings,
    Shock,
)
from riskcore.margin.worth import Worth, account_notes, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.bybit import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.time import SECONDS_PER_DAY
from riskcore.universe import Universe

SOURCE = "GET /v5/asset/portfolio-margin"
MONTH = 30.0  # days at which the volatility shocks are stated
SHOCKS = "volatility shocks inferred from one answer"
CONTINGENCIES = "contingencies of which only that of futures is confirmed"
NO_SHORT = "contingency of short options left out"
HEDGES = "spot hedges"
ORDERS = "open orders"


@dataclass(frozen=True, slots=True, eq=False)
class BybitPortfolio(MovesNoCollateral):
    """Portfolio margin of contracts, options and spot hedges; a hedge alone is none."""

    name: ClassVar[str] = "bybit/portfolio"
    title: ClassVar[str] = "Bybit portfolio"
    families: ClassVar[tuple[str, ...]] = (
        "bybit/portfolio",
        "bybit/account",
        "bybit/cross",
        "bybit/options",
        "bybit/rules",
        "bybit/portfolio-rules",
    )
    schema: ClassVar[Schema] = {
        "options": (OptionRow,),
        "levels": (Levels,),
        "rules": (Assumed,),
        "portfolio": (PortfolioReadings,),
        ANY: (Grid, Shock, Ladder, Coin, Loan),
    }

    parameters: Parameters
    grids: Mapping[str, Grid]
    shocks: Mapping[str, Shock]
    moves: Mapping[str, tuple[Move, ...]]
    readings: PortfolioReadings
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = parameters(selection)
        grids, shocks = found.bound.rows(Grid), found.bound.rows(Shock)
        moves = {coin: _moves(grid, shocks[coin]) for coin, grid in grids.items() if coin in shocks}
        readings = found.bound.whole(PortfolioReadings, "portfolio")
        return cls(found, grids, shocks, moves, readings, selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Eleven prices by three volatilities for each coin. Raises Unsupported without its row."""
        coins = {each.base for each in universe.instruments}
        for coin in sorted(coins):
            if coin not in self.moves:
                raise Unsupported(
                    f"Bybit's stress test of {coin} is not known; give "
                    f"{', '.join((*Grid.__struct_fields__, *Shock.__struct_fields__))} in "
                    f"[parameters.{coin}] of a parameter file of your own, or as overrides"
                )
        return scenario_set(
            universe,
            market,
            {coin: self.moves[coin] for coin in coins},
            {coin: _shocked(self.shocks[coin].iv_power) for coin in coins},
            forward=_kept_basis(universe, market),
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD."""
        refuse_unsupported(
            holdings, risk, VENUE, self.title, loans=True, hedge=True, spot_orders=True
        )
        market = risk.market
        accounts = worths(holdings, risk)
        borrowed = account.loans(self.parameters, accounts, holdings, market)
        equity = account.balance(self.parameters, accounts, holdings, market)
        hedges = self._hedges(holdings, risk)
        book = self._book(holdings, risk, hedges)
        kept, needed = self._margins(book, holdings, risk, hedges)
        orders = self._orders(holdings, risk, sum(each.amount for each in needed))
        initial = total(
            "initial_margin",
            total("positions_margin", *needed),
            *(each for each in (orders,) if each is not None),
            *account.loan_lines(borrowed, maintenance=False),
            source=SOURCE,
        )
        maintenance = total(
            "maintenance_margin",
            total("positions_margin", *kept),
            *account.loan_lines(borrowed, maintenance=True),
            source=SOURCE,
        )
        return (
            account.pool(
                self.parameters,
                market,
                account.Owned(accounts, borrowed, equity),
                initial,
                maintenance,
                label=self._label(holdings, risk, accounts, borrowed, hedges),
                notes=self._notes(holdings, borrowed, hedges),
                worst=book.words,
                losses=book.losses(),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Largest loss and contingency of each position alone, times the factor, (P,)."""
        book = scenario_book(replace(holdings, balances={}), risk)
        alone = book.alone()
        for row, position in enumerate(holdings.positions):
            coin = position.instrument.base
            held = _held((position,), risk)
            index = risk.market.usd(coin, VENUE)
            beside = contingency(held, 0.0, self.shocks[coin], index, 0.0)
            alone[row] = (alone[row] + beside.amount) * self.grids[coin].im_factor
        return alone

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Initial margin of each position in cross margin, (P,); None where its limits lack."""
        try:
            charges = [charge(self.parameters, risk.market, each) for each in holdings.positions]
        except Unsupported:
            return None
        return np.array([each.initial for each in charges])

    def _book(self, holdings: Holdings, risk: Risk, hedges: Mapping[str, float]) -> ScenarioBook:
        """The profits of the derivatives and of the spot that hedges them."""
        moved = {}
        for coin, amount in hedges.items():
            profit = np.zeros(len(risk.scenarios))
            spot = np.array([each.spot for each in self.moves[coin]])
            profit[1 : len(spot) + 1] = amount * risk.market.usd(coin, VENUE) * spot
            moved[coin] = np.maximum(profit, 0.0) if self.readings.spot_gains == "only" else profit
        return scenario_book(holdings, risk, collateral=moved)

    def _hedges(self, holdings: Holdings, risk: Risk) -> dict[str, float]:
        """Coins of spot that stand against the derivatives' delta, signed."""
        if not self.readings.spot_hedging:
            return {}
        deltas: dict[str, float] = {}
        for each in _held(holdings.positions, risk):
            base = each.instrument.base
            deltas[base] = deltas.get(base, 0.0) + each.delta
        found = {}
        for coin, delta in deltas.items():
            owned = holdings.balances.get(coin)
            spot = 0.0 if owned is None else owned.amount - owned.borrowed
            if spot * delta < 0:
                found[coin] = float(np.sign(spot)) * min(abs(spot), abs(delta))
        return found

    def _margins(
        self, book: ScenarioBook, holdings: Holdings, risk: Risk, hedges: Mapping[str, float]
    ) -> tuple[list[Component], list[Component]]:
        """Maintenance and initial margin of each coin."""
        market = risk.market
        held = _held(holdings.positions, risk)
        spread = _spread(market)
        kept, needed = [], []
        for coin in book.coins:
            mine = [each for each in held if each.instrument.base == coin]
            index = market.usd(coin, VENUE)
            line = total(
                "coin_margin",
                book.worst_of(coin, "worst_case", SOURCE),
                contingency(mine, hedges.get(coin, 0.0), self.shocks[coin], index, spread),
                because=coin,
            )
            kept.append(line)
            factor = self.grids[coin].im_factor
            needed.append(
                scaled("coin_initial_margin", line, factor, name="initial_factor", because=coin)
            )
        return kept, needed

    def _orders(self, holdings: Holdings, risk: Risk, without: float) -> Component | None:
        """What the book with every order filled needs more."""
        orders = [each for each in holdings.orders if _counts(each.instrument, each.reduce_only)]
        if not orders or self.readings.orders == "none":
            return None
        filled = holdings
        for order in orders:
            trade = Position(order.instrument, order.quantity)
            old = next((each for each in filled.positions if each.key == trade.key), None)
            quantity = order.quantity + (0.0 if old is None else old.quantity)
            filled = filled.with_position(replace(old or trade, quantity=quantity))
        hedges = self._hedges(filled, risk)
        _, needed = self._margins(self._book(filled, risk, hedges), filled, risk, hedges)
        more = max(sum(each.amount for each in needed) - without, 0.0)
        return Component("open_orders_margin", more, because=f"with {len(orders)} orders filled")

    def _label(
        self,
        holdings: Holdings,
        risk: Risk,
        accounts: Mapping[str, Worth],
        borrowed: Sequence[Borrowed],
        hedges: Mapping[str, float],
    ) -> str:
        held = [each for each in holdings.positions if each.quantity]
        coins = {each.instrument.base for each in held}
        options = [each for each in held if isinstance(each.instrument, Option)]
        wide = [CONTINGENCIES] if held else []
        wide += [SHOCKS] if options else []
        wide += [f"factors of {coin}" for coin in sorted(coins - {"BTC"})]
        short = any(
            each.quantity < 0 and not self.shocks[each.instrument.base].short_option_factor
            for each in options
        )
        wide += [NO_SHORT] if short else []
        wide += account.doubts_of(self.parameters, accounts, borrowed)
        doubts = [HEDGES] if hedges else []
        counted = any(_counts(each.instrument, each.reduce_only) for each in holdings.orders)
        doubts += [ORDERS] if counted else []
        rows: list[Row] = [(coin, Grid) for coin in sorted(coins)]
        rows += account.rows_of(accounts, borrowed, self.parameters)
        doubts += self.parameters.doubts(rows, risk.market.as_of)
        return label(doubts, wide)

    def _notes(
        self, holdings: Holdings, borrowed: Sequence[Borrowed], hedges: Mapping[str, float]
    ) -> tuple[str, ...]:
        said = [
            f"{amount:+,.8g} {coin} of spot hedge, where they gain"
            if self.readings.spot_gains == "only"
            else f"{amount:+,.8g} {coin} of spot hedge"
            for coin, amount in hedges.items()
        ]
        if borrowed:
            level = self.parameters.levels.repayment_level
            said.append(f"with loans Bybit repays automatically from a rate of {level:.0%} on")
        return (*account_notes(holdings), *said)


def _moves(grid: Grid, shock: Shock) -> tuple[Move, ...]:
    """Every price with every volatility, from the lowest price up."""
    size = grid.price_range / grid.price_steps
    prices = [step * size for step in range(-grid.price_steps, grid.price_steps + 1)]
    return tuple(
        Move(round(price, 12), vol)
        for price in prices
        for vol in (shock.iv_up, 0.0, -shock.iv_down)
    )


def _shocked(power: float) -> VolRule:
    """Volatility times 1 + move x (30 / days)^power, days rounded up to whole ones."""

    def shocked(vol: F64, left: F64, move: F64) -> F64:
        days = np.maximum(np.ceil(left), 1.0)
        return np.maximum(vol * (1 + move * (MONTH / days) ** power), 0.0)

    return shocked


def _kept_basis(universe: Universe, market: MarketSnapshot) -> Callable[[Ints, F64], F64]:
    """Futures move by the money of the index, options' forwards by its share."""
    index = np.ones(len(universe))
    for row, each in enumerate(universe.instruments):
        if not universe.is_option[row]:
            index[row] = _index(each.base, each.quote, market) / market.mark[row]

    def factor(rows: Ints, spot: F64) -> F64:
        moved: F64 = 1 + index[rows][:, np.newaxis] * (spot - 1)
        return np.maximum(moved, 1e-9)

    return factor


def _index(base: str, quote: str, market: MarketSnapshot) -> float:
    """The index of futures in their quote currency: their own where the market states one."""
    feed = market.oracles.feed(VENUE, "perp", base)
    if feed is not None:
        return feed.value
    return market.usd(base, VENUE) / market.usd(quote, VENUE)


def _spread(market: MarketSnapshot) -> float:
    """How far USDT and USDC are apart, relative; 0 where one has no index."""
    tether, circle = (market.index.get(name) for name in ("USDT", "USDC"))
    return 0.0 if tether is None or circle is None else abs(tether / circle - 1)


def _held(positions: Sequence[Position], risk: Risk) -> list[Held]:
    """Every position in coins."""
    market, universe = risk.market, risk.universe
    found = []
    for position in positions:
        instrument = position.instrument
        assert isinstance(instrument, Perpetual | Future | Option)
        row = universe.rows[instrument]
        coins = position.quantity * instrument.multiplier
        if is_inverse(instrument) and not isinstance(instrument, Option):
            coins /= float(market.mark[row])
        dated = isinstance(instrument, Future | Option)
        days = (float(universe.expiry[row]) - market.seconds) / SECONDS_PER_DAY if dated else 0.0
        delta = position.quantity * float(risk.greeks.delta[row])
        found.append(Held(position.label, instrument, coins, delta, days))
    return found


def _counts(instrument: object, reduce_only: bool) -> bool:
    """Whether an order is one of derivatives that may add to them."""
    return isinstance(instrument, Perpetual | Future | Option) and not reduce_only
