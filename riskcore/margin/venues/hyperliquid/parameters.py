"""What Hyperliquid's rules take as given, with bounds.

Sources: hyperliquid.gitbook.io, margin tiers, liquidations, portfolio margin; public answers of
POST /info (meta, clearinghouseState, spotClearinghouseState).
"""

from typing import Annotated

import msgspec
from msgspec import Meta

Leverage = Annotated[float, Meta(ge=1, le=200)]
Positive = Annotated[float, Meta(gt=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further margin tier: from `lower` USDC of position value on."""

    lower: Positive
    max_leverage: Leverage


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The margin table of one coin's perpetual; `steps` is None where it was not read."""

    max_leverage: Leverage
    steps: tuple[Step, ...] | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account."""

    maintenance_share: Annotated[float, Meta(gt=0, le=1)]  # of the rate at max leverage
    transfer_share: Fraction  # of all position value that must stay behind a transfer
    backstop_share: Fraction  # of the maintenance margin, where the backstop takes over


class Portfolio(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every portfolio-margin account."""

    min_borrow_offset: Annotated[float, Meta(ge=0)]  # USDC, beside every maintenance margin
    liquidation_ratio: Annotated[float, Meta(gt=0, le=1)]
    user_borrow_cap: Annotated[float, Meta(ge=0)]  # USDC
    threshold_base: Fraction  # threshold = base + (1 - base) LTV


class Collateral(msgspec.Struct, frozen=True, kw_only=True):
    """A coin that may be borrowed against."""

    ltv: Fraction
    user_supply_cap: Annotated[float, Meta(ge=0)]  # coins


class Readings(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what is not published in full."""

    resting_orders: Annotated[
        str,
        Meta(
            pattern="^(reserve_nothing|initial_margin)$",
            description="margin of an order is checked when it is placed and when it fills; "
            "whether the account's figures hold some back in between is not published",
        ),
    ]


class PortfolioReadings(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of the portfolio-margin rules."""

    shortfall: Annotated[
        str,
        Meta(
            pattern="^(borrowed|negative)$",
            description="USDC that losses have eaten up counts as borrowed, as the carry example "
            "of the page says; the other reading keeps the balance negative",
        ),
    ]
    initial: Annotated[
        str,
        Meta(
            pattern="^perpetuals_and_loans$",
            description="the initial margin of the account is that of the perpetuals with the "
            "same offset and loans as the maintenance margin; no text states one",
        ),
    ]
