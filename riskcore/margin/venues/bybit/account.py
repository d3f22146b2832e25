"""What an account under either model owns and owes: collateral at its ratios, loans, rates.

margin balance = wallet and open profit of futures of each coin, less loans, at its collateral ratio
equity (PM)    = the same with the value of options
loan           = what is borrowed, and what a negative coin is short of
account rates  = initial and maintenance margin over (margin balance - haircut loss + order loss)
Sources: Bybit UTA glossary, 13 Mar 2026; spot-margin-trade/collateral and position-tiers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from riskcore.holdings import Holdings, Order, Side
from riskcore.instruments import Future, Option, Perpetual, Spot, is_inverse
from riskcore.margin.collateral import counted_by_quantity
from riskcore.margin.requirement import (
    Component,
    Figure,
    LossTable,
    Requirement,
    Trigger,
    total,
    usage,
)
from riskcore.margin.tiers import row_of
from riskcore.margin.venues.bybit.bound import Parameters
from riskcore.margin.venues.bybit.parameters import Coin, Loan
from riskcore.margin.worth import Worth, equity
from riskcore.market import MarketSnapshot
from riskcore.naming.bybit import VENUE
from riskcore.universe import USD

DOLLARS = frozenset({USD, "USDT", "USDC"})
COLLATERAL = "GET /v5/spot-margin-trade/collateral"
LOANS = "GET /v5/spot-margin-trade/position-tiers"
GLOSSARY = "Bybit UTA glossary"
Row = tuple[str, type[msgspec.Struct]]  # a section of parameters, and what is read of it


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A loan and its margin, USD."""

    coin: str
    amount: float
    initial: float
    maintenance: float
    because: str
    read: bool  # whether the tiers of this coin were


def ratio(parameters: Parameters, coin: str) -> float:
    """The collateral ratio of the first tier of a coin."""
    if coin in DOLLARS:
        return 1.0
    known = parameters.coins.get(coin)
    return parameters.readings.other_ratio if known is None else known.collateral_ratio[0]


def balance(
    parameters: Parameters,
    accounts: Mapping[str, Worth],
    holdings: Holdings,
    market: MarketSnapshot,
) -> Component:
    """The equity of the account: every coin at its ratio, with what orders would lose."""

    def counts(coin: str, amount: float, price: float) -> tuple[float, str]:
        why = f"{coin} at {price:,.8g} USD"
        if coin in DOLLARS or amount <= 0:
            return amount * price, why
        known = parameters.coins.get(coin)
        if known is None:
            share = parameters.readings.other_ratio
            return amount * price * share, f"{why}, assumed ratio {share:g}"
        value = counted_by_quantity(amount, price, known.collateral_upto, known.collateral_ratio)
        return value, f"{why}, ratio {value / (amount * price):.6g}"

    whole = equity(accounts, market, counts, venue=VENUE, source=COLLATERAL)
    beside = []
    lost = sum(order_loss(each, market) for each in holdings.orders)
    if lost:
        beside.append(Component("open_loss", lost, because="orders worse than the mark"))
    cut = sum(haircut_loss(parameters, each, market) for each in holdings.orders)
    if cut:
        because = "orders that swap a coin for one of a lower ratio"
        beside.append(Component("haircut_loss", -cut, because=because))
    return total("equity", *whole.parts, *beside, because=whole.because, source=GLOSSARY)


def order_loss(order: Order, market: MarketSnapshot) -> float:
    """What an order for a future would lose when filled at its price, not above 0, USD."""
    contract = order.instrument
    if not isinstance(contract, Perpetual | Future) or order.reduce_only or not order.price:
        return 0.0
    mark = float(market.mark[market.universe.rows[contract]])
    size = order.quantity * contract.multiplier
    if is_inverse(contract):
        gain = size * (1 / order.price - 1 / mark)
    else:
        gain = size * (mark - order.price)
    return min(gain, 0.0) * market.usd(contract.settlement, VENUE)


def haircut_loss(parameters: Parameters, order: Order, market: MarketSnapshot) -> float:
    """What a spot order takes off the collateral when filled, not below 0, USD."""
    spot = order.instrument
    if not isinstance(spot, Spot):
        return 0.0
    value = abs(order.quantity) * order.price * market.usd(spot.quote, VENUE)
    paid, bought = (spot.quote, spot.base) if order.quantity > 0 else (spot.base, spot.quote)
    return max(ratio(parameters, paid) - ratio(parameters, bought), 0.0) * value


