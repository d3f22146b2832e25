"""Options of one coin and one expiry, which can only settle at one price.

    group         min(sum of its options margined apart, settlement loss + unpaired calls)
    settlement    value at the mark - least worth at settlement, looked for at 0 and at each strike
    unpaired      scale x net short calls x spot: beyond the highest strike the loss goes on

A group has two options or more and at least one sold. In the initial margin orders count as if
they were filled: the worst of none, all buys, all sells and all of them. The page does not say
which of them; an order never lowers the requirement here.
Source: tradeparadex/paradex-docs @ 86c0fa3, dated-options/margin-requirements: option spread
margin.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from riskcore.instruments import Option, Right
from riskcore.margin.requirement import Component, Rule, smaller_of, total
from riskcore.margin.scan import worst_scenario

SOURCE = "paradex-docs, dated-options/margin-requirements, option spread margin"


@dataclass(frozen=True, slots=True)
class Leg:
    """One option of a group: what is held, what is ordered, and what one unit needs apart.

    row     of the market
    labels  of its positions, with their quantities
    apart   (long, short) USD
    because (long, short)
    """

    row: int
    option: Option
    mark: float
    labels: tuple[tuple[str, float], ...]
    buys: float
    sells: float
    apart: tuple[float, float]
    because: tuple[str, str]

    @property
    def position(self) -> float:
        """Signed size held."""
        return sum(quantity for _, quantity in self.labels)

    def needs(self, quantity: float) -> float:
        """Margin of a quantity apart."""
        long, short = self.apart
        return quantity * long if quantity > 0 else -quantity * short

    def worth(self, settled: float) -> float:
        """What one unit is worth at settlement, USD."""
        inside = self.option.right.sign * (settled - self.option.strike)
        return max(inside, 0.0) * self.option.multiplier

    def lost(self, settled: float) -> float:
        """What one unit loses from its mark on."""
        return self.mark * self.option.multiplier - self.worth(settled)


@dataclass(frozen=True, slots=True)
class Group:
    """The options of one coin and expiry."""

    coin: str
    expiry: date
    spot: float
    scale: float  # of unpaired calls
    legs: tuple[Leg, ...]

    @property
    def held(self) -> tuple[float, ...]:
        """The positions."""
        return tuple(each.position for each in self.legs)

    def nets(self, sizes: Sequence[float]) -> bool:
        """Whether these sizes make a group: two options, one of them sold."""
        return sum(size != 0 for size in sizes) > 1 and min(sizes) < 0

    @property
    def possible(self) -> bool:
        """Whether the positions make a group, or do so with orders."""
        return any(self.nets(sizes) for sizes in self._filled())

    def margin(self) -> Component:
        """What the positions need."""
        apart = total("options_apart", *self._apart(), source=SOURCE)
        if not self.nets(self.held):
            return apart
        return smaller_of(
            "expiry_margin", apart, self._settlement(), because=self.words, source=SOURCE
        )

    def orders(self) -> float:
        """What orders add to that."""
        sides = fsum(
            max(each.needs(each.position + each.buys), each.needs(each.position - each.sells))
            for each in self.legs
        )
        worst = max(self._capped(sizes) for sizes in self._filled())
        return min(sides, worst) - self._capped(self.held)

    @property
    def words(self) -> str:
        """As a reader calls it."""
        return f"{self.coin} {self.expiry:%d %b %Y}"

    def _filled(self) -> Iterable[tuple[float, ...]]:
        """The sizes with no order filled, all buys, all sells, and all."""
        for bought, sold in ((0, 0), (1, 0), (0, 1), (1, 1)):
            yield tuple(
                each.position + bought * each.buys - sold * each.sells for each in self.legs
            )

    def _capped(self, sizes: Sequence[float]) -> float:
        """What sizes need when they are held."""
        apart = fsum(leg.needs(size) for leg, size in zip(self.legs, sizes, strict=True))
        if not self.nets(sizes):
            return apart
        _, lost = self._worst(sizes)
        unpaired = self.scale * self._unpaired(sizes) * self.spot
        return min(apart, max(lost, 0.0) + unpaired)

    def _worst(self, sizes: Sequence[float]) -> tuple[float, float]:
        """The settlement price at which sizes lose most, and how much."""
        prices = (0.0, *sorted(leg.option.strike for leg in self.legs))
        losses = [
            fsum(leg.lost(price) * size for leg, size in zip(self.legs, sizes, strict=True))
            for price in prices
        ]
        worst = max(losses)
        return prices[losses.index(worst)], worst

    def _unpaired(self, sizes: Sequence[float]) -> float:
        """Calls sold beyond those bought, coins."""
        calls = fsum(
            size * leg.option.multiplier
            for leg, size in zip(self.legs, sizes, strict=True)
            if leg.option.right is Right.CALL
        )
        return max(-calls, 0.0)

    def _apart(self) -> list[Component]:
        lines = []
        for each in self.legs:
            because = each.because[0] if each.position > 0 else each.because[1]
            for label, quantity in each.labels:
                amount = each.needs(each.position) * _part(quantity, each.position)
                lines.append(Component(label, amount, Rule.POSITION, because))
        return lines

    def _settlement(self) -> Component:
        """The loss at settlement, and what calls without a counterpart add."""
        settled, lost = self._worst(self.held)
        lines = [
            (label, each.lost(settled) * quantity)
            for each in self.legs
            for label, quantity in each.labels
        ]
        words = f"{self.words} settles at {settled:,.8g}"
        parts = [worst_scenario("largest_loss", lines if lost > 0 else (), words)]
        if unpaired := self._unpaired(self.held):
            rate = self.scale * self.spot
            calls = [
                Component(label, -rate * quantity * each.option.multiplier, Rule.POSITION)
                for each in self.legs
                for label, quantity in each.labels
                if each.option.right is Right.CALL
            ]
            because = f"{self.scale:g} × {unpaired:,.8g} × {self.spot:,.8g}"
            parts.append(total("unpaired_calls", *calls, because=because))
        return total("settlement_margin", *parts, source=SOURCE)


def groups(legs: Iterable[Leg], spots: Mapping[str, float], scale: float) -> list[Group]:
    """The options of each coin and day of expiry, in the order in which they were entered."""
    found: dict[tuple[str, date], list[Leg]] = {}
    for each in legs:
        found.setdefault((each.option.base, each.option.expiry.date()), []).append(each)
    return [
        Group(coin, day, spots[coin], scale, tuple(mine)) for (coin, day), mine in found.items()
    ]


def _part(quantity: float, whole: float) -> float:
    return quantity / whole if whole else 0.0
