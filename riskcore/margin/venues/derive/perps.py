"""Funding of Derive's perpetuals, and the cash they have not yet settled.

hourly rate = premium / convergence hours + static rate, at most the cap either way
premium     = (max(0, impact bid - index) - max(0, index - impact ask)) / index
payment     = - size x index x hourly rate x hours: the long pays a positive rate
Source: derivexyz/v2-core, src/assets/PerpAsset.sol.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from riskcore.errors import MarketError

SECONDS_PER_HOUR = 3600.0


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """How fast the price of a perpetual is drawn to its index."""

    static_rate: Annotated[float, Meta(ge=-1, le=1)]  # per hour
    max_abs_rate: Annotated[float, Meta(ge=0, le=1)]  # per hour
    convergence_hours: Annotated[float, Meta(gt=0, le=1000)]


def hourly_rate(terms: Funding, index: float, impact_bid: float, impact_ask: float) -> float:
    """The funding rate of an hour. Raises MarketError when the impact prices cross.

    impact_bid, impact_ask  what a large order would get and pay, quote currency
    """
    if impact_ask < impact_bid:
        raise MarketError(
            f"the impact ask {impact_ask:g} is below the impact bid {impact_bid:g}; "
            "give an ask that is not lower"
        )
    premium = (max(0.0, impact_bid - index) - max(0.0, index - impact_ask)) / index
    rate = premium / terms.convergence_hours + terms.static_rate
    return max(-terms.max_abs_rate, min(terms.max_abs_rate, rate))


def payment(rate: float, index: float, size: float, seconds: float) -> float:
    """What a position receives over a time at one hourly rate; the long pays a positive rate."""
    return -size * index * rate * seconds / SECONDS_PER_HOUR


def unsettled(size: float, last_mark: float, mark: float, funding: float = 0.0) -> float:
    """Cash a position has earned and not yet settled: its gain since, and its funding."""
    return size * (mark - last_mark) + funding
