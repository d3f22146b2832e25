"""The requirement of one manager as lines that add up, down to its positions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64
from riskcore.margin.requirement import Component, LossTable, Rule, larger_of, total
from riskcore.margin.venues.derive.portfolio_book import Book
from riskcore.margin.venues.derive.portfolio_grid import (
    BASIS_DOWN,
    BASIS_UP,
    FIRST,
    MARKS,
    Table,
    together,
)

SOURCE = "derivexyz/v2-core, PMRMLib"
NO_LOSS = "no scenario loses"


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a manager's book loses in its worst case.

    line    the larger of the basis contingency and the loss of the worst scenario
    words   the worst case, as a reader calls it
    profit  (S,)  in each scenario
    column  the worst scenario, whether or not the basis contingency is larger
    legs    what each position gains in each scenario, (S,) each; together the profit
    """

    coin: str
    line: Component
    words: str
    profit: F64
    column: int
    legs: tuple[tuple[str, F64], ...]
    table: Table


def scan(book: Book, moving: Sequence[tuple[str, float]]) -> Scan:
    """The worst case of a book.

    moving  coins of collateral that move with spot, and what they are worth in USDC
    """
    totals = book.totals(book.amount[np.newaxis])
    table = book.table
    perpetual = np.array([book.perpetual])
    coins = np.array([sum(value for _, value in moving)])
    profit = book.profit(totals, perpetual, coins)[0]
    column = int(np.argmin(profit))
    discount = book.discount(totals)[0]
    legs = _legs(book, totals, discount, moving)
    parts = _losses(book, discount, column, legs, len(moving))
    label = f"{book.coin} {table.labels[column]}"
    worst = (
        total("scenario_loss", *parts, rule=Rule.WORST, because=label, source=SOURCE)
        if parts
        else Component("scenario_loss", 0.0, because=NO_LOSS, source=SOURCE)
    )
    basis = _basis(book, totals)
    line = larger_of("worst_case", basis, worst, because="basis contingency or worst scenario")
    words = NO_LOSS
    if line.amount > 0:
        words = label if line.parts[0] is worst else f"{book.coin} basis contingency"
    return Scan(book.coin, line, words, profit, column, tuple(legs), table)


def _losses(
    book: Book, discount: F64, column: int, legs: Sequence[tuple[str, F64]], coins: int
) -> list[Component]:
    """What each position loses in a scenario, and then each of the coins, which stand last."""
    table = book.table
    weight = float(table.weight[column])
    share = f", weight {weight:.6g}" if weight != 1 else ""
    lost = [-float(gained[column]) for _, gained in legs]
    static = discount[:, column].tolist()
    moved = book.value[:, FIRST - MARKS + column].tolist()
    columns = (book.amount.tolist(), moved, book.member.tolist(), book.marks.tolist())
    reasons = [
        f"{amount:,.8g} × ({value:,.8g} × {static[expiry]:.6g} − {mark:,.8g}){share}"
        for amount, value, expiry, mark in zip(*columns, strict=True)
    ]
    move = f"({table.spot[column]:.6g} − 1){share}"
    reasons += [move] * (len(legs) - len(reasons))
    positions = len(legs) - coins
    return [
        Component(name, amount, Rule.POSITION, why)
        if place < positions
        else Component("collateral_equity", amount, because=f"{name} × {why}")
        for place, ((name, _), amount, why) in enumerate(zip(legs, lost, reasons, strict=True))
    ]


def _legs(
    book: Book, totals: F64, discount: F64, moving: Sequence[tuple[str, float]]
) -> list[tuple[str, F64]]:
    """What each option, the perpetual and each moving coin gains in each scenario, (S,) each."""
    table = book.table
    legs: list[tuple[str, F64]] = []
    if book.options:
        profit = (totals[:, :, FIRST - MARKS :] * discount - totals[:, :, :1])[0]
        turned = np.where(table.skew & (profit > 0), -1.0, 1.0) * table.weight
        moved = book.value[:, FIRST - MARKS :] * discount[book.member] - book.value[:, :1]
        gained = book.amount[:, np.newaxis] * moved * turned[book.member]
        legs += zip((each.label for each in book.options), gained, strict=True)
    linear = (table.spot - 1.0) * table.weight
    if book.future is not None:
        legs.append((book.future.label, book.perpetual * book.price.value * linear))
    legs += [(asset, value * linear) for asset, value in moving]
    return legs


def _basis(book: Book, totals: F64) -> Component:
    """The basis contingency: each expiry's worse move of spot, at its own factor."""
    parts = []
    worth = totals[0]
    for place, expiry in enumerate(book.expiries):
        up = worth[place, BASIS_UP - MARKS] - worth[place, 0]
        down = worth[place, BASIS_DOWN - MARKS] - worth[place, 0]
        if min(up, down) >= 0:
            continue
        column, way = (BASIS_UP, "up") if up < down else (BASIS_DOWN, "down")
        factor = float(book.basis[place])
        moved = book.amount * (book.value[:, column - MARKS] - book.value[:, 0])
        because = f"{expiry.expiry:%d %b %Y}, spot {way}, {factor:.6g} of its loss"
        lost = (-factor * moved).tolist()
        parts += [
            Component(book.options[row].label, lost[row], Rule.POSITION, because)
            for row in np.flatnonzero(book.member == place).tolist()
        ]
    because = "each expiry's worse move of spot alone, times a factor that grows with time"
    return total("basis_contingency", *parts, because=because, source=SOURCE)


