"""What Paradex's rules take as given, by coin; and what its texts leave open, as switches.

Keys and meanings: GET /v1/system/portfolio-margin-config and GET /v1/markets (openapi of
20 Aug 2026).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.bound import Bound, Key
from riskcore.margin.grid import Move
from riskcore.margin.parameters import Schema, Selection, missing

Fraction = Annotated[float, Meta(ge=0, le=1)]
Upward = Annotated[float, Meta(gt=0, le=20)]
Downward = Annotated[float, Meta(gt=-1, lt=0)]


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What of the scan holds for every coin."""

    mmf_factor: Annotated[float, Meta(gt=0, le=1)]  # maintenance / initial, before provisions
    dte_floor_days: Annotated[float, Meta(gt=0, le=30)]
    vega_power_short_dte: Annotated[float, Meta(ge=0, le=2)]  # below 30 days
    vega_power_long_dte: Annotated[float, Meta(ge=0, le=2)]
    funding_provision_hour: Annotated[float, Meta(ge=0, le=168)]


class Scenarios(msgspec.Struct, frozen=True, kw_only=True):
    """Scenarios and delta charges of one coin, portfolio margin."""

    spot_up: Annotated[tuple[Upward, ...], Meta(min_length=1)]  # largest first
    spot_down: Annotated[tuple[Downward, ...], Meta(min_length=1)]  # largest last
    vol_up: Annotated[float, Meta(gt=0, le=10)]  # relative, at 30 days
    vol_down: Annotated[float, Meta(gt=-1, le=0)]
    min_vol_shock_up: Annotated[float, Meta(ge=0, le=10)]
    tail_moves: tuple[Annotated[float, Meta(gt=-1, le=20)], ...]  # all with volatility up
    tail_weights: tuple[Fraction, ...]
    unhedged_margin_factor: Fraction
    hedged_margin_factor: Fraction


class Perpetuals(msgspec.Struct, frozen=True, kw_only=True):
    """Cross margin of one coin's perpetual."""

    imf_base: Annotated[float, Meta(gt=0, le=1)]  # 1 / highest leverage
    mmf_factor: Annotated[float, Meta(gt=0, le=1)] = 0.5


class OptionSide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cross margin of options, initial or maintenance."""

    premium_multiplier: Annotated[float, Meta(ge=0, le=10)]
    long_itm: Fraction
    short_itm: Fraction
    short_otm: Fraction
    short_put_cap: Fraction


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Cross margin of one coin's options."""

    option_imf: OptionSide
    option_mmf: OptionSide


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Whether options of one expiry are margined together in cross margin, and calls left over."""

    offset: bool
    unpaired_scale_imf: Annotated[float, Meta(ge=0, le=10)] = 0.0  # of spot, for a call sold
    unpaired_scale_mmf: Annotated[float, Meta(ge=0, le=10)] = 0.0


class Fees(msgspec.Struct, frozen=True, kw_only=True):
    """Highest fee rates of the account, of the notional."""

    perpetual: Annotated[
        Fraction,
        Meta(description="the account's fee rate for perpetuals; a Retail profile pays none"),
    ]
    option: Annotated[
        Fraction,
        Meta(description="the account's fee rate for options, of spot; a Retail profile pays none"),
    ]
    option_cap: Annotated[
        Fraction, Meta(description="an option's fee is at most this share of its price")
    ]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what Paradex's texts leave open. Overrides replace it."""

    vol_floor: Annotated[
        Literal["level", "shock"],
        Meta(
            description="min_vol_shock_up is the least volatility after an upward shock, as in the "
            "venue's own engine; its text says the least shock"
        ),
    ]
    liquidation_fee: Annotated[
        Fraction,
        Meta(
            description="share of the maintenance margin that a full liquidation costs: 70 % as "
            "the text says; the table beneath it comes out with 50 %"
        ),
    ]
    account_value: Annotated[
        Literal["usdc_only", "all_tokens"],
        Meta(
            description="tokens other than USDC count in the account value, from which they are "
            "charged again in full; counted there as USDC alone they would cost twice"
        ),
    ]
    leverage_in_maintenance: Annotated[
        bool,
        Meta(description="a leverage chosen below the market's highest also raises maintenance"),
    ]
    underlyings: Annotated[
        Literal["added"],
        Meta(description="portfolio margins of several coins add up, nothing nets across coins"),
    ]


