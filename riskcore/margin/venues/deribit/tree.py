"""The risk matrix margin of a book as lines that add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskcore.arrays import F64
from riskcore.margin.requirement import Component, Rule, total
from riskcore.margin.venues.deribit import grid
from riskcore.margin.venues.deribit.matrix import DECIMALS, RiskMatrix

SIMULATE = "docs.deribit.com, private/pme/simulate"
ARTICLE = "support.deribit.com 25944756247837, Portfolio Margin"


@dataclass(frozen=True, slots=True)
class Scan:
    """The worst case of a book: its line, the column of each set, and in words."""

    component: Component
    columns: tuple[int, ...]
    words: str


def risk_matrix_margin(
    matrix: RiskMatrix, quantity: F64, own: F64, labels: Sequence[str], offset: str
) -> tuple[Component, Scan]:
    """Worst case, roll shock and delta shock of one book.

    quantity  (K,)  units of instruments, whole equity of coins
    own       (K,)  what each instrument's position itself adds to the equity of its coin
    """
    scan = _scan(matrix, quantity, own, labels, offset)
    parts = [scan.component, _roll(matrix, quantity), _delta(matrix, quantity)]
    because = "worst case + roll shock + delta shock"
    return total("risk_matrix_margin", *parts, because=because, source=SIMULATE), scan


def rounded(term: str, *parts: Component, because: str = "", source: str = "") -> Component:
    """The sum of the parts, rounded as Deribit does: the rounding is a line of its own."""
    exact = total(term, *parts)
    change = round(exact.amount, DECIMALS) - exact.amount
    if change:
        line = Component("rounding", change, because=f"to {DECIMALS} decimals", source=SIMULATE)
        parts = (*parts, line)
    return total(term, *parts, because=because, source=source)


def _scan(matrix: RiskMatrix, quantity: F64, own: F64, labels: Sequence[str], offset: str) -> Scan:
    book = quantity[np.newaxis]
    columns = tuple(int(each) for each in matrix.columns(book)[0])
    damped = matrix.damped(book)[0]
    lines = [
        _set(matrix, quantity, own, place, column, damped, labels, offset)
        for place, column in enumerate(columns)
    ]
    losing = [
        _words(matrix, place, column, labels)
        for place, column in enumerate(columns)
        if lines[place].amount > 0
    ]
    words = "; ".join(losing) or "no scenario loses"
    rule = "each underlying's own worst column" if offset == "own_worst" else "one column for all"
    component = rounded("worst_case", *lines, because=f"{rule}: {words}", source=SIMULATE)
    return Scan(component, columns, words)


def _set(
    matrix: RiskMatrix,
    quantity: F64,
    own: F64,
    place: int,
    column: int,
    damped: F64,
    labels: Sequence[str],
    offset: str,
) -> Component:
    parts = _leaves(matrix, quantity, own, place, column)
    held = any(each.rule is Rule.POSITION for each in parts)
    term = "netting_set" if held else "collateral_equity"
    words = _words(matrix, place, column, labels)
    ties = _ties(matrix, place, column, damped, labels) if offset == "own_worst" else ()
    line = total(term, *parts, rule=Rule.WORST, because=words, considered=ties, source=SIMULATE)
    lines = [line]
    damper = float(matrix.damper[place, column])
    if damper:
        change = -np.sign(line.amount) * min(damper, abs(line.amount))
        because = f"at most {damper:,.8g} towards zero"
        lines.append(Component("extended_dampener", float(change), because=because, source=ARTICLE))
    gain = -(line.amount + sum(each.amount for each in lines[1:]))
    if offset == "same_column" and gain > 0:
        share, largest = float(matrix.share[place]), float(matrix.largest[place])
        because = f"{share:g} of a gain of {gain:,.8g} meets losses"
        lines.append(Component("pnl_offset_factor", (1 - share) * gain, because=because))
        if share * gain > largest:
            because = f"at most {largest:,.8g}"
            lines.append(Component("max_offsetable_pnl", share * gain - largest, because=because))
    if len(lines) == 1:
        return line
    return total(term, *lines, because=words, source=SIMULATE)


def _leaves(
    matrix: RiskMatrix, quantity: F64, own: F64, place: int, column: int
) -> list[Component]:
    """Losses in a column: of each position, its own equity included, then of the coins' cash."""
    rows = matrix.nets.rows[place]
    profits = matrix.nets.profit[:, column]
    values = matrix.own_profit(own)[rows, column].tolist()
    leaves = []
    for row, units, value in zip(rows.tolist(), quantity[rows].tolist(), values, strict=True):
        profit = float(profits[row])
        if row < matrix.instruments:
            if units or value:
                because = f"{units:,.8g} × {-profit:.8g}"
                because += f", its own equity {-value:,.8g}" if value else ""
                amount = -units * profit - value
                leaves.append(Component(matrix.names[row], amount, Rule.POSITION, because))
            continue
        cash = units - float(own[matrix.home == row].sum())
        because = f"{cash:,.8g} {matrix.names[row]} × {-profit:.8g}"
        leaves.append(Component("collateral_equity", -cash * profit, because=because))
    return leaves


