"""dYdX v4's market names, both ways: `BTC-USD` is the perpetual on BTC, settled in USDC.

Source: dydxprotocol/v4-documentation @ 3e475b7; indexer /v4/perpetualMarkets.
"""

import re

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot

VENUE = "dydx"
_NAME = re.compile(r"(?P<base>[A-Z0-9][A-Z0-9.]{0,19})-USD")


def parse(name: str) -> Instrument:
    """The perpetual a dYdX name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not a dYdX market name; write it like BTC-USD")
    return Perpetual(VENUE, name, found["base"], "USD", "USDC")


def spell(instrument: Instrument) -> str:
    """The name dYdX gives an instrument with these terms. Raises InstrumentError."""
    if not isinstance(instrument, Perpetual):
        raise InstrumentError(f"dYdX lists perpetuals only, nothing like {instrument.name}")
    return f"{instrument.base}-USD"


def equivalent(instrument: Instrument) -> Instrument:
    """The perpetual on the same coin. Raises InstrumentError for what has an expiry, and spot."""
    match instrument:
        case Option():
            raise InstrumentError("dYdX lists no options")
        case Future():
            raise InstrumentError("dYdX lists no dated futures")
        case Spot():
            raise InstrumentError(f"dYdX keeps no {instrument.base}: USDC is its only collateral")
        case Perpetual():
            return parse(spell(instrument))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins; an unlisted coin trades in 1."""
    return {"BTC": 0.0001, "ETH": 0.001, "SOL": 0.1}.get(instrument.base, 1.0)


def tick(
    instrument: Instrument,
    price: float,  # noqa: ARG001, one step at every price
) -> float:
    """The price step."""
    return {"BTC": 1.0, "ETH": 0.1, "SOL": 0.01}.get(instrument.base, 0.0001)
