"""The scenario losses of a model, laid out as price moves across and volatility moves down."""

import re
from dataclasses import dataclass
from math import fsum

from riskcore.margin.requirement import LossTable

EXTENDED = "extended"
SAME = "vol same"
_COIN = re.compile("[-_/]|USD[TC]?")  # ends the coin in an instrument's name
_MOVE = re.compile(r"(?:(?!vol )(?P<coin>[^\W_a-z]\w*) )?(?P<move>[-−+]?[0-9.]+ %)")
_ORDER = ("up", "+", "same", "=", "down", "−", "-")  # volatility rows from top to bottom


@dataclass(frozen=True, slots=True)
class Grid:
    """Where each scenario of a LossTable stands on the screen.

    moves     headline price move of each column, ascending
    vols      words of each row, volatility up first
    scenario  (row, column) -> scenario; a place without one is absent
    extended  scenarios of the second strip, ascending in their move
    """

    moves: tuple[float, ...] = ()
    vols: tuple[str, ...] = ()
    scenario: tuple[tuple[tuple[int, int], int], ...] = ()
    extended: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the model looks at no scenario."""
        return not self.scenario and not self.extended


def grid(table: LossTable) -> Grid:
    """The layout of a table. The unmoved scenario has no place beside the nine moves.

    Scenarios of one move and one wording of volatility, as a desk's own list may have, stand in
    rows of their own. So does one without a move, "skew", among others that have moves.
    """
    moved = [each for each in range(len(table.label)) if table.label[each] != "unmoved"]
    standard = [each for each in moved if table.group[each] != EXTENDED]
    extended = [each for each in moved if table.group[each] == EXTENDED]
    moves = tuple(sorted({table.move[each] for each in standard}))
    rows: dict[int, str] = {}
    taken: dict[tuple[str, float], int] = {}
    moves_named = any(vol_words(table.label[each]) for each in standard)
    for each in standard:
        words, label = vol_words(table.label[each]), table.label[each]
        if moves_named and not words and not label.isdigit():
            words = label
        before = taken.get((words, table.move[each]), 0)  # scenarios of this place so far
        taken[words, table.move[each]] = before + 1
        rows[each] = words if not before else f"{words} ({before + 1})".strip()
    vols = tuple(sorted(set(rows.values()), key=_rank))
    places = {(vols.index(rows[each]), moves.index(table.move[each])): each for each in standard}
    return Grid(
        moves,
        vols,
        tuple(sorted(places.items())),
        tuple(sorted(extended, key=lambda each: table.move[each])),
    )


def vol_words(label: str) -> str:
    """What a scenario's label says beside its moves, of volatility above all.

    One that says nothing moves prices only; one without a move has no such words.
    """
    parts = label.split(", ")
    rest = [each for each in parts if not _MOVE.fullmatch(each)]
    return (", ".join(rest) or SAME) if len(rest) < len(parts) else ""


def _said(label: str) -> str:
    """The words beside the moves, where there are some."""
    words = vol_words(label)
    return "" if words == SAME and SAME not in label else words


def moves_by_coin(label: str) -> dict[str, str]:
    """The move of each coin a label names, e.g. of "BTC −14 %, ETH −18 %, vol up"; else of "".

    A label without a move, e.g. a date, stands for itself.
    """
    found = {}
    for words in label.split(", "):
        if move := _MOVE.fullmatch(words):
            found[move["coin"] or ""] = move["move"]
    return found or {"": label}


def scenario_words(label: str, netting_set: str) -> str:
    """A scenario as one netting set meets it: only its own coin's move, and the volatility."""
    moves = moves_by_coin(label)
    own = moves.get(coin_of(netting_set))
    return label if own is None else ", ".join(filter(None, (own, _said(label))))


def coin_of(netting_set: str) -> str:
    """The coin a netting set moves with: BTC of "BTC" and of "btc_usdc"."""
    return netting_set.partition("_")[0].upper()


def set_title(netting_set: str) -> str:
    """A netting set as a desk writes it: BTC of "btc_btc", ETH_USDC of "eth_usdc"."""
    if " " in netting_set:
        return netting_set
    coin, _, settlement = netting_set.upper().partition("_")
    return coin if settlement in ("", coin) else f"{coin}_{settlement}"


def head(table: LossTable, scenario: int, chosen: str = "") -> str:
    """The move above a column: of the chosen set, or of every coin, "−14 / −18 %".

    A scenario that has only a number is called by its move.
    """
    if table.label[scenario].isdigit():
        return f"{table.move[scenario] * 100:+.4g} %".replace("-", "−")
    moves = moves_by_coin(table.label[scenario])
    if chosen and coin_of(chosen) in moves:
        return moves[coin_of(chosen)]
    *others, last = dict.fromkeys(moves.values())
    return " / ".join([*(each.removesuffix(" %") for each in others), last])


def coins(table: LossTable) -> tuple[str, ...]:
    """The coins whose moves differ, in the order of the heads; none when all move alike."""
    labels = (label for label in table.label if len(moves_by_coin(label)) > 1)
    return tuple(coin for coin in moves_by_coin(next(labels, "")) if coin)


def _rank(words: str) -> tuple[int, str]:
    found = (place for place, word in enumerate(_ORDER) if word in words)
    return (next(found, len(_ORDER)), words)


@dataclass(frozen=True, slots=True)
class Profits:
    """What a choice of netting sets gains in every scenario, and where each takes its worst.

    worst   scenario -> names of the sets that take it; sets that lose nothing anywhere are absent
    losses  (name, scenario, profit there) of each set, in the table's order
    """

    profit: tuple[float, ...]
    worst: tuple[tuple[int, tuple[str, ...]], ...]
    losses: tuple[tuple[str, int, float], ...]

    @property
    def together(self) -> float:
        """The sets' own worst profits, added up."""
        return fsum(profit for _, _, profit in self.losses)


def profits(table: LossTable, chosen: str = "") -> Profits:
    """The profits of one netting set, or of all of them with each scenario added up."""
    rows = [row for row, name in enumerate(table.sets) if chosen in ("", name)]
    profit = tuple(
        fsum(table.profit[row][column] for row in rows) for column in range(len(table.label))
    )
    losses = tuple(
        (set_title(table.sets[row]), table.worst[row], table.profit[row][table.worst[row]])
        for row in rows
    )
    worst: dict[int, tuple[str, ...]] = {}
    for name, column, amount in losses:
        if amount < 0:
            worst[column] = (*worst.get(column, ()), name)
    return Profits(profit, tuple(worst.items()), losses)


def positions_at(
    table: LossTable, scenario: int, chosen: str = ""
) -> tuple[tuple[tuple[str, float], ...], float]:
    """What each position gains in a scenario, the largest loss first, and what is no position's.

    Together they are the cell: the rest is what collateral gains or loses when it moves as well.
    """
    coin = coin_of(chosen)
    found = [
        (name, profit[scenario])
        for name, profit in table.positions
        if not chosen or _COIN.split(name, maxsplit=1)[0] == coin
    ]
    rest = profits(table, chosen).profit[scenario] - fsum(amount for _, amount in found)
    return tuple(sorted(found, key=lambda each: each[1])), rest