PORTFOLIO: Schema = {
    "scan": (Scan,),
    "fees": (Fees,),
    "rules": (Rules,),
    "spread": (Spread,),
    "*": (Scenarios, Perpetuals, Options),
}
CROSS: Schema = {
    "fees": (Fees,),
    "rules": (Rules,),
    "spread": (Spread,),
    "*": (Perpetuals, Options),
}

Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything one model was bound to."""

    rules: Rules
    fees: Fees
    bound: Bound
    scan: Scan | None = None
    _rows: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, compare=False)

    def __hash__(self) -> int:
        return hash((self.rules, self.fees, self.scan))

    def of_coin(self, kind: type[Row], coin: str) -> Row:
        """The values of one kind for a coin. Raises Unsupported, naming what is missing."""
        found = self.find(kind, coin)
        if found is None:
            keys = ", ".join(missing(kind, self.bound.selection.tables.get(coin, {})))
            raise Unsupported(
                f"Paradex's {_WHAT[kind]} of {coin} are not known; give them as overrides of "
                f"{coin}: {keys}"
            )
        return found

    def find(self, kind: type[Row], coin: str) -> Row | None:
        """The same, or None."""
        key = (kind.__name__, coin)
        if key not in self._rows:
            self._rows[key] = self.bound.find(kind, coin)
        found: Row | None = self._rows[key]
        return found

    def scenarios(self, coin: str) -> Scenarios:
        """The scenarios of a coin. Raises Unsupported."""
        found = self.of_coin(Scenarios, coin)
        if len(found.tail_moves) != len(found.tail_weights):
            raise ParameterError(
                f"{coin}: tail_moves has {len(found.tail_moves)} values and tail_weights "
                f"{len(found.tail_weights)}; give one weight for each move"
            )
        return found

    def moves(self, coin: str) -> tuple[Move, ...]:
        """The scenario table of a coin: a ladder with volatility up and down, then the tail.

        The outermost steps of the ladder come with volatility up alone. Raises Unsupported.
        """
        key = ("moves", coin)
        if key not in self._rows:
            self._rows[key] = _moves(self.scenarios(coin))
        found: tuple[Move, ...] = self._rows[key]
        return found

    def used(self, coins: Collection[str], keys: Collection[str]) -> list[Key]:
        """The values of these keys, for these coins and for every account."""
        return [
            (section, key)
            for section, key in self.bound.selection.known
            if key in keys and (section in coins or section.islower())
        ]


_WHAT: Mapping[type[msgspec.Struct], str] = {
    Scenarios: "portfolio-margin parameters",
    Perpetuals: "margin fractions for perpetuals",
    Options: "margin fractions for options",
}


def _moves(coin: Scenarios) -> tuple[Move, ...]:
    steps = (*coin.spot_up, 0.0, *coin.spot_down)
    found = []
    for place, step in enumerate(steps):
        found.append(Move(step, coin.vol_up))
        if 0 < place < len(steps) - 1:
            found.append(Move(step, coin.vol_down))
    tail = zip(coin.tail_moves, coin.tail_weights, strict=True)
    return (*found, *(Move(step, coin.vol_up, weight, group="extended") for step, weight in tail))


def parameters(selection: Selection, *, portfolio: bool) -> Parameters:
    """The parameters of a selection. Raises ParameterError when one is missing."""
    found = Bound("Paradex", selection)
    return Parameters(
        found.whole(Rules, "rules"),
        found.whole(Fees, "fees"),
        found,
        found.whole(Scan, "scan") if portfolio else None,
    )
