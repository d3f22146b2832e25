"""Hyperliquid cross and isolated margin.

cross     equity = USDC balance + open profit of the cross positions, all in one pool
          liquidated below the maintenance margin; the backstop takes over at 2/3 of it
isolated  every position in a pool of its own
transfer  what must stay behind a withdrawal: max(initial margin, 10 % of all position value)
Sources: see tiers and sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Balance, Holdings, Position
from riskcore.margin.bound import Bound
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, total, usage
from riskcore.margin.venues.hyperliquid.parameters import Readings, Rules, Table
from riskcore.margin.venues.hyperliquid.sheet import (
    LIQUIDATIONS,
    Charge,
    Sheet,
    notes,
    profit_lines,
    refuse,
    sheet,
    split,
)
from riskcore.margin.venues.hyperliquid.tiers import SOURCE
from riskcore.naming.hyperliquid import CASH
from riskcore.risk_array import Risk

NOTHING = Balance(0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Perpetuals(MovesNothing, NetsNothing):
    """What cross and isolated margin share."""

    name: ClassVar[str]
    title: ClassVar[str]
    families: ClassVar[tuple[str, ...]] = ("hyperliquid/margin", "hyperliquid/rules")
    schema: ClassVar[Schema] = {"rules": (Rules, Readings), ANY: (Table,)}

    sheet: Sheet
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(sheet(Bound("Hyperliquid", selection)), selection.calibration)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, (P,)."""
        charges = self.sheet.charges(holdings.positions, risk)
        return np.array([each.initial for each in charges])

    def _cash(self, holdings: Holdings) -> tuple[float, tuple[str, ...]]:
        """USDC of the perpetuals' balance, and what else there is."""
        others = [
            f"{name} stands in the spot balance and backs no position"
            for name, each in holdings.balances.items()
            if name != CASH and each.amount
        ]
        return holdings.balances.get(CASH, NOTHING).amount, tuple(others)


@dataclass(frozen=True, slots=True, eq=False)
class HyperliquidCross(_Perpetuals):
    """Cross margin; positions entered as isolated keep pools of their own."""

    name: ClassVar[str] = "hyperliquid/cross"
    title: ClassVar[str] = "Hyperliquid cross"

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USDC, and one for each isolated position."""
        refuse(holdings, risk, self.title, loans=False)
        shared, apart = split(holdings.positions)
        pools = [self._pool(holdings, shared, risk)]
        pools += [self.sheet.isolated_pool(each, risk) for each in self.sheet.charges(apart, risk)]
        return tuple(pools)

    def _pool(self, holdings: Holdings, shared: Sequence[Position], risk: Risk) -> Requirement:
        charges = self.sheet.charges(shared, risk)
        cash, beside = self._cash(holdings)
        because = "USDC balance and open profit; isolated positions have their own"
        equity = total(
            "equity", Component("cash_balance", cash), *profit_lines(charges), because=because
        )
        kept = fsum(each.maintenance for each in charges)
        orders = self.sheet.orders_line(holdings.orders)
        initial = total(
            "initial_margin",
            total("positions_margin", *(each.initial_line() for each in charges), source=SOURCE),
            *(each for each in (orders,) if each is not None),
        )
        lines = [
            each.maintenance_line(
                each.tiers.liquidation_price(
                    each.position.quantity, each.mark, equity.amount - kept + each.maintenance
                )
            )
            for each in charges
        ]
        maintenance = total(
            "maintenance_margin",
            total("positions_margin", *lines, source=SOURCE),
            source=LIQUIDATIONS,
        )
        return Requirement(
            pool=CASH,
            currency=CASH,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("maintenance usage", usage(maintenance.amount, equity.amount), 1.0),
            label=self.sheet.label(charges, holdings.orders, risk.market.as_of),
            notes=(*notes(charges), *beside),
            figures=self._figures(charges, equity.amount, initial.amount, maintenance.amount),
        )

    def _figures(
        self, charges: Sequence[Charge], equity: float, initial: float, maintenance: float
    ) -> tuple[Figure, ...]:
        rules = self.sheet.rules
        value = fsum(each.value for each in charges)
        signed = fsum(each.position.quantity * each.mark for each in charges)
        transfer = max(initial, rules.transfer_share * value)
        return (
            Figure("position_value", value, CASH),
            Figure("raw_usd", equity - signed, CASH),
            Figure("transfer_margin", transfer, CASH),
            Figure("withdrawable", max(equity - transfer, 0.0), CASH),
            Figure("backstop_level", rules.backstop_share * maintenance, CASH),
        )


@dataclass(frozen=True, slots=True, eq=False)
class HyperliquidIsolated(_Perpetuals):
    """Isolated margin of every position, whatever mode it is entered in."""

    name: ClassVar[str] = "hyperliquid/isolated"
    title: ClassVar[str] = "Hyperliquid isolated"

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each position, and one of the cash that backs none."""
        refuse(holdings, risk, self.title, loans=False)
        charges = self.sheet.charges(holdings.positions, risk)
        pools = [self.sheet.isolated_pool(each, risk) for each in charges]
        cash, beside = self._cash(holdings)
        if not pools or cash or holdings.orders:
            pools.append(self._free(holdings, charges, cash, beside, risk))
        return tuple(pools)

    def _free(
        self,
        holdings: Holdings,
        charges: Sequence[Charge],
        cash: float,
        beside: tuple[str, ...],
        risk: Risk,
    ) -> Requirement:
        """The cash that no position has as its margin."""
        parts = [Component("cash_balance", cash)]
        given = fsum(
            self.sheet.own_margin(each) for each in charges if each.position.isolated_margin is None
        )
        if given:
            because = "margin of positions that give none is taken from the balance"
            parts.append(Component("isolated_margin", -given, because=because))
        orders = self.sheet.orders_line(holdings.orders)
        lines = [each for each in (orders,) if each is not None]
        return Requirement(
            pool=CASH,
            currency=CASH,
            equity=total("equity", *parts),
            initial=total("initial_margin", *lines, because="cash that backs no position"),
            maintenance=Component("maintenance_margin", 0.0),
            trigger=Trigger("maintenance usage", 0.0, 1.0),
            label=self.sheet.label((), holdings.orders, risk.market.as_of),
            notes=beside,
            members=frozenset(),
        )
