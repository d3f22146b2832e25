"""Books of Kraken."""

from collections.abc import Mapping
from functools import cache

from riskcore.market import MarketSnapshot
from tests.riskcore.margin.samples.sample import Sample
from tests.riskcore.margin.venues.kraken.desk import market

UNITS: Mapping[str, float] = {
    "PF_XBTUSD": 1.0,
    "FF_XBTUSD_261225": 1.0,
    "PF_ETHUSD": 40.0,
    "PF_AAVEUSD": 500.0,
    "PI_XBTUSD": 80_000.0,
    "FI_XBTUSD_261225": 80_000.0,
}
MARKS = {
    "PF_XBTUSD": 80_050.0,
    "FF_XBTUSD_261225": 80_700.0,
    "PF_ETHUSD": 2_499.0,
    "PF_AAVEUSD": 200.5,
    "PI_XBTUSD": 80_010.0,
    "FI_XBTUSD_261225": 80_650.0,
}


@cache
def priced() -> MarketSnapshot:
    """Contracts near their index."""
    return market(MARKS)


SAMPLES: Mapping[str, Sample] = {
    "kraken/multi-collateral": Sample(
        "kraken",
        priced,
        UNITS,
        {"BTC": 10.0, "USD": 100_000.0, "EUR": 10_000.0},
    )
}
