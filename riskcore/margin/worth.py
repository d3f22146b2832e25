"""What an account owns in each currency, and what no account of a pooled venue can hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Holdings, MarginMode, Position, Side
from riskcore.instruments import Dated, Future, Instrument, Option, Perpetual, Spot
from riskcore.margin.requirement import Component, Rule, total
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.time import iso

LARGEST = 1e15  # beyond it a figure in floating point cannot show one unit more


@dataclass(frozen=True, slots=True)
class Worth:
    """One currency of an account, in that currency.

    profits  open profit of futures, by label of the position
    options  mark value of options, by label of the position
    """

    currency: str
    cash: float = 0.0
    funding: float = 0.0
    profits: tuple[tuple[str, float], ...] = ()
    options: tuple[tuple[str, float], ...] = ()

    @property
    def profit(self) -> float:
        """Open profit of futures."""
        return sum(amount for _, amount in self.profits)

    @property
    def option_value(self) -> float:
        """Mark value of options, negative when short."""
        return sum(amount for _, amount in self.options)

    @property
    def amount(self) -> float:
        """Cash, funding, open profit and options."""
        return self.cash + self.funding + self.profit + self.option_value

    def lines(self, price: float) -> list[Component]:
        """What it is made of, times a price."""
        parts = [Component("cash_balance", self.cash * price)]
        for term, amounts in (("futures_profit", self.profits), ("options_value", self.options)):
            leaves = [Component(name, each * price, Rule.POSITION) for name, each in amounts]
            parts += [total(term, *leaves)] if leaves else []
        if self.funding:
            parts.append(Component("accrued_funding", self.funding * price))
        return parts


Counts = Callable[[str, float, float], tuple[float, str]]


def worths(
    holdings: Holdings, risk: Risk, *, with_options: bool = True, futures_style: bool = False
) -> dict[str, Worth]:
    """The currencies in which an account has something, each by its name.

    with_options   whether the mark value of options counts
    futures_style  options settle their profit like futures: it counts in place of their value
    A currency that the account has switched off as collateral counts its open profit only.
    Loans are taken off the cash.
    """
    market, rows = risk.market, risk.universe.rows
    enabled = holdings.settings.collateral_enabled
    profits: dict[str, list[tuple[str, float]]] = {}
    options: dict[str, list[tuple[str, float]]] = {}
    funding: dict[str, float] = {}
    for position in holdings.positions:
        instrument = position.instrument
        mark = float(market.mark[rows[instrument]])
        name = instrument.settlement
        funding[name] = funding.get(name, 0.0) + position.accrued_funding
        if isinstance(instrument, Option) and not futures_style:
            value = position.quantity * instrument.multiplier * mark
            options.setdefault(name, []).append((position.label, value))
        else:
            profits.setdefault(name, []).append((position.label, position.open_profit(mark)))
    found = {}
    owned = {
        name: each.amount - each.borrowed
        for name, each in holdings.balances.items()
        if enabled is None or name in enabled
    }
    for name in sorted({name for name, each in owned.items() if each} | funding.keys()):
        found[name] = Worth(
            name,
            owned.get(name, 0.0),
            funding.get(name, 0.0),
            tuple(profits.get(name, ())),
            tuple(options.get(name, ())) if with_options else (),
        )
    return found


def full(currency: str, amount: float, price: float) -> tuple[float, str]:
    """A currency that counts with all it is worth."""
    return amount * price, f"{currency} at {price:,.8g} USD"


def equity(
    accounts: Mapping[str, Worth],
    market: MarketSnapshot,
    counts: Counts = full,
    *,
    venue: str = "",
    because: str = "all currencies at their index in USD",
    source: str = "",
) -> Component:
    """The equity of a pool in USD: a line for each currency, with its haircut.

    counts  (currency, amount, price in USD) -> USD that count, and why
    """
    lines = []
    for name, each in accounts.items():
        price = market.usd(name, venue)
        counted, why = counts(name, each.amount, price)
        parts = each.lines(price)
        cut = counted - each.amount * price
        if cut:
            parts.append(Component("currency_haircut", cut, because=why))
        lines.append(total("currency_equity", *parts, because=why))
    return total("equity", *lines, because=because, source=source)


def account_notes(holdings: Holdings, *, futures_style: bool = False) -> tuple[str, ...]:
    """What of the account's own figures is missing or left out."""
    notes = [
        f"{each.label} has no entry and no settled price: its open profit counts as 0"
        for each in holdings.positions
        if (futures_style or not isinstance(each.instrument, Option)) and each.opened is None
    ]
    enabled = holdings.settings.collateral_enabled
    if enabled is not None:
        notes += [
            f"the balance of {name} is switched off as collateral and counts as 0"
            for name, each in holdings.balances.items()
            if name not in enabled and each.amount
        ]
    return tuple(notes)


