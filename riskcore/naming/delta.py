"""Delta Exchange's symbols, both ways, with contract sizes, lots and ticks.

Grammar: `BTCUSD` is a perpetual, `C-BTC-90000-310125` a call and `P-BTC-90000-310125` a put
(kind, coin, strike, day as DDMMYY); all settle in USD. A position counts contracts: 0.001 BTC or
0.01 ETH. Options expire at 12:00 UTC. There are no dated futures, and MOVE contracts stay out of
portfolio margin.
Source: docs.delta.exchange (symbols, contract_value); the hour of a recorded settlement.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import dated, decimals, is_a_balance, letter_of, no_dated_futures

VENUE = "delta"
EXPIRY_HOUR = 12
SETTLEMENT = "USD"
CONTRACT = {"BTC": 0.001, "ETH": 0.01}  # coins of one contract

_NAME = re.compile(
    r"(?P<perpetual>[A-Z0-9]{2,8})USD"
    r"|(?P<right>[CP])-(?P<base>[A-Z0-9]{2,8})-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{2})"
)
_HINT = "write it like BTCUSD or C-BTC-90000-310125"


def parse(name: str) -> Instrument:
    """The instrument a Delta symbol stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not a symbol of Delta Exchange; {_HINT}")
    base = found["perpetual"] or found["base"]
    if base not in CONTRACT:
        raise InstrumentError(
            f"the contract size of {base} at Delta Exchange is not known; known are "
            f"{' and '.join(CONTRACT)}"
        )
    terms = (VENUE, name, base, "USD", SETTLEMENT)
    if found["perpetual"]:
        return Perpetual(*terms, CONTRACT[base])
    return dated(terms, found, EXPIRY_HOUR, multiplier=CONTRACT[base])


def spell(instrument: Instrument) -> str:
    """The symbol Delta gives an instrument with these terms."""
    match instrument:
        case Perpetual():
            return f"{instrument.base}USD"
        case Option():
            right, strike = letter_of(instrument.right), decimals(instrument.strike)
            return f"{right}-{instrument.base}-{strike}-{instrument.expiry:%d%m%y}"
        case _:
            raise InstrumentError(f"Delta Exchange lists nothing like {instrument.name}; {_HINT}")


def equivalent(instrument: Instrument) -> Instrument:
    """Delta's instrument nearest to one of another venue.

    Raises InstrumentError for a spot holding, a dated future and coins it lists no contract of.
    """
    if isinstance(instrument, Spot):
        raise is_a_balance("Delta Exchange", instrument)
    if isinstance(instrument, Future):
        raise no_dated_futures("Delta Exchange", instrument, f"{instrument.base}USD")
    return parse(spell(replace(instrument, quote="USD", settlement=SETTLEMENT)))


def lot(instrument: Instrument) -> float:  # noqa: ARG001, the same of all
    """The smallest change of a position: one contract."""
    return 1.0


def tick(instrument: Instrument, price: float) -> float:  # noqa: ARG001, one step at every level
    """The price step. Source: tick_size of GET /v2/products, as far as seen."""
    if isinstance(instrument, Option):
        return 0.1
    return 0.5 if instrument.base == "BTC" else 0.05
