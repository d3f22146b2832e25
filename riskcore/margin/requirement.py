"""A requirement that carries its own addition: every line is the exact sum of its parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum, isclose


class Rule(StrEnum):
    """How a line comes out of the lines below it."""

    AMOUNT = "amount"  # a figure of its own
    POSITION = "position"  # a figure of one instrument; `term` is its name
    SUM = "sum"
    WORST = "worst"  # the parts are the losses in the chosen column
    LARGER_OF = "larger_of"  # the winner is the only part, the losers stand in `considered`
    SMALLER_OF = "smaller_of"
    SCALED = "scaled"  # a base and a signed line (factor - 1) x base
    ROOT = "root"  # Euler parts of a square root


@dataclass(frozen=True, slots=True)
class Component:
    """One line of a breakdown, positive when it is required. With parts, it is their sum.

    term        a key of resources/glossary.toml, or an instrument's name under Rule.POSITION
    because     the deciding fact: the worst scenario, the tier, the formula with its numbers
    considered  what lost against a part, each with its own tree
    source      where the venue states the rule
    """

    term: str
    amount: float
    rule: Rule = Rule.AMOUNT
    because: str = ""
    parts: tuple["Component", ...] = ()
    considered: tuple["Component", ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not self.parts:
            return
        total = fsum(part.amount for part in self.parts)
        if not isclose(self.amount, total, rel_tol=1e-12, abs_tol=1e-12):
            raise AssertionError(f"{self.term}: {self.amount} is not the sum {total} of its parts")

    def walk(self) -> Iterator["Component"]:
        """This line and every line below it, depth first; what was only considered is left out."""
        yield self
        for part in self.parts:
            yield from part.walk()


def total(
    term: str,
    *parts: Component,
    rule: Rule = Rule.SUM,
    because: str = "",
    considered: tuple[Component, ...] = (),
    source: str = "",
) -> Component:
    """The line that adds up its parts."""
    amount = fsum(part.amount for part in parts)
    return Component(term, amount, rule, because, parts, considered, source)


def smaller_of(
    term: str, *alternatives: Component, because: str = "", source: str = ""
) -> Component:
    """The line that takes the smallest alternative; ties go to the first."""
    winner = min(alternatives, key=lambda each: each.amount)
    losers = tuple(each for each in alternatives if each is not winner)
    return total(
        term, winner, rule=Rule.SMALLER_OF, because=because, considered=losers, source=source
    )


def larger_of(
    term: str, *alternatives: Component, because: str = "", source: str = ""
) -> Component:
    """The line that takes the largest alternative; ties go to the first."""
    winner = max(alternatives, key=lambda each: each.amount)
    losers = tuple(each for each in alternatives if each is not winner)
    return total(
        term, winner, rule=Rule.LARGER_OF, because=because, considered=losers, source=source
    )


def scaled(
    term: str, base: Component, factor: float, *, name: str, because: str = "", source: str = ""
) -> Component:
    """The base times a factor, shown as the base and a signed line called `name`."""
    change = Component(name, (factor - 1) * base.amount, because=f"{factor:g} × {base.amount:,.6g}")
    return total(term, base, change, rule=Rule.SCALED, because=because, source=source)


@dataclass(frozen=True, slots=True)
class Trigger:
    """The venue's own liquidation figure and the level at which it acts."""

    name: str  # e.g. "maintenance usage"
    figure: float
    level: float
    above: bool = True  # acts when the figure rises to the level; False: when it falls to it

    @property
    def reached(self) -> bool:
        """Whether the venue acts now."""
        return self.figure >= self.level if self.above else self.figure <= self.level

    @property
    def nearness(self) -> float:
        """How near the venue is to acting: 1 is reached, 0 is as far as can be."""
        near, far = (self.figure, self.level) if self.above else (self.level, self.figure)
        if far > 0:
            return near / far
        return float("inf") if self.reached else 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One field of the account as the venue itself defines it, e.g. available_funds."""

    term: str
    amount: float
    unit: str  # currency, or "" for a ratio


@dataclass(frozen=True, slots=True)
class LossTable:
    """Profit of each netting set in each scenario, in the pool's currency, before any rule.

    sets     (N,) names of the netting sets
    label    (S,) scenarios, move (S,) headline move, group (S,) "standard", "extended"
    profit   N tuples of S
    worst    the chosen column of each netting set
    """

    sets: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    move: tuple[float, ...] = ()
    group: tuple[str, ...] = ()
    profit: tuple[tuple[float, ...], ...] = ()
    worst: tuple[int, ...] = ()
    positions: tuple[tuple[str, tuple[float, ...]], ...] = ()  # instrument name -> profit (S,)


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one pool must post.

    pool      "USD" for a pooled account, else the currency of the segregated pool
    currency  in which every amount here is counted
    equity    what the venue compares with the requirement, before haircut where it has one
    initial   None under a model without initial margin
    figures   account fields by the venue's own identities
    members   keys of the positions in the pool; None: those that settle in the currency of its
              name, all where no pool has their currency
    """

    pool: str
    currency: str
    equity: Component
    initial: Component | None
    maintenance: Component
    trigger: Trigger
    label: str  # "exact", "exact except ...", "approximate ..."
    notes: tuple[str, ...] = ()
    worst_scenario: str = ""
    figures: tuple[Figure, ...] = ()
    losses: LossTable = field(default_factory=LossTable)
    members: frozenset[tuple[str, str, str, str]] | None = None

    @property
    def headline(self) -> Component:
        """The initial margin, or the maintenance margin of a model without one."""
        return self.maintenance if self.initial is None else self.initial

    @property
    def excess(self) -> float:
        """Equity less the headline requirement."""
        return self.equity.amount - self.headline.amount

    @property
    def initial_usage(self) -> float | None:
        """Initial margin over equity; infinite when something is required of no equity."""
        return None if self.initial is None else usage(self.initial.amount, self.equity.amount)

    @property
    def maintenance_usage(self) -> float:
        """Maintenance margin over equity."""
        return usage(self.maintenance.amount, self.equity.amount)


def usage(required: float, equity: float) -> float:
    """A requirement over equity: 0 when nothing is required, infinite without equity."""
    if required <= 0:  # Delta Exchange takes off the value of options
        return 0.0
    return required / equity if equity > 0 else float("inf")
