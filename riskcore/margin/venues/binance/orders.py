"""What resting orders on USD-M contracts reserve.

cost of an order = initial margin + open loss
initial margin   at the order's price; of a sale at the mark where that is higher
open loss        quantity x what the order's price is worse than the mark

In one-way mode orders of an instrument net with its position: the larger of |position + buys| and
|position - sells| counts, and the orders reserve what that needs more than the position. In hedge
mode a buy opens the long side and a sale the short one, so every order adds its own margin, as it
does everywhere under open_orders = each_alone. An order that only reduces adds nothing.

Source: Binance FAQ 87fa7ee3 (cost required to open a position; its price for sales has a further
candidate, the last price + 0.15 %); dev.binance.vision 17078 (margin requirement by notional).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskcore.holdings import Holdings, Order, Position, Side
from riskcore.instruments import Instrument
from riskcore.margin.requirement import Component, larger_of, total
from riskcore.margin.venues.binance.contracts import Book
from riskcore.risk_array import Risk

SOURCE = "Binance FAQ 87fa7ee3"
DOUBT = "open orders"


@dataclass(frozen=True, slots=True)
class Resting:
    """The orders of one instrument beside its position."""

    instrument: Instrument
    held: float  # net, in units
    orders: tuple[Order, ...]
    leverage: float


def resting(book: Book, holdings: Holdings, risk: Risk, settlement: str | None) -> list[Resting]:
    """What rests in each instrument that settles in a currency; None: in any."""
    found: dict[Instrument, list[Order]] = {}
    for order in holdings.orders:
        if not order.reduce_only and settlement in (None, order.instrument.settlement):
            found.setdefault(order.instrument, []).append(order)
    net = holdings.net(risk.universe)
    chosen = {
        each.instrument: each.leverage for each in holdings.positions if each.leverage is not None
    }
    return [
        Resting(
            instrument,
            float(net[risk.universe.row(instrument)]),
            tuple(orders),
            chosen.get(instrument, book.default_leverage),
        )
        for instrument, orders in found.items()
    ]


def open_orders(
    book: Book, holdings: Holdings, risk: Risk, settlement: str | None, *, each_alone: bool
) -> list[Component]:
    """A line for each instrument with orders, in its settlement currency."""
    hedge = holdings.settings.position_mode != "net" or any(
        each.side is not Side.NET for each in holdings.positions
    )
    lines = []
    for one in resting(book, holdings, risk, settlement):
        mark = float(risk.market.mark[risk.universe.row(one.instrument)])
        if each_alone or hedge:
            apart = [_side(book, one, [order], mark, 0.0) for order in one.orders]
            lines.append(total("order_margin", *apart, because=one.instrument.name, source=SOURCE))
            continue
        sides = [
            _side(book, one, [each for each in one.orders if each.quantity * way > 0], mark, way)
            for way in (1.0, -1.0)
        ]
        why = f"{one.instrument.name}: the side that needs more"
        lines.append(larger_of("order_margin", *sides, because=why, source=SOURCE))
    return lines


def open_losses(orders: Iterable[Order], mark: float) -> float:
    """What orders lose at once where their prices are worse than the mark, settlement currency."""
    gains = (Position(each.instrument, each.quantity).gain(each.price, mark) for each in orders)
    return sum(max(-gain, 0.0) for gain in gains)


def _side(book: Book, one: Resting, orders: Sequence[Order], mark: float, way: float) -> Component:
    """The orders of one side, or one order alone (way 0)."""
    held = one.held * one.instrument.multiplier * mark if way else 0.0
    notional = sum(
        abs(each.quantity) * each.instrument.multiplier * _price(each, mark) for each in orders
    )
    whole = abs(held + way * notional) if way else notional
    margin = max(_initial(book, one, whole, mark) - _initial(book, one, abs(held), mark), 0.0)
    loss = open_losses(orders, mark)
    names = "buys" if way > 0 or (not way and orders[0].quantity > 0) else "sales"
    why = f"{whole:,.8g} with the {names}, {abs(held):,.8g} without" if held else f"{whole:,.8g}"
    parts = [Component("order_initial", margin, because=why)]
    parts += [Component("open_loss", loss, because=f"against the mark {mark:,.8g}")] if loss else []
    return total("order_side", *parts, because=f"{names} of {one.instrument.name}")


def _initial(book: Book, one: Resting, notional: float, mark: float) -> float:
    quantity = notional / (one.instrument.multiplier * mark)
    allowed = book.tier(one.instrument, quantity, mark).leverage
    return notional / min(one.leverage, allowed)


def _price(order: Order, mark: float) -> float:
    """The price at which an order is taken to fill."""
    return order.price if order.quantity > 0 else max(order.price, mark)
