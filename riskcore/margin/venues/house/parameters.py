"""What a house model can be told, with bounds. The values stand in resources/parameters/house."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from riskcore.margin.parameters import ANY, Schema

Move = Annotated[float, Meta(gt=-1.0, description="relative, -0.2 is a fall by 20 %")]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Meta(ge=0.0)]
DEFAULT = "default"  # the section whose values hold for every coin without its own


class Rules(msgspec.Struct, frozen=True):
    """What both house models are told."""

    initial_factor: Annotated[float, Meta(gt=0.0, description="initial margin over the loss")]
    maintenance_factor: Annotated[float, Meta(gt=0.0, description="maintenance over the loss")]
    profit_index: Annotated[
        Literal["scenario", "today"],
        Meta(description="the index at which a profit in a coin is counted in USD"),
    ]
    collateral: Annotated[
        Literal["moves", "still"],
        Meta(description="whether cash in a coin and open profit in it gain and lose with it"),
    ]
    usd_like: Annotated[tuple[str, ...], Meta(description="currencies that never move")]


class ScenarioRules(msgspec.Struct, frozen=True):
    """How the grids of the coins belong together."""

    joined: Annotated[bool, Meta(description="one scenario for all coins; else each its worst")]
    days: Annotated[
        tuple[NotNegative, ...], Meta(min_length=1, description="days that pass, a grid for each")
    ]
    offset_share: Annotated[
        Share, Meta(description="of a coin's gain that may meet the losses of others, when joined")
    ] = 1.0
    offset_largest: Annotated[
        NotNegative | None, Meta(description="USD of such a gain, at most")
    ] = None


class Extreme(msgspec.Struct, frozen=True):
    """A scenario beside the grid."""

    spot: Move
    vol: float = 0.0
    weight: Share = 1.0


class Grid(msgspec.Struct, frozen=True):
    """The grid of a coin: every spot move with every volatility move, and what is added."""

    spots: Annotated[tuple[Move, ...], Meta(min_length=1, description="moves of the index")]
    weights: Annotated[
        tuple[Share, ...], Meta(description="of each spot move's profit; none: all count whole")
    ]
    vols: Annotated[tuple[float, ...], Meta(min_length=1, description="moves of volatility")]
    vol_measure: Annotated[
        Literal["relative", "points", "term_scaled"],
        Meta(description="of volatility; term_scaled: relative, times (30 / days)^power"),
    ]
    vol_power_near: Annotated[NotNegative, Meta(description="power up to 30 days to expiry")]
    vol_power_far: Annotated[NotNegative, Meta(description="power beyond")]
    vol_lowest: Annotated[NotNegative, Meta(description="volatility never falls below it")]
    extremes: Annotated[tuple[Extreme, ...], Meta(description="further scenarios")]
    short_option: Annotated[NotNegative, Meta(description="of the index, per coin of short option")]
    gross_delta: Annotated[NotNegative, Meta(description="of the index, per coin of gross delta")]
    vega: Annotated[NotNegative, Meta(description="volatility points / 100, per USD of gross vega")]


class HistoricalRules(msgspec.Struct, frozen=True):
    """How losses over past days become a requirement."""

    measure: Literal["expected_shortfall", "value_at_risk"]
    confidence: Annotated[float, Meta(gt=0.0, lt=1.0, description="0.99: the worst of 100 days")]
    horizon_days: Annotated[int, Meta(ge=1, le=60)]
    horizon: Annotated[
        Literal["overlapping", "scaled"],
        Meta(description="sums of days in a row, or one day times the root of the days"),
    ]
    stress_weight: Annotated[Share, Meta(description="of the stressed figure in the whole")]
    stress_window: Annotated[
        Literal["worst_year", "dates"],
        Meta(description="the window that is worst for the book, or stress_first to stress_last"),
    ]
    window_days: Annotated[int, Meta(ge=20, description="length of a window of worst_year")]
    window_step: Annotated[int, Meta(ge=1, description="days from one window to the next")]
    vol_beta: Annotated[
        float, Meta(description="relative move of volatility over that of the index; 0: none")
    ]
    vol_lowest: Annotated[NotNegative, Meta(description="volatility never falls below it")]
    without_history: Annotated[
        Literal["refuse", "beta"],
        Meta(description="what becomes of a coin without returns: beta x those of BTC"),
    ]
    default_beta: Annotated[float, Meta(description="of a coin without a beta of its own")]
    stress_first: date | None = None
    stress_last: date | None = None


class History(msgspec.Struct, frozen=True):
    """Past returns of a coin, day after day."""

    first_day: Annotated[date, Meta(description="the day whose close is the end of the first")]
    returns: Annotated[
        tuple[Annotated[float, Meta(ge=-5.0, le=5.0)], ...],
        Meta(min_length=2, description="natural logarithm of close over the close before, UTC"),
    ]
    made_up: Annotated[bool, Meta(description="true where they are no market's")] = False


class Proxy(msgspec.Struct, frozen=True):
    """What stands in for a coin's own returns."""

    beta: Annotated[float, Meta(description="its log return over that of BTC")]


SCENARIO: Schema = {"rules": (Rules, ScenarioRules), ANY: (Grid,)}
HISTORICAL: Schema = {"rules": (Rules, HistoricalRules), ANY: (History, Proxy)}
