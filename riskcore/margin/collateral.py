"""What coins are worth as collateral: flat rates, or slices by quantity or by value."""

from collections.abc import Sequence

from riskcore.margin.requirement import Component, total
from riskcore.margin.tiers import marginal


def counted(amount: float, price: float, rate: float) -> float:
    """Value of a coin at a collateral rate; what is owed counts whole.

    Source: min(E x P x rate, E x P) as Binance writes it.
    """
    return min(amount * price * rate, amount * price)


def counted_by_quantity(
    amount: float, price: float, upto: Sequence[float], rates: Sequence[float]
) -> float:
    """Value when each slice of the quantity has its own rate; what is owed counts whole."""
    return price * (amount if amount < 0 else marginal(amount, upto, rates))


def counted_by_value(
    amount: float, price: float, upto: Sequence[float], rates: Sequence[float]
) -> float:
    """Value when each slice of the value in USD has its own rate; what is owed counts whole."""
    value = amount * price
    return value if value < 0 else marginal(value, upto, rates)


def currency_value(currency: str, value: float, counts: float, because: str = "") -> Component:
    """A currency's line of equity: what it is worth, and what the haircut takes off."""
    whole = Component("collateral_value", value, because=currency)
    if counts == value:
        return total("currency_equity", whole, because=because or currency)
    cut = Component("currency_haircut", counts - value, because=because)
    return total("currency_equity", whole, cut, because=because or currency)
