"""One market that does not move, as a feed: what a book file brings along."""

from dataclasses import dataclass
from datetime import datetime

from riskcore.market import MarketSnapshot


@dataclass(frozen=True, slots=True)
class Still:
    """A feed of one step."""

    name: str
    market: MarketSnapshot

    @property
    def kind(self) -> str:
        """What it plays."""
        return "snapshot"

    @property
    def synthetic(self) -> bool:
        """Whether its prices were made, not recorded."""
        return self.market.synthetic

    @property
    def instants(self) -> tuple[datetime, ...]:
        """When it was."""
        return (self.market.as_of,)

    def snapshot(self, _step: int) -> MarketSnapshot:
        """The market."""
        return self.market
