"""Binance Portfolio Margin (uniMMR): one pool in USD for wallets, loans, USD-M and COIN-M futures.

uniMMR             = adjusted equity / maintenance margin; liquidation at 105 %
adjusted equity    = equity - open loss of orders
equity             = sum over coins of min(E x P x rate, E x P)
E                  = margin asset - loan + futures wallet + open profit of futures
maintenance margin = sum of futures maintenance x P + loan x loan rate x P
                     USD-M |rate x quantity x mark| - cum
                     COIN-M |rate x contracts x size / mark| - cum

Positive equity is cut by the collateral rate, what is owed counts whole. There is no initial
margin: only uniMMR gates. Under collateral = "tiers" slices of value have their own rates.
Source: binance.com FAQ 4868b2f1 (uniMMR, 6 Feb 2025) and 5e33af8e (PM Pro, 18 Apr 2022); collateral
rates: Binance proof-of-solvency repository, cex_assets_info.csv.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Future, Perpetual
from riskcore.margin.bound import Bound
from riskcore.margin.collateral import counted, counted_by_value
from riskcore.margin.label import label
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Schema, Selection
from riskcore.margin.plain import MovesNothing, NetsNothing
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, total
from riskcore.margin.venues.binance.contracts import Book, Charge
from riskcore.margin.venues.binance.orders import DOUBT, open_losses
from riskcore.margin.venues.binance.parameters import (
    Collateral,
    CollateralTiers,
    Contracts,
    Futures,
    OptionReadings,
    Portfolio,
    PortfolioReadings,
    kind,
    refuse_unlike,
)
from riskcore.margin.worth import account_notes, equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.binance import VENUE
from riskcore.risk_array import Risk
from riskcore.universe import USD

SOURCE = "binance.com FAQ 4868b2f1 (uniMMR)"
SHARED_TIERS = "COIN-M tiers taken from USDT perpetuals"
LOAN_RATE = "the leverage chosen for loans"


@dataclass(frozen=True, slots=True, eq=False)
class BinancePortfolio(MovesNothing, NetsNothing):
    """Everything an account has, against the maintenance margin of its futures and loans."""

    name: ClassVar[str] = "binance/portfolio"
    title: ClassVar[str] = "Binance portfolio margin"
    wallet: ClassVar[str] = "portfolio"
    families: ClassVar[tuple[str, ...]] = ("binance/portfolio", "binance/usdm", "binance/rules")
    schema: ClassVar[Schema] = {
        "portfolio": (Portfolio,),
        "rules": (Futures, PortfolioReadings, OptionReadings),
        ANY: (Contracts, Collateral, CollateralTiers),
    }

    bound_to: Bound
    levels: Portfolio
    readings: PortfolioReadings
    book: Book
    flat: Mapping[str, Collateral]
    tiered: Mapping[str, CollateralTiers]
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        found = Bound("Binance", selection)
        readings = found.whole(PortfolioReadings, "rules")
        book = Book(found.rows(Contracts), shared=readings.coin_m == "usdm")
        tiered = found.rows(CollateralTiers)
        for name, each in tiered.items():
            refuse_unlike(name, each)
        levels = found.whole(Portfolio, "portfolio")
        flat = found.rows(Collateral)
        return cls(found, levels, readings, book, flat, tiered, selection.calibration)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement in USD."""
        self._refuse(holdings, risk)
        market = risk.market
        owned = self._equity(holdings, risk)
        futures = [
            self._charge(row, holdings, risk).maintenance_line(self._price(row, holdings, market))
            for row in range(len(holdings.positions))
        ]
        parts = [total("positions_margin", *futures, because="every position by its own tier")]
        loans = self._loans(holdings, market)
        parts += [total("borrowing_margin", *loans, source=SOURCE)] if loans else []
        maintenance = total("maintenance_margin", *parts, source=SOURCE)
        ratio = owned.amount / maintenance.amount if maintenance.amount else inf
        ratio = -inf if ratio == inf and owned.amount < 0 else ratio
        return (
            Requirement(
                pool=USD,
                currency=USD,
                equity=owned,
                initial=None,
                maintenance=maintenance,
                trigger=Trigger("uniMMR", ratio, self.levels.liquidation, above=False),
                label=label(self._doubts(holdings, market)),
                notes=(*account_notes(holdings), self._status(ratio)),
                figures=(Figure("adjusted_equity", owned.amount, USD),),
            ),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Maintenance margin of each position, (P,), USD."""
        return np.array(
            [
                self._charge(row, holdings, risk).maintenance
                * self._price(row, holdings, risk.market)
                for row in range(len(holdings.positions))
            ]
        )

    def _charge(self, row: int, holdings: Holdings, risk: Risk) -> Charge:
        position = holdings.positions[row]
        mark = float(risk.market.mark[risk.universe.row(position.instrument)])
        return self.book.charge(position, mark)

    def _price(self, row: int, holdings: Holdings, market: MarketSnapshot) -> float:
        return market.usd(holdings.positions[row].instrument.settlement, VENUE)

    def _equity(self, holdings: Holdings, risk: Risk) -> Component:
        """Adjusted equity: the coins at their collateral rates, less the open loss of orders."""
        market = risk.market
        owned = equity(
            worths(holdings, risk),
            market,
            self._counts,
            venue=VENUE,
            because="every coin at its collateral rate, what is owed in full",
            source=SOURCE,
        )
        lost = []
        for order in holdings.orders:
            mark = float(market.mark[risk.universe.row(order.instrument)])
            loss = 0.0 if order.reduce_only else open_losses([order], mark)
            if loss:
                amount = loss * market.usd(order.instrument.settlement, VENUE)
                why = f"{order.instrument.name} at {order.price:,.8g}, mark {mark:,.8g}"
                lost.append(Component("open_loss", -amount, because=why))
        if not lost:
            return owned
        return total("equity", *owned.parts, *lost, because=owned.because, source=SOURCE)

    def _counts(self, currency: str, amount: float, price: float) -> tuple[float, str]:
        """What a coin counts."""
        said = f"{currency} at {price:,.8g} USD"
        if amount <= 0:
            return amount * price, f"{said}, owed in full"
        if self.readings.collateral == "tiers":
            tiers = self.tiered.get(currency)
            if tiers is None:
                raise Unsupported(_unknown(currency, "collateral_upto and collateral_rates"))
            upto, rates = tiers.collateral_upto, tiers.collateral_rates
            return counted_by_value(amount, price, upto, rates), f"{said}, slices by value"
        flat = self.flat.get(currency)
        if flat is None:
            raise Unsupported(_unknown(currency, "portfolio_rate"))
        rate = flat.portfolio_rate
        return counted(amount, price, rate), f"{said} × {rate * 100:.6g} %"

    def _loans(self, holdings: Holdings, market: MarketSnapshot) -> list[Component]:
        rate = {
            "3x": self.levels.loan_rate_3x,
            "5x": self.levels.loan_rate_5x,
            "10x": self.levels.loan_rate_10x,
        }[self.readings.loan_leverage]
        return [
            Component(
                "borrowed_currency",
                each.borrowed * rate * market.usd(name, VENUE),
                because=f"{each.borrowed:,.8g} {name} × {rate * 100:g} %",
            )
            for name, each in holdings.balances.items()
            if each.borrowed
        ]

    def _doubts(self, holdings: Holdings, market: MarketSnapshot) -> tuple[str, ...]:
        held = [each for each in holdings.held() if isinstance(each, Perpetual | Future)]
        keys = []
        shared = False
        for each in held:
            borrowed = self.book.borrows(each)
            shared |= borrowed
            keys.append((each.base, "usdt" if borrowed else kind(each)))
        names = [name for name, each in holdings.balances.items() if each.amount]
        tiered = self.readings.collateral == "tiers"
        keys += [(name, "collateral_rates" if tiered else "portfolio_rate") for name in names]
        loans = any(each.borrowed for each in holdings.balances.values())
        keys += [("portfolio", "liquidation")] if held else []
        found = list(self.bound_to.doubts_of(keys, market.as_of))
        found += [SHARED_TIERS] if shared else []
        found += [LOAN_RATE] if loans else []
        found += [DOUBT] if any(not each.reduce_only for each in holdings.orders) else []
        return tuple(found)

    def _status(self, ratio: float) -> str:
        """What Binance does at a uniMMR, a sentence."""
        levels = self.levels
        if ratio > levels.reminder:
            does = f"does nothing above {levels.reminder:.0%}"
        elif ratio > levels.reduce_only:
            does = f"reminds the account up to {levels.reminder:.0%}"
        elif ratio > levels.liquidation:
            does = f"accepts only what reduces positions up to {levels.reduce_only:.0%}"
        elif ratio > levels.claim:
            does = f"liquidates up to {levels.liquidation:.0%}"
        else:
            does = f"liquidates and claims the loss up to {levels.claim:.0%}"
        shown = f"{ratio:.2%}" if isfinite(ratio) else "without bound" if ratio > 0 else "negative"
        return f"uniMMR is {shown}; Binance {does}"

    def _refuse(self, holdings: Holdings, risk: Risk) -> None:
        refuse_unsupported(holdings, risk, VENUE, self.name, loans=True, hedge=True)
        for each in holdings.held():
            if not isinstance(each, Perpetual | Future):
                raise Unsupported(
                    f"{each.name} is an option; {self.name} covers USD-M and COIN-M futures, "
                    "options are in binance/options"
                )


def _unknown(currency: str, keys: str) -> str:
    return (
        f"Binance's collateral rate of {currency} in Portfolio Margin is not known; give {keys} "
        f"as an override of {currency}"
    )
