"""Aevo portfolio margin: fifteen scenarios, and a floor whose rule is not known.

    scenario margin  worst loss of each underlying over spot {+100, +50, 0, -50, -100 %} of its
                     largest move by volatility {+100, 0, -100 %} of its largest shift, which is
                     added in points
    initial          scenario margin + floor margin

Standard margin of a short option, per coin, with S the index:
    call  initial max(0.15 - out-of-the-money / S, 0.1) x S + mark; maintenance 0.1 x S + mark
    put   maintenance max(0.1 x S, 0.1 x mark) + mark; initial the call's formula, at least that
Source: docs.aevo.xyz, portfolio margin and cross-margin collateral framework; api-docs.aevo.xyz,
standard margin (undated, as read in 2026).
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Option, Right
from riskcore.margin.grid import Move, scenario_set
from riskcore.margin.parameters import ANY, Schema
from riskcore.margin.plain import MovesNoCollateral
from riskcore.margin.preset import (
    Preset,
    charge_of,
    dollar_pool,
    points,
    preset_notes,
    scenario_book,
    values,
)
from riskcore.margin.requirement import Requirement, scaled, total
from riskcore.margin.worth import equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.aevo import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "docs.aevo.xyz, portfolio margin"
MISSING = ("the floor margin's rule is missing", "the maintenance ratio is missing")
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """The largest moves of an underlying."""

    max_move: Annotated[float, Meta(gt=0, lt=1)]  # of the index, either side
    max_vol_up: Annotated[float, Meta(ge=0, le=10)]  # points, 0.5 is 50
    max_vol_down: Annotated[float, Meta(ge=0, le=10)]


class Collateral(msgspec.Struct, frozen=True, kw_only=True):
    """What a currency counts."""

    collateral_ratio: Fraction


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account."""

    steps: tuple[Annotated[float, Meta(ge=-1, le=1)], ...]  # of the largest move
    option_initial: Fraction
    option_least: Fraction  # floor of the initial margin, and the maintenance margin


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is not published. Overrides replace it."""

    floor_rate: Annotated[
        Fraction, Meta(description="floor margin over the value of positions; its rule is missing")
    ]
    maintenance_factor: Annotated[
        Fraction, Meta(description="maintenance over initial margin; not found, so all of it")
    ]


@dataclass(frozen=True, slots=True)
class AevoPortfolio(Preset[General, Rules], MovesNoCollateral):
    """Portfolio margin of one account, one pool in USD."""

    name: ClassVar[str] = "aevo/portfolio"
    title: ClassVar[str] = "Aevo portfolio"
    venue: ClassVar[str] = "Aevo"
    families: ClassVar[tuple[str, ...]] = ("aevo/portfolio", "aevo/collateral", "aevo/rules")
    schema: ClassVar[Schema] = {
        "general": (General,),
        "rules": (Rules,),
        ANY: (Moves, Collateral),
    }

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Fifteen moves of every underlying."""
        coins = sorted({each.base for each in universe.instruments})
        return scenario_set(
            universe, market, {coin: self._table(coin) for coin in coins}, points(0.0)
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the account must post."""
        refuse_unsupported(holdings, risk, VENUE, self.title)
        accounts = worths(holdings, risk)
        owned = equity(accounts, risk.market, self._counts, venue=VENUE, source=SOURCE)
        book = scenario_book(holdings, risk)
        scan = book.worst_case(source=SOURCE)
        rate = self.rules.floor_rate
        because = f"{rate:g} of the value of every position"
        floor = charge_of("floor_margin", holdings, rate * values(holdings, risk), because)
        initial = total("initial_margin", scan, *([floor] if floor.amount else []))
        maintenance = scaled(
            "maintenance_margin",
            initial,
            self.rules.maintenance_factor,
            name="maintenance_factor",
        )
        unknown = [
            name
            for name, each in accounts.items()
            if each.amount > 0 and self.bound_to.find(Collateral, name) is None
        ]
        notes = [
            f"the collateral ratio of {each} at Aevo is not known: it counts in full"
            for each in unknown
        ]
        if holdings.positions and not self.rules.floor_rate:
            notes.append("the floor margin is left out: give floor_rate as an override of rules")
        return dollar_pool(
            owned,
            initial,
            maintenance,
            said=self.label(MISSING, holdings, risk.market.as_of, collateral=unknown),
            notes=(*notes, *preset_notes(holdings)),
            worst=book.words,
            losses=book.losses(),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        book = scenario_book(holdings, risk)
        return book.alone() + self.rules.floor_rate * values(holdings, risk)

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Standard initial margin of options, (P,); None with a perpetual: its rule is missing."""
        if not all(isinstance(each.instrument, Option) for each in holdings.positions):
            return None
        return np.array(
            [
                self.standard(each.instrument, each.quantity, risk)[0]
                for each in holdings.positions
                if isinstance(each.instrument, Option)
            ]
        )

    def standard(self, option: Option, quantity: float, risk: Risk) -> tuple[float, float]:
        """Standard initial and maintenance margin of an option, USD; none when it is long."""
        if quantity >= 0:
            return 0.0, 0.0
        market, rules = risk.market, self.general
        index = market.usd(option.base, VENUE)
        mark = float(market.mark[market.row(option)]) * market.usd(option.settlement, VENUE)
        outside = max(option.right.sign * (option.strike - index), 0.0)
        initial = max(rules.option_initial * index - outside, rules.option_least * index) + mark
        maintenance = rules.option_least * index + mark
        if option.right is Right.PUT:
            maintenance = max(rules.option_least * index, rules.option_least * mark) + mark
            initial = max(initial, maintenance)
        coins = -quantity * option.multiplier
        return initial * coins, maintenance * coins

    def _counts(self, currency: str, amount: float, price: float) -> tuple[float, str]:
        found = self.bound_to.find(Collateral, currency)
        value = amount * price
        because = f"{currency} at {price:,.8g} USD"
        if found is None or value < 0:
            return value, because
        return value * found.collateral_ratio, f"{because}, of which {found.collateral_ratio:g}"

    def _table(self, coin: str) -> tuple[Move, ...]:
        moves = self.bound_to.find(Moves, coin)
        if moves is None:
            raise Unsupported(
                f"Aevo's largest moves of {coin} are not known; give max_move, max_vol_up and "
                f"max_vol_down as overrides of {coin}"
            )
        shifts = (moves.max_vol_up, 0.0, -moves.max_vol_down)
        return tuple(
            Move(step * moves.max_move, shift) for step in self.general.steps for shift in shifts
        )


MODELS = (AevoPortfolio,)
