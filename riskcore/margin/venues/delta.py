"""Delta Exchange portfolio margin: the worst loss of a matrix or a floor, less what closing pays.

    initial      = max(risk margin, margin floor) - UCF, which may be negative
    maintenance  = 0.8 x max(risk margin, margin floor) - UCF
    UCF          what closing everything at the mark would pay
    floor        futures floor + long options floor + short options floor
    risk margin  worst loss over moves of the index by volatility down, unchanged and up

Both are compared with the wallet: cash alone. The size of the moves and the floors' rates are not
published; the moves taken are our own choice, and the floors are 0 until the user gives rates.
Source: docs.delta.exchange, channel portfolio_margins (23 Jun 2026); guides.delta.exchange.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.holdings import Holdings, Position
from riskcore.margin.grid import Move, scenario_set
from riskcore.margin.parameters import Schema
from riskcore.margin.plain import IsolatesNothing, MovesNoCollateral
from riskcore.margin.preset import (
    Preset,
    charge_of,
    coins_of_collateral,
    dollar_pool,
    is_option,
    is_sold_option,
    preset_notes,
    relative,
    scenario_book,
    values,
    where,
)
from riskcore.margin.requirement import (
    Component,
    Figure,
    Requirement,
    Rule,
    larger_of,
    scaled,
    total,
)
from riskcore.margin.worth import Worth, equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.delta import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import USD, Universe

SOURCE = "docs.delta.exchange, portfolio_margins"
MISSING = ("moves of our own choice", "the floors' rates are missing")
Fraction = Annotated[float, Meta(ge=0, le=1)]


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account."""

    maintenance_factor: Fraction  # of the risk margin or floor


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is not published. Overrides replace it."""

    spot_moves: Annotated[
        tuple[Annotated[float, Meta(gt=-1, le=5)], ...],
        Meta(description="moves of the index; Delta's are not published"),
    ]
    vol_up: Annotated[float, Meta(ge=0, le=10, description="relative; Delta's is not published")]
    vol_down: Annotated[Fraction, Meta(description="relative; Delta's is not published")]
    futures_floor: Annotated[Fraction, Meta(description="of the value of futures; not found")]
    long_options_floor: Annotated[
        Fraction, Meta(description="of the index for every option bought; not found")
    ]
    short_options_floor: Annotated[
        Fraction, Meta(description="of the index for every option sold; not found")
    ]


@dataclass(frozen=True, slots=True)
class DeltaPortfolio(Preset[General, Rules], MovesNoCollateral, IsolatesNothing):
    """Portfolio margin of one account, one pool in USD; rates of isolated margin are not known."""

    name: ClassVar[str] = "delta/portfolio"
    title: ClassVar[str] = "Delta Exchange portfolio"
    venue: ClassVar[str] = "Delta Exchange"
    families: ClassVar[tuple[str, ...]] = ("delta/portfolio", "delta/rules")
    schema: ClassVar[Schema] = {"general": (General,), "rules": (Rules,)}

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Moves of the index by three volatilities."""
        rules = self.rules
        coins = sorted({each.base for each in universe.instruments})
        moves = tuple(
            Move(spot, vol)
            for spot in rules.spot_moves
            for vol in (rules.vol_up, 0.0, -rules.vol_down)
        )
        return scenario_set(universe, market, dict.fromkeys(coins, moves), relative())

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the account must post."""
        refuse_unsupported(holdings, risk, VENUE, self.title)
        accounts = worths(holdings, risk)
        wallet = {name: Worth(name, each.cash) for name, each in accounts.items() if each.cash}
        owned = equity(wallet, risk.market, venue=VENUE, because="the wallet: cash alone")
        book = scenario_book(holdings, risk)
        base = larger_of(
            "risk_margin",
            book.worst_case(source=SOURCE),
            self.floor(holdings, risk),
            source=SOURCE,
        )
        flow = _cash_flow(accounts, risk.market)
        kept = scaled(
            "maintenance_of_risk",
            base,
            self.general.maintenance_factor,
            name="maintenance_factor",
            source=SOURCE,
        )
        initial = total("initial_margin", base, *flow)
        maintenance = total("maintenance_margin", kept, *flow)
        ucf = -fsum(each.amount for each in flow)
        return dollar_pool(
            owned,
            initial,
            maintenance,
            said=self.label(
                MISSING,
                holdings,
                risk.market.as_of,
                collateral=coins_of_collateral(holdings),
            ),
            notes=(*self._notes(holdings), *preset_notes(holdings)),
            worst=book.words,
            losses=book.losses(),
            figures=(
                Figure("wallet_balance", owned.amount, USD),
                Figure("risk_margin", book_loss(base, "worst_case"), USD),
                Figure("floor_margin", book_loss(base, "floor_margin"), USD),
                Figure("unrealised_cash_flow", ucf, USD),
            ),
        )

    def floor(self, holdings: Holdings, risk: Risk) -> Component:
        """The least risk margin: shares of the value of futures, options bought and sold."""
        rules, worth = self.rules, values(holdings, risk)
        lines = []
        for term, rate, counts in (
            ("futures_floor", rules.futures_floor, lambda each: not is_option(each)),
            ("long_options_floor", rules.long_options_floor, _is_bought),
            ("short_options_floor", rules.short_options_floor, is_sold_option),
        ):
            amounts = rate * np.where(where(holdings, counts), worth, 0.0)
            line = charge_of(term, holdings, amounts, f"{rate:g} of the value")
            lines += [line] if line.parts else []
        return total("floor_margin", *lines, source=SOURCE)

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        rules, worth = self.rules, values(holdings, risk)
        rates = np.select(
            [where(holdings, is_sold_option), where(holdings, is_option)],
            [rules.short_options_floor, rules.long_options_floor],
            rules.futures_floor,
        )
        accounts = [worths(Holdings((each,)), risk) for each in holdings.positions]
        flow = [fsum(line.amount for line in _cash_flow(each, risk.market)) for each in accounts]
        scan = scenario_book(holdings, risk).alone()
        alone: F64 = np.maximum(scan, rates * worth) + np.array(flow, dtype=np.float64)
        return alone

    def _notes(self, holdings: Holdings) -> list[str]:
        rules = self.rules
        if holdings.positions and not (
            rules.futures_floor or rules.long_options_floor or rules.short_options_floor
        ):
            keys = "futures_floor, long_options_floor and short_options_floor"
            return [f"no margin floor: give {keys} as overrides of rules"]
        return []


def book_loss(base: Component, term: str) -> float:
    """The risk margin or the floor, whichever stands under this name, won or lost."""
    return next(each.amount for each in (*base.parts, *base.considered) if each.term == term)


def _cash_flow(accounts: Mapping[str, Worth], market: MarketSnapshot) -> list[Component]:
    """What closing everything at the mark would pay, taken off the margin."""
    lines = []
    for name, each in accounts.items():
        price = market.usd(name, VENUE)
        parts = [
            Component(label, -amount * price, Rule.POSITION)
            for label, amount in (*each.profits, *each.options)
            if amount
        ]
        if each.funding:
            parts.append(Component("accrued_funding", -each.funding * price))
        if parts:
            because = f"options and open profit in {name} at the mark"
            lines.append(total("unrealised_cash_flow", *parts, because=because))
    return lines


def _is_bought(position: Position) -> bool:
    return is_option(position) and position.quantity > 0


MODELS = (DeltaPortfolio,)
