"""Thalex portfolio margin: max loss coverage, roll contingency and option contingency.

    initial      = sum over underlyings of coverage + roll contingency + option contingency
    maintenance  = 0.7 x initial
    coverage     worst loss over index moves by volatility moves in points; a loss in an extreme
                 move counts in part. BTC and ETH held as collateral are positions of it
    equity       assets at the index without haircut, and profit not yet settled: options settle
                 their profit like futures, so it counts in place of their value

Thalex runs about fifty scenarios; known are the box of -20 ... +20 % by -30 ... +45 points that
counts in full and the half of a 40 % move. The rates of both contingencies were not found.
Source: thalex.com, portfolio margin; support.thalex.com 8608621322769 and 8608665396241.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Annotated, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Dated
from riskcore.margin.grid import Move, scenario_set
from riskcore.margin.parameters import Schema
from riskcore.margin.plain import IsolatesNothing
from riskcore.margin.preset import (
    Preset,
    ScenarioBook,
    charge_of,
    coin_profit,
    dollar_pool,
    is_sold_option,
    points,
    preset_notes,
    scenario_book,
    values,
    where,
)
from riskcore.margin.requirement import Component, Requirement, scaled, total
from riskcore.margin.worth import Worth, equity, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.thalex import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

SOURCE = "thalex.com, portfolio margin"
MISSING = ("about fifty scenarios of which a box is known", "both contingency rates are missing")
Fraction = Annotated[float, Meta(ge=0, le=1)]
Spot = Annotated[float, Meta(gt=-1, le=5)]


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account."""

    maintenance_factor: Fraction  # maintenance / initial
    assets: tuple[str, ...]  # that Thalex takes as collateral
    moving_assets: tuple[str, ...]  # those that are positions of the coverage


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is not published. Overrides replace it."""

    spot_moves: Annotated[
        tuple[Spot, ...], Meta(description="index moves of the box; its ends are published")
    ]
    vol_points: Annotated[
        tuple[Annotated[float, Meta(ge=-10, le=10)], ...],
        Meta(description="moves of volatility in points; the ends are published"),
    ]
    extreme_moves: Annotated[
        tuple[Spot, ...], Meta(description="index moves beyond the box, volatility unmoved")
    ]
    extreme_weight: Annotated[
        Fraction, Meta(description="share of a loss there; published for 40 %")
    ]
    roll_rate: Annotated[
        Fraction, Meta(description="share of deltas that offset across maturities; not found")
    ]
    option_rate: Annotated[
        Fraction, Meta(description="share of the index for every option sold; not found")
    ]


@dataclass(frozen=True, slots=True)
class ThalexPortfolio(Preset[General, Rules], IsolatesNothing):
    """Portfolio margin of one account, one pool in USD."""

    name: ClassVar[str] = "thalex/portfolio"
    title: ClassVar[str] = "Thalex portfolio"
    venue: ClassVar[str] = "Thalex"
    families: ClassVar[tuple[str, ...]] = ("thalex/portfolio", "thalex/rules")
    schema: ClassVar[Schema] = {"general": (General,), "rules": (Rules,)}

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The box, and the extreme moves."""
        bases = {each.base for each in universe.instruments}
        coins = sorted(bases.union(self.general.moving_assets))  # collateral without positions too
        return scenario_set(universe, market, dict.fromkeys(coins, self._moves()), points(0.0))

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the account must post."""
        refuse_unsupported(holdings, risk, VENUE, self.title)
        for name, each in holdings.balances.items():
            if name not in self.general.assets and each.amount:
                raise Unsupported(
                    f"{name} is no collateral at Thalex; it takes {', '.join(self.general.assets)}"
                )
        accounts = worths(holdings, risk, futures_style=True)
        owned = equity(accounts, risk.market, venue=VENUE, source=SOURCE)
        book = self._book(holdings, risk, accounts)
        initial = total(
            "initial_margin",
            book.worst_case("max_loss_coverage", SOURCE),
            *(each for each in self._contingencies(holdings, risk) if each.amount),
        )
        maintenance = scaled(
            "maintenance_margin",
            initial,
            self.general.maintenance_factor,
            name="maintenance_factor",
            source=SOURCE,
        )
        return dollar_pool(
            owned,
            initial,
            maintenance,
            said=self.label(MISSING, holdings, risk.market.as_of, always=initial.amount > 0),
            notes=(*self._notes(holdings), *preset_notes(holdings, futures_style=True)),
            worst=book.words,
            losses=book.losses(),
        )

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        return self._book(holdings, risk, {}).alone() + self._sold(holdings, risk)

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """Coverage of each coin of collateral alone."""
        book = self._book(Holdings(), risk, worths(holdings, risk, futures_style=True))
        return {coin: book.loss(coin) for coin in book.coins}

    def _book(self, holdings: Holdings, risk: Risk, accounts: Mapping[str, Worth]) -> ScenarioBook:
        columns, moves = len(risk.scenarios), self._moves()
        held = {
            name: coin_profit(each.cash, risk.market.usd(name, VENUE), moves, columns)
            for name, each in accounts.items()
            if name in self.general.moving_assets and each.cash
        }
        return scenario_book(holdings, risk, collateral=held)

    def _moves(self) -> tuple[Move, ...]:
        rules = self.rules
        box = tuple(Move(spot, vol) for spot in rules.spot_moves for vol in rules.vol_points)
        return (
            *box,
            *(
                Move(spot, weight=rules.extreme_weight, group="extended")
                for spot in rules.extreme_moves
            ),
        )

    def _contingencies(self, holdings: Holdings, risk: Risk) -> tuple[Component, Component]:
        rate = self.rules.option_rate
        because = f"{rate:g} of the index for every option sold"
        sold = charge_of("option_contingency", holdings, self._sold(holdings, risk), because)
        return self._rolls(holdings, risk), sold

    def _sold(self, holdings: Holdings, risk: Risk) -> F64:
        """Option contingency of each position, (P,) USD."""
        short = where(holdings, is_sold_option)
        sold: F64 = self.rules.option_rate * np.where(short, values(holdings, risk), 0.0)
        return sold

    def _rolls(self, holdings: Holdings, risk: Risk) -> Component:
        """Deltas of one underlying that offset across maturities, at the index."""
        deltas: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
        for each in holdings.positions:
            expiry = each.instrument.expiry.timestamp() if isinstance(each.instrument, Dated) else 0
            row = risk.universe.row(each.instrument)
            coins = each.quantity * float(risk.greeks.delta[row])
            deltas[each.instrument.base][expiry] += coins
        amount = fsum(
            min(
                fsum(coins for coins in by_expiry.values() if coins > 0),
                -fsum(coins for coins in by_expiry.values() if coins < 0),
            )
            * risk.market.usd(coin, VENUE)
            for coin, by_expiry in deltas.items()
        )
        rate = self.rules.roll_rate
        because = f"{rate:g} × {amount:,.8g} USD that offset across maturities"
        return Component("roll_contingency", rate * amount, because=because)

    def _notes(self, holdings: Holdings) -> list[str]:
        found = []
        if holdings.positions and not self.rules.roll_rate:
            found.append("no roll contingency: give roll_rate as an override of rules")
        if holdings.positions and not self.rules.option_rate:
            found.append("no option contingency: give option_rate as an override of rules")
        return found


MODELS = (ThalexPortfolio,)
