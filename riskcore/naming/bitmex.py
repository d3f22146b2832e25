"""BitMEX's contract names, both ways, with lots and ticks.

Grammar: `XBTUSD` is the inverse perpetual (1 contract = 1 USD), `ETHUSDT` a linear one, `XBTZ26` an
inverse future and `ETHUSDTZ26` a linear one: month letter and year. XBT is BTC. A future settles at
12:00 UTC on the last Friday of its month. A linear contract is a fixed part of a coin.
Contracts that settle in XBT on another coin (ETHUSD) are quanto and are refused.
Source: bitmex.com/app/riskLimitsExamples (XBTUSD), announcement of 12 Jun 2025 (names). The sizes
of linear contracts are our reading of the lots that traders name in public issue threads (1,000
contracts of XBTUSDT are 0.001 XBT); no dated list of them was found.
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import FRIDAY, is_a_balance, last_weekday

VENUE = "bitmex"
MONTHS = "FGHJKMNQUVXZ"
SETTLES_AT = 12
CONTRACT = {  # coins of one linear contract
    "BTC": 1e-6, "ETH": 1e-5, "SOL": 1e-4, "BNB": 1e-4, "LTC": 1e-4, "XRP": 0.01, "DOGE": 0.1,
    "ADA": 0.01, "AVAX": 1e-4, "LINK": 1e-3, "DOT": 1e-3,
}  # fmt: skip

_NAME = re.compile(
    r"(?P<coin>[A-Z0-9]{2,10}?)(?P<quote>USDT|USD)?(?:(?P<month>[FGHJKMNQUVXZ])(?P<year>[0-9]{2}))?"
)
_HINT = "write it like XBTUSD, ETHUSDT or XBTZ26"


def parse(name: str) -> Instrument:
    """The instrument a BitMEX name stands for. Raises InstrumentError."""
    found = _NAME.fullmatch(name)
    if found is None or not (found["quote"] or found["month"]):
        raise InstrumentError(f"{name!r} is not a BitMEX contract name; {_HINT}")
    coin = "BTC" if found["coin"] == "XBT" else found["coin"]
    quote = found["quote"] or "USD"
    if quote == "USD" and coin != "BTC":
        raise InstrumentError(
            f"{name!r} is a contract on {coin} that settles in XBT (quanto), which is not covered; "
            f"{_HINT}"
        )
    settlement, size = (coin, 1.0) if quote == "USD" else (quote, _contract(name, coin))
    terms = (VENUE, name, coin, quote, settlement)
    if found["month"] is None:
        return Perpetual(*terms, size)
    expiry = last_weekday(
        2000 + int(found["year"]), MONTHS.index(found["month"]) + 1, FRIDAY, SETTLES_AT
    )
    return Future(*terms, expiry, size)


def spell(instrument: Instrument) -> str:
    """The name BitMEX gives an instrument with these terms."""
    coin = "XBT" if instrument.base == "BTC" else instrument.base
    linear = instrument.settlement != instrument.base
    match instrument:
        case Perpetual():
            return f"{coin}{'USDT' if linear else 'USD'}"
        case Future():
            month = MONTHS[instrument.expiry.month - 1]
            year = instrument.expiry.year % 100
            return f"{coin}{'USDT' if linear else ''}{month}{year:02d}"
        case Spot() | Option():
            raise InstrumentError(f"BitMEX lists nothing like {instrument.name}")


def equivalent(instrument: Instrument) -> Instrument:
    """BitMEX's nearest: inverse contracts of BTC where they were inverse, else USDT ones.

    Raises InstrumentError for options, spot, and a future that expires on another day than its own.
    """
    if isinstance(instrument, Option):
        raise InstrumentError("BitMEX lists no options")
    if isinstance(instrument, Spot):
        raise is_a_balance("BitMEX", instrument)
    inverse = instrument.base == "BTC" and instrument.settlement == "BTC"
    target = parse(spell(replace(instrument, settlement="BTC" if inverse else "USDT")))
    if not (isinstance(target, Future) and isinstance(instrument, Future)):
        return target
    if target.expiry.date() != instrument.expiry.date():
        raise InstrumentError(
            f"BitMEX's future of that month expires on {target.expiry:%d %b %Y}, not on "
            f"{instrument.expiry:%d %b %Y}"
        )
    return target


def lot(instrument: Instrument) -> float:
    """The smallest change of a position, in contracts."""
    return 100.0 if instrument.settlement == instrument.base else 1_000.0


def tick(
    instrument: Instrument,
    price: float,  # noqa: ARG001, one step at every price
) -> float:
    """The price step."""
    return {"BTC": 0.1, "ETH": 0.01, "SOL": 0.01}.get(instrument.base, 0.0001)


def _contract(name: str, coin: str) -> float:
    if coin not in CONTRACT:
        raise InstrumentError(
            f"the contract size of {name!r} is not known; known are {', '.join(sorted(CONTRACT))}"
        )
    return CONTRACT[coin]
