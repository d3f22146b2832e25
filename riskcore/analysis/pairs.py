"""An instrument and what stands for it at another venue."""

from dataclasses import dataclass
from functools import lru_cache

from riskcore.errors import InstrumentError
from riskcore.instruments import Future, Instrument, Option, Perpetual, is_inverse
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from riskcore.universe import USD

DOLLARS = frozenset({USD, "USDC", "USDT", "USDE", "USDG", "FDUSD", "PYUSD"})


@dataclass(frozen=True, slots=True)
class Pair:
    """An instrument and what stands for it at another venue.

    kinds  what is converted, for the notes; empty where nothing is
    """

    target: Instrument
    is_same: bool
    is_option: bool
    kinds: tuple[str, ...]
    counts_quote: bool  # the target is an inverse future: its quantity is of quote currency
    keeps_quote: bool  # and so is the source's, in the same currency
    is_foreign: bool  # quoted in other currencies than dollars


@lru_cache(maxsize=8192)
def paired(venue: str, wallet: str, source: Instrument) -> Pair | str:
    """The venue's nearest instrument, or why there is none; the same at every tick."""
    is_option = isinstance(source, Option)
    if source.venue == venue:
        return Pair(source, True, is_option, (), False, False, False)
    try:
        target = directory.nearest(venue, wallet, source)
    except InstrumentError as error:
        return str(error)
    is_foreign = source.quote != target.quote and not {source.quote, target.quote} <= DOLLARS
    if is_option and is_foreign:
        return f"its strike is in {source.quote}, that of {target.name} in {target.quote}"
    futures = (Perpetual, Future)
    counts_quote = isinstance(target, futures) and is_inverse(target)
    from_quote = isinstance(source, futures) and is_inverse(source)
    kinds: tuple[str, ...] = ()
    if is_inverse(source) != is_inverse(target):
        start = "inverse" if is_inverse(source) else "linear"
        kinds = (f"{start} options" if is_option else f"{start} futures",)
    if isinstance(source, Future) and isinstance(target, Perpetual):
        kinds = (*kinds, "dated")
    keeps_quote = counts_quote and from_quote and source.quote == target.quote
    return Pair(target, False, is_option, kinds, counts_quote, keeps_quote, is_foreign)


def contradiction(source: Instrument, pair: Pair, market: MarketSnapshot) -> str:
    """Why an instrument cannot stand for another at this instant, although the venue lists it."""
    target = pair.target
    if target is source or not isinstance(target, Future | Option):
        return ""
    if target.expiry <= market.as_of:
        return f"{target.name} has expired there already, at {target.expiry:%H:%M} UTC"
    return ""
