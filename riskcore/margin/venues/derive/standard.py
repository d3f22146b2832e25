"""Derive's standard manager (SRM): one account over all coins, cash and coins as collateral.

Equity is cash, what perpetuals have earned and not settled, and coins at spot; options count in the
requirement alone. Equity less initial (maintenance) margin is the number the contract compares with
0. Rules: standard_charges. Source: derivexyz/v2-core, src/risk-managers/StandardManager.sol.
"""

from dataclasses import dataclass, replace
from math import fsum
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Future
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Rule, Trigger, total, usage
from riskcore.margin.venues.derive import standard_charges as charges
from riskcore.margin.venues.derive.auction import buffer_margin
from riskcore.margin.venues.derive.standard_book import Book, MarketBook, book
from riskcore.margin.venues.derive.standard_parameters import (
    SCHEMA,
    StandardParameters,
    parameters,
)
from riskcore.margin.worth import account_notes, refuse_unsupported
from riskcore.naming.derive import SETTLEMENT, VENUE
from riskcore.risk_array import Risk

QUOTES = "quotes in place of oracles"
ORDERS = "open orders"
RATES = ("interest", "funding", "feeds", "fees")  # bound with the model, not used by margin


@dataclass(frozen=True, slots=True)
class DeriveStandard(MovesNothing, NetsNothing):
    """Standard margin bound to its parameters."""

    name: ClassVar[str] = "derive/standard"
    title: ClassVar[str] = "Derive standard"
    families: ClassVar[tuple[str, ...]] = ("derive/standard", "derive/auction", "derive/rates")
    schema: ClassVar[Schema] = SCHEMA

    parameters: StandardParameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection), _of_margin(selection.calibration))

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the account must post, in USDC."""
        _refuse(holdings, risk)
        seen = book(holdings, risk)
        equity = _equity(seen)
        lines = [line for market in seen.markets for line in self._positions(market)]
        initial = self._margin("initial_margin", seen, [first for first, _ in lines])
        maintenance = self._margin("maintenance_margin", seen, [second for _, second in lines])
        return (
            Requirement(
                pool=SETTLEMENT,
                currency=SETTLEMENT,
                equity=equity,
                initial=initial,
                maintenance=maintenance,
                trigger=Trigger("maintenance usage", _used(maintenance.amount, equity.amount), 1.0),
                label=self._label(holdings, seen, risk),
                notes=self._notes(holdings, seen),
                figures=self._figures(
                    seen.value, equity.amount, initial.amount, maintenance.amount
                ),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        _refuse(holdings, risk)
        seen, amounts = book(holdings, risk), np.zeros(len(holdings.positions))
        for market in seen.markets:
            for place, single in _singles(market):
                lines = [
                    *(initial for initial, _ in self._positions(single)),
                    *self._contingencies((single,), seen.stable),
                ]
                amounts[place] = fsum(each.amount for each in lines)
        return amounts

    def _margin(self, term: str, seen: Book, positions: list[Component]) -> Component:
        maintenance = term == "maintenance_margin"
        haircuts = [
            charges.haircut(each, self.parameters.base(each.coin), maintenance=maintenance)
            for each in seen.collateral
        ]
        parts = [total("positions_margin", *positions, because="every expiry and perpetual alone")]
        if haircuts:
            parts.append(total("collateral_haircut", *haircuts))
        if not maintenance:
            parts += self._contingencies(seen.markets, seen.stable, seen)
        return total(term, *parts, source=charges.SOURCE)

    def _positions(self, market: MarketBook) -> list[tuple[Component, Component]]:
        """Initial and maintenance margin of every perpetual and every expiry."""
        known = self.parameters
        perps = [charges.perpetual(each, known.perp(market.coin)) for each in market.perps]
        expiries = [
            charges.expiry(market.coin, each, market.spot, known.option(market.coin))
            for each in market.expiries
        ]
        return perps + expiries

    def _contingencies(
        self, markets: tuple[MarketBook, ...], stable: float, seen: Book | None = None
    ) -> list[Component]:
        """What doubtful oracles and a depegged USDC add to initial margin."""
        doubted = [
            line
            for market in markets
            for line in charges.oracle_contingency(market, self.parameters.oracle(market.coin))
        ]
        for each in seen.collateral if seen else ():
            base, row = self.parameters.base(each.coin), self.parameters.oracle(each.coin)
            line = charges.doubted_collateral(each, base, row)
            doubted += [line] if line else []
        depeg = charges.depeg_contingency(markets, stable, self.parameters.account)
        groups = (("oracle_contingency", doubted), ("depeg_contingency", depeg))
        return [total(term, *lines) for term, lines in groups if lines]

    def _label(self, holdings: Holdings, seen: Book, risk: Risk) -> str:
        doubts = [QUOTES] if seen.note else []
        if any(not each.reduce_only for each in holdings.orders):
            doubts.append(ORDERS)
        return label([*doubts, *self.parameters.doubts(seen.coins, risk.market.as_of)])

    def _notes(self, holdings: Holdings, seen: Book) -> tuple[str, ...]:
        notes = [seen.note] if seen.note else []
        if any(not each.reduce_only for each in holdings.orders):
            notes.append("resting orders need no margin in the contracts; the exchange's own is not"
                         " published")  # fmt: skip
        account = self.parameters.account
        count = sum(1 for each in holdings.positions if each.quantity) + len(seen.collateral) + 1
        if count > account.max_account_size:
            notes.append(
                f"{count} assets: an account may not grow beyond {account.max_account_size}"
            )
        if seen.cash < 0 and not account.borrowing_enabled:
            notes.append("cash is negative and borrowing is switched off: it may only become less")
        return (*notes, *account_notes(holdings))

    def _figures(
        self, value: float, equity: float, initial: float, maintenance: float
    ) -> tuple[Figure, ...]:
        buffered = buffer_margin(self.parameters.auction, equity - maintenance, value)
        return (
            Figure("mark_to_market", value, SETTLEMENT),
            Figure("net_initial_margin", equity - initial, SETTLEMENT),
            Figure("net_maintenance_margin", equity - maintenance, SETTLEMENT),
            Figure("buffer_margin", buffered, SETTLEMENT),
        )


def _equity(seen: Book) -> Component:
    perps = [each for market in seen.markets for each in market.perps]
    funding = fsum(each.funding for each in perps)
    lines = [Component("cash_balance", seen.cash)]
    if perps:
        profits = [Component(each.label, each.unsettled, Rule.POSITION) for each in perps]
        lines.append(total("futures_profit", *profits))
    if funding:
        lines.append(Component("accrued_funding", funding))
    lines += [
        Component("collateral_value", each.value, because=f"{each.coin} at {each.spot.value:,.8g}")
        for each in seen.collateral
    ]
    return total("equity", *lines, because="without options, which count in the requirement")


def _used(maintenance: float, equity: float) -> float:
    """Maintenance margin over equity; infinite where equity is negative and nothing is required."""
    return float("inf") if maintenance == 0 > equity else usage(maintenance, equity)


def _singles(market: MarketBook) -> list[tuple[int, MarketBook]]:
    """The market with one of its positions, for each of them."""
    empty = replace(market, perps=(), expiries=())
    found = [(each.place, replace(empty, perps=(each,))) for each in market.perps]
    for each in market.expiries:
        found += [
            (leg.place, replace(empty, expiries=(replace(each, legs=(leg,)),))) for leg in each.legs
        ]
    return found


def _of_margin(calibration: Calibration) -> Calibration:
    """Without the rates and fees: they are bound with the model, and no margin depends on them."""
    silent = {each for each in calibration.sets if each.section in RATES}
    mute = {each.note for each in silent}
    return replace(
        calibration,
        sets=tuple(each for each in calibration.sets if each not in silent),
        notes=tuple(note for note in calibration.notes if note not in mute),
    )


def _refuse(holdings: Holdings, risk: Risk) -> None:
    refuse_unsupported(holdings, risk, VENUE, DeriveStandard.title)
    for position in holdings.positions:
        if isinstance(position.instrument, Future):
            raise Unsupported(
                f"{position.instrument.name} is a dated future; Derive lists options and "
                "perpetuals, so enter one of those"
            )
    for name, each in holdings.balances.items():
        if each.amount < 0 and name != SETTLEMENT:
            raise Unsupported(
                f"{name}: {each.amount:g} is negative; only {SETTLEMENT} can be borrowed at Derive"
            )
