"""OKX multi-currency margin (account level 3): a pool in USD, and one of each isolated position.

Positions are charged one by one and the charges add up; nothing nets. Equity counts every currency
at its discount, what is owed whole. OKX acts when the margin ratio, adjusted equity over
maintenance margin, is 100 % or less.
Source: okx.com, multi-currency margin mode (9 Jul 2025); see charges and account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings, MarginMode, Position
from riskcore.instruments import Option
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import MovesNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, total
from riskcore.margin.venues.okx import account
from riskcore.margin.venues.okx.account import adjusted_equity, borrow_margin, owed
from riskcore.margin.venues.okx.charges import TIERS, Charge, charge, initial_alone
from riskcore.margin.venues.okx.parameters import MULTI, MultiRules, Parameters, parameters
from riskcore.margin.worth import account_notes, refuse_unsupported, worths
from riskcore.naming.okx import VENUE
from riskcore.risk_array import Risk
from riskcore.universe import USD


@dataclass(frozen=True, slots=True)
class OkxMultiCurrency(MovesNothing):
    """Multi-currency margin of one account."""

    name: ClassVar[str] = "okx/multi-currency"
    title: ClassVar[str] = "OKX multi-currency"
    families: ClassVar[tuple[str, ...]] = (
        "okx/multi-currency",
        "okx/collateral",
        "okx/multi-rules",
    )
    schema: ClassVar[Schema] = MULTI

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection), selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for the cross pool, and one for every isolated position."""
        refuse_unsupported(
            holdings,
            risk,
            VENUE,
            self.title,
            loans=True,
            hedge=True,
            isolated=True,
            spot_orders=True,
        )
        apart = tuple(each for each in holdings.positions if _isolated(each))
        shared = tuple(each for each in holdings.positions if not _isolated(each))
        pools = [self._isolated_pool(each, risk) for each in apart]
        if shared or holdings.balances or holdings.orders or not apart:
            pools.insert(
                0, self._cross_pool(replace(holdings, positions=shared), risk, bool(apart))
            )
        return tuple(pools)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position, (P,), in its pool's currency."""
        found = [
            self._charge(risk, each).initial / (_price(risk, each) if _isolated(each) else 1.0)
            for each in holdings.positions
        ]
        return np.array(found, dtype=np.float64)

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """The same rule, (P,): nothing nets."""
        if initial_alone(self.parameters, holdings, risk) is None:
            return None
        return self.stand_alone(holdings, risk)

    def _charge(self, risk: Risk, position: Position) -> Charge:
        rules: MultiRules = self.parameters.rows("rules", MultiRules)
        return charge(self.parameters, risk, position, share=rules.option_maintenance)

    def _cross_pool(self, holdings: Holdings, risk: Risk, apart: bool) -> Requirement:
        market = risk.market
        rules: MultiRules = self.parameters.rows("rules", MultiRules)
        accounts = worths(holdings, risk, with_options=rules.option_value_in_equity)
        debts = owed(accounts, market)
        equity = adjusted_equity(self.parameters, accounts, market)
        found = [self._charge(risk, each) for each in holdings.positions]
        initial, maintenance = (
            self._sum(term, found, debts, initial=initial)
            for term, initial in (("initial_margin", True), ("maintenance_margin", False))
        )
        doubts = [each.doubt for each in found if each.doubt]
        doubts += account.doubts(self.parameters, accounts, debts)
        if any(
            isinstance(each.instrument, Option) and each.quantity for each in holdings.positions
        ):
            doubts.append("options in equity")
        doubts += ["liquidation fee"] if maintenance.amount else []
        notes = account.notes(self.parameters, accounts, debts)
        if holdings.orders:
            doubts.append("open orders")
            notes.append("resting orders do not count: what they reserve is not published")
        return Requirement(
            pool=USD,
            currency=USD,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=_trigger(equity.amount, maintenance.amount),
            label=self._label(holdings.positions, set(accounts), doubts, risk),
            notes=(*notes, *_leverage_notes(holdings.positions), *account_notes(holdings)),
            figures=(
                Figure("adjusted_equity", equity.amount, USD),
                Figure("okx_imr", initial.amount, USD),
                Figure("okx_mmr", maintenance.amount, USD),
            ),
            members=frozenset(each.key for each in holdings.positions) if apart else None,
        )

    def _sum(
        self, term: str, found: list[Charge], debts: Mapping[str, float], *, initial: bool
    ) -> Component:
        lines = [each.line(initial=initial) for each in found]
        because = "every position alone: nothing nets" if lines else ""
        positions = total("positions_margin", *lines, because=because, source=TIERS)
        borrowed = borrow_margin(self.parameters, debts, initial=initial)
        return total(term, positions, *([borrowed] if borrowed else []))

    def _isolated_pool(self, position: Position, risk: Risk) -> Requirement:
        """A position with margin of its own, in its settlement currency."""
        one = self._charge(risk, position)
        price = _price(risk, position)
        row = risk.universe.row(position.instrument)
        profit = position.open_profit(float(risk.market.mark[row])) + position.accrued_funding
        equity = total(
            "equity",
            Component("isolated_margin", position.isolated_margin or 0.0),
            Component("futures_profit", profit),
        )
        lines = {
            each: replace(one.line(initial=each), amount=one.line(initial=each).amount / price)
            for each in (True, False)
        }
        maintenance = total("maintenance_margin", lines[False])
        doubts = ["liquidation fee", *([one.doubt] if one.doubt else [])]
        held = Holdings((position,))
        return Requirement(
            pool=position.label,
            currency=position.instrument.settlement,
            equity=equity,
            initial=total("initial_margin", lines[True]),
            maintenance=maintenance,
            trigger=_trigger(equity.amount, maintenance.amount),
            label=self._label((position,), set(), doubts if position.quantity else [], risk),
            notes=(*_leverage_notes((position,)), *account_notes(held)),
            members=frozenset({position.key}),
        )

    def _label(
        self,
        positions: tuple[Position, ...],
        currencies: set[str],
        doubts: list[str],
        risk: Risk,
    ) -> str:
        coins = {each.instrument.base for each in positions if each.quantity}
        sections = {*coins, *currencies, *(["general"] if coins else [])}
        return label([*doubts, *self.parameters.bound.doubts(sections, risk.market.as_of)])


def _isolated(position: Position) -> bool:
    return position.margin_mode is MarginMode.ISOLATED or position.isolated_margin is not None


def _price(risk: Risk, position: Position) -> float:
    return risk.market.usd(position.instrument.settlement, VENUE)


def _trigger(equity: float, maintenance: float) -> Trigger:
    ratio = equity / maintenance if maintenance > 0 else float("inf")
    return Trigger("margin ratio", ratio, 1.0, above=False)


def _leverage_notes(positions: tuple[Position, ...]) -> tuple[str, ...]:
    return tuple(
        f"{each.label} has no leverage: the highest of its tier is taken"
        for each in positions
        if each.leverage is None and each.quantity and not isinstance(each.instrument, Option)
    )
