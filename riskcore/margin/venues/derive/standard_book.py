"""An account as Derive's standard manager sees it: markets, and in each the perpetual and expiries.

Options are marked by Black 1976 without discounting, at the oracle's forward and the volatility of
its surface. Source: derivexyz/v2-core, src/risk-managers/StandardManager.sol.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

import numpy as np

from riskcore.holdings import Holdings, Position
from riskcore.instruments import Option, Perpetual, Right
from riskcore.margin.venues.derive.oracle import Expiry, Oracle, Value
from riskcore.naming.derive import SETTLEMENT
from riskcore.pricing import black
from riskcore.risk_array import Risk
from riskcore.universe import Universe


@dataclass(frozen=True, slots=True)
class Leg:
    """One option position.

    place  among the account's positions
    size   coins, negative sold
    mark   USD per coin
    """

    place: int
    label: str
    is_call: bool
    strike: float
    size: float
    mark: float

    @property
    def value(self) -> float:
        """What it is worth, USD."""
        return self.size * self.mark


@dataclass(frozen=True, slots=True)
class ExpiryBook:
    """The options of one coin and expiry.

    confidence  the least of spot, forward and volatility
    """

    expiry: datetime
    forward: float
    confidence: float
    legs: tuple[Leg, ...]

    @property
    def calls(self) -> tuple[Leg, ...]:
        """The calls of it."""
        return tuple(each for each in self.legs if each.is_call)

    @property
    def sold(self) -> tuple[Leg, ...]:
        """What is sold of it."""
        return tuple(each for each in self.legs if each.size < 0)


@dataclass(frozen=True, slots=True)
class Perp:
    """A position in a perpetual.

    size        coins
    confidence  the less of its own and of spot
    unsettled   open profit that is not cash yet, USDC; `funding` besides
    """

    place: int
    label: str
    size: float
    price: float
    confidence: float
    unsettled: float
    funding: float


@dataclass(frozen=True, slots=True)
class MarketBook:
    """Everything on one coin; nothing of it meets another coin."""

    coin: str
    spot: float
    perps: tuple[Perp, ...] = ()
    expiries: tuple[ExpiryBook, ...] = ()


@dataclass(frozen=True, slots=True)
class Collateral:
    """A coin held as collateral."""

    coin: str
    amount: float
    spot: Value

    @property
    def value(self) -> float:
        """At spot, USD."""
        return self.amount * self.spot.value


@dataclass(frozen=True, slots=True)
class Book:
    """The whole account.

    stable  USD per USDC
    note    what was read from quotes for want of an oracle
    """

    cash: float
    stable: float
    markets: tuple[MarketBook, ...]
    collateral: tuple[Collateral, ...]
    note: str

    @property
    def value(self) -> float:
        """Mark to market, USDC: here, unlike in margin, coins are divided by the stable price."""
        options = (leg.value for each in self.markets for one in each.expiries for leg in one.legs)
        perps = (one.unsettled + one.funding for each in self.markets for one in each.perps)
        coins = (each.value / self.stable for each in self.collateral)
        return fsum([self.cash, *options, *perps, *coins])

    @property
    def coins(self) -> list[str]:
        """Whatever has parameters of its own here."""
        held = [each.coin for each in self.markets] + [each.coin for each in self.collateral]
        return list(dict.fromkeys(held))


def book(holdings: Holdings, risk: Risk) -> Book:
    """The account in this market. Raises MarketError when a price or volatility is missing."""
    oracle, universe = Oracle(risk.market), risk.universe
    held = [(place, each) for place, each in enumerate(holdings.positions) if each.quantity]
    coins: dict[str, list[tuple[int, Position]]] = {}
    for place, position in held:
        coins.setdefault(position.instrument.base, []).append((place, position))
    markets = tuple(_market(coin, rows, oracle, universe) for coin, rows in sorted(coins.items()))
    enabled = holdings.settings.collateral_enabled
    owned = {
        name: each.amount
        for name, each in holdings.balances.items()
        if each.amount and (enabled is None or name in enabled)
    }
    collateral = tuple(
        Collateral(name, amount, oracle.spot(name))
        for name, amount in owned.items()
        if name != SETTLEMENT
    )
    return Book(owned.get(SETTLEMENT, 0.0), oracle.stable(), markets, collateral, oracle.note())


def _market(
    coin: str, held: Sequence[tuple[int, Position]], oracle: Oracle, universe: Universe
) -> MarketBook:
    spot = oracle.spot(coin)
    perps: list[Perp] = []
    dated: dict[datetime, list[tuple[int, Position, Option]]] = {}
    for place, position in held:
        instrument = position.instrument
        if isinstance(instrument, Perpetual):
            price = oracle.perpetual(instrument)
            perps.append(
                Perp(
                    place,
                    position.label,
                    position.quantity * instrument.multiplier,
                    price.value,
                    min(price.confidence, spot.confidence),
                    position.open_profit(price.value),
                    position.accrued_funding,
                )
            )
        elif isinstance(instrument, Option):
            dated.setdefault(instrument.expiry, []).append((place, position, instrument))
    expiries = tuple(
        _expiry(coin, options, spot, oracle, universe) for _, options in sorted(dated.items())
    )
    return MarketBook(coin, spot.value, tuple(perps), expiries)


def _expiry(
    coin: str,
    options: Sequence[tuple[int, Position, Option]],
    spot: Value,
    oracle: Oracle,
    universe: Universe,
) -> ExpiryBook:
    rows = [universe.row(option) for _, _, option in options]
    known = oracle.expiry(coin, options[0][2].expiry, rows, rates=False)
    marks = _marks(known, rows, oracle, universe)
    legs = tuple(
        Leg(
            place,
            position.label,
            option.right is Right.CALL,
            option.strike,
            position.quantity * option.multiplier,
            mark,
        )
        for (place, position, option), mark in zip(options, marks, strict=True)
    )
    return ExpiryBook(known.expiry, known.forward, min(known.confidence, spot.confidence), legs)


def _marks(known: Expiry, rows: list[int], oracle: Oracle, universe: Universe) -> list[float]:
    """What one coin of each option is worth, USD."""
    strikes = universe.strike[rows]
    vols = oracle.vols(known, strikes, rows)
    forward, years = np.full(len(rows), known.forward), np.full(len(rows), known.years)
    values: list[float] = black.price(forward, strikes, years, vols, universe.sign[rows]).tolist()
    return values
