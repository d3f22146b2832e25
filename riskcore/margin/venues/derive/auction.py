"""Derive's Dutch auction: what part of an account is sold, and for how much.

MM   maintenance margin as a net figure: equity less what is required; an auction starts below 0
MtM  mark-to-market value of the account
BM   = MM + buffer x (MM - MtM)                 what an auction must bring back to 0
d    price factor: start ... cut-off over the fast part, cut-off ... 0 over the slow part
R    cash that earlier bids have paid in, which is not sold
price of all  = d (MtM - R)
largest share = BM / (BM - MtM d - R (1 - d)), all of it where MtM is below the cut-off
An account without value is insolvent: the security module pays whoever takes it, from min(MtM, 0)
at first to MM at the end.
Source: derivexyz/v2-core, src/liquidation/DutchAuction.sol.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from riskcore.errors import ParameterError

Seconds = Annotated[float, Meta(ge=0)]


class AuctionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """How an auction runs."""

    start: Annotated[float, Meta(gt=0, le=1)]  # price factor at first
    cutoff: Annotated[float, Meta(ge=0, le=1)]  # price factor after the fast part
    fast_length: Seconds
    slow_length: Seconds
    insolvent_length: Seconds
    fee: Annotated[float, Meta(ge=0, le=0.1)]  # of the value of what could be sold at the start
    buffer: Annotated[float, Meta(ge=0, le=4)]  # of what MM is below MtM
    mtm_cutoff: Annotated[float, Meta(ge=0, le=1000)] = 0.0  # USDC: less is sold whole

    def checked(self) -> "AuctionTerms":
        """The same. Raises ParameterError when the price would rise."""
        if self.cutoff > self.start:
            raise ParameterError(
                f"auction.cutoff is {self.cutoff:g}; it must not exceed auction.start, which is "
                f"{self.start:g}"
            )
        return self


def price_factor(terms: AuctionTerms, elapsed: float) -> float:
    """What share of its value a solvent account is offered at, some seconds into the auction."""
    if elapsed < terms.fast_length:
        return terms.start - (terms.start - terms.cutoff) * elapsed / terms.fast_length
    slow = elapsed - terms.fast_length
    if slow < terms.slow_length:
        return terms.cutoff * (1 - slow / terms.slow_length)
    return 0.0


def buffer_margin(terms: AuctionTerms, maintenance: float, value: float) -> float:
    """Maintenance margin with the buffer on top, a net figure."""
    return maintenance + terms.buffer * (maintenance - value)


def bid_price(factor: float, value: float, reserved: float = 0.0) -> float:
    """The price of the whole account, without the cash of earlier bids."""
    return factor * (value - reserved)


def largest_share(
    terms: AuctionTerms, factor: float, maintenance: float, value: float, reserved: float = 0.0
) -> float:
    """The share whose sale brings the buffer margin back to 0."""
    if value < terms.mtm_cutoff:
        return 1.0
    lacking = min(buffer_margin(terms, maintenance, value), 0.0)
    if lacking == 0:
        return 0.0
    return lacking / (lacking - value * factor - reserved * (1 - factor))


def starting_fee(terms: AuctionTerms, maintenance: float, value: float) -> float:
    """What the security module takes when a solvent auction starts, USDC."""
    return largest_share(terms, 1.0, maintenance, value) * value * terms.fee if value > 0 else 0.0


def bidder_needs(
    terms: AuctionTerms,
    factor: float,
    maintenance: float,
    value: float,
    reserved: float,
    share: float,
) -> float:
    """Cash a bidder must hold, and nothing else, to buy a share of a solvent account."""
    lacking = buffer_margin(terms, maintenance, value) - reserved
    return (bid_price(factor, value, reserved) + abs(lacking)) * share


def insolvent_price(terms: AuctionTerms, maintenance: float, value: float, elapsed: float) -> float:
    """The price of the whole account when it has no value: what is negative is paid out."""
    if maintenance >= 0:
        return 0.0
    if elapsed >= terms.insolvent_length:
        return maintenance
    first = min(value, 0.0)
    return first + (maintenance - first) * elapsed / terms.insolvent_length


def insolvent_bidder_needs(maintenance: float, payout: float, share: float) -> float:
    """Cash a bidder must hold to take a share of an insolvent account for a payout."""
    return abs(maintenance) * share - payout
