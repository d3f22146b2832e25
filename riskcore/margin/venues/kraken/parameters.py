"""What Kraken's rules take as given: levels, classes, schedules of contracts, haircuts.

Source: support.kraken.com 360022632452 and 15579128794772 (schedules), 4843323030164 (haircuts).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from riskcore.errors import ParameterError
from riskcore.margin.bound import Bound

Rate = Annotated[float, Meta(gt=0, le=1)]
Ends = tuple[Annotated[float, Meta(gt=0)], ...]
Level = Annotated[int, Meta(ge=1, le=10)]


class Levels(msgspec.Struct, frozen=True):
    """The rates of levels I to X."""

    initial: Annotated[tuple[Rate, ...], Meta(min_length=10, max_length=10)]
    maintenance: Annotated[tuple[Rate, ...], Meta(min_length=10, max_length=10)]


class Class(msgspec.Struct, frozen=True):
    """The levels of a class of linear contracts: the first, and up to how many USD each reaches."""

    first: Level
    upto: Ends


class Classes(msgspec.Struct, frozen=True):
    """All size classes."""

    a: Class
    b: Class
    c: Class
    d: Class
    e: Class
    f: Class
    g: Class


class Linear(msgspec.Struct, frozen=True):
    """The class of a coin's linear contracts."""

    margin_class: Annotated[
        Literal["A", "B", "C", "D", "E", "F", "G"],
        Meta(description="size class of the linear contracts on a coin"),
    ]


class Inverse(msgspec.Struct, frozen=True):
    """The levels of a coin's inverse contracts, and up to how many contracts each reaches."""

    inverse_levels: tuple[Level, ...]
    inverse_upto: Ends


class Schedule(msgspec.Struct, frozen=True):
    """Rates of one contract, in a section of its root, e.g. PF_XBTUSD; they precede its class."""

    upto: Ends  # USD, or contracts of an inverse one
    initial: tuple[Rate, ...]
    maintenance: tuple[Rate, ...]


class Haircut(msgspec.Struct, frozen=True):
    """What a currency is worth less as collateral."""

    haircut: Annotated[
        float, Meta(ge=0, le=1, description="share of a currency that does not count")
    ]


class Readings(msgspec.Struct, frozen=True):
    """Our reading of what is not published in full."""

    value_at: Annotated[
        Literal["entry", "mark"],
        Meta(
            description="maintenance margin is taken on the value at entry, as the pages say; the "
            "liquidation price of their example comes out on the value at the mark"
        ),
    ]


def refuse_lengths(found: Bound) -> None:
    """Raises ParameterError for a schedule whose lists do not fit."""
    for name, each in found.rows(Schedule).items():
        if not len(each.initial) == len(each.maintenance) == len(each.upto) + 1:
            raise ParameterError(
                f"{name}: initial and maintenance need one rate more than upto has ends"
            )
    for name, one in found.rows(Inverse).items():
        if len(one.inverse_levels) != len(one.inverse_upto) + 1:
            raise ParameterError(f"{name}: inverse_levels needs one more than inverse_upto")
