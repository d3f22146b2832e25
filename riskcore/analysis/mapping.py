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

from riskcore.analysis.legs import Leg, legs
from riskcore.analysis.pairs import DOLLARS, Pair, contradiction, paired
from riskcore.errors import MarketError
from riskcore.holdings import Balance, Holdings, MarginMode, Order, Position, Side
from riskcore.instruments import Future, Instrument, Option, Perpetual, Spot, is_inverse, sort_key
from riskcore.market import MarketSnapshot, snapshot
from riskcore.naming import directory
from riskcore.universe import Universe

CARRIED = ("vol", "forward", "funding_8h", "quoted_at", "rate", "discount")
PRICES = ("mark", "bid", "ask")
SMALL = 0.005  # USD: a booking that no reader would miss

Key = tuple[str, Side, MarginMode]


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


def mapped(
    holdings: Holdings,
    market: MarketSnapshot,
    venue: str,
    known: Sequence[Leg] | None = None,
    wallet: str = "",
) -> Mapped:
    """The holdings and the market as another venue would list them.

    market  with a quote of everything held and ordered
    known   the legs, where several venues are asked about one book
    wallet  of a venue that keeps its contracts in several, the one that is asked
    """
    return _Mapping(
        holdings, market, venue, legs(holdings, market) if known is None else known, wallet
    ).made()