def loans(
    parameters: Parameters,
    accounts: Mapping[str, Worth],
    holdings: Holdings,
    market: MarketSnapshot,
) -> tuple[Borrowed, ...]:
    """The loans of an account with their margin; options sold make none."""
    found = []
    names = {*accounts, *(name for name, each in holdings.balances.items() if each.borrowed)}
    for coin in sorted(names):
        worth = accounts.get(coin, Worth(coin))
        owned = worth.amount - worth.option_value
        lent = holdings.balances[coin].borrowed if coin in holdings.balances else 0.0
        short = max(-(owned + lent), 0.0)
        amount = lent + short
        if not amount:
            continue
        value = amount * market.usd(coin, VENUE)
        known = parameters.loans.get(coin)
        if known is None:
            first = parameters.readings.other_loan_initial
            second = parameters.readings.other_loan_maintenance
        else:
            row = row_of(amount, (0.0, *known.loan_upto[:-1]))
            first, second = known.loan_initial[row], known.loan_maintenance[row]
        because = f"{amount:,.8g} {coin} borrowed: {first:.6g} and {second:.6g} of {value:,.8g} USD"
        found.append(
            Borrowed(coin, amount, first * value, second * value, because, known is not None)
        )
    return tuple(found)


def loan_lines(borrowed: Sequence[Borrowed], *, maintenance: bool) -> list[Component]:
    """The margin of loans, as a part of a requirement; nothing without loans."""
    lines = [
        Component(
            "borrowed_currency",
            each.maintenance if maintenance else each.initial,
            because=each.because,
            source=LOANS,
        )
        for each in borrowed
    ]
    return [total("borrowing_margin", *lines)] if lines else []


@dataclass(frozen=True, slots=True)
class Owned:
    """What an account owns and owes, as its model counts it."""

    accounts: Mapping[str, Worth]
    borrowed: Sequence[Borrowed]
    equity: Component
    options: float = 0.0  # their value, USD, where equity does not hold it


def pool(
    parameters: Parameters,
    market: MarketSnapshot,
    owned: Owned,
    initial: Component,
    maintenance: Component,
    *,
    label: str,
    notes: tuple[str, ...],
    worst: str = "",
    losses: LossTable | None = None,
) -> Requirement:
    """The one pool of an account, in USD."""
    worth = owned.equity.amount
    whole = sum(each.amount * market.usd(name, VENUE) for name, each in owned.accounts.items())
    return Requirement(
        pool=USD,
        currency=USD,
        equity=owned.equity,
        initial=initial,
        maintenance=maintenance,
        trigger=trigger(parameters, maintenance.amount, worth, owned.borrowed),
        label=label,
        notes=notes,
        worst_scenario=worst,
        figures=figures(worth, initial.amount, maintenance.amount, owned.options, whole - worth),
        losses=losses or LossTable(),
    )


def trigger(
    parameters: Parameters, maintenance: float, worth: float, borrowed: Sequence[Borrowed]
) -> Trigger:
    """The account's maintenance rate and the level at which Bybit acts."""
    levels = parameters.levels
    with_loans = bool(borrowed) and parameters.readings.trigger_with_loans == "repayment"
    level = levels.repayment_level if with_loans else levels.liquidation_level
    return Trigger("account MM rate", usage(maintenance, worth), level)


def figures(
    worth: float, initial: float, maintenance: float, options: float, cut: float
) -> tuple[Figure, ...]:
    """The account's own fields.

    options  value of options, USD, where `worth` does not hold it
    cut      what the collateral ratios take off, USD
    """
    return (
        Figure("account_im_rate", usage(initial, worth), ""),
        Figure("account_mm_rate", usage(maintenance, worth), ""),
        Figure("margin_balance", worth, USD),
        Figure("total_account_equity", worth + options + cut, USD),
        Figure("available_funds", max(worth - initial, 0.0), USD),
    )


def doubts_of(
    parameters: Parameters, accounts: Mapping[str, Worth], borrowed: Sequence[Borrowed]
) -> tuple[str, ...]:
    """Which coins count by an assumed ratio or at an assumed margin."""
    assumed = [
        f"collateral ratio of {coin}"
        for coin, each in accounts.items()
        if coin not in DOLLARS and coin not in parameters.coins and each.amount > 0
    ]
    return (*assumed, *(f"margin of borrowed {each.coin}" for each in borrowed if not each.read))


def rows_of(
    accounts: Mapping[str, Worth], borrowed: Sequence[Borrowed], parameters: Parameters
) -> tuple[Row, ...]:
    """The rows of parameters that an account's collateral and its loans depend on."""
    coins: list[Row] = [(name, Coin) for name in accounts if name in parameters.coins]
    return (*coins, *((each.coin, Loan) for each in borrowed if each.coin in parameters.loans))


def two_sides(holdings: Holdings) -> bool:
    """Whether a long and a short side of one instrument are held."""
    sides: dict[str, set[Side]] = {}
    for each in holdings.positions:
        if each.quantity:
            sides.setdefault(each.instrument.name, set()).add(each.side)
    return any(len(each) > 1 for each in sides.values())


def option_value(accounts: Mapping[str, Worth], market: MarketSnapshot) -> float:
    """The mark value of all options, USD."""
    return sum(each.option_value * market.usd(name, VENUE) for name, each in accounts.items())


def has_options(holdings: Holdings) -> bool:
    """Whether an option is held."""
    return any(isinstance(each.instrument, Option) for each in holdings.positions)
