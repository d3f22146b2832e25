"""What every margin model offers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from riskcore.arrays import F64
from riskcore.holdings import Holdings
from riskcore.margin.requirement import Requirement
from riskcore.market import MarketSnapshot
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import Universe

RULES = "rules"  # the section of switches that hold for every account
NEAR = 90  # days between parameters and a market of which nothing is said


@dataclass(frozen=True, slots=True)
class Dated:
    """The values of one section of a parameter file.

    section  a coin or a contract, or in lower case what holds for every account
    later    whether they were observed only after the instant they are used for
    own      whether they are of the model's own family, not of one that it shares
    note     what a reader must know of them
    source   where they are from
    """

    section: str
    dated: datetime
    later: bool
    own: bool
    note: str
    source: str = ""
    lasting: bool = False  # whether they hold until others replace them

    @property
    def day(self) -> str:
        """Their date as a desk writes it."""
        return f"{self.dated.day} {self.dated:%b %Y}"

    def concerns(self, names: Collection[str]) -> bool:
        """Whether an account with these coins and contracts depends on them."""
        return _concerns(self.section, names)


@dataclass(frozen=True, slots=True)
class Choice:
    """Our own reading of an unpublished rule.

    said    "key = value"
    note    the same with what the rule is about
    source  of the file that it stands in
    """

    section: str
    said: str
    note: str
    source: str = ""

    def concerns(self, names: Collection[str]) -> bool:
        """Whether an account with these coins and contracts depends on it."""
        return _concerns(self.section, names)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which file a value comes from.

    said  "key = value"
    file  its path and date
    """

    section: str
    said: str
    file: str


def _concerns(section: str, names: Collection[str]) -> bool:
    return section.islower() or section in names


@dataclass(frozen=True, slots=True)
class Calibration:
    """Which parameters a model was bound to, and where they come from."""

    dated: datetime | None = None  # of the newest set used
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # observed, inherited and later keys, each with its date
    overrides: tuple[str, ...] = ()  # keys the user replaced
    sets: tuple[Dated, ...] = ()
    choices: tuple[Choice, ...] = ()
    origins: tuple[Origin, ...] = ()  # of every key that is not replaced by an override

    def about(self, names: Collection[str], at: datetime) -> "Calibration":
        """What of it an account with these coins and contracts depends on.

        The date is that of the newest set it depends on, and the choices become one note.

        at  the market's instant: parameters far from it are said to be
        """
        sets = tuple(each for each in self.sets if each.concerns(names))
        choices = tuple(each for each in self.choices if each.concerns(names))
        mute = {each.note for each in self.sets} - {each.note for each in sets}
        mute |= {each.note for each in self.choices}
        notes = tuple(note for note in self.notes if note not in mute)
        if choices:
            notes = (*notes, f"our reading of unpublished rules: {_readings(choices)}")
        own = [each for each in sets if each.own]
        newest = max(own, key=lambda each: each.dated, default=None)
        strange = _sources(self.sets, self.choices) - _sources(sets, choices)
        sources = tuple(each for each in self.sources if each not in strange)
        dated = self.dated if newest is None else newest.dated
        mine = replace(self, dated=dated, sources=sources, notes=notes, sets=sets, choices=())
        if (newest is None or not newest.lasting) and (said := mine._distance(at)):
            return replace(mine, notes=tuple(dict.fromkeys((said, *notes))))
        return mine

    def _distance(self, at: datetime) -> str:
        """That the newest parameters and the market lie far apart, a sentence; else empty."""
        days = 0 if self.dated is None else (at - self.dated).days
        if self.dated is None or abs(days) <= NEAR:
            return ""
        day = f"{self.dated.day} {self.dated:%b %Y}"
        how = "older" if days > 0 else "younger"
        return f"the newest parameters used are of {day}, {abs(days)} days {how} than this market"

    @property
    def days(self) -> str:
        """The date of each coin's values, e.g. "BTC 17 Jun 2024, ETH 15 Feb 2026 (observed later)".

        Empty when no coin has values of its own.
        """
        found: dict[str, dict[str, None]] = {}
        for each in self.sets:
            if each.own and not each.section.islower():
                day = f"{each.day} (observed later)" if each.later else each.day
                found.setdefault(each.section, {})[day] = None
        return ", ".join(f"{name} {' and '.join(days)}" for name, days in found.items())


def _sources(sets: Iterable[Dated], choices: Iterable[Choice]) -> set[str]:
    return {each.source for each in sets} | {each.source for each in choices}


def _readings(choices: Collection[Choice]) -> str:
    """The choices by section, each section named but that of the rules themselves."""
    return "; ".join(
        each.said if each.section == RULES else f"{each.section}.{each.said}" for each in choices
    )


class MarginModel(Protocol):
    """A venue's margin rules bound to dated parameters. Frozen and hashable."""

    @property
    def name(self) -> str:
        """`<venue>/<model>`."""

    @property
    def title(self) -> str:
        """As a desk calls it, e.g. "Deribit cross portfolio"."""

    @property
    def calibration(self) -> Calibration:
        """Dates, sources and overrides of the parameters."""

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The market moves the model looks at. Raises Unsupported or MarketError."""

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """One requirement for each pool of collateral.

        Raises Unsupported for a holding the rules do not cover, MarketError for a missing price.
        """

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Headline margin of each position alone, without collateral and orders.

        (P,) in the order of holdings.positions, each in the currency of its pool.
        """

    def collateral_alone(self, holdings: Holdings, risk: Risk) -> Mapping[str, float]:
        """What each coin of collateral would need alone, in its pool's currency, by currency.

        Empty where the model's scenarios do not move collateral.
        """

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Headline margin of each position under the venue's isolated or standard rule.

        (P,) in the order of holdings.positions, each in its pool's currency; None without a rule.
        """