class _Mapping:
    """One book on its way to one venue."""

    def __init__(
        self,
        holdings: Holdings,
        market: MarketSnapshot,
        venue: str,
        known: Sequence[Leg],
        wallet: str,
    ) -> None:
        self.holdings, self.market, self.venue, self.wallet = holdings, market, venue, wallet
        self.keeps_sides = directory.keeps_sides(venue)
        self.legs = known
        self.booked: dict[str, list[float]] = {}
        self.shifted: list[float] = []  # USD that options are worth less at their forwards
        self.left_out: list[float] = []  # USD of what is left out
        self.unmapped: list[str] = []
        self.kinds: set[str] = set()
        # By the name of a target: how much is held of it, and the leg that gives its quote.
        self.sources: dict[str, tuple[float, Leg, Pair]] = {}
        self.marks: dict[str, float] = {}

    def made(self) -> Mapped:
        """Everything mapped."""
        pairs = [self._pair(each) for each in self.legs]
        self._choose_sources(pairs)
        self.marks = {
            name: leg.mark * self._factor(leg, pair)
            for name, (_, leg, pair) in self.sources.items()
        }
        rows: dict[Key, list[tuple[int, float]]] = {}
        count = len(self.holdings.positions)
        for place, (leg, pair) in enumerate(zip(self.legs[:count], pairs[:count], strict=True)):
            if pair is None:
                self._leave(leg)
                continue
            quantity = self._quantity(leg, pair)
            if not pair.is_same:
                self._book(leg, pair, quantity)
            assert isinstance(leg.holding, Position)
            rows.setdefault(self._key(leg.holding, pair.target), []).append((place, quantity))
        positions, places = self._added(rows, pairs)
        orders = tuple(self._orders(zip(self.legs[count:], pairs[count:], strict=True)))
        settings = self.holdings.settings
        if not self.keeps_sides and settings.position_mode != "net":
            settings = replace(settings, position_mode="net")
        held = Holdings(positions, self._balances(), orders, settings)
        market, assumed = self._market(held)
        return Mapped(
            held, market, places, self._notes(assumed), tuple(self.unmapped), self.holdings
        )

    def _pair(self, leg: Leg) -> Pair | None:
        found = paired(self.venue, self.wallet, leg.instrument)
        if isinstance(found, Pair):
            found = contradiction(leg.instrument, found, self.market) or found
        if isinstance(found, Pair):
            return found
        holding = leg.holding
        if isinstance(holding, Order):
            self.unmapped.append(f"order of {holding.instrument.name}: {found}")
        elif not isinstance(holding.instrument, Spot):
            self.unmapped.append(f"{holding.label}: {found}")
        return None

    def _choose_sources(self, pairs: Sequence[Pair | None]) -> None:
        """Of several instruments that become one, the largest holding gives its quote."""
        for leg, pair in zip(self.legs, pairs, strict=True):
            if pair is None:
                continue
            size = 0.0 if isinstance(leg.holding, Order) else abs(leg.coins)
            if pair.is_same:
                size = float("inf")  # its own quote before any other
            best = self.sources.get(pair.target.name)
            if best is None or (size, leg.instrument.name) > (best[0], best[1].instrument.name):
                self.sources[pair.target.name] = (size, leg, pair)

    def _factor(self, leg: Leg, pair: Pair) -> float:
        """What a price of the source is multiplied with to be one of the target."""
        if pair.is_option and pair.kinds:
            if isnan(leg.forward):
                raise MarketError(f"{leg.instrument.name} has no forward price in this market")
            return leg.forward if is_inverse(leg.instrument) else 1 / leg.forward
        if pair.is_foreign:
            return self._usd(leg.instrument.quote) / self._usd(pair.target.quote)
        return 1.0

    def _usd(self, currency: str) -> float:
        """The price of a currency; a dollar coin the market lacks is worth a dollar."""
        if currency in DOLLARS and currency not in self.market.index:
            return 1.0
        return self.market.usd(currency)

    def _quantity(self, leg: Leg, pair: Pair) -> float:
        if pair.is_same:
            return leg.holding.quantity
        if pair.keeps_quote:
            return leg.size / pair.target.multiplier
        if pair.counts_quote:
            return leg.coins * self.marks[pair.target.name] / pair.target.multiplier
        return leg.coins / pair.target.multiplier

    def _book(self, leg: Leg, pair: Pair, quantity: float) -> None:
        """What of equity the mapped position does not carry any more, into the balance."""
        self.kinds.update(pair.kinds)
        target, home = pair.target, leg.instrument.settlement
        moved = leg.profit
        if pair.is_option:
            price = self.marks[target.name] * self._usd(target.settlement)
            usd = self._usd(home)
            shift = leg.size * leg.mark * usd - quantity * target.multiplier * price
            self.shifted.append(shift)
            moved += shift / usd
        if moved:
            self.booked.setdefault(home, []).append(moved)

    def _leave(self, leg: Leg) -> None:
        """A coin held as a position becomes a balance; anything else is left out with its value."""
        instrument = leg.instrument
        if isinstance(instrument, Spot):
            self.booked.setdefault(instrument.base, []).append(leg.size)
            self.kinds.add("coins")
            return
        value = leg.size * leg.mark if isinstance(instrument, Option) else 0.0
        self.left_out.append((value + leg.profit) * self._usd(instrument.settlement))

    def _key(self, position: Position, target: Instrument) -> Key:
        keeps = (
            self.keeps_sides
            and self.holdings.settings.position_mode == "hedge"
            and isinstance(target, Perpetual | Future)
        )
        return target.name, position.side if keeps else Side.NET, position.margin_mode

    def _added(
        self, rows: Mapping[Key, list[tuple[int, float]]], pairs: Sequence[Pair | None]
    ) -> tuple[tuple[Position, ...], tuple[Place | None, ...]]:
        """One position of each key, and where each source position went."""
        held = self.holdings.positions
        places: list[Place | None] = [None] * len(held)
        positions = []
        for row, ((name, side, mode), members) in enumerate(rows.items()):
            place, quantity = members[0]
            if len(members) == 1:
                places[place] = Place(row, 1.0)
            else:
                quantity = fsum(each for _, each in members)
                for other, part in members:
                    places[other] = Place(row, part / quantity if quantity else 0.0)
                place = max(members, key=lambda one: abs(one[1]))[0]
            pair = pairs[place]
            assert pair is not None
            if len(members) == 1 and pair.is_same:
                positions.append(held[place])
                continue
            mark = self.marks[name]
            isolated = self._isolated([held[other] for other, _ in members], pair.target)
            positions.append(
                Position(
                    pair.target, quantity, mark, mark, side, mode, held[place].leverage, isolated
                )
            )
        return tuple(positions), tuple(places)

    def _isolated(self, members: Sequence[Position], target: Instrument) -> float | None:
        """The isolated margin of several positions in the target's settlement currency."""
        amounts = [
            each.isolated_margin * self._usd(each.instrument.settlement)
            for each in members
            if each.isolated_margin is not None
        ]
        return fsum(amounts) / self._usd(target.settlement) if amounts else None

    def _orders(self, several: Iterable[tuple[Leg, Pair | None]]) -> Iterator[Order]:
        for leg, pair in several:
            if pair is not None:
                order = leg.holding
                assert isinstance(order, Order)
                price = order.price * self._factor(leg, pair)
                yield Order(pair.target, self._quantity(leg, pair), price, order.reduce_only)

    def _balances(self) -> Mapping[str, Balance]:
        balances = dict(self.holdings.balances)
        for currency, amounts in self.booked.items():
            old = balances.get(currency, Balance(0.0))
            balances[currency] = replace(old, amount=fsum([old.amount, *amounts]))
        return balances

    def _market(self, held: Holdings) -> tuple[MarketSnapshot, tuple[str, ...]]:
        """The quotes of everything mapped, and the dollar coins that are assumed at a dollar."""
        market = self.market
        universe = _universe(tuple(pair.target for _, _, pair in self.sources.values()))
        found = [self.sources[each.name] for each in universe.instruments]
        rows = [market.universe.rows[leg.instrument] for _, leg, _ in found]
        columns = {name: getattr(market, name)[rows] for name in CARRIED}
        factors = [self._factor(leg, pair) for _, leg, pair in found]
        for name in PRICES:
            columns[name] = getattr(market, name)[rows] * factors
        columns["mark"][:] = [self.marks[each.name] for each in universe.instruments]
        index = dict(market.index)
        for currency in ("USDC", "USDT"):
            index.setdefault(currency, 1.0)
        wanted = universe.currencies
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


@lru_cache(maxsize=64)
def _universe(instruments: tuple[Instrument, ...]) -> Universe:
    """The columns of what a venue lists, in reading order; a book that only ticks keeps them."""
    return Universe(tuple(sorted(instruments, key=sort_key)))
