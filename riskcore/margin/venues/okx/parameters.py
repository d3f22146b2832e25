"""What OKX's rules take as given, with bounds; and our reading of what it has not published."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from riskcore.margin.bound import Bound
from riskcore.margin.parameters import ANY, Schema, Selection

Fraction = Annotated[float, Meta(ge=0, le=1)]
NotNegative = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]


class General(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every portfolio-margin account."""

    initial_factor: Annotated[float, Meta(ge=1, le=10)]  # initial / maintenance of a risk unit
    extreme_share: Fraction  # of the loss in the extreme move that counts in MR6
    least_equity: NotNegative  # USD, below which OKX does not offer portfolio margin
    undated_in_basis: bool  # whether spot in use and perpetuals count in MR4, as expiries do


class CrossHedge(msgspec.Struct, frozen=True, kw_only=True):
    """MR9 at an index of the stablecoins of 0.995 or more."""

    cross_hedge_upto: tuple[Positive, ...]  # USD, ends of the slices but the last
    cross_hedge_rate: tuple[Fraction, ...]  # of each slice


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """Which coins belong to which group; what is in neither is `others`."""

    group1: tuple[str, ...]
    group2: tuple[str, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of one group of coins."""

    spot_moves: tuple[Annotated[float, Meta(gt=0, lt=1)], ...]  # MR1, either side
    extreme_move: Annotated[float, Meta(gt=0, lt=1)]  # MR6, either side
    basis_flat: Annotated[
        Fraction, Meta(description="MR4: share of every expiry's delta at least charged; inferred")
    ]
    basis_yearly: Fraction  # MR4: annualised move of the forward
    closing_rate: Annotated[
        Fraction, Meta(description="MR7: share of a contract's delta; inferred from one sample")
    ]
    closing_upto: tuple[Positive, ...]  # USD of raw MR7, ends of the slices but the last
    closing_multiplier: tuple[Positive, ...]  # of each slice


class Borrow(msgspec.Struct, frozen=True, kw_only=True):
    """MR8 of a currency: margin on what is owed of it."""

    borrow_maintenance: Annotated[
        Fraction, Meta(description="MR8: share of what is owed; tiers of OKX are not published")
    ]
    borrow_initial: Annotated[
        Fraction, Meta(description="MR8: share of what is owed, initial; tiers are not published")
    ]


class VolatilityShock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The moves of volatility of options up to a number of days to expiry."""

    days_to: Positive  # the last row holds for all later expiries
    points_up: Annotated[float, Meta(ge=0, le=10)]  # 0.1 is 10 points of volatility
    points_down: Fraction
    percent_up: Annotated[float, Meta(ge=0, le=10)]  # 0.1 is a tenth of volatility
    percent_down: Fraction


class Shocks(msgspec.Struct, frozen=True, kw_only=True):
    """OKX's table of volatility moves, which it does not publish: the user gives it."""

    volatility_shocks: tuple[VolatilityShock, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what OKX has not published. Overrides replace it."""

    liquidation_fee: Annotated[
        Fraction, Meta(description="of what is owed, beside MMR in the margin ratio; inferred")
    ]
    basis_rate: Annotated[
        Literal["larger", "flat", "yearly"],
        Meta(description="MR4 of an expiry: the larger of flat and yearly move, or one of them"),
    ]
    option_delta_in_closing: Annotated[
        bool, Meta(description="MR7: options are charged on their delta as futures are")
    ]
    time_decay: Annotated[
        bool, Meta(description="MR2: what options lose in 24 hours without a move; from a mirror")
    ]
    spot_in_cross_hedge: Annotated[
        bool, Meta(description="MR9: whether spot in use counts as USD cash delta")
    ]


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """What a coin is worth as collateral, by slices of its quantity."""

    discount_upto: tuple[Positive, ...]  # coins, ends of the slices; the last may be open
    discount_rate: tuple[Fraction, ...]


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of position tiers: contracts up to a size."""

    kind: Literal["perpetual", "future"]
    quote: str
    contracts_to: Positive
    maintenance: Annotated[float, Meta(gt=0, le=1)]  # mmr
    initial: Annotated[float, Meta(gt=0, le=1)]  # imr: 1 / the highest leverage


class Tiers(msgspec.Struct, frozen=True, kw_only=True):
    """Position tiers of the contracts on one coin."""

    tiers: tuple[Tier, ...] = ()


class OptionFormula(msgspec.Struct, frozen=True, kw_only=True):
    """Margin of a short option outside portfolio margin, per coin."""

    option_initial: Fraction
    option_initial_floor: Fraction


class MultiRules(msgspec.Struct, frozen=True, kw_only=True):
    """Our reading of what OKX has not published of multi-currency margin."""

    option_maintenance: Annotated[
        Fraction, Meta(description="maintenance of a short option over its initial margin")
    ]
    option_value_in_equity: Annotated[
        bool, Meta(description="whether options count in equity; the margin has the mark in it")
    ]


PORTFOLIO: Schema = {
    "general": (General, CrossHedge, OptionFormula),
    "groups": (Members,),
    "group1": (Group,),
    "group2": (Group,),
    "others": (Group,),
    "owed": (Borrow,),
    "options": (Shocks,),
    "rules": (Rules,),
    ANY: (Discount, Borrow, Tiers),
}
MULTI: Schema = {
    "general": (OptionFormula,),
    "owed": (Borrow,),
    "rules": (MultiRules,),
    ANY: (Discount, Borrow, Tiers),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The tables a model was bound to."""

    bound: Bound
    _found: dict[tuple[str, Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # structs that were built once

    def rows(self, section: str, kind: Any) -> Any:
        """The struct of a section. Raises ParameterError while a key is missing."""
        found = self._row(section, kind)
        if found is None:
            return self.bound.whole(kind, section)
        return found

    def of_coin(self, coin: str, kind: Any, otherwise: str = "") -> Any:
        """The struct of a coin, else of another section, else None."""
        found = self._row(coin, kind)
        return self.rows(otherwise, kind) if found is None and otherwise else found

    def _row(self, section: str, kind: Any) -> Any:
        key = section, kind
        if key not in self._found:
            self._found[key] = self.bound.find(kind, section)
        return self._found[key]

    def section(self, coin: str) -> str:
        """The group of a coin."""
        members: Members = self.rows("groups", Members)
        if coin in members.group1:
            return "group1"
        return "group2" if coin in members.group2 else "others"


def parameters(selection: Selection) -> Parameters:
    """The parameters of a selection."""
    return Parameters(Bound("OKX", selection))
