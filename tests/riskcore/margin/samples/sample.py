"""What the conformance suite needs to know of a model to try it on books of its own venue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from riskcore.holdings import Settings
from riskcore.market import MarketSnapshot


@dataclass(frozen=True, slots=True)
class Sample:
    """A market of a model's venue, and what random books there are made of.

    market    with marks, vols, forwards, indices and oracles for everything below
    units     instrument name -> quantity that makes one unit of size (sizes run from -50 to 50)
    balances  a collateral that is usual there
    leverage  of every position, where the model needs one
    isolated  margin of every position, where the model has its own pool for each
    exempt    property of the conformance suite -> the rule of the venue that breaks it
    rare      of these the ones that random books do not break: a test of the venue shows them
    """

    venue: str
    market: Callable[[], MarketSnapshot]
    units: Mapping[str, float]
    balances: Mapping[str, float]
    leverage: float | None = None
    isolated: float | None = None
    settings: Settings = field(default_factory=Settings)
    exempt: Mapping[str, str] = field(default_factory=dict)
    rare: frozenset[str] = frozenset()
