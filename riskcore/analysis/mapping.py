"""A book of one venue as another venue would list it: instruments, quantities, quotes, balances.

What is kept
    strikes, expiries, forwards, volatilities, funding, rates, indices
    delta and notional: coins of a future or perpetual are its USD size over its mark (inverse) or
    its quantity times its multiplier (linear), coins of an option quantity times multiplier;
    the mapped quantity is those coins in the unit of the target, not rounded to its lots
    equity: open profit and funding of a mapped position are booked into the balance of its
    settlement currency and it enters at its mark; what an option is worth more or less at its
    forward than at the index of its settlement coin is booked there too

What is converted
    an inverse option's price in coins times its forward is its price in quote currency, so it
    agrees with Black at the same volatility and forward; a linear one's is divided by it
    dollars of any kind are taken one for one in prices and strikes

A position the target lists nothing like is left out, with its value, and named with the reason.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import fsum, isnan

from riskcore.errors import InstrumentError, MarketError
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Side
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot, is_inverse, sort_key
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.universe import USD, Universe

DOLLARS = frozenset({USD, "USDC", "USDT", "USDE", "USDG", "FDUSD", "PYUSD"})
TWO_SIDES = frozenset({"binance", "bybit", "okx"})  # may keep a long and a short of one instrument
CARRIED = ("vol", "forward", "funding_8h", "quoted_at", "rate", "discount")
PRICES = ("mark", "bid", "ask")
SMALL = 0.005  # USD: a booking that no reader would miss

Key = tuple[Instrument, Side, MarginMode]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a position went: the row of its mapped position, and the part of that which it is.

    Parts of one row add up to 1; a position that shrinks the row has a negative part.
    """

    row: int
    part: float


@dataclass(frozen=True, slots=True)
class Mapped:
    """The book as the target sees it. Comparing by identity of the market.

    places    of each source position, in their order; None: it is left out
    notes     what was converted and booked, a sentence each
    unmapped  what could not be mapped and why, a sentence each
    """

    holdings: Holdings
    market: MarketSnapshot
    places: tuple[Place | None, ...]
    notes: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    source: Holdings = field(default_factory=Holdings)
    is_mapped: bool = True

    def said(self) -> tuple[str, ...]:
        """The notes, and each position with what it became."""
        if not self.is_mapped:
            return ()
        held = self.holdings.positions
        lines = []
        for position, place in zip(self.source.positions, self.places, strict=True):
            if place is None:
                continue
            target = held[place.row]
            quantity = target.quantity * place.part
            lines.append(
                f"{position.label} {position.quantity:+,.10g} is {target.label} {quantity:+,.6g}"
            )
        return (*self.notes, *lines)


def unmoved(holdings: Holdings, market: MarketSnapshot) -> Mapped:
    """A book at home: every position is its own."""
    places = tuple(Place(row, 1.0) for row in range(len(holdings.positions)))
    return Mapped(holdings, market, places, source=holdings, is_mapped=False)


def mapped(holdings: Holdings, market: MarketSnapshot, venue: str) -> Mapped:
    """The holdings and the market as another venue would list them.

    market  with a quote of everything held and ordered
    """
    return _Mapping(holdings, market, venue).made()


