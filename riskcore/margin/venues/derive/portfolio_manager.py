"""From an account to the books of Derive's portfolio managers, and from their lines to one pool."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp
from types import MappingProxyType
from typing import Any

import numpy as np

from riskcore.arrays import F64
from riskcore.holdings import Holdings, Position
from riskcore.instruments import Option, Perpetual
from riskcore.margin.bound import Bound
from riskcore.margin.label import label
from riskcore.margin.parameters import Selection, row
from riskcore.margin.requirement import Component, Figure, Requirement, Trigger, usage
from riskcore.margin.venues.derive.oracle import Expiry, Oracle, Value
from riskcore.margin.venues.derive.portfolio_account import Sharing
from riskcore.margin.venues.derive.portfolio_book import Book, Discounts, coins
from riskcore.margin.venues.derive.portfolio_grid import (
    FIRST,
    MARKS,
    Row,
    Table,
    chains,
    table,
)
from riskcore.margin.venues.derive.portfolio_tree import Scan, by_manager, loss_table
from riskcore.naming.derive import SETTLEMENT
from riskcore.risk_array import Risk

QUOTES = "quotes in place of oracles"
ORDERS = "open orders"
DiscountRule = Callable[[Any, Expiry], Discounts]


@dataclass(frozen=True, slots=True)
class Managers:
    """The managers that are known, by underlying, with their scenarios as columns."""

    rows: Mapping[str, Any] = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False, compare=False)
    bound: Bound = field(repr=False)

    def __hash__(self) -> int:
        return hash(tuple(self.rows.items()))

    @property
    def underlyings(self) -> tuple[str, ...]:
        """The underlyings with a manager."""
        return tuple(self.rows)


def managers(selection: Selection, kind: type[Any]) -> Managers:
    """The managers of a selection: those whose every value is known."""
    found = {name: row(kind, values) for name, values in sorted(selection.tables.items())}
    rows = {name: each for name, each in found.items() if each is not None}
    return Managers(
        MappingProxyType(rows),
        MappingProxyType({name: table(each) for name, each in rows.items()}),
        Bound("Derive", selection),
    )


def discount(expiry: Expiry) -> float:
    """What a dollar at an expiry is worth today; a negative rate counts as none."""
    return exp(-max(expiry.rate, 0.0) * expiry.years)


def initial_factor(terms: Row, stable: float) -> float:
    """The initial factor, larger while USDC is below its peg."""
    lost = max(0.0, terms.peg_loss_threshold - stable)
    return terms.im_factor + lost * terms.peg_loss_factor


def factor_words(terms: Row, stable: float) -> str:
    """Why the initial factor is what it is."""
    said = f"factor {terms.im_factor:g}"
    if stable >= terms.peg_loss_threshold:
        return said
    return f"{said} + {terms.peg_loss_factor:g} × ({terms.peg_loss_threshold:g} − {stable:g})"


def book(
    coin: str,
    positions: Sequence[Position],
    risk: Risk,
    oracle: Oracle,
    terms: Row,
    scenarios: Table,
    discounts: DiscountRule,
) -> Book:
    """The positions of one underlying, priced in its manager's scenarios."""
    chain = chains(risk.universe).get(coin, {})
    options = [(each, each.instrument) for each in positions if isinstance(each.instrument, Option)]
    whens = sorted({option.expiry for _, option in options})
    expiries = tuple(oracle.expiry(coin, each, chain[each]) for each in whens)
    factors = [discounts(terms, each) for each in expiries]
    member = np.array([whens.index(option.expiry) for _, option in options], dtype=np.int64)
    pairs: dict[tuple[datetime, float], int] = {}
    for _, option in options:
        pairs.setdefault((option.expiry, option.strike), len(pairs))
    strikes = [pairs[option.expiry, option.strike] for _, option in options]
    rows = np.array([risk.universe.rows[option] for _, option in options], dtype=np.int64)
    market = np.array([each.market for each in factors])
    columns = slice(MARKS, FIRST + len(scenarios))
    value = (
        risk.array.value[rows, columns] * market[member, np.newaxis]
        if options
        else np.zeros((0, FIRST + len(scenarios) - MARKS))
    )
    future = next((each for each in positions if isinstance(each.instrument, Perpetual)), None)
    price = Value(0.0, 1.0)
    if future is not None:
        assert isinstance(future.instrument, Perpetual)
        price = oracle.perpetual(future.instrument)
    return Book(
        coin,
        oracle.spot(coin),
        tuple(position for position, _ in options),
        np.array([coins(position) for position, _ in options]),
        value,
        member,
        np.array(strikes, dtype=np.int64),
        expiries,
        np.array([each.positive for each in factors]),
        np.array([each.negative for each in factors]),
        np.array(
            [terms.basis_add_factor + terms.basis_mult_factor * each.years for each in expiries]
        ),
        scenarios,
        future,
        price,
    )


