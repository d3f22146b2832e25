"""What Deribit's rules take as given, with bounds; and the rules it has not published, as switches.

Keys and meanings: model_params of private/pme/simulate (captures of 17 Jun 2024 and 15 Feb 2026)
and public/pme/get_params (read on 23 Sep 2026).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Fraction = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]

USD_ROW = "usd"  # Deribit's own row for what has no row of its own


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every portfolio-margin account."""

    mm_factor: Annotated[float, Meta(gt=0, le=1)]  # maintenance / risk matrix margin
    buckets_count: Annotated[int, Meta(ge=1, le=50)]  # price moves on either side
    extended_moves: Annotated[tuple[Annotated[float, Meta(gt=-1, le=20)], ...], Meta(min_length=1)]


class Pooling(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every account, in margin and in collateral."""

    cross_collateral: tuple[str, ...]  # currencies in the pool of the cross models
    close_out_factor: Fraction  # close-out margin / maintenance margin


class PortfolioRow(msgspec.Struct, frozen=True, kw_only=True):
    """Portfolio-margin parameters of one underlying."""

    price_range: Annotated[float, Meta(gt=0, lt=1)]  # relative move at the edge of the matrix
    volatility_range_up: Annotated[float, Meta(ge=0, le=10)]  # relative, at 30 days
    volatility_range_down: Fraction  # relative, at 30 days
    min_volatility_for_shock_up: Annotated[float, Meta(ge=0, le=10)]  # per square-root year
    short_term_vega_power: Annotated[float, Meta(ge=0, le=2)]  # below 30 days
    long_term_vega_power: Annotated[float, Meta(ge=0, le=2)]  # from 30 days on
    extended_table_factor: Annotated[float, Meta(ge=0, le=10)]
    extended_dampener: NotNegative  # USD per price range beyond the matrix
    m_inc: Fraction  # charge per coin
    delta_total_liq_shock_threshold: NotNegative  # USD of delta free of charge
    max_delta_shock: Fraction  # of the delta's value
    annualised_move_risk: Fraction  # of the delta, per year to expiry
    min_annualised_move: Fraction  # of the delta
    pnl_offset: Fraction  # share of a gain that may meet another underlying's loss
    max_offsetable_pnl: NotNegative  # USD
    correlation_set: bool


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Leverage of one kind of future by size; what is None was not found."""

    kind: Literal["perpetual", "linear_future", "inverse_future"]
    maintenance: Annotated[float, Meta(gt=0, le=1)]  # of the initial margin
    top_leverage: Annotated[float, Meta(ge=1)]  # C1
    lowest_leverage: Annotated[float, Meta(ge=1)] | None = None  # C2
    top_until: Fraction | None = None  # C3, share of the largest position
    decay: Fraction | None = None  # C4
    largest_position: Positive | None = None  # coins


class StandardRow(msgspec.Struct, frozen=True, kw_only=True):
    """Standard-margin parameters of the futures on one underlying."""

    future_initial: Annotated[float, Meta(gt=0, le=1)]  # of the position
    future_maintenance: Annotated[float, Meta(gt=0, le=1)]  # of the position
    future_increment: Fraction  # added to both, per coin held
    tiers: tuple[Tier, ...] = ()


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """Standard-margin parameters of the options on one underlying, per coin."""

    option_initial: Fraction  # of the reference price, at the money
    option_initial_floor: Fraction  # however far out of the money
    option_maintenance: Fraction


class CollateralRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a currency is worth as collateral in the cross models."""

    haircut: Fraction
    equity_side_impact: Literal["both", "none", "up", "down"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what Deribit has not published for any account. Overrides replace it."""

    haircut_in: Annotated[
        Literal["initial", "both", "none"],
        Meta(description="which requirement a collateral haircut is added to"),
    ]
    open_orders: Annotated[
        Literal["each_alone", "larger_side"],
        Meta(description="each order's standard initial margin adds, or the larger side's"),
    ]
    standard_option_reference: Annotated[
        Literal["index", "forward"],
        Meta(description="the price that standard margin of a short option is a share of"),
    ]
    leverage_shape: Annotated[
        Literal["linear", "power"],
        Meta(description="how leverage falls between the top tier and the largest position"),
    ]
    usd_like: Annotated[
        tuple[str, ...], Meta(description="currencies that take Deribit's usd-level row")
    ]


class PortfolioRules(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what Deribit has not published for portfolio margin."""

    volatility_order: Annotated[
        Literal["up_same_down", "down_same_up"],
        Meta(description="order of the three volatilities inside a price move, names only ties"),
    ]
    volatility_floor: Annotated[
        Literal["after_shock", "before_shock"],
        Meta(description="whether min_volatility_for_shock_up bounds the shocked or the mark vol"),
    ]
    dte_floor: Annotated[
        float,
        Meta(gt=0, le=30, description="days to expiry below which a volatility move stops growing"),
    ]
    dte_days: Annotated[
        Literal["fractional", "whole"],
        Meta(description="whether days to expiry are counted with their fraction"),
    ]
    settlement_window: Annotated[
        Literal["blend", "none"],
        Meta(description="the last 30 minutes: moves and deltas fade linearly, or do not"),
    ]
    linear_extended: Annotated[
        Literal["dollar", "coin"],
        Meta(description="whether extended rows of linear contracts drop (1 + m) / (1 + s R)"),
    ]
    roll_shock: Annotated[
        Literal["linear", "exponential"],
        Meta(description="how the roll shock grows with time to expiry"),
    ]
    option_delta: Annotated[
        Literal["black", "net_transaction"],
        Meta(description="which delta of an option enters the roll and delta shocks"),
    ]
    delta_shock_increment: Annotated[
        Literal["m_inc", "one_percent"],
        Meta(description="what multiplies a large delta in the delta shock"),
    ]
    offset: Annotated[
        Literal["own_worst", "same_column"],
        Meta(description="each underlying's own worst column, or one column with pnl_offset"),
    ]
    stress_usd: Annotated[
        Literal["none"],
        Meta(description="indices of USD-like currencies do not move in a scenario"),
    ]


UNDERLYING = (PortfolioRow, StandardRow, OptionRow, CollateralRow)