class _Mapping:
    """One book on its way to one venue."""

    def __init__(self, holdings: Holdings, market: MarketSnapshot, venue: str) -> None:
        self.holdings, self.market, self.venue = holdings, market, venue
        self.booked: dict[str, list[float]] = {}
        self.shifted: list[float] = []  # USD that options are worth less at their forwards
        self.left_out: list[float] = []  # USD of what is left out
        self.unmapped: list[str] = []
        self.kinds: set[str] = set()
        self.sources: dict[Instrument, tuple[float, Instrument]] = {}  # target -> size, source

    def made(self) -> Mapped:
        """Everything mapped."""
        targets = [self._target(each) for each in self.holdings.positions]
        bids = [self._bid(each) for each in self.holdings.orders]
        self._choose_sources(targets, bids)
        marks = {target: self._mark(target, source) for target, source in self._pairs()}
        rows: dict[Key, list[tuple[int, float]]] = {}
        for place, (position, target) in enumerate(
            zip(self.holdings.positions, targets, strict=True)
        ):
            if target is None:
                self._leave(position)
                continue
            quantity = self._quantity(position.instrument, position.quantity, target, marks[target])
            self._book(position, target, quantity, marks[target])
            rows.setdefault(self._key(position, target), []).append((place, quantity))
        positions, places = self._added(rows, marks)
        orders = tuple(self._orders(bids, marks))
        balances = self._balances()
        settings = self.holdings.settings
        if self.venue not in TWO_SIDES:
            settings = replace(settings, position_mode="net")
        held = Holdings(positions, balances, orders, settings)
        market, assumed = self._market(held, marks)
        return Mapped(
            held, market, places, self._notes(assumed), tuple(self.unmapped), self.holdings
        )

    def _target(self, position: Position) -> Instrument | None:
        found = _equivalent(self.venue, position.instrument)
        if isinstance(found, str):
            if not isinstance(position.instrument, Spot):
                self.unmapped.append(f"{position.label}: {found}")
            return None
        if reason := _contradiction(position.instrument, found, self.market):
            self.unmapped.append(f"{position.label}: {reason}")
            return None
        return found

    def _bid(self, order: Order) -> Instrument | None:
        found = _equivalent(self.venue, order.instrument)
        if isinstance(found, str):
            self.unmapped.append(f"order of {order.instrument.name}: {found}")
            return None
        if reason := _contradiction(order.instrument, found, self.market):
            self.unmapped.append(f"order of {order.instrument.name}: {reason}")
            return None
        return found

    def _choose_sources(
        self, targets: Sequence[Instrument | None], bids: Sequence[Instrument | None]
    ) -> None:
        """Of several instruments that become one, the largest holding gives its quote."""
        for target, position in zip(targets, self.holdings.positions, strict=True):
            if target is not None:
                source = position.instrument
                self._offer(target, source, abs(self._coins(source, position.quantity)))
        for target, order in zip(bids, self.holdings.orders, strict=True):
            if target is not None:
                self._offer(target, order.instrument, 0.0)

    def _offer(self, target: Instrument, source: Instrument, size: float) -> None:
        mine = float("inf") if source == target else size  # its own quote before any other
        best = self.sources.get(target)
        if best is None or (mine, source.name) > (best[0], best[1].name):
            self.sources[target] = (mine, source)

    def _pairs(self) -> Iterator[tuple[Instrument, Instrument]]:
        yield from ((target, source) for target, (_, source) in self.sources.items())

    def _row(self, instrument: Instrument) -> int:
        return self.market.universe.rows[instrument]

    def _mark(self, target: Instrument, source: Instrument) -> float:
        row = self._row(source)
        return float(self.market.mark[row]) * self._factor(target, source)

    def _factor(self, target: Instrument, source: Instrument) -> float:
        """What a price of the source is multiplied with to be one of the target."""
        factor = 1.0
        if source.quote != target.quote and not {source.quote, target.quote} <= DOLLARS:
            factor = self._usd(source.quote) / self._usd(target.quote)
        if isinstance(source, Option) and is_inverse(source) != is_inverse(target):
            forward = float(self.market.forward[self._row(source)])
            if isnan(forward):
                raise MarketError(f"{source.name} has no forward price in this market")
            factor = forward if is_inverse(source) else 1 / forward
        return factor

    def _usd(self, currency: str) -> float:
        """The price of a currency; a dollar coin the market lacks is worth a dollar."""
        if currency in DOLLARS and currency not in self.market.index:
            return 1.0
        return self.market.usd(currency)

    def _coins(self, source: Instrument, quantity: float) -> float:
        size = quantity * source.multiplier
        if isinstance(source, Perpetual | Future) and is_inverse(source):
            return size / float(self.market.mark[self._row(source)])
        return size

    def _quantity(
        self, source: Instrument, quantity: float, target: Instrument, mark: float
    ) -> float:
        if source == target:
            return quantity
        both = Perpetual | Future
        if isinstance(target, both) and is_inverse(target):
            if isinstance(source, both) and is_inverse(source) and source.quote == target.quote:
                return quantity * source.multiplier / target.multiplier
            return self._coins(source, quantity) * mark / target.multiplier
        return self._coins(source, quantity) / target.multiplier

    def _book(self, position: Position, target: Instrument, quantity: float, mark: float) -> None:
        """What of equity the mapped position does not carry any more, into the balance."""
        source = position.instrument
        if source == target:
            return
        self._note_kind(source, target)
        old = float(self.market.mark[self._row(source)])
        home = source.settlement
        if isinstance(source, Option):
            now = quantity * target.multiplier * mark * self._usd(target.settlement)
            was = position.quantity * source.multiplier * old
            moved = was - now / self._usd(home)
            self.shifted.append(moved * self._usd(home))
            moved += position.accrued_funding
        elif isinstance(source, Spot):
            moved = position.accrued_funding
        else:
            moved = position.open_profit(old) + position.accrued_funding
        if moved:
            self.booked.setdefault(home, []).append(moved)

    def _note_kind(self, source: Instrument, target: Instrument) -> None:
        if isinstance(source, Future) and isinstance(target, Perpetual):
            self.kinds.add("dated")
        if is_inverse(source) == is_inverse(target):
            return
        what = "options" if isinstance(source, Option) else "futures"
        self.kinds.add(f"{'inverse' if is_inverse(source) else 'linear'} {what}")

    def _leave(self, position: Position) -> None:
        """A coin held as a position becomes a balance; anything else is left out with its value."""
        instrument = position.instrument
        size = position.quantity * instrument.multiplier
        mark = float(self.market.mark[self._row(instrument)])
        if isinstance(instrument, Spot):
            self.booked.setdefault(instrument.base, []).append(size)
            self.kinds.add("coins")
        elif isinstance(instrument, Option):
            self.left_out.append(size * mark * self._usd(instrument.settlement))
        else:
            profit = position.open_profit(mark) + position.accrued_funding
            self.left_out.append(profit * self._usd(instrument.settlement))

    def _key(self, position: Position, target: Instrument) -> Key:
        keeps = (
            self.venue in TWO_SIDES
            and self.holdings.settings.position_mode == "hedge"
            and isinstance(target, Perpetual | Future)
        )
        side = position.side if keeps else Side.NET
        return target, side, position.margin_mode

    def _added(
        self, rows: Mapping[Key, list[tuple[int, float]]], marks: Mapping[Instrument, float]
    ) -> tuple[tuple[Position, ...], tuple[Place | None, ...]]:
        """One position of each key, and where each source position went."""
        places: list[Place | None] = [None] * len(self.holdings.positions)
        positions = []
        for row, ((target, side, mode), members) in enumerate(rows.items()):
            quantity = fsum(each for _, each in members)
            largest = self.holdings.positions[max(members, key=lambda one: abs(one[1]))[0]]
            for place, part in members:
                places[place] = Place(row, part / quantity if quantity else 0.0)
            if len(members) == 1 and largest.instrument == target:
                positions.append(largest)
                continue
            isolated = [
                (each.isolated_margin or 0.0) * self._usd(each.instrument.settlement)
                for each in (self.holdings.positions[place] for place, _ in members)
                if each.isolated_margin is not None
            ]
            positions.append(
                Position(
                    target,
                    quantity,
                    marks[target],
                    marks[target],
                    side,
                    mode,
                    largest.leverage,
                    fsum(isolated) / self._usd(target.settlement) if isolated else None,
                )
            )
        return tuple(positions), tuple(places)

    def _orders(
        self, bids: Sequence[Instrument | None], marks: Mapping[Instrument, float]
    ) -> Iterator[Order]:
        for order, target in zip(self.holdings.orders, bids, strict=True):
            if target is None:
                continue
            source = order.instrument
            yield Order(
                target,
                self._quantity(source, order.quantity, target, marks[target]),
                order.price * self._factor(target, source),
                order.reduce_only,
            )

    def _balances(self) -> Mapping[str, Balance]:
        balances = dict(self.holdings.balances)
        for currency, amounts in self.booked.items():
            old = balances.get(currency, Balance(0.0))
            balances[currency] = replace(old, amount=fsum([old.amount, *amounts]))
        return balances

    def _market(
        self, held: Holdings, marks: Mapping[Instrument, float]
    ) -> tuple[MarketSnapshot, tuple[str, ...]]:
        """The quotes of everything mapped, and the dollar coins that are assumed at a dollar."""
        market = self.market
        universe = _universe(tuple(sorted({*held.held()}, key=sort_key)))
        sources = [self.sources[each][1] for each in universe.instruments]
        rows = [self._row(each) for each in sources]
        columns = {name: getattr(market, name)[rows] for name in CARRIED}
        factors = [
            self._factor(target, source)
            for target, source in zip(universe.instruments, sources, strict=True)
        ]
        for name in PRICES:
            columns[name] = getattr(market, name)[rows] * factors
        columns["mark"][:] = [marks[each] for each in universe.instruments]
        index = dict(market.index)
        for currency in ("USDC", "USDT"):
            index.setdefault(currency, 1.0)
        wanted = {each for one in universe.instruments for each in (one.quote, one.settlement)}
        assumed = tuple(
            sorted(
                each
                for each in {*wanted, *held.balances}
                if each in DOLLARS and each not in market.index
            )
        )
        index.update(dict.fromkeys(assumed, 1.0))
        made = snapshot(
            market.as_of,
            universe,
            index,
            source=market.source,
            synthetic=market.synthetic,
            notes=market.notes,
            without_futures=market.without_futures,
            oracles=market.oracles,
            **columns,
        )
        return made, assumed

    def _notes(self, assumed: Iterable[str]) -> tuple[str, ...]:
        """What a reader must know of the conversion."""
        notes = []
        name = directory.title(self.venue)
        of = len(self.holdings.positions)
        if of:
            missing = sum(1 for each in self.unmapped if not each.startswith("order of "))
            notes.append(f"{of - missing} of {of} positions as {name} would list them")
        for kind, how in (
            ("inverse options", "priced in dollars by their forwards"),
            ("linear options", "priced in coins by their forwards"),
            ("inverse futures", "in coins at their marks"),
            ("linear futures", "in dollars at their marks"),
        ):
            if kind in self.kinds:
                other = kind.replace("inverse", "L").replace("linear", "inverse")
                notes.append(f"{kind} count as {other.replace('L', 'linear')}, {how}")
        if "dated" in self.kinds:
            notes.append("dated futures count as perpetuals, at the marks of the futures")
        if "coins" in self.kinds:
            notes.append("coins held as positions count as balances")
        if self.booked:
            amounts = ", ".join(
                f"{fsum(each):+,.6g} {currency}" for currency, each in sorted(self.booked.items())
            )
            notes.append(f"open profit and funding are in the balances: {amounts}")
        shifted = fsum(self.shifted)
        if abs(shifted) >= SMALL:
            notes.append(
                f"of that {shifted:+,.2f} USD is what options are worth at the index and not at "
                "their forwards"
            )
        if self.left_out:
            notes.append(
                f"what could not be mapped is left out with its value of "
                f"{fsum(self.left_out):+,.2f} USD"
            )
        if names := ", ".join(assumed):
            notes.append(f"{names} has no index in this market and counts as 1 USD")
        return tuple(notes)


@lru_cache(maxsize=8192)
def _equivalent(venue: str, instrument: Instrument) -> Instrument | str:
    """The venue's nearest instrument, or why there is none; the same at every tick."""
    if instrument.venue == venue:
        return instrument
    try:
        return directory.of(venue).equivalent(instrument)
    except InstrumentError as error:
        return str(error)


@lru_cache(maxsize=64)
def _universe(instruments: tuple[Instrument, ...]) -> Universe:
    """The columns of what a venue lists; a book that only ticks keeps them."""
    return Universe(instruments)


def _contradiction(source: Instrument, target: Instrument, market: MarketSnapshot) -> str:
    """Why two instruments cannot stand for one another, although the venue names them together."""
    if isinstance(target, Future | Option) and target.expiry <= market.as_of:
        return f"{target.name} has expired there already, at {target.expiry:%H:%M} UTC"
    is_foreign = source.quote != target.quote and not {source.quote, target.quote} <= DOLLARS
    if isinstance(source, Option) and isinstance(target, Option) and is_foreign:
        return f"its strike is in {source.quote}, that of {target.name} in {target.quote}"
    return ""
