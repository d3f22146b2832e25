"""dYdX v4 cross margin: rates by market, the initial one rising with the market's open interest.

initial      = sum |size x price x IMF|
maintenance  = sum |size x price x MMF|
IMF          = min(1, base + max(0, (OI - lower) / (upper - lower)) x (1 - base)), OI in USDC
equity       = USDC + open profit; the oracle price everywhere
liquidation  p' = (equity - size x p - maintenance of the others) / (|size| x MMF - size)

Source: dydxprotocol/v4-documentation @ 3e475b7, margin and liquidation pages, 22 Apr 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Annotated, ClassVar, Self

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Position, Side
from riskcore.instruments import Instrument, Perpetual
from riskcore.margin.bound import Bound, unknown
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import (
    Component,
    Figure,
    Requirement,
    Rule,
    Trigger,
    total,
    usage,
)
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk

SOURCE = "dydxprotocol/v4-documentation @ 3e475b7, margin"
CASH = "USDC"


class Market(msgspec.Struct, frozen=True):
    """The liquidity tier of a market, in a section of its coin."""

    initial: Annotated[float, Meta(gt=0, le=1, description="base initial margin fraction")]
    maintenance_share: Annotated[float, Meta(gt=0, le=1, description="maintenance over initial")]
    lower: Annotated[float, Meta(ge=0, description="open interest, USDC, from which IMF rises")] = (
        0.0
    )
    upper: Annotated[float, Meta(ge=0, description="and at which it is 1; 0: it never rises")] = 0.0

    @property
    def maintenance(self) -> float:
        """Maintenance margin fraction, which open interest does not change."""
        return self.initial * self.maintenance_share

    def raised(self, open_interest: float) -> float:
        """Initial margin fraction at an open interest in USDC."""
        if self.upper <= self.lower:
            return self.initial
        beyond = max((open_interest - self.lower) / (self.upper - self.lower), 0.0)
        return min(self.initial + beyond * (1 - self.initial), 1.0)


def liquidation_price(
    equity: float, quantity: float, price: float, fraction: float, others: float
) -> float:
    """The price of one market at which equity is the maintenance margin, all others unmoved.

    fraction  maintenance margin fraction of the market
    others    maintenance margin of the other markets
    """
    return (equity - quantity * price - others) / (abs(quantity) * fraction - quantity)


@dataclass(frozen=True, slots=True, eq=False)
class DydxCross(MovesNothing, NetsNothing):
    """The cross-margined subaccount."""

    name: ClassVar[str] = "dydx/cross"
    title: ClassVar[str] = "dYdX cross"
    families: ClassVar[tuple[str, ...]] = ("dydx/cross",)
    schema: ClassVar[Schema] = {ANY: (Market,)}

    bound_to: Bound
    markets: Mapping[str, Market]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("dYdX", selection)
        return cls(found, found.rows(Market), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement, in USDC."""
        _refuse(holdings)
        market = risk.market
        equity = _equity(holdings, market)
        initial, maintenance, unknown_interest = [], [], []
        for position in holdings.positions:
            row = self._row(position.instrument)
            place = market.row(position.instrument)
            price = float(market.mark[place])
            interest = float(market.open_interest[place]) * price
            if isnan(interest) and row.upper > 0:
                unknown_interest.append(position.instrument.name)
            fraction = row.initial if isnan(interest) else row.raised(interest)
            value = abs(position.quantity) * price
            because = f"{fraction:.4g} of {value:,.6g} USD"
            if fraction > row.initial:
                because += f"; open interest {interest:,.0f} raises {row.initial:.4g}"
            initial.append(Component(position.label, value * fraction, Rule.POSITION, because))
            because = f"{row.maintenance:.4g} of {value:,.6g} USD"
            maintenance.append(
                Component(position.label, value * row.maintenance, Rule.POSITION, because)
            )
        required = _sum("maintenance_margin", maintenance)
        notes = [f"the open interest of {name} is not known: its base fraction is taken"
                 for name in unknown_interest]  # fmt: skip
        notes += [
            f"{name} backs nothing at dYdX: USDC is its only collateral"
            for name, each in holdings.balances.items()
            if name != CASH and each.amount
        ]
        coins = {each.instrument.base for each in holdings.positions}
        doubts = ["open interest"] if unknown_interest else []
        return (
            Requirement(
                pool=CASH,
                currency=CASH,
                equity=equity,
                initial=_sum("initial_margin", initial),
                maintenance=required,
                trigger=Trigger("maintenance usage", usage(required.amount, equity.amount), 1.0),
                label=label([*doubts, *self.bound_to.doubts(coins, market.as_of)]),
                notes=tuple(notes),
                figures=tuple(self._prices(holdings, market, equity.amount, required.amount)),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,): the same as in the book."""
        (required,) = self.requirement(holdings, risk)
        assert required.initial is not None
        lines = required.initial.parts[0].parts if holdings.positions else ()
        return np.array([each.amount for each in lines], dtype=np.float64)

    def _prices(
        self, holdings: Holdings, market: MarketSnapshot, equity: float, maintenance: float
    ) -> list[Figure]:
        found = []
        for position in holdings.positions:
            if not position.quantity:
                continue
            row = self._row(position.instrument)
            price = float(market.mark[market.row(position.instrument)])
            own = abs(position.quantity) * price * row.maintenance
            at = liquidation_price(
                equity, position.quantity, price, row.maintenance, maintenance - own
            )
            if at > 0:
                found.append(Figure("liquidation_price", at, position.label))
        return found

    def _row(self, instrument: Instrument) -> Market:
        if instrument.base not in self.markets:
            raise unknown("dYdX", f"margin of {instrument.name}", instrument.base, Market)
        return self.markets[instrument.base]


def _equity(holdings: Holdings, market: MarketSnapshot) -> Component:
    balance = holdings.balances.get(CASH)
    parts = [] if balance is None else [
        Component("cash_balance", balance.amount - balance.borrowed, because=CASH)
    ]  # fmt: skip
    gains = [
        Component(
            each.label,
            each.open_profit(float(market.mark[market.row(each.instrument)]))
            + each.accrued_funding,
            Rule.POSITION,
        )
        for each in holdings.positions
    ]
    parts += [total("futures_profit", *gains, because="open profit and funding")] if gains else []
    return total("equity", *parts)


def _sum(term: str, lines: list[Component]) -> Component:
    return total(term, *([total("positions_margin", *lines, source=SOURCE)] if lines else []))


def _refuse(holdings: Holdings) -> None:
    for instrument in holdings.held():
        if not isinstance(instrument, Perpetual):
            raise Unsupported(f"{instrument.name}: dYdX margins perpetuals only; remove it")
    for position in holdings.positions:
        _refuse_mode(position)


def _refuse_mode(position: Position) -> None:
    if position.margin_mode is MarginMode.ISOLATED or position.side is not Side.NET:
        raise Unsupported(
            f"{position.label}: dydx/cross holds one net position in cross margin for each market"
        )


MODELS = (DydxCross,)