@dataclass(frozen=True, slots=True)
class Charges:
    """What a manager adds to its worst loss, for a position alone.

    loss       factor on the worst loss
    perpetual  of spot, for each coin of the perpetual
    option     of spot, for each coin sold short
    """

    loss: float
    perpetual: float
    option: float
    conf_threshold: float
    conf_margin: float


def alone(book: Book, charges: Charges) -> F64:
    """Initial margin of each option and then of the perpetual, without any other, (K [+ 1],)."""
    count = len(book.options) + (book.future is not None)
    amount = np.zeros((count, len(book.options)))
    np.fill_diagonal(amount, book.amount)
    perpetual = np.zeros(count)
    trust = [
        min(book.spot.confidence, book.expiries[place].confidence) for place in book.member.tolist()
    ]
    sizes = np.abs(book.amount).tolist()
    if book.future is not None:
        perpetual[-1] = book.perpetual
        trust.append(book.trust)
        sizes.append(abs(book.perpetual))
    sure = np.array(trust)
    loss = -book.worst(book.totals(amount), perpetual, np.zeros(count))
    per_coin = charges.perpetual * np.abs(perpetual) + charges.option * book.naked(amount)
    doubt = np.where(sure < charges.conf_threshold, (1.0 - sure) * charges.conf_margin, 0.0)
    needed: F64 = charges.loss * loss + book.spot.value * (per_coin + doubt * np.array(sizes))
    return needed


def stand_alone(holdings: Holdings, books: Iterable[tuple[Book, Charges]]) -> F64:
    """Initial margin of each position alone, (P,)."""
    found: dict[tuple[str, str, str, str], float] = {}
    for each, charges in books:
        held = (*each.options, *([] if each.future is None else [each.future]))
        amounts = alone(each, charges).tolist() if held else []
        found |= {position.key: amount for position, amount in zip(held, amounts, strict=True)}
    return np.array([found.get(each.key, 0.0) for each in holdings.positions])


@dataclass(frozen=True, slots=True, eq=False)
class Margined:
    """The lines of one manager."""

    scan: Scan
    initial: tuple[Component, ...]
    maintenance: tuple[Component, ...]
    notes: tuple[str, ...] = ()


def requirement(
    equity: Component,
    margined: Mapping[str, Margined],
    sharing: Sharing,
    holdings: Holdings,
    oracle: Oracle,
    known: Managers,
) -> Requirement:
    """The one pool of an account, in USDC."""
    initial = by_manager("initial_margin", [(c, each.initial) for c, each in margined.items()])
    maintenance = by_manager(
        "maintenance_margin", [(c, each.maintenance) for c, each in margined.items()]
    )
    scans = [each.scan for each in margined.values()]
    used = usage(maintenance.amount, equity.amount) if equity.amount >= 0 else float("inf")
    doubts = [QUOTES] if oracle.missing and scans else []
    doubts += [ORDERS] if any(not each.reduce_only for each in holdings.orders) else []
    doubts += known.bound.doubts(margined, oracle.market.as_of)
    notes = [*sharing.notes, *(note for each in margined.values() for note in each.notes)]
    if ORDERS in doubts:
        notes.append(
            "resting orders add nothing: Derive's contracts look at a trade when it is made"
        )
    if QUOTES in doubts:
        notes.append(oracle.note())
    return Requirement(
        pool=SETTLEMENT,
        currency=SETTLEMENT,
        equity=equity,
        initial=initial,
        maintenance=maintenance,
        trigger=Trigger("maintenance usage", used, 1.0),
        label=label(doubts, sharing.approximate),
        notes=tuple(dict.fromkeys(notes)),
        worst_scenario="; ".join(each.words for each in scans),
        figures=(
            Figure("mark_to_market", equity.amount, SETTLEMENT),
            Figure("net_initial_margin", equity.amount - initial.amount, SETTLEMENT),
            Figure("net_maintenance_margin", equity.amount - maintenance.amount, SETTLEMENT),
        ),
        losses=loss_table(scans),
    )


def size_note(held: Book, pledges: int, largest: int) -> tuple[str, ...]:
    """That an account has more assets than its manager admits, a sentence; cash is one."""
    size = len(held.options) + (held.future is not None) + pledges + 1
    if size <= largest:
        return ()
    return (f"{held.coin}: {size} assets are held, Derive's manager admits {largest}",)
