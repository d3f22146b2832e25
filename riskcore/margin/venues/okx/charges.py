"""Margin of one position outside portfolio margin.

Futures and perpetuals: initial = value / leverage, at least the tier's; maintenance = value x the
tier's rate; the whole position takes the rates of the tier in which its contracts fall.
Short options, per coin, F the forward of their expiry, all in coins:
    call  max(0.15 - out-of-the-money / F, 0.1) + mark
    put   max(0.15 - out-of-the-money / F, 0.1 x (1 + mark)) + mark
A long option needs nothing.
Source: okx.com, public/position-tiers; support.okex 360037743511 (an older text on options).
"""

from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Holdings, Position
from riskcore.instruments import Future, Option, Perpetual, Right, is_inverse
from riskcore.margin.requirement import Component, Rule
from riskcore.margin.venues.okx.parameters import OptionFormula, Parameters, Tier, Tiers
from riskcore.naming.okx import VENUE
from riskcore.risk_array import Risk

TIERS = "okx.com, public/position-tiers"
OPTIONS = "support.okex 360037743511"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one position must post, USD; the maintenance of an option is `maintenance_share` of it.

    doubt  what of the rule is not known
    """

    name: str
    initial: float
    maintenance: float
    because: str = ""
    told: str = ""
    source: str = ""
    doubt: str = ""

    def line(self, *, initial: bool) -> Component:
        """The line of the position."""
        return Component(
            self.name,
            self.initial if initial else self.maintenance,
            Rule.POSITION,
            self.because if initial else self.told,
            source=self.source,
        )


def charge(parameters: Parameters, risk: Risk, position: Position, *, share: float = 1.0) -> Charge:
    """The margin of a position, USD.

    share  maintenance of a short option over its initial margin
    Raises Unsupported without a tier, MarketError without a forward.
    """
    row = risk.universe.row(position.instrument)
    if position.quantity == 0:
        return Charge(position.label, 0.0, 0.0)
    if isinstance(position.instrument, Option):
        return _option(parameters, risk, row, position, share)
    return _future(parameters, risk, row, position)


def initial_alone(parameters: Parameters, holdings: Holdings, risk: Risk) -> F64 | None:
    """Initial margin of each position, (P,) USD; None where a tier is not known."""
    try:
        return np.array([charge(parameters, risk, each).initial for each in holdings.positions])
    except Unsupported:
        return None


def _future(parameters: Parameters, risk: Risk, row: int, position: Position) -> Charge:
    instrument, market = position.instrument, risk.market
    assert isinstance(instrument, Perpetual | Future)
    if position.leverage is not None and position.leverage <= 0:
        raise Unsupported(f"{position.label} has leverage {position.leverage:g}; give more than 0")
    contracts = abs(position.quantity)
    tier = _tier(parameters, instrument, contracts)
    value = contracts * instrument.multiplier
    if not is_inverse(instrument):
        value *= float(market.mark[row]) * market.usd(instrument.quote, VENUE)
    leverage = position.leverage or 1 / tier.initial
    rate = max(1 / leverage, tier.initial)
    doubt = "" if position.leverage else "leverage not given"
    return Charge(
        position.label,
        value * rate,
        value * tier.maintenance,
        f"{value:,.8g} USD / {1 / rate:g}",
        f"{tier.maintenance:g} × {value:,.8g} USD",
        TIERS,
        doubt,
    )


def _tier(parameters: Parameters, instrument: Perpetual | Future, contracts: float) -> Tier:
    kind = "perpetual" if isinstance(instrument, Perpetual) else "future"
    table: Tiers | None = parameters.of_coin(instrument.base, Tiers)
    rows = [
        each
        for each in (table.tiers if table else ())
        if (each.kind, each.quote) == (kind, instrument.quote)
    ]
    found = [each for each in rows if contracts <= each.contracts_to]
    if found:
        return min(found, key=lambda each: each.contracts_to)
    size = f" for {contracts:,.8g} contracts" if rows else ""
    raise Unsupported(
        f"OKX's position tier of {instrument.name}{size} is not known; give tiers as an override "
        f"of {instrument.base}: rows of kind, quote, contracts_to, maintenance, initial"
    )


def _option(
    parameters: Parameters, risk: Risk, row: int, position: Position, share: float
) -> Charge:
    instrument, market = position.instrument, risk.market
    assert isinstance(instrument, Option)
    if position.quantity > 0:
        return Charge(position.label, 0.0, 0.0, "long: its premium is paid")
    rules: OptionFormula = parameters.rows("general", OptionFormula)
    forward, mark = float(market.forward[row]), float(market.mark[row])
    if not forward > 0:
        raise MarketError(f"{instrument.name} has no forward price in this market")
    outside = max(instrument.right.sign * (instrument.strike - forward), 0.0) / forward
    least = rules.option_initial_floor
    if instrument.right is Right.PUT:
        least *= 1 + mark
    rate = max(rules.option_initial - outside, least)
    coins = -position.quantity * instrument.multiplier
    price = market.usd(instrument.settlement, VENUE)
    initial = (rate + mark) * coins * price
    because = f"(max({rules.option_initial:g} − {outside:.6g}, {least:.6g}) + {mark:.8g})"
    because += f" × {coins:,.8g} {instrument.base} × {price:,.8g}"
    return Charge(
        position.label,
        initial,
        initial * share,
        because,
        f"{share:g} × {because}",
        OPTIONS,
        "margin of short options",
    )