def refuse_unsupported(
    holdings: Holdings,
    risk: Risk,
    venue: str,
    title: str,
    *,
    loans: bool = False,
    hedge: bool = False,
    isolated: bool = False,
    spot_orders: bool = False,
) -> None:
    """Raises Unsupported or MarketError for what an account of one pool cannot hold.

    loans, hedge, isolated, spot_orders  whether the venue has them
    """
    if not hedge and holdings.settings.position_mode != "net":
        raise Unsupported(
            f"the account is in {holdings.settings.position_mode} mode; {title} nets long and "
            "short into one position, so set the position mode to net"
        )
    for currency, balance in holdings.balances.items():
        if balance.borrowed and not loans:
            raise Unsupported(
                f"{currency}: {balance.borrowed:g} are borrowed; {title}'s margin on a loan is not "
                "published, so leave the loan out"
            )
        _bounded(f"{currency}: a balance of {balance.amount:g}", balance.amount)
    for order in holdings.orders:
        what = f"{order.instrument.name}: an order for {order.quantity:g} at {order.price:g}"
        _bounded(what, order.quantity, order.price)
    for position in holdings.positions:
        name = position.instrument.name
        what = f"{name}: a position of {position.quantity:g}"
        _bounded(what, position.quantity, position.accrued_funding)
        if position.side is not Side.NET and not hedge:
            raise Unsupported(
                f"{name} is held on a {position.side.value} side; {title} nets long and short "
                "into one position, so enter it as net"
            )
        alone = position.margin_mode is MarginMode.ISOLATED or position.isolated_margin is not None
        if alone and not isolated:
            raise Unsupported(
                f"{name} is margined in isolation; every position under {title} shares the pool, "
                "so enter it as cross"
            )
        if isinstance(position.instrument, Spot):
            raise Unsupported(f"{name} is spot; enter the coin as a balance")
    for order in holdings.orders:
        if isinstance(order.instrument, Spot) and not spot_orders:
            raise Unsupported(
                f"{order.instrument.name} is spot; leave the order out: what it reserves is not "
                "published"
            )
    _refuse_unpriced(holdings, risk, venue, title)


def refuse_unpriced(instrument: Instrument, risk: Risk) -> None:
    """Raises Unsupported for a contract that expired, MarketError for one without a price."""
    market, name = risk.market, instrument.name
    if isinstance(instrument, Dated) and instrument.expiry <= market.as_of:
        raise Unsupported(
            f"{name} expired at {iso(instrument.expiry)}; settle it into the balance and remove it"
        )
    row = risk.universe.rows.get(instrument)
    if row is None or np.isnan(market.mark[row]):
        raise MarketError(f"{name} has no mark price in this market")
    if market.mark[row] == 0 and not isinstance(instrument, Option):
        raise MarketError(f"{name} has the mark price 0")


def _bounded(what: str, *figures: float) -> None:
    if max(map(abs, figures)) > LARGEST:
        raise Unsupported(f"{what} is more than {LARGEST:g}, more than can be counted")


def _refuse_unpriced(holdings: Holdings, risk: Risk, venue: str, title: str) -> None:
    market, rows = risk.market, risk.universe.rows
    for instrument in holdings.held():
        if instrument.venue != venue:
            raise Unsupported(
                f"{instrument.name} is listed at {instrument.venue}; {title} covers instruments of "
                f"{venue} only"
            )
        if not isinstance(instrument, Spot):
            refuse_unpriced(instrument, risk)
    for position in holdings.positions:
        mark = float(market.mark[rows[position.instrument]])
        for price in (position.entered, position.opened):
            if price is not None:
                gain = position.gain(price, mark)
                _bounded(f"{position.instrument.name}: a profit since {price:g}", gain)
    for order in holdings.orders:
        if isinstance(order.instrument, Perpetual | Future) and order.price:
            mark = float(market.mark[rows[order.instrument]])
            gain = Position(order.instrument, order.quantity).gain(order.price, mark)
            _bounded(f"{order.instrument.name}: an order's profit since {order.price:g}", gain)