def perpetual_contingency(book: Book, percent: float) -> list[Component]:
    """A share of spot for every coin of the perpetual."""
    if book.future is None:
        return []
    size = abs(book.perpetual)
    because = f"{percent:g} × {book.spot.value:,.8g} × {size:,.8g}"
    leaf = Component(book.future.label, percent * book.spot.value * size, Rule.POSITION, because)
    return [total("perpetual_contingency", leaf, because="a share of spot", source=SOURCE)]


def naked_contingency(book: Book, percent: float) -> list[Component]:
    """A share of spot for every coin sold short at a strike, calls and puts of it netted."""
    net = np.zeros(int(book.strikes.max(initial=-1)) + 1)
    np.add.at(net, book.strikes, book.amount)
    parts = [
        Component(
            each.label,
            -percent * book.spot.value * amount,
            Rule.POSITION,
            f"{percent:g} × {book.spot.value:,.8g} × {-amount:,.8g}",
        )
        for each, amount, pair in zip(
            book.options, book.amount.tolist(), book.strikes.tolist(), strict=True
        )
        if net[pair] < 0
    ]
    because = "a share of spot for what is short at a strike, its call and put netted"
    return (
        [total("naked_short_contingency", *parts, because=because, source=SOURCE)] if parts else []
    )


def confidence_contingency(
    book: Book, threshold: float, margin: float, collateral: Sequence[tuple[str, float, float]]
) -> list[Component]:
    """What the account pays for oracles that do not trust themselves.

    collateral  (coin, what it is worth, confidence) of each, in USDC or USD as the manager counts
    """
    parts = []
    price = book.spot.value
    trust = book.trust
    if book.future is not None and trust < threshold:
        parts.append(_doubted(book.future.label, trust, margin, abs(book.perpetual) * price))
    sure = [min(trust, each.confidence) for each in book.expiries]
    for each, amount, place in zip(
        book.options, book.amount.tolist(), book.member.tolist(), strict=True
    ):
        if sure[place] < threshold:
            parts.append(_doubted(each.label, sure[place], margin, abs(amount) * price))
    for asset, worth, confidence in collateral:
        if confidence < threshold:
            because = f"{asset}: {_reason(confidence, margin, worth)}"
            amount = (1.0 - confidence) * margin * worth
            parts.append(Component("collateral_confidence", amount, because=because))
    if not parts:
        return []
    because = f"oracles whose confidence is below {threshold:g}"
    return [total("confidence_contingency", *parts, because=because, source=SOURCE)]


def _doubted(label: str, confidence: float, margin: float, worth: float) -> Component:
    amount = (1.0 - confidence) * margin * worth
    return Component(label, amount, Rule.POSITION, _reason(confidence, margin, worth))


def _reason(confidence: float, margin: float, worth: float) -> str:
    return f"(1 − {confidence:g}) × {margin:g} × {worth:,.8g}"


def times(term: str, base: Component, factor: float, because: str) -> Component:
    """The base times a factor: the base, and what the factor adds to each line at its bottom."""
    if factor == 1 or not base.amount:
        return total(term, base, because=because)
    change = [
        Component(each.term, (factor - 1) * each.amount, each.rule)
        for each in base.walk()
        if not each.parts and each.amount
    ]
    words = f"{factor!r} × {base.amount:,.6g}"
    return total(
        term,
        base,
        total("loss_factor", *change, because=words),
        rule=Rule.SCALED,
        because=because,
        source=SOURCE,
    )


def loss_table(scans: Sequence[Scan]) -> LossTable:
    """Profits of all managers beside each other; a shorter table is filled up with zeros."""
    if not scans:
        return LossTable()
    named = together([each.table for each in scans])
    count = len(named.labels)
    return LossTable(
        tuple(each.coin for each in scans),
        named.labels,
        named.moves,
        named.groups,
        tuple(_filled(each.profit, count) for each in scans),
        tuple(each.column for each in scans),
        tuple((name, _filled(gained, count)) for each in scans for name, gained in each.legs),
    )


def _filled(profit: F64, count: int) -> tuple[float, ...]:
    return (*profit.tolist(), *[0.0] * (count - len(profit)))


def by_manager(term: str, managers: Iterable[tuple[str, Sequence[Component]]]) -> Component:
    """The requirement of an account: the lines of its manager, or a line for each manager."""
    lines = list(managers)
    if len(lines) == 1:
        return total(term, *lines[0][1], because=f"{lines[0][0]} manager", source=SOURCE)
    parts = [total("manager_margin", *each, because=coin, source=SOURCE) for coin, each in lines]
    because = "each underlying under its own manager, added up" if parts else "nothing is held"
    return total(term, *parts, because=because, source=SOURCE)
