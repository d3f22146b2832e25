"""What Bybit's rules take as given, with bounds; and what it has not published, as switches.

Sources: GET /v5/market/risk-limit, spot-margin-trade/collateral and position-tiers, and
asset/portfolio-margin (github.com/bybit-exchange/docs at 072c197); help pages on options margin (4
Dec 2023, 24 Oct 2024) and portfolio margin (4 Sep 2024); learn article of 10 Feb 2025.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Fraction = Annotated[float, Meta(ge=0, le=1)]
Rate = Annotated[float, Meta(gt=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Ends = Annotated[tuple[Positive, ...], Meta(min_length=1)]


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The risk limits of one contract, tier by tier, in a section of its symbol."""

    upto: Ends  # ends of the tiers: position value in quote currency, in coins where inverse
    maintenance: Annotated[tuple[Rate, ...], Meta(min_length=1)]  # of the value
    leverage: Annotated[tuple[Annotated[float, Meta(ge=1, le=500)], ...], Meta(min_length=1)]
    whole: bool = True  # whether all tiers were read


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """The formulas of a short option, shares of the index and of the mark."""

    option_initial: Fraction  # less what it is out of the money
    option_initial_floor: Fraction
    option_maintenance: Fraction  # of the larger of index and mark
    liquidation_fee: Fraction  # of the index
    trading_fee: Fraction  # of the index, of a bought option
    trading_fee_cap: Fraction  # of its price


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """Where the venue acts on the account's maintenance rate."""

    liquidation_level: Rate
    repayment_level: Rate  # with loans: they are repaid automatically


class Coin(msgspec.Struct, frozen=True, kw_only=True):
    """What a coin is worth as collateral, by quantity; beyond the last end it counts nothing."""

    collateral_upto: Ends  # coins
    collateral_ratio: Annotated[tuple[Fraction, ...], Meta(min_length=1)]


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """The margin of a borrowed coin, by quantity."""

    loan_upto: Ends  # coins
    loan_initial: Annotated[tuple[Rate, ...], Meta(min_length=1)]
    loan_maintenance: Annotated[tuple[Rate, ...], Meta(min_length=1)]


class Assumed(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in for coins of which nothing was read, and other readings of our own."""

    other_ratio: Annotated[
        Fraction, Meta(description="collateral ratio of coins of which none was read")
    ]
    other_loan_initial: Annotated[
        Rate, Meta(description="initial margin of loans of coins of which none was read")
    ]
    other_loan_maintenance: Annotated[
        Rate, Meta(description="maintenance margin of loans of coins of which none was read")
    ]
    value_at: Annotated[
        Literal["mark", "entry"],
        Meta(description="the price that makes a position's value; recorded answers fit both"),
    ]
    closing_fee: Annotated[
        Fraction,
        Meta(
            description="estimated fee to close, of a future's value, in both margins; the taker "
            "rate of an account without discounts"
        ),
    ]
    trigger_with_loans: Annotated[
        Literal["repayment", "liquidation"],
        Meta(description="which level is the trigger of an account that has borrowed"),
    ]


class CrossReadings(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of the cross-margin rules."""

    orders: Annotated[
        Literal["each_alone", "none"],
        Meta(description="every order adds the initial margin it would need as a position"),
    ]


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """The stress test of one coin in portfolio margin."""

    price_range: Annotated[float, Meta(gt=0, lt=1)]  # relative move at either end
    price_steps: Annotated[int, Meta(ge=1, le=50)]  # moves on either side
    im_factor: Annotated[float, Meta(ge=1, le=10)]  # initial / maintenance margin


class Shock(msgspec.Struct, frozen=True, kw_only=True):
    """Volatility shocks and contingency factors of one coin, inferred or from condensed copies."""

    iv_up: Annotated[
        float, Meta(ge=0, le=10, description="relative, at 30 days; inferred from one answer")
    ]
    iv_down: Annotated[
        Fraction, Meta(description="relative, at 30 days; the answer prints the 20 %")
    ]
    iv_power: Annotated[
        float,
        Meta(ge=0, le=2, description="of 30 days over days to expiry, whole days rounded up"),
    ]
    future_factor: Annotated[
        Fraction, Meta(description="contingency of futures, of the index; inferred for BTC")
    ]
    vega_factor: Annotated[
        Fraction, Meta(description="vega contingency, of the index and per day between expiries")
    ]
    delta_factor: Annotated[
        Fraction, Meta(description="delta contingency: 45 to 60 % in a condensed copy")
    ]
    short_option_factor: Annotated[
        Fraction, Meta(description="contingency of net short options, of the index: not published")
    ]


class PortfolioReadings(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of the portfolio-margin rules."""

    spot_hedging: Annotated[
        bool, Meta(description="whether the account has switched spot hedging on")
    ]
    spot_gains: Annotated[
        Literal["only", "and_losses"],
        Meta(description="a spot hedge counts where it gains: so the recorded answer shows it"),
    ]
    orders: Annotated[
        Literal["filled", "none"],
        Meta(description="orders need what the book with all of them filled needs more"),
    ]
