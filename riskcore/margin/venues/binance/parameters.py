"""What Binance's models can be told, with bounds. The values stand in resources/parameters/binance.

A coin's section holds the notional tiers of its contracts by kind (usdt, usdc, delivery, coin), its
worth as collateral and the margin of its options.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from riskcore.errors import ParameterError
from riskcore.instruments import Future, Perpetual, is_inverse
from riskcore.margin import tiers

FILE = "resources/parameters/binance/usdm.<date>.toml"
Rate = Annotated[float, Meta(gt=0, le=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
NotNegative = Annotated[float, Meta(ge=0)]
Leverage = Annotated[float, Meta(ge=1)]


class Brackets(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Notional tiers of one kind of contract: a tier begins where its lower end is exceeded."""

    lower: Annotated[tuple[NotNegative, ...], Meta(min_length=1)]  # notional
    rate: tuple[Rate, ...]  # of maintenance margin
    leverage: tuple[Leverage, ...]  # the highest

    def __post_init__(self) -> None:
        if not len(self.lower) == len(self.rate) == len(self.leverage):
            raise ValueError("lower, rate and leverage must have as many values")
        if self.lower[0] != 0 or list(self.lower) != sorted(set(self.lower)):
            raise ValueError("lower must begin at 0 and ascend")

    @cached_property
    def deductions(self) -> tuple[float, ...]:
        """What Binance publishes as cum."""
        return tiers.deductions(self.lower, self.rate)


class Contracts(msgspec.Struct, frozen=True):
    """The tiers of the contracts on a coin."""

    usdt: Annotated[Brackets, Meta(description="USD-M perpetuals in USDT")] | None = None
    usdc: Annotated[Brackets, Meta(description="USD-M perpetuals in USDC")] | None = None
    delivery: Annotated[Brackets, Meta(description="USD-M delivery futures")] | None = None
    coin: Annotated[Brackets, Meta(description="COIN-M contracts, lower in coins")] | None = None


class Futures(msgspec.Struct, frozen=True):
    """Our reading of what USD-M accounts choose, or what is not published for them."""

    default_leverage: Annotated[
        float,
        Meta(ge=1, le=125, description="of a position without one; 20 is what Binance sets first"),
    ]
    asset_mode: Annotated[
        Literal["single", "multi"],
        Meta(description="each margin asset a pool of its own, or all in one pool with haircuts"),
    ]
    open_orders: Annotated[
        Literal["larger_side", "each_alone"],
        Meta(
            description="one-way mode: orders add what the larger of position with buys and "
            "position with sells needs more; or every order its own margin"
        ),
    ]


class MultiAssets(msgspec.Struct, frozen=True):
    """What a coin is worth as margin in Multi-Assets Mode."""

    multi_assets_rate: Annotated[float, Meta(ge=0, le=1)]


class Portfolio(msgspec.Struct, frozen=True):
    """The levels of uniMMR, and loans."""

    reminder: NotNegative
    reduce_only: NotNegative
    liquidation: NotNegative
    claim: NotNegative
    loan_rate_3x: Rate
    loan_rate_5x: Rate
    loan_rate_10x: Rate


class PortfolioReadings(msgspec.Struct, frozen=True):
    """What a Portfolio Margin account has chosen, or what is not published for it."""

    loan_leverage: Annotated[
        Literal["3x", "5x", "10x"],
        Meta(description="the cross-margin leverage of the account sets the rate on loans"),
    ]
    collateral: Annotated[
        Literal["flat", "tiers"],
        Meta(description="flat collateral rates, or marginal tiers by value in USD"),
    ]
    coin_m: Annotated[
        Literal["usdm", "refuse"],
        Meta(description="COIN-M without tiers of its own takes those of the USDT perpetual"),
    ]


class Collateral(msgspec.Struct, frozen=True):
    """What a coin is worth in Portfolio Margin at a flat rate."""

    portfolio_rate: Annotated[float, Meta(ge=0, le=1)]


class CollateralTiers(msgspec.Struct, frozen=True):
    """The same by value: slices in USD, and the rate of each; beyond the last it counts nothing."""

    collateral_upto: Annotated[tuple[Annotated[float, Meta(gt=0)], ...], Meta(min_length=1)]
    collateral_rates: tuple[Share, ...]


class Options(msgspec.Struct, frozen=True):
    """The margin of short options on a coin, of the index."""

    option_initial: Rate
    option_initial_min: Rate
    option_maintenance: Rate
    option_maintenance_min: Rate


class OptionReadings(msgspec.Struct, frozen=True):
    """Our reading of what is not published for options."""

    option_equity: Annotated[
        Literal["cash", "with_options"],
        Meta(description="margin covers the mark of a short option, so equity leaves options out"),
    ]
    option_orders: Annotated[
        Literal["premium_and_margin"],
        Meta(description="a buy reserves its premium, a sale the initial margin of the position"),
    ]
    option_coins: Annotated[
        Literal["as_btc", "refuse"],
        Meta(description="coins of which no option margin was found take that of BTC"),
    ]


@dataclass(frozen=True, slots=True)
class Tier:
    """Where a notional stands in its brackets."""

    number: int  # from 1
    notional: float
    rate: float
    deduction: float
    leverage: float

    @property
    def maintenance(self) -> float:
        """Of it the maintenance margin: notional x rate - cum."""
        return self.notional * self.rate - self.deduction

    @property
    def words(self) -> str:
        """The formula with its numbers."""
        return (
            f"tier {self.number}: {self.notional:,.8g} × {self.rate * 100:.6g} %"
            f" − {self.deduction:,.8g}"
        )


def tier(brackets: Brackets, notional: float) -> Tier:
    """The tier of a notional."""
    row = tiers.row_of(notional, brackets.lower)
    return Tier(
        row + 1,
        notional,
        brackets.rate[row],
        brackets.deductions[row],
        brackets.leverage[row],
    )


def kind(instrument: Perpetual | Future) -> str:
    """The key under which a contract's tiers stand."""
    if is_inverse(instrument):
        return "coin"
    if isinstance(instrument, Future):
        return "delivery"
    return "usdc" if instrument.settlement == "USDC" else "usdt"


def refuse_unlike(name: str, found: CollateralTiers) -> None:
    """Raises ParameterError unless there is a rate for every slice."""
    if len(found.collateral_upto) != len(found.collateral_rates):
        raise ParameterError(
            f"{name}: collateral_upto has {len(found.collateral_upto)} values and "
            f"collateral_rates {len(found.collateral_rates)}; give one rate for every slice"
        )
