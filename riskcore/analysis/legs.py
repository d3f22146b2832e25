"""Positions and orders with what every venue's mapping of them starts from."""

from dataclasses import dataclass

from riskcore.holdings import Holdings, Order, Position
from riskcore.instruments import Future, Instrument, Perpetual, is_inverse
from riskcore.market import MarketSnapshot


@dataclass(frozen=True, slots=True)
class Leg:
    """A position or an order with what every venue's mapping of it starts from.

    size    in the unit of its multiplier: coins, or quote currency of an inverse future
    coins   its delta as if it were linear, not Black's
    profit  open and funding, settlement currency; 0 of an option and of an order
    """

    holding: Position | Order
    mark: float
    forward: float
    size: float
    coins: float
    profit: float

    @property
    def instrument(self) -> Instrument:
        """What is held or ordered."""
        return self.holding.instrument


def legs(holdings: Holdings, market: MarketSnapshot) -> tuple[Leg, ...]:
    """Every position, then every order. Raises MarketError for one without a mark."""
    found = []
    held: list[Position | Order] = [*holdings.positions, *holdings.orders]
    for each in held:
        instrument = each.instrument
        row = market.row(instrument)
        mark = float(market.mark[row])
        is_future = isinstance(instrument, Perpetual | Future)
        size = each.quantity * instrument.multiplier
        coins = size / mark if is_future and is_inverse(instrument) else size
        profit = 0.0
        if isinstance(each, Position):
            profit = each.accrued_funding + (each.open_profit(mark) if is_future else 0.0)
        found.append(Leg(each, mark, float(market.forward[row]), size, coins, profit))
    return tuple(found)
