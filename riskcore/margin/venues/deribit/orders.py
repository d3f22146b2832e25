"""What resting orders add to the initial margin.

Deribit charges them and does not publish how. Taken here: the standard initial margin of each
order, a bought option its premium; both sides of a book add up, or only the larger one counts.
"""

from riskcore.holdings import Holdings, Order
from riskcore.instruments import Option
from riskcore.margin.requirement import Component, larger_of, total
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.venues.deribit.charges import charge
from riskcore.market import MarketSnapshot


def open_orders(
    parameters: Parameters, market: MarketSnapshot, holdings: Holdings, currency: str | None
) -> Component | None:
    """The line of the orders that settle in a currency, or of all in USD; None without any.

    An order that only reduces a position adds nothing.
    """
    resting = [
        order
        for order in holdings.orders
        if not order.reduce_only and currency in (None, order.instrument.settlement)
    ]
    if not resting:
        return None
    held = {each.instrument: each.quantity for each in holdings.positions}
    lines: dict[str, dict[bool, list[Component]]] = {}
    for order in resting:
        amount, because = _amount(parameters, market, order, held.get(order.instrument, 0.0))
        price = 1.0 if currency else market.usd(order.instrument.settlement)
        line = Component("order_margin", amount * price, because=because)
        sides = lines.setdefault(order.instrument.name, {True: [], False: []})
        sides[order.quantity > 0].append(line)
    parts = []
    for sides in lines.values():
        if parameters.rules.open_orders == "each_alone":
            parts += [*sides[True], *sides[False]]
        else:
            bought = total("order_side", *sides[True], because="bought")
            sold = total("order_side", *sides[False], because="sold")
            parts.append(larger_of("order_margin", bought, sold))
    return total(
        "open_orders_margin",
        *parts,
        because="standard initial margin of each order; Deribit's own formula is not published",
    )


def _amount(
    parameters: Parameters, market: MarketSnapshot, order: Order, held: float
) -> tuple[float, str]:
    side = "buy" if order.quantity > 0 else "sell"
    told = f"{side} {abs(order.quantity):,.8g} {order.instrument.name} at {order.price:,.8g}"
    if isinstance(order.instrument, Option) and order.quantity > 0:
        premium = order.quantity * order.instrument.multiplier * order.price
        return premium, f"{told}: its premium"
    row = market.row(order.instrument)
    one = charge(parameters, market, row, order.quantity, beside=held)
    return one.initial, f"{told}: {one.because}"
