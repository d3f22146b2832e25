"""OKX's equity: every currency at its discount, what is owed whole; and the margin on what is owed.

Source: okx.com/docs-v5, account/position-builder and public/discount-rate-interest-free-quota.
"""

from collections.abc import Mapping
from math import inf

from riskcore.margin.collateral import counted_by_quantity
from riskcore.margin.requirement import Component, total
from riskcore.margin.venues.okx.parameters import Borrow, Discount, Parameters
from riskcore.margin.worth import Worth, equity
from riskcore.market import MarketSnapshot
from riskcore.naming.okx import VENUE

SOURCE = "okx.com/docs-v5, account/position-builder"
DISCOUNTS = "okx.com/docs-v5, public/discount-rate-interest-free-quota"


def adjusted_equity(
    parameters: Parameters, accounts: Mapping[str, Worth], market: MarketSnapshot
) -> Component:
    """Adjusted equity, USD: slices of every coin at their discount rates."""

    def counts(currency: str, amount: float, price: float) -> tuple[float, str]:
        table: Discount | None = parameters.of_coin(currency, Discount)
        if table is None:
            return amount * price, f"{currency} at {price:,.8g} USD"
        ends = (*table.discount_upto[: len(table.discount_rate) - 1], inf)
        value = counted_by_quantity(amount, price, ends, table.discount_rate)
        return value, f"{currency} at {price:,.8g} USD, by slices of its quantity"

    return equity(accounts, market, counts, venue=VENUE, source=DISCOUNTS)


def owed(accounts: Mapping[str, Worth], market: MarketSnapshot) -> dict[str, float]:
    """What is owed of each currency, USD."""
    return {
        name: -each.amount * market.usd(name, VENUE)
        for name, each in accounts.items()
        if each.amount < 0
    }


def borrow_margin(
    parameters: Parameters, debts: Mapping[str, float], *, initial: bool
) -> Component | None:
    """MR8: a share of everything owed; None where nothing is."""
    lines = []
    for name, debt in debts.items():
        rates: Borrow = parameters.of_coin(name, Borrow, otherwise="owed")
        rate = rates.borrow_initial if initial else rates.borrow_maintenance
        because = f"{rate:g} of {debt:,.8g} USD owed in {name}"
        lines.append(Component("borrowed_currency", rate * debt, because=because))
    if not lines:
        return None
    return total("borrow_initial" if initial else "mr8", *lines, source=SOURCE)


def doubts(
    parameters: Parameters, accounts: Mapping[str, Worth], debts: Mapping[str, float]
) -> list[str]:
    """What of equity and of the margin on debts is not known."""
    found = []
    worth = [name for name, each in accounts.items() if each.amount > 0]
    if any(_beyond(parameters, name, accounts[name].amount) for name in worth):
        found.append("collateral discounts")
    if debts:
        found.append("borrowing tiers")
    return found


def notes(
    parameters: Parameters, accounts: Mapping[str, Worth], debts: Mapping[str, float]
) -> list[str]:
    """The same in sentences."""
    found = []
    for name, each in accounts.items():
        if each.amount > 0 and parameters.of_coin(name, Discount) is None:
            found.append(f"the discount rates of {name} at OKX are not known: it counts in full")
        elif each.amount > 0 and _beyond(parameters, name, each.amount):
            found.append(f"the last known discount rate of {name} goes on beyond its last slice")
    found += [
        f"the borrowing rates of {name} at OKX are not known: those of USDT are taken"
        for name in debts
        if parameters.of_coin(name, Borrow) is None
    ]
    return found


def _beyond(parameters: Parameters, name: str, amount: float) -> bool:
    table: Discount | None = parameters.of_coin(name, Discount)
    if table is None:
        return True
    known = table.discount_upto
    return len(known) == len(table.discount_rate) and amount > known[-1]
