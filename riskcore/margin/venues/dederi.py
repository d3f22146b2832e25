"""Dederi portfolio margin: eleven price moves by three volatilities, and two contingencies.

    initial  = worst loss + futures contingency + option contingency
    futures  gain quantity x F x move, F the mark of the future
    options  Black-76 on the future of their expiry; volatility moves by
             (days / 30) ^ power x factor, relative, another power beyond 30 days
    futures contingency  0.006 x index x sum of |quantity|
    option contingency   a rate for every net option sold, which was not found

The factors and powers of the volatility moves were not found: options need the user's.
Source: wiki.dederi.io, portfolio margin (undated, as read in 2026).
"""

from dataclasses import dataclass
from math import exp
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.margin.grid import Move, VolRule, scenario_set
from riskcore.margin.parameters import Schema
from riskcore.margin.plain import IsolatesNothing, MovesNoCollateral
from riskcore.margin.preset import (
    Preset,
    charge_of,
    coins_of_collateral,
    dollar_pool,
    is_option,
    is_sold_option,
    points,
    preset_notes,
    scenario_book,
    term_scaled,
    values,
    where,
)
from riskcore.margin.requirement import Component, Requirement, scaled, total
from riskcore.margin.worth import equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.dederi import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "wiki.dederi.io, portfolio margin"
NO_FACTORS = (
    "Dederi's moves of volatility are not known; give vol_up_factor, vol_down_factor, "
    "short_vol_power and long_vol_power as overrides of options"
)
Fraction = Annotated[float, Meta(ge=0, le=1)]
Power = Annotated[float, Meta(ge=-3, le=3)]


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account."""

    price_moves: tuple[Annotated[float, Meta(gt=-1, le=1)], ...]
    futures_rate: Fraction  # of the index for every future, long or short


class Volatility(msgspec.Struct, frozen=True, kw_only=True):
    """The moves of volatility, relative, at 30 days to expiry; the user gives them."""

    vol_up_factor: Annotated[float, Meta(ge=0, le=10)]
    vol_down_factor: Fraction
    short_vol_power: Power  # up to 30 days
    long_vol_power: Power


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What was not found. Overrides replace it."""

    option_rate: Annotated[
        Fraction, Meta(description="option contingency over the index, per option sold; not found")
    ]
    maintenance_factor: Annotated[
        Fraction, Meta(description="maintenance over initial margin; not found, so all of it")
    ]


@dataclass(frozen=True, slots=True)
class DederiPortfolio(Preset[General, Rules], MovesNoCollateral, IsolatesNothing):
    """Portfolio margin of one strategy, one pool in USD."""

    name: ClassVar[str] = "dederi/portfolio"
    title: ClassVar[str] = "Dederi portfolio"
    venue: ClassVar[str] = "Dederi"
    families: ClassVar[tuple[str, ...]] = ("dederi/portfolio", "dederi/rules")
    schema: ClassVar[Schema] = {
        "general": (General,),
        "options": (Volatility,),
        "rules": (Rules,),
    }

    @property
    def volatility(self) -> Volatility | None:
        """The user's moves of volatility."""
        return self.bound_to.find(Volatility, "options")

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """Eleven price moves, with options by three volatilities."""
        coins = sorted({each.base for each in universe.instruments})
        shifts: tuple[float, ...] = (0.0,)
        rule: VolRule = points()
        found = self.volatility
        if found is not None and universe.is_option.any():
            shifts = (found.vol_up_factor, 0.0, -found.vol_down_factor)
            rule = term_scaled(found.short_vol_power, found.long_vol_power)
        moves = tuple(Move(spot, shift) for spot in self.general.price_moves for shift in shifts)
        return scenario_set(universe, market, dict.fromkeys(coins, moves), rule)

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the strategy must post."""
        refuse_unsupported(holdings, risk, VENUE, self.title)
        options = any(map(is_option, holdings.positions))
        if options and self.volatility is None:
            raise Unsupported(NO_FACTORS)
        owned = equity(worths(holdings, risk), risk.market, venue=VENUE, source=SOURCE)
        book = scenario_book(holdings, risk)
        charges = [each for each in self._contingencies(holdings, risk) if each.parts]
        initial = total("initial_margin", book.worst_case(source=SOURCE), *charges, source=SOURCE)
        maintenance = scaled(
            "maintenance_margin",
            initial,
            self.rules.maintenance_factor,
            name="maintenance_factor",
        )
        missing = ["the maintenance ratio is missing"]
        notes = []
        if options:
            missing = ["volatility moves of the user's own", "the option rate is missing", *missing]
        if options and not self.rules.option_rate:
            notes.append("no option contingency: give option_rate as an override of rules")
        return dollar_pool(
            owned,
            initial,
            maintenance,
            said=self.label(
                missing,
                holdings,
                risk.market.as_of,
                collateral=coins_of_collateral(holdings),
            ),
            notes=(*notes, *preset_notes(holdings)),
            worst=book.words,
            losses=book.losses(),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        futures, sold = self._amounts(holdings, risk)
        alone: F64 = scenario_book(holdings, risk).alone() + futures + sold
        return alone

    def _amounts(self, holdings: Holdings, risk: Risk) -> tuple[F64, F64]:
        """Futures and option contingency of each position, (P,) USD each."""
        worth = values(holdings, risk)
        futures = np.where(where(holdings, is_option), 0.0, self.general.futures_rate * worth)
        sold = where(holdings, is_sold_option)
        return futures, np.where(sold, self.rules.option_rate * worth, 0.0)

    def _contingencies(self, holdings: Holdings, risk: Risk) -> tuple[Component, Component]:
        futures, sold = self._amounts(holdings, risk)
        told = f"{self.general.futures_rate:g} × index × every future"
        because = f"{self.rules.option_rate:g} × index × every option sold"
        return (
            charge_of("futures_contingency", holdings, futures, told, SOURCE),
            charge_of("option_contingency", holdings, sold, because, SOURCE),
        )


def future_mark(index: float, basis: float, days: float) -> float:
    """The mark of a dated future: the index grown at its annualised basis rate."""
    return index * exp(basis * days / 365)


MODELS = (DederiPortfolio,)
