"""When Derive checks a trade against margin, and the fee for a trade that opens new interest.

Portfolio managers: any change of a perpetual, or less of anything else, needs an initial margin
that is not negative afterwards. Standard manager: less cash, or less of an option or a collateral,
or a perpetual that moves further from zero. Any other trade needs no check.
Source: derivexyz/v2-core, src/risk-managers (BaseManager, PMRM, PMRM_2, StandardManager).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta


class Kind(StrEnum):
    """What a trade may change."""

    CASH = "cash"
    COLLATERAL = "collateral"
    OPTION = "option"
    PERPETUAL = "perpetual"


class Fees(msgspec.Struct, frozen=True, kw_only=True):
    """The fee for a trade that raises open interest."""

    oi_fee_rate: Annotated[float, Meta(ge=0, le=1)]  # of the notional
    min_oi_fee: Annotated[float, Meta(ge=0)]  # USDC


@dataclass(frozen=True, slots=True)
class Change:
    """What a trade does to one balance: by how much, and what is held afterwards."""

    name: str
    kind: Kind
    amount: float
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a trade may be made, and why."""

    allowed: bool
    because: str


def why_checked(changes: Iterable[Change], *, standard: bool) -> str:
    """What in a trade makes the venue look at margin; empty when nothing does."""
    for each in changes:
        if each.kind is Kind.PERPETUAL:
            if each.amount != 0 and not standard:
                return f"{each.name} changes"
            if each.amount * each.after > 0:
                return f"{each.name} moves further from zero"
        elif each.amount < 0:
            return f"{each.name} becomes less"
    return ""


def may_trade(
    changes: Iterable[Change],
    initial: float,
    *,
    standard: bool,
    in_auction: bool = False,
    assets: int = 0,
    assets_before: int = 0,
    largest: int | None = None,
) -> Verdict:
    """Whether the venue lets an account make a trade.

    initial  initial margin after the trade, as a net figure: equity less what is required
    assets   balances afterwards; an account above the largest number may trade, but not grow
    """
    if in_auction:
        return Verdict(False, "the account is being liquidated")
    if largest is not None and assets > max(largest, assets_before):
        return Verdict(False, f"{assets} assets would be held and {largest} are allowed")
    reason = why_checked(changes, standard=standard)
    if not reason:
        return Verdict(True, "nothing in it is checked against margin")
    if initial < 0:
        return Verdict(False, f"{reason}, and the initial margin would be {initial:,.2f}")
    return Verdict(True, f"{reason}, and the initial margin would be {initial:,.2f}")


def open_interest_fee(
    terms: Fees, quantity: float, price: float, *, before: float, after: float
) -> float:
    """The fee for one instrument, USDC: none unless its open interest rose.

    price          forward of an option, mark of a perpetual
    before, after  open interest of the instrument
    """
    if quantity == 0 or after <= before:
        return 0.0
    return max(terms.min_oi_fee, abs(quantity) * price * terms.oi_fee_rate)
