"""Binance's derivative names, both ways, with contract sizes, lots and ticks.

Grammar: `BTCUSDT` is a USD-M perpetual and `BTCUSDT_261225` a USD-M delivery future, linear in the
quote currency (USDT or USDC), one unit being one base coin. `BTCUSD_PERP` and `BTCUSD_261225` are
COIN-M contracts, inverse, settled in the coin: one contract is 100 USD for BTC and 10 USD for other
coins. `BTC-261225-60000-C` is a European option, settled in USDT, one unit being one coin. Dated
contracts expire at 08:00 UTC. A small coin is listed by the thousand or million under a name of its
own (1000SHIB), which is then the base.
Source: GET /fapi/v1/exchangeInfo and /dapi/v1/exchangeInfo (recorded in July 2021),
/eapi/v1/exchangeInfo (example of the documentation).
"""

import re
from dataclasses import replace

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot
from riskcore.naming.terms import instant_of_digits, is_a_balance, right_of, strike_and_right

VENUE = "binance"
KEEPS_SIDES = True
WALLETS = {
    "usdm": "USD-M wallet",
    "portfolio": "portfolio margin account",
    "options": "options wallet",
}
EXPIRY_HOUR = 8
LINEAR = ("USDT", "USDC")
INVERSE = 10.0  # USD of one COIN-M contract
INVERSE_BTC = 100.0
BY_THE_THOUSAND = frozenset({"SHIB", "PEPE", "BONK", "FLOKI", "LUNC", "XEC", "SATS", "RATS", "CAT"})

_FUTURE = re.compile(
    r"(?P<base>[A-Z0-9]{1,20}?)(?:(?P<linear>USDT|USDC)(?:_(?P<day>[0-9]{6}))?"
    r"|USD_(?P<inverse>PERP|[0-9]{6}))"
)
_OPTION = re.compile(
    r"(?P<base>[A-Z0-9]{1,20})-(?P<day>[0-9]{6})-(?P<strike>[0-9]+(?:\.[0-9]+)?)-(?P<right>[CP])"
)
_HINT = "write it like BTCUSDT, BTCUSDT_261225, BTCUSD_PERP or BTC-261225-60000-C"


def parse(name: str) -> Instrument:
    """The instrument a Binance name stands for. Raises InstrumentError."""
    found = _terms(name)
    if spell(found) != name:
        raise InstrumentError(f"{name!r} is not how Binance writes {spell(found)}")
    return found


def _terms(name: str) -> Instrument:
    if found := _OPTION.fullmatch(name):
        right = right_of(found["right"])
        expiry, strike = instant_of_digits(name, found["day"], EXPIRY_HOUR), float(found["strike"])
        return Option(VENUE, name, found["base"], "USDT", "USDT", expiry, strike, right)
    found = _FUTURE.fullmatch(name)
    if found is None:
        raise InstrumentError(f"{name!r} is not the name of a Binance contract; {_HINT}")
    base = found["base"]
    if quote := found["linear"]:
        if found["day"] is None:
            return Perpetual(VENUE, name, base, quote, quote)
        return Future(
            VENUE, name, base, quote, quote, instant_of_digits(name, found["day"], EXPIRY_HOUR)
        )
    size = contract_size(base)
    if found["inverse"] == "PERP":
        return Perpetual(VENUE, name, base, "USD", base, size)
    return Future(
        VENUE, name, base, "USD", base, instant_of_digits(name, found["inverse"], EXPIRY_HOUR), size
    )


def contract_size(base: str) -> float:
    """USD of one COIN-M contract."""
    return INVERSE_BTC if base == "BTC" else INVERSE


def spell(instrument: Instrument) -> str:
    """The name Binance gives an instrument with these terms."""
    inverse = instrument.settlement == instrument.base
    pair = f"{instrument.base}{'USD' if inverse else instrument.quote}"
    match instrument:
        case Perpetual():
            return f"{pair}_PERP" if inverse else pair
        case Future():
            return f"{pair}_{instrument.expiry:%y%m%d}"
        case Option():
            return f"{instrument.base}-{instrument.expiry:%y%m%d}-{strike_and_right(instrument)}"
        case _:
            return pair


def equivalent(instrument: Instrument) -> Instrument:
    """Binance's nearest: options and linear futures in USDT (USDC as it is), inverse as COIN-M.

    Raises InstrumentError for a spot holding, and for a coin that Binance lists by the thousand.
    """
    base = instrument.base
    if isinstance(instrument, Spot):
        raise is_a_balance("Binance", instrument)
    if base in BY_THE_THOUSAND:
        raise InstrumentError(f"Binance lists {base} by the thousand, as 1000{base}USDT")
    inverse = instrument.settlement == base
    quote = "USDC" if instrument.settlement == "USDC" else "USDT"
    match instrument:
        case Option():
            return parse(spell(instrument))
        case Perpetual():
            return parse(f"{base}USD_PERP" if inverse else f"{base}{quote}")
        case Future():
            return parse(f"{base}{'USD' if inverse else 'USDT'}_{instrument.expiry:%y%m%d}")


def in_wallet(wallet: str, instrument: Instrument) -> Instrument:
    """Binance's nearest among what one of its wallets holds: usdm, portfolio or options.

    Raises InstrumentError with the reason where the wallet holds nothing like it.
    """
    if isinstance(instrument, Option) != (wallet == "options"):
        held = "options only" if wallet == "options" else "no options"
        raise InstrumentError(f"Binance's {WALLETS[wallet]} holds {held}")
    is_inverse = instrument.settlement == instrument.base
    if wallet == "usdm" and is_inverse and not isinstance(instrument, Spot):
        instrument = replace(instrument, settlement="USDT")
    return equivalent(instrument)


def lot(instrument: Instrument) -> float:
    """The smallest change of a position. Source: stepSize as recorded in July 2021."""
    match instrument:
        case Option():
            return 0.01
        case _ if instrument.settlement == instrument.base:
            return 1.0
    return {"BTC": 0.001, "ETH": 0.001, "LTC": 0.001, "BCH": 0.001, "BNB": 0.01}.get(
        instrument.base, 1.0
    )


def tick(instrument: Instrument, price: float) -> float:
    """The price step at a price level. Source: tickSize, July 2021 and the option example."""
    if isinstance(instrument, Option):
        return 5.0 if price > 1_000 else 0.01
    return {"BTC": 0.1, "ETH": 0.01, "BNB": 0.01, "BCH": 0.01, "LTC": 0.01}.get(
        instrument.base, 0.0001
    )