def _ties(
    matrix: RiskMatrix, place: int, column: int, damped: F64, labels: Sequence[str]
) -> tuple[Component, ...]:
    worst = damped[place, column]
    if worst >= 0:
        return ()
    equal = np.flatnonzero(damped[place] == worst)
    return tuple(
        Component("tied_column", float(-worst), because=_words(matrix, place, int(each), labels))
        for each in equal
        if each != column and not matrix.damper[place, each]
    )


def _words(matrix: RiskMatrix, place: int, column: int, labels: Sequence[str]) -> str:
    vol = labels[column].rsplit(", ", 1)[-1]
    return f"{matrix.underlyings[place]} {grid.percent(float(matrix.moves[place, column]))}, {vol}"


def _roll(matrix: RiskMatrix, quantity: F64) -> Component:
    lines = []
    for place, name in enumerate(matrix.buckets):
        rows = [row for row in np.flatnonzero(matrix.bucket == place).tolist() if quantity[row]]
        if not rows:
            continue
        amounts = [float(quantity[row] * matrix.roll[row]) for row in rows]
        sign = -1.0 if sum(amounts) < 0 else 1.0
        parts = [
            Component(matrix.names[row], sign * amount, Rule.POSITION)
            for row, amount in zip(rows, amounts, strict=True)
        ]
        net = float(quantity[rows] @ matrix.delta[rows])
        least, grown = float(matrix.least[rows[0]]), float(matrix.grown[rows[0]])
        because = f"{name}: net delta {net:,.8g} × max({least:g}, {grown:.6g})"
        lines.append(total("expiry_roll_shock", *parts, because=because))
    because = "net delta of every expiry on its own, never netted across expiries"
    return total("roll_shock", *lines, because=because, source=SIMULATE)


def _delta(matrix: RiskMatrix, quantity: F64) -> Component:
    book = quantity[np.newaxis]
    shocks = matrix.delta_shock(book)[0].tolist()
    coins, _ = matrix.effective_delta(book)
    lines = []
    for place, shock in enumerate(shocks):
        if shock == 0:
            continue
        delta = float(coins[0, place])
        value = abs(delta) * float(matrix.index[place])
        charge = f"({value:,.8g} − {matrix.threshold[place]:,.8g}) × {abs(delta):,.8g}"
        charge += f" × {matrix.increment[place]:g}"
        because = (
            f"{matrix.underlyings[place]}: min({charge}, {matrix.cap[place]:g} × {value:,.8g})"
        )
        parts = _delta_parts(matrix, quantity, place, delta, shock)
        lines.append(total("large_delta_shock", *parts, because=f"{because} USD"))
    because = "" if lines else "no delta above its threshold"
    return total("delta_shock", *lines, because=because, source=SIMULATE)


def _delta_parts(
    matrix: RiskMatrix, quantity: F64, place: int, delta: float, shock: float
) -> list[Component]:
    """The shock shared out by delta: futures and short options, and the long ones that reduce."""
    rows = matrix.nets.rows[place]
    coins = quantity[rows] * matrix.delta[rows]
    long = matrix.option[rows] & (quantity[rows] > 0)
    reduces = coins[long].sum() * coins[~long].sum() < 0
    counted = np.where(long & (not reduces), 0.0, coins)
    return [
        Component(matrix.names[row], shock * each / delta, Rule.POSITION)
        for row, each in zip(rows.tolist(), counted.tolist(), strict=True)
        if each
    ]
