"""One step of a recording, known by its instant before it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from riskcore.market import MarketSnapshot


@dataclass(frozen=True, slots=True)
class Step:
    """An instant, and how to read its market."""

    as_of: datetime
    file: str
    read: Callable[[float | None], MarketSnapshot]  # given the index of USDC, None to have none
    synthetic: bool = False  # made, not recorded
