"""Derive's oracle prices: perpetuals around spot, forwards before and in the settlement window.

A forward is spot plus a difference. In the last half hour before expiry the settlement average has
fixed a part of it already, and only the rest still moves with spot:
fixed    = (spot added up over the seconds of the window so far) / window
variable = (spot + difference) x seconds to expiry / window
Source: derivexyz/v2-core, src/feeds (LyraForwardFeed, LyraSpotDiffFeed), OptionAsset.sol.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from riskcore.errors import MarketError
from riskcore.instruments import Right


class Feeds(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the feeds."""

    perp_max_percent_diff: Annotated[float, Meta(ge=0, le=1)]  # of spot
    settlement_window: Annotated[float, Meta(gt=0)]  # seconds before expiry
    spot_heartbeat: Annotated[float, Meta(gt=0)]  # seconds after which the venue takes no value
    forward_heartbeat: Annotated[float, Meta(gt=0)]
    settlement_heartbeat: Annotated[float, Meta(gt=0)]
    perp_heartbeat: Annotated[float, Meta(gt=0)]
    impact_heartbeat: Annotated[float, Meta(gt=0)]
    rate_heartbeat: Annotated[float, Meta(gt=0)]
    vol_heartbeat: Annotated[float, Meta(gt=0)]
    stable_heartbeat: Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward price in its two parts.

    fixed     already settled into the average
    variable  still moves with spot
    """

    fixed: float
    variable: float

    @property
    def price(self) -> float:
        """The whole forward."""
        return self.fixed + self.variable


def forward(
    spot: float, difference: float, seconds_left: float, aggregate: float, window: float
) -> Forward:
    """A forward some time before its expiry. Raises MarketError when it would be negative.

    difference    forward less spot, as the feed states it
    seconds_left  from the feed's own instant to expiry
    aggregate     spot times seconds, added up since the window began
    window        seconds
    """
    price = spot + difference
    if price < 0:
        raise MarketError(
            f"spot {spot:g} and the difference {difference:g} make a negative forward; "
            "give a difference above minus spot"
        )
    if seconds_left >= window:
        return Forward(0.0, price)
    return Forward(aggregate / window, price * max(seconds_left, 0.0) / window)


def settlement_price(aggregate: float, window: float) -> float:
    """Spot averaged over the window: what options of the expiry settle against."""
    return aggregate / window


def around_spot(spot: float, difference: float, cap: float) -> float:
    """The price of a perpetual: spot plus a difference of at most a share of spot either way."""
    limit = cap * spot
    return spot + max(-limit, min(limit, difference))


def confidence(own: float, spot: float) -> float:
    """Of a price that is built on spot: the smaller of the two."""
    return min(own, spot)


def settled_value(right: Right, strike: float, amount: float, settlement: float) -> float:
    """Cash an option becomes at expiry."""
    return amount * max(0.0, right.sign * (settlement - strike))
