"""The scenario losses of a model, laid out as price moves across and volatility moves down."""

from dataclasses import dataclass
from math import fsum

from riskcore.margin.requirement import LossTable

EXTENDED = "extended"
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
    """The layout of a table. The unmoved scenario has no place beside the nine moves."""
    moved = [each for each in range(len(table.label)) if table.label[each] != "unmoved"]
    standard = [each for each in moved if table.group[each] != EXTENDED]
    extended = [each for each in moved if table.group[each] == EXTENDED]
    moves = tuple(sorted({table.move[each] for each in standard}))
    vols = tuple(sorted({vol_words(table.label[each]) for each in standard}, key=_rank))
    places = {
        (vols.index(vol_words(table.label[each])), moves.index(table.move[each])): each
        for each in reversed(standard)  # of two in one place the first is shown
    }
    return Grid(
        moves,
        vols,
        tuple(sorted(places.items())),
        tuple(sorted(extended, key=lambda each: table.move[each])),
    )


def vol_words(label: str) -> str:
    """What a scenario's label says of volatility: the words after its move."""
    return label.partition(", ")[2]


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
        (table.sets[row], table.worst[row], table.profit[row][table.worst[row]]) for row in rows
    )
    worst: dict[int, tuple[str, ...]] = {}
    for name, column, amount in losses:
        if amount < 0:
            worst[column] = (*worst.get(column, ()), name)
    return Profits(profit, tuple(worst.items()), losses)


def positions_at(table: LossTable, scenario: int) -> tuple[tuple[str, float], ...]:
    """What each position gains in a scenario, the largest loss first."""
    found = [(name, profit[scenario]) for name, profit in table.positions]
    return tuple(sorted(found, key=lambda each: each[1]))
