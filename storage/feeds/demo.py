"""The demo: the made market of resources/demo, played like a recording."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from riskcore.analysis.synthetic_market import SyntheticMarket, script
from riskcore.market import MarketSnapshot
from riskcore.universe import Universe
from storage.errors import StorageError

MARKET_FILE = "market.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Demo:
    """A made market as a feed. Its universe is one object at every step."""

    market: SyntheticMarket
    kind: str = "replay"
    synthetic: bool = True

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return self.market.script.name

    @property
    def instants(self) -> tuple[datetime, ...]:
        """When each step is."""
        return self.market.instants

    @property
    def universe(self) -> Universe:
        """The instruments, the same at every step."""
        return self.market.universe

    def snapshot(self, step: int) -> MarketSnapshot:
        """The market at a step. Raises MarketError for a step there is not."""
        return self.market.at(step)


def open_demo(folder: Path) -> Demo:
    """The demo of a resources folder. Raises StorageError or ParameterError."""
    path = folder / MARKET_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StorageError(f"the demo market {path} cannot be read: {error.strerror}") from None
    return Demo(SyntheticMarket(script(text)))
