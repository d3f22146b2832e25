"""One side of an instrument: what is held at its price of entry, and what orders would add.

Source: support.kraken.com, margin schedules: margin is taken on the value at entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from riskcore.holdings import Order, Position
from riskcore.instruments import Instrument, Option, Spot, is_inverse
from riskcore.market import MarketSnapshot


@dataclass(frozen=True, slots=True)
class Side:
    """One instrument on one side: what is held, and what orders would add.

    size, value    of the position: coins or contracts; USD, or coins of an inverse contract
    more, dearer   the same of orders
    """

    instrument: Instrument
    label: str
    long: bool
    size: float
    value: float
    more: float = 0.0
    dearer: float = 0.0


def worth(instrument: Instrument, size: float, price: float) -> float:
    """Value of a size without sign: USD, or coins of an inverse contract."""
    assert not isinstance(instrument, Spot | Option)
    whole = size * instrument.multiplier
    return whole / price if is_inverse(instrument) else whole * price


def position_side(position: Position, market: MarketSnapshot, *, at: str) -> Side:
    """A position as one side of its instrument, valued at entry, where it is known, or the mark."""
    instrument = position.instrument
    price = float(market.mark[market.universe.rows[instrument]])
    if at == "entry" and position.entered is not None:
        price = position.entered
    size = abs(position.quantity)
    return Side(
        instrument, position.label, position.quantity > 0, size, worth(instrument, size, price)
    )


def both_sides(
    held: Sequence[Position], orders: Sequence[Order], market: MarketSnapshot, *, at: str
) -> list[Side]:
    """Both sides of every instrument: the position, and orders beyond what they would close.

    Orders count at their average price.
    """
    found: list[Side] = []
    positions = {each.instrument: each for each in held}
    for instrument in dict.fromkeys((*positions, *(each.instrument for each in orders))):
        position = positions.get(instrument)
        own = None if position is None else position_side(position, market, at=at)
        quantity = 0.0 if position is None else position.quantity
        for long in (True, False):
            sign = 1.0 if long else -1.0
            mine = [
                each
                for each in orders
                if each.instrument == instrument and sign * each.quantity > 0
            ]
            asked = fsum(abs(each.quantity) for each in mine)
            beyond = max(0.0, asked + min(0.0, sign * quantity))
            dearer = 0.0
            if beyond:
                cost = fsum(worth(instrument, abs(each.quantity), each.price) for each in mine)
                dearer = cost * beyond / asked
            here = own is not None and own.long is long
            if here and own is not None:
                found.append(Side(instrument, own.label, long, own.size, own.value, beyond, dearer))
            elif beyond:
                found.append(Side(instrument, instrument.name, long, 0.0, 0.0, beyond, dearer))
    return found
