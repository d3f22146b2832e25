"""Bybit cross margin (unified account): every position alone, one pool in USD.

required = positions + open orders + loans, initial and maintenance
rates    = required over (margin balance - haircut loss + order loss); options do not count in it
liquidated at a maintenance rate of 100 %; with loans, repaid automatically from 85 % on
Sources: charges, account; Bybit UTA glossary, 13 Mar 2026; scallope.com/9990 for the levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.instruments import Spot
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Requirement, total
from riskcore.margin.venues.bybit import account
from riskcore.margin.venues.bybit.account import Borrowed, Row
from riskcore.margin.venues.bybit.bound import Parameters, parameters
from riskcore.margin.venues.bybit.charges import Charge, charge, order_charge
from riskcore.margin.venues.bybit.parameters import (
    Assumed,
    Coin,
    CrossReadings,
    Ladder,
    Levels,
    Loan,
    OptionRow,
)
from riskcore.margin.worth import Worth, account_notes, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.bybit import VENUE
from riskcore.risk_array import Risk

VALUE = "the price that values positions"
FEE = "the closing fee"
SIDES = "positions held on both sides"
ORDERS = "open orders"


@dataclass(frozen=True, slots=True, eq=False)
class BybitCross(MovesNothing, NetsNothing):
    """Cross margin of linear and inverse contracts and of options."""

    name: ClassVar[str] = "bybit/cross"
    title: ClassVar[str] = "Bybit cross"
    families: ClassVar[tuple[str, ...]] = (
        "bybit/cross",
        "bybit/options",
        "bybit/account",
        "bybit/rules",
        "bybit/cross-rules",
    )
    schema: ClassVar[Schema] = {
        "options": (OptionRow,),
        "levels": (Levels,),
        "rules": (Assumed,),
        "cross": (CrossReadings,),
        ANY: (Ladder, Coin, Loan),
    }

    parameters: Parameters
    readings: CrossReadings
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = parameters(selection)
        return cls(found, found.bound.whole(CrossReadings, "cross"), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD."""
        refuse_unsupported(
            holdings, risk, VENUE, self.title, loans=True, hedge=True, spot_orders=True
        )
        market = risk.market
        accounts = worths(holdings, risk, with_options=False)
        borrowed = account.loans(self.parameters, accounts, holdings, market)
        charges = [charge(self.parameters, market, each) for each in holdings.positions]
        orders = self._orders(holdings, market)
        equity = account.balance(self.parameters, accounts, holdings, market)
        initial = total(
            "initial_margin",
            total("positions_margin", *(each.initial_line() for each in charges)),
            *_order_lines(orders),
            *account.loan_lines(borrowed, maintenance=False),
            source=account.GLOSSARY,
        )
        maintenance = total(
            "maintenance_margin",
            total("positions_margin", *(each.maintenance_line() for each in charges)),
            *account.loan_lines(borrowed, maintenance=True),
            source=account.GLOSSARY,
        )
        with_options = worths(holdings, risk) if account.has_options(holdings) else accounts
        options = account.option_value(with_options, market)
        return (
            account.pool(
                self.parameters,
                market,
                account.Owned(accounts, borrowed, equity, options),
                initial,
                maintenance,
                label=self._label(holdings, risk, [*charges, *orders], accounts, borrowed),
                notes=self._notes(holdings, charges, borrowed),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        charges = [charge(self.parameters, risk.market, each) for each in holdings.positions]
        return np.array([each.initial for each in charges])

    def _orders(self, holdings: Holdings, market: MarketSnapshot) -> list[Charge]:
        if self.readings.orders == "none":
            return []
        leverage = {each.instrument: each.leverage for each in holdings.positions}
        return [
            order_charge(self.parameters, market, each, leverage.get(each.instrument))
            for each in holdings.orders
            if not each.reduce_only and not isinstance(each.instrument, Spot)
        ]

    def _label(
        self,
        holdings: Holdings,
        risk: Risk,
        charges: Sequence[Charge],
        accounts: Mapping[str, Worth],
        borrowed: Sequence[Borrowed],
    ) -> str:
        doubts = [each for one in charges for each in one.doubts]
        wide = [each for one in charges for each in one.wide]
        wide += account.doubts_of(self.parameters, accounts, borrowed)
        sections = {each for one in charges for each in one.sections}
        if sections - {"options"}:
            doubts += [VALUE, FEE]
        doubts += [SIDES] if account.two_sides(holdings) else []
        doubts += [ORDERS] if any(not each.reduce_only for each in holdings.orders) else []
        rows: list[Row] = [
            (each, OptionRow if each == "options" else Ladder) for each in sorted(sections)
        ]
        rows += account.rows_of(accounts, borrowed, self.parameters)
        doubts += self.parameters.doubts(rows, risk.market.as_of)
        return label(doubts, wide)

    def _notes(
        self, holdings: Holdings, charges: Sequence[Charge], borrowed: Sequence[Borrowed]
    ) -> tuple[str, ...]:
        said = [each.note for each in charges if each.note]
        if borrowed:
            level = self.parameters.levels.repayment_level
            said.append(f"with loans Bybit repays automatically from a rate of {level:.0%} on")
        return (*account_notes(holdings), *said)


def _order_lines(orders: Sequence[Charge]) -> list[Component]:
    lines = [Component("order_margin", each.initial, because=each.because) for each in orders]
    return [total("open_orders_margin", *lines)] if lines else []
