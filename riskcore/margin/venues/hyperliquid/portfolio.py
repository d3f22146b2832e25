"""Hyperliquid portfolio margin: perpetuals and spot balances back each other in one account.

ratio             = (20 USDC + maintenance of perpetuals + loans) / liquidation value
liquidation value = USDC balance
                    + min(borrow cap, sum of min(coins, supply cap) x price x threshold)
threshold         = 0.5 + 0.5 LTV; the account is liquidated above a ratio of 0.95
borrow limit      = min(borrow cap, sum of min(coins, supply cap) x price x LTV)
price             = median of the spot price, the perpetual's mark and its oracle, in USDC
The USDC balance holds the open profit of the perpetuals; what losses eat up is borrowed.
Source: hyperliquid.gitbook.io, portfolio margin (pre-alpha, alpha, beta).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Perpetual
from riskcore.margin.alone import each_alone
from riskcore.margin.bound import Bound
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing
from riskcore.margin.requirement import (
    Component,
    Figure,
    Requirement,
    Trigger,
    total,
    usage,
)
from riskcore.margin.venues.hyperliquid.parameters import (
    Collateral,
    Portfolio,
    PortfolioReadings,
    Readings,
    Rules,
    Table,
)
from riskcore.margin.venues.hyperliquid.sheet import (
    Charge,
    Sheet,
    notes,
    profit_lines,
    refuse,
    sheet,
    split,
)
from riskcore.margin.venues.hyperliquid.tiers import SOURCE as TIERS
from riskcore.naming.hyperliquid import CASH, VENUE
from riskcore.risk_array import Risk

SOURCE = "hyperliquid.gitbook.io, portfolio margin"
INITIAL = "the account's own initial margin"
LOANS = "the size of loans for maintenance"
PRICES = "borrow prices"
KEYS = ("ltv", "user_supply_cap")


@dataclass(frozen=True, slots=True)
class Backing:
    """A coin that backs loans, USDC.

    capped   value of what of it is below the supply cap
    counts   of it in the liquidation value, before the borrow cap
    borrows  of it in the borrow limit
    quoted   whether the price is the median of three
    """

    coin: str
    value: float
    capped: float
    threshold: float
    ltv: float
    price: float
    quoted: bool

    @property
    def counts(self) -> float:
        """What of it is in the liquidation value."""
        return self.capped * self.threshold

    @property
    def borrows(self) -> float:
        """What of it is in the borrow limit."""
        return self.capped * self.ltv

    def line(self) -> Component:
        """Its value, and what the threshold and the cap take off."""
        words = f"{self.coin} at {self.price:,.10g}, threshold {self.threshold:g}"
        if self.capped < self.value:
            words += f", {self.capped / self.value:.2%} of it below the supply cap"
        whole = Component("collateral_value", self.value, because=self.coin)
        cut = Component("currency_haircut", self.counts - self.value, because=words)
        return total("currency_equity", whole, cut, because=words, source=SOURCE)


@dataclass(frozen=True, slots=True, eq=False)
class HyperliquidPortfolio(MovesNothing):
    """Portfolio margin; positions entered as isolated keep pools of their own."""

    name: ClassVar[str] = "hyperliquid/portfolio"
    title: ClassVar[str] = "Hyperliquid portfolio"
    families: ClassVar[tuple[str, ...]] = (
        "hyperliquid/portfolio",
        "hyperliquid/margin",
        "hyperliquid/rules",
        "hyperliquid/portfolio-rules",
    )
    schema: ClassVar[Schema] = {
        "rules": (Rules, Readings),
        "portfolio": (Portfolio, PortfolioReadings),
        ANY: (Table, Collateral),
    }

    sheet: Sheet
    terms: Portfolio
    readings: PortfolioReadings
    collateral: Mapping[str, Collateral]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("Hyperliquid", selection)
        return cls(
            sheet(found),
            found.whole(Portfolio, "portfolio"),
            found.whole(PortfolioReadings, "portfolio"),
            found.rows(Collateral),
            selection.calibration,
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USDC, and one for each isolated position."""
        refuse(holdings, risk, self.title, loans=True)
        for coin, balance in holdings.balances.items():
            if balance.borrowed and coin != CASH:
                raise Unsupported(
                    f"{coin}: {balance.borrowed:g} are borrowed; the rules known of Hyperliquid "
                    f"lend {CASH} alone, so enter the loan in {CASH}"
                )
        shared, apart = split(holdings.positions)
        pools = [self._pool(holdings, shared, risk)]
        pools += [self.sheet.isolated_pool(each, risk) for each in self.sheet.charges(apart, risk)]
        return tuple(pools)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position alone, with the offset that every account has, (P,)."""
        return each_alone(self.requirement, holdings, risk)

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Initial margin of each position under the isolated rule, (P,)."""
        charges = self.sheet.charges(holdings.positions, risk)
        return np.array([each.initial for each in charges])

    def _pool(self, holdings: Holdings, shared: Sequence[Position], risk: Risk) -> Requirement:
        charges = self.sheet.charges(shared, risk)
        backing = tuple(self._backing(holdings, risk))
        cash = holdings.balances.get(CASH, Balance(0.0))
        owned = [Component("cash_balance", cash.amount), *profit_lines(charges)]
        owned += [
            Component("coins_owed", each.value, because=f"{each.coin} at {each.price:,.10g}")
            for each in backing
            if each.value < 0
        ]
        own = fsum(each.amount for each in owned)
        loan = cash.borrowed
        if own < 0 and self.readings.shortfall == "borrowed":
            loan -= own
            owned.append(Component("auto_borrowed", -own, because="losses are paid by a loan"))
            own = 0.0
        lent = [each for each in backing if each.value > 0]
        equity = self._equity(owned, lent, risk)
        initial, maintenance = self._required(charges, loan, holdings, equity.amount, lent)
        ratio = usage(maintenance.amount, equity.amount)
        level = self.terms.liquidation_ratio
        return Requirement(
            pool=CASH,
            currency=CASH,
            equity=equity,
            initial=initial,
            maintenance=maintenance,
            trigger=Trigger("portfolio margin ratio", ratio, level),
            label=self._label(charges, holdings, lent, loan, risk),
            notes=(*notes(charges), *self._notes(holdings)),
            figures=self._figures(charges, own, loan, lent, ratio, risk),
        )

    def _backing(self, holdings: Holdings, risk: Risk) -> Iterator[Backing]:
        enabled = holdings.settings.collateral_enabled
        for coin, balance in holdings.balances.items():
            terms = self.collateral.get(coin)
            off = enabled is not None and coin not in enabled
            if coin == CASH or not balance.amount or (balance.amount > 0 and (off or not terms)):
                continue
            price, quoted = borrow_price(coin, risk)
            ltv = terms.ltv if terms else 0.0
            cap = self._cap(risk, coin, "user_supply_cap", terms.user_supply_cap if terms else 0.0)
            base = self.terms.threshold_base
            yield Backing(
                coin,
                balance.amount * price,
                min(balance.amount, cap) * price,
                base + (1 - base) * ltv,
                ltv,
                price,
                quoted,
            )

    def _cap(self, risk: Risk, currency: str, name: str, known: float) -> float:
        """A cap as the market states it, else as the parameters do."""
        pool = risk.market.oracles.pool(VENUE, currency)
        return known if pool is None else pool.caps.get(name, known)

    def _equity(self, owned: list[Component], lent: list[Backing], risk: Risk) -> Component:
        """The liquidation value."""
        lines = [total("currency_equity", *owned, because=CASH)]
        lines += [each.line() for each in lent]
        backed = fsum(each.counts for each in lent)
        cap = self._cap(risk, CASH, "user_borrow_cap", self.terms.user_borrow_cap)
        if backed > cap:
            because = f"no more than {cap:,.10g} {CASH} may be borrowed"
            lines.append(Component("borrow_cap", cap - backed, because=because))
        return total("equity", *lines, because="the liquidation value", source=SOURCE)

    def _required(
        self,
        charges: Sequence[Charge],
        loan: float,
        holdings: Holdings,
        value: float,
        lent: Sequence[Backing],
    ) -> tuple[Component, Component]:
        """Initial and maintenance margin of the account."""
        kept = fsum(each.maintenance for each in charges)
        offset = self.terms.min_borrow_offset
        beside = []
        if loan or any(each.value for each in charges):
            beside.append(Component("min_borrow_offset", offset, because="beside every account"))
        if loan:
            beside.append(Component("borrowed_value", loan, because=f"{CASH} borrowed"))
        spare = value - fsum(each.amount for each in beside) - kept
        moving = {each.coin for each in lent}
        lines = [
            each.maintenance_line(
                None
                if each.position.instrument.base in moving
                else each.tiers.liquidation_price(
                    each.position.quantity, each.mark, spare + each.maintenance
                )
            )
            for each in charges
        ]
        maintenance = total(
            "maintenance_margin",
            total("positions_margin", *lines, source=TIERS),
            *beside,
            source=SOURCE,
        )
        orders = self.sheet.orders_line(holdings.orders)
        initial = total(
            "initial_margin",
            total("positions_margin", *(each.initial_line() for each in charges), source=TIERS),
            *beside,
            *(each for each in (orders,) if each is not None),
        )
        return initial, maintenance

    def _figures(
        self,
        charges: Sequence[Charge],
        own: float,
        loan: float,
        lent: Sequence[Backing],
        ratio: float,
        risk: Risk,
    ) -> tuple[Figure, ...]:
        kept = fsum(each.maintenance for each in charges)
        cap = self._cap(risk, CASH, "user_borrow_cap", self.terms.user_borrow_cap)
        limit = min(cap, fsum(each.borrows for each in lent))
        return (
            Figure("portfolio_margin_ratio", ratio, ""),
            Figure("perpetuals_initial", fsum(each.initial for each in charges), CASH),
            Figure("perpetuals_maintenance", kept, CASH),
            Figure("available_after_maintenance", max(own - kept, 0.0), CASH),
            Figure("borrowed_value", loan, CASH),
            Figure("borrow_limit", limit, CASH),
            Figure("available_to_borrow", max(limit - loan, 0.0), CASH),
        )

    def _label(
        self,
        charges: Sequence[Charge],
        holdings: Holdings,
        lent: Sequence[Backing],
        loan: float,
        risk: Risk,
    ) -> str:
        further = [INITIAL] if loan or any(each.value for each in charges) else []
        further += [LOANS] if loan else []
        further += [PRICES] if any(not each.quoted for each in lent) else []
        keys = [(each.coin, key) for each in lent for key in KEYS]
        keys += [("portfolio", name) for name in Portfolio.__struct_fields__] if lent else []
        at = risk.market.as_of
        dated = self.sheet.bound.are_of_another_date(keys, at)
        return self.sheet.label(
            charges, holdings.orders, at, [*further, *(["caps of another date"] if dated else [])]
        )

    def _notes(self, holdings: Holdings) -> tuple[str, ...]:
        enabled = holdings.settings.collateral_enabled
        said = []
        for coin, balance in holdings.balances.items():
            if coin == CASH or balance.amount <= 0:
                continue
            if enabled is not None and coin not in enabled:
                said.append(f"the balance of {coin} is switched off as collateral and counts as 0")
            elif coin not in self.collateral:
                said.append(f"{coin} backs no loan and counts as 0")
        return tuple(said)


def borrow_price(coin: str, risk: Risk) -> tuple[float, bool]:
    """The price of a coin in USDC, and whether it is the median of the three that the rule names.

    Raises MarketError without an index where the three are not all quoted.
    """
    market = risk.market
    spot = market.oracles.feed(VENUE, "spot", coin)
    oracle = market.oracles.feed(VENUE, "perp", coin)
    perpetual = Perpetual(VENUE, coin, coin, CASH, CASH)
    row = risk.universe.rows.get(perpetual)
    if spot is None or oracle is None or row is None:
        return market.usd(coin, VENUE) / market.usd(CASH, VENUE), False
    dollar = market.oracles.feed(VENUE, "spot", CASH)
    tether = 1.0 if dollar is None else 1.0 / dollar.value
    return median((spot.value, float(market.mark[row]) * tether, oracle.value * tether)), True
