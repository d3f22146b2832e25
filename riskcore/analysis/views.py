"""One account as each model sees it: at home, or mapped to the model's own venue."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from riskcore.analysis.legs import Leg, legs
from riskcore.analysis.mapping import Mapped, mapped, unmoved
from riskcore.errors import MarketError, Unsupported
from riskcore.instruments import Future, Option, Perpetual
from riskcore.margin.model import MarginModel
from riskcore.market import MarketSnapshot
from riskcore.naming import directory
from riskcore.query import Query

HOUSE = "house"  # its models look at a book as it is, of whatever venue


class Views:
    """One account as models of several venues see it; the view of each wallet is made once."""

    def __init__(self, query: Query) -> None:
        self.holdings = query.traded()
        held = query.market.restricted(self.holdings.instruments())
        self.market = _with_rates(held, query.market)
        _refuse_expired(self.market)
        self._venue = query.venue
        self._made: dict[tuple[str, str], Mapped | Unsupported] = {}
        self._legs: tuple[Leg, ...] | None = None

    def of(self, model: MarginModel) -> Mapped:
        """The book in the model's own terms. Raises Unsupported when nothing of it can be had."""
        venue = model.name.partition("/")[0]
        wallet = getattr(model, "wallet", "")  # of the venues that keep several
        if (venue, wallet) not in self._made:
            self._made[venue, wallet] = self._view(venue, wallet)
        made = self._made[venue, wallet]
        if isinstance(made, Unsupported):
            raise made
        return made

    def _view(self, venue: str, wallet: str) -> Mapped | Unsupported:
        if venue in (self._venue, HOUSE):
            return unmoved(self.holdings, self.market)
        if self._legs is None:
            self._legs = legs(self.holdings, self.market)
        made = mapped(self.holdings, self.market, venue, self._legs, wallet)
        is_empty = not (made.holdings.positions or made.holdings.orders)
        return Unsupported(_nothing(venue, made.unmapped)) if is_empty and made.unmapped else made


def seen(query: Query, model: MarginModel) -> Mapped:
    """The account as one model sees it: mapped when the model is another venue's.

    Raises MarketError for a price that is missing, Unsupported when nothing can be mapped.
    """
    return Views(query).of(model)


def _with_rates(held: MarketSnapshot, whole: MarketSnapshot) -> MarketSnapshot:
    """The market of what is held, its options with the interest rate of their coin's perpetual.

    Paradex states the rate with the perpetual, which may not be held.
    """
    if np.isnan(whole.rate).all() or not np.isnan(held.rate[held.universe.is_option]).any():
        return held
    quoted = {
        (each.venue, each.base): rate
        for each, rate in zip(whole.universe.instruments, whole.rate.tolist(), strict=True)
        if isinstance(each, Perpetual) and not np.isnan(rate)
    }
    rates = [
        quoted.get((each.venue, each.base), rate)
        if isinstance(each, Option) and np.isnan(rate)
        else rate
        for each, rate in zip(held.universe.instruments, held.rate.tolist(), strict=True)
    ]
    return replace(held, rate=np.array(rates, dtype=np.float64))


def _nothing(venue: str, unmapped: Sequence[str]) -> str:
    """That a venue can hold nothing of a book, and the reasons, each once."""
    reasons = dict.fromkeys(each.partition(": ")[2] for each in unmapped)
    return f"{directory.title(venue)} can hold nothing of this account: {'; '.join(reasons)}"


def _refuse_expired(market: MarketSnapshot) -> None:
    for instrument in market.universe.instruments:
        if isinstance(instrument, Future | Option) and instrument.expiry <= market.as_of:
            raise MarketError(
                f"{instrument.name} expired at {instrument.expiry:%d %b %Y %H:%M} UTC, "
                f"before this market ({market.as_of:%d %b %Y %H:%M} UTC); remove it"
            )
