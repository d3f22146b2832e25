"""Derive's second portfolio manager, PMRM_2: one underlying, many coins as collateral.

loss         the largest of the basis contingency and the losses of the scenarios, never negative;
             a scenario counts with its dampening, and in a skew scenario expiries never offset
contingency  spot x (perpetual percent x |perpetual| + option percent x coins sold short at a
             strike) + haircut x value of each coin; the initial ones come on top
confidence   (1 - confidence) x margin x value, for each oracle below the threshold
maintenance  maintenance factor x loss + contingency
initial      f x loss + contingency + initial contingency + confidence,
             f = initial factor + peg factor x (threshold - USDC)
Options are marked at D = exp(-max(rate, 0) x years). A shocked expiry worth something counts at
long base x exp(-years x (rate x scale + add)), one that is owed at
min(short base x exp(years x (rate x scale + add)), 1 / D).
Source: derivexyz/v2-core, src/risk-managers, PMRM_2.sol and PMRMLib_2.sol; docs.derive.xyz.
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
    discount,
    factor_words,
    initial_factor,
    size_note,
)
from riskcore.margin.venues.derive.portfolio_model import PortfolioModel
from riskcore.margin.venues.derive.portfolio_parameters import Collateral, Portfolio2Row
from riskcore.margin.venues.derive.portfolio_tree import (
    SOURCE,
    confidence_contingency,
    naked_contingency,
    perpetual_contingency,
    scan,
    times,
)


@dataclass(frozen=True, slots=True)
class DerivePortfolio2(PortfolioModel):
    """Portfolio margin with many coins as collateral, tail and skew scenarios."""

    name: ClassVar[str] = "derive/portfolio-2"
    title: ClassVar[str] = "Derive portfolio 2"
    families: ClassVar[tuple[str, ...]] = ("derive/portfolio-2",)
    schema: ClassVar[Schema] = {ANY: (Portfolio2Row,)}
    row: ClassVar[type[Any]] = Portfolio2Row

    def takes(self, underlying: str, coin: str) -> bool:
        """Whether a manager takes a coin beside cash."""
        return _collateral(self.parameters.rows[underlying], coin) is not None

    def discounts(self, terms: Portfolio2Row, expiry: Expiry) -> Discounts:
        """The market's discount, the static one of what is worth something, and of what is owed."""
        today, years, rate = discount(expiry), expiry.years, max(expiry.rate, 0.0)
        long = rate * terms.long_rate_mult_scale + terms.long_rate_add_scale
        short = rate * terms.short_rate_mult_scale + terms.short_rate_add_scale
        return Discounts(
            today,
            terms.long_base_static_discount * exp(-years * long),
            min(terms.short_base_static_discount * exp(years * short), 1.0 / today),
        )

    def charges(self, terms: Portfolio2Row, stable: float) -> Charges:
        """What a position alone is charged beside and for its worst loss."""
        return Charges(
            initial_factor(terms, stable),
            terms.mm_perp_percent + terms.im_perp_percent,
            terms.mm_option_percent + terms.im_option_percent,
            terms.conf_threshold,
            terms.conf_margin,
        )

    def margined(
        self, held: Book, terms: Portfolio2Row, pledges: tuple[Pledge, ...], stable: float
    ) -> Margined:
        """The lines of one manager."""
        taken = [(each, _collateral(terms, each.asset)) for each in pledges]
        known = [(each, on) for each, on in taken if on is not None]
        worst = scan(held, [(each.asset, each.value) for each, on in known if on.risk_cancelling])
        base = [
            *perpetual_contingency(held, terms.mm_perp_percent),
            *naked_contingency(held, terms.mm_option_percent),
            *_haircuts([(each, on.mm_haircut) for each, on in known]),
        ]
        more = [
            *perpetual_contingency(held, terms.im_perp_percent),
            *naked_contingency(held, terms.im_option_percent),
            *_haircuts([(each, on.im_haircut) for each, on in known]),
        ]
        spot = held.spot.confidence  # that of the perpetual does not touch collateral
        doubted = [(each.asset, each.value, min(each.price.confidence, spot)) for each, _ in known]
        confidence = confidence_contingency(held, terms.conf_threshold, terms.conf_margin, doubted)
        factor, why = initial_factor(terms, stable), factor_words(terms, stable)
        kept, less = terms.mm_factor, f"factor {terms.mm_factor:g}"
        return Margined(
            worst,
            (times("scaled_loss", worst.line, factor, why), *base, *more, *confidence),
            (times("scaled_loss", worst.line, kept, less), *base),
            (*_inverted(held, terms), *size_note(held, len(pledges), terms.max_account_size)),
        )


def _collateral(terms: Portfolio2Row, coin: str) -> Collateral | None:
    """The terms on which a manager takes a coin; names are compared without their case."""
    wanted = coin.casefold()
    return next((each for each in terms.collateral if each.asset.casefold() == wanted), None)


def _haircuts(pledges: list[tuple[Pledge, float]]) -> list[Component]:
    """What coins count less than they are worth."""
    parts = [
        Component(
            "currency_haircut",
            each.value * haircut,
            because=f"{each.asset}: {haircut:g} × {each.value:,.8g}",
        )
        for each, haircut in pledges
        if haircut
    ]
    return [total("collateral_haircut", *parts, source=SOURCE)] if parts else []


def _inverted(held: Book, terms: Portfolio2Row) -> tuple[str, ...]:
    """That the base discounts favour what is held, a sentence: the chain holds them so."""
    long, short = terms.long_base_static_discount, terms.short_base_static_discount
    if not held.options or (long <= 1 and short >= 1):
        return ()
    said = (
        f"{held.coin}: an expiry worth something counts at {long:g} of its value and one owed at "
        f"{short:g}, as the chain holds them; they look turned around and were not mended"
    )
    return (said,)
