"""Derive's first portfolio manager, PMRM: one underlying, its options, its perpetual and its coin.

loss         the largest of the basis contingency and the losses of the scenarios, never negative
static       spot x (perpetual percent x |perpetual| + base percent x coin + option percent x coins
             sold short at a strike)
confidence   (1 - confidence) x margin x size x spot, for each oracle below the threshold
initial      f x (loss + static) + confidence, f = initial factor + peg factor x (threshold - USDC)
maintenance  loss + static
Options are marked without a discount. In a scenario an expiry that is worth something counts at its
static discount, base x exp(-years x (max(rate, 0) x scale + add)), one that is owed counts in full.
Source: derivexyz/v2-core, src/risk-managers, PMRM.sol and PMRMLib.sol; docs.derive.xyz.
"""

from dataclasses import dataclass
from math import exp
from typing import Any, ClassVar

from riskcore.margin.parameters import ANY, Schema
from riskcore.margin.requirement import Component, total
from riskcore.margin.venues.derive.oracle import Expiry
from riskcore.margin.venues.derive.portfolio_account import Pledge
from riskcore.margin.venues.derive.portfolio_book import Book, Discounts
from riskcore.margin.venues.derive.portfolio_manager import (
    Charges,
    Margined,
    factor_words,
    initial_factor,
    size_note,
)
from riskcore.margin.venues.derive.portfolio_model import PortfolioModel
from riskcore.margin.venues.derive.portfolio_parameters import PortfolioRow
from riskcore.margin.venues.derive.portfolio_tree import (
    SOURCE,
    confidence_contingency,
    naked_contingency,
    perpetual_contingency,
    scan,
    times,
)


@dataclass(frozen=True, slots=True)
class DerivePortfolio(PortfolioModel):
    """Portfolio margin with one coin as collateral beside cash."""

    name: ClassVar[str] = "derive/portfolio"
    title: ClassVar[str] = "Derive portfolio"
    families: ClassVar[tuple[str, ...]] = ("derive/portfolio",)
    schema: ClassVar[Schema] = {ANY: (PortfolioRow,)}
    row: ClassVar[type[Any]] = PortfolioRow

    def takes(self, underlying: str, coin: str) -> bool:
        """Whether a manager takes a coin beside cash: only its underlying."""
        return underlying == coin

    def discounts(self, terms: PortfolioRow, expiry: Expiry) -> Discounts:
        """No discount on marks, the static one on an expiry worth something, none on one owed."""
        rate = max(expiry.rate, 0.0) * terms.rate_mult_scale + terms.rate_add_scale
        return Discounts(1.0, terms.base_static_discount * exp(-expiry.years * rate), 1.0)

    def charges(self, terms: PortfolioRow, stable: float) -> Charges:
        """What a position alone is charged beside and for its worst loss."""
        factor = initial_factor(terms, stable)
        return Charges(
            factor,
            factor * terms.perp_percent,
            factor * terms.option_percent,
            terms.conf_threshold,
            terms.conf_margin,
        )

    def margined(
        self, held: Book, terms: PortfolioRow, pledges: tuple[Pledge, ...], stable: float
    ) -> Margined:
        """The lines of one manager."""
        spot = held.spot.value
        worst = scan(held, [(each.asset, each.value) for each in pledges])
        coins = sum(each.amount for each in pledges)
        static = [
            *perpetual_contingency(held, terms.perp_percent),
            *base_contingency(terms.base_percent, spot, coins),
            *naked_contingency(held, terms.option_percent),
        ]
        because = "shares of spot, whatever happens"
        contingency = total("static_contingency", *static, because=because, source=SOURCE)
        both = total("loss_and_contingency", worst.line, contingency)
        doubted = [(held.coin, coins * spot, held.trust)] if coins else []
        confidence = confidence_contingency(held, terms.conf_threshold, terms.conf_margin, doubted)
        factor, why = initial_factor(terms, stable), factor_words(terms, stable)
        return Margined(
            worst,
            (times("scaled_loss", both, factor, why), *confidence),
            (worst.line, contingency),
            size_note(held, len(pledges), terms.max_account_size),
        )


def base_contingency(percent: float, spot: float, coins: float) -> list[Component]:
    """A share of spot for every coin of collateral."""
    if not coins:
        return []
    because = f"{percent:g} × {spot:,.8g} × {coins:,.8g}"
    return [Component("collateral_contingency", percent * spot * coins, because=because)]
