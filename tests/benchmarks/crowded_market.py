"""The demo's market with a step every tenth of a second, as listed or with more strikes."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from riskcore.analysis.synthetic_market import Listing, Script, SyntheticMarket, script
from riskcore.market import MarketSnapshot

RESOURCES = Path(__file__).parents[2] / "resources"
TICK = 0.1  # seconds between two steps


@dataclass(frozen=True, slots=True)
class Prepared:
    """Snapshots made beforehand: what making them costs is no part of what is measured."""

    snapshots: tuple[MarketSnapshot, ...]
    name: str = "Every instrument ticking"
    kind: str = "replay"
    synthetic: bool = True

    @property
    def instants(self) -> tuple[datetime, ...]:
        """When each step is."""
        return tuple(each.as_of for each in self.snapshots)

    def snapshot(self, step: int) -> MarketSnapshot:
        """The market at a step."""
        return self.snapshots[step]


def crowded(instruments: int, seconds: float) -> Prepared:
    """At least so many instruments, every mark another one at every step."""
    given = script((RESOURCES / "demo" / "market.toml").read_text(encoding="utf-8"))
    given = replace(given, steps=round(seconds / TICK), seconds_per_step=TICK)
    made = SyntheticMarket(given)
    while len(made.universe) < instruments:
        given = _denser(given)
        made = SyntheticMarket(given)
    return Prepared(tuple(made.at(step) for step in range(len(made))))


def _denser(given: Script) -> Script:
    """Another strike between each two."""
    return replace(given, listings=tuple(_with_midpoints(each) for each in given.listings))


def _with_midpoints(listing: Listing) -> Listing:
    strikes = {
        coin: tuple(sorted({*each, *((a + b) / 2 for a, b in pairwise(each))}))
        for coin, each in listing.strikes.items()
    }
    return replace(listing, strikes=strikes)
