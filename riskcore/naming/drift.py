"""Drift v2's market names, both ways: `SOL-PERP` is the perpetual on SOL, settled in USDC.

Source: drift-labs/protocol-v2 @ 0ae3e3b, sdk/src/constants/perpMarkets.ts (symbols).
"""

import re

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import is_a_balance

VENUE = "drift"
_NAME = re.compile(r"(?P<base>[A-Za-z0-9][A-Za-z0-9]{0,19})-PERP")


def parse(name: str) -> Instrument:
    """The perpetual a Drift name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not a Drift market name; write it like SOL-PERP")
    return Perpetual(VENUE, name, found["base"], "USD", "USDC")


def spell(instrument: Instrument) -> str:
    """The name Drift gives an instrument with these terms. Raises InstrumentError."""
    if not isinstance(instrument, Perpetual):
        raise InstrumentError(f"Drift lists perpetuals only, nothing like {instrument.name}")
    return f"{instrument.base}-PERP"


def equivalent(instrument: Instrument) -> Instrument:
    """The perpetual on the same coin. Raises InstrumentError for what has an expiry, and spot."""
    match instrument:
        case Option():
            raise InstrumentError("Drift lists no options")
        case Future():
            raise InstrumentError("Drift lists no dated futures")
        case Spot():
            raise is_a_balance("Drift", instrument)
        case Perpetual():
            return parse(spell(instrument))


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in coins; an unlisted coin trades in 1."""
    return {"BTC": 0.0001, "ETH": 0.001, "SOL": 0.01}.get(instrument.base, 1.0)


def tick(
    instrument: Instrument,
    price: float,  # noqa: ARG001, one step at every price
) -> float:
    """The price step."""
    return {"BTC": 0.1, "ETH": 0.01, "SOL": 0.0001}.get(instrument.base, 0.0001)
