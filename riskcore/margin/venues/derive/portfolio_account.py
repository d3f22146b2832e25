"""Which manager of Derive has what of an account: positions, collateral, and the cash of all.

A manager has one underlying and an account has one manager, so a book in several underlyings is
several accounts at Derive. Such a book is computed as one manager for each, with one cash balance
under all of them, and the label says so. A coin is pledged to the manager of its own name where
that has positions, else to the first that takes it. A coin that no manager takes counts as nothing;
one that is owed counts whole, as cash would.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from riskcore.errors import MarketError, Unsupported
from riskcore.holdings import Holdings, MarginMode, Position, Side
from riskcore.instruments import Future, Option, Perpetual, Spot
from riskcore.margin.requirement import Component, Rule, total
from riskcore.margin.venues.derive.oracle import Oracle, Value
from riskcore.naming.derive import SETTLEMENT, VENUE
from riskcore.risk_array import Risk

LARGEST = 1e15  # beyond it a figure in floating point cannot show one unit more
CASH = (SETTLEMENT, "USD")

ONE_EACH = "one manager per underlying"
NOT_TAKEN = "coins that Derive does not take"
OWED = "debts in coins"
DOLLARS = "dollars counted as USDC"

Takes = Callable[[str, str], bool]  # (underlying of a manager, coin)


@dataclass(frozen=True, slots=True)
class Pledge:
    """A coin held as collateral.

    price  USD, and its confidence
    value  what it is worth in USDC
    """

    asset: str
    amount: float
    price: Value
    value: float


@dataclass(frozen=True, slots=True)
class Sharing:
    """An account by manager.

    positions  of each underlying, those of quantity 0 left out
    pledges    to each manager
    loose      coins of no manager, with what they count for in USDC
    cash       USDC
    """

    positions: Mapping[str, tuple[Position, ...]]
    pledges: Mapping[str, tuple[Pledge, ...]]
    loose: tuple[tuple[Pledge, float], ...]
    cash: float
    stable: float  # USDC in USD
    approximate: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def managers(self) -> tuple[str, ...]:
        """Underlyings with a manager here, sorted."""
        return tuple(sorted({*self.positions, *self.pledges}))


@dataclass(slots=True)
class _Sorting:
    """The coins of an account while they are shared out."""

    pledges: dict[str, list[Pledge]] = field(default_factory=dict)
    loose: list[tuple[Pledge, float]] = field(default_factory=list)
    cash: float = 0.0
    approximate: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def shared_out(
    holdings: Holdings, oracle: Oracle, underlyings: tuple[str, ...], takes: Takes
) -> Sharing:
    """The account by manager. Raises MarketError for a coin without a price.

    underlyings  those that have a manager
    """
    positions: dict[str, list[Position]] = {}
    for each in holdings.positions:
        if each.quantity:
            positions.setdefault(each.instrument.base, []).append(each)
    stable = oracle.stable()
    found = _Sorting()
    enabled = holdings.settings.collateral_enabled
    for asset, balance in holdings.balances.items():
        amount = balance.amount - balance.borrowed
        if not amount:
            continue
        if enabled is not None and asset not in enabled:
            found.notes.append(f"{asset} is switched off as collateral and counts as nothing")
        elif asset in CASH:
            found.cash += amount
            if asset != SETTLEMENT:
                found.approximate[DOLLARS] = None
        else:
            price = oracle.spot(asset)
            pledge = Pledge(asset, amount, price, amount * price.value / stable)
            _pledge(pledge, positions, underlyings, takes, found)
    if len({*positions, *found.pledges}) > 1:
        found.approximate[ONE_EACH] = None
        found.notes.append(
            "Derive's managers each have one underlying: this book is several accounts there, "
            "here under one cash balance"
        )
    found.notes += [
        f"{each.label} has no entry and no settled price: its open profit counts as 0"
        for each in holdings.positions
        if isinstance(each.instrument, Perpetual) and each.opened is None and each.quantity
    ]
    return Sharing(
        {coin: tuple(each) for coin, each in positions.items()},
        {coin: tuple(each) for coin, each in found.pledges.items()},
        tuple(found.loose),
        found.cash,
        stable,
        tuple(found.approximate),
        tuple(found.notes),
    )


def _pledge(
    pledge: Pledge,
    positions: Mapping[str, list[Position]],
    underlyings: tuple[str, ...],
    takes: Takes,
    found: _Sorting,
) -> None:
    asset = pledge.asset
    if pledge.amount < 0:
        found.loose.append((pledge, pledge.value))
        found.approximate[OWED] = None
        found.notes.append(f"{asset} is owed; Derive lends USDC only, so it counts as USDC owed")
        return
    active = sorted({*positions, *found.pledges})
    taker = _taker(asset, active, underlyings, takes)
    if taker is not None:
        found.pledges.setdefault(taker, []).append(pledge)
        return
    found.loose.append((pledge, 0.0))
    found.approximate[NOT_TAKEN] = None
    found.notes.append(f"{asset} is no collateral of a manager here and counts as nothing")


def _taker(
    asset: str, active: Sequence[str], underlyings: tuple[str, ...], takes: Takes
) -> str | None:
    """The manager a coin goes to: of those with something, its own first; else one more."""
    own = [asset] if asset in active else []
    order = (*own, *active, asset, *underlyings)
    return next((coin for coin in order if coin in underlyings and takes(coin, asset)), None)


def equity(sharing: Sharing, marks: Mapping[str, float], oracle: Oracle) -> Component:
    """Cash and everything at Derive's marks, USDC.

    marks  value of one unit of each option, by name
    """
    parts = [Component("cash_balance", sharing.cash, because="USDC, negative when borrowed")]
    held = [each for coin in sharing.managers for each in sharing.positions.get(coin, ())]
    options, profits, funding = [], [], 0.0
    for position in held:
        name = position.label
        if isinstance(position.instrument, Option):
            value = position.quantity * marks[position.instrument.name]
            options.append(Component(name, value, Rule.POSITION))
        elif isinstance(position.instrument, Perpetual):
            price = oracle.perpetual(position.instrument).value
            profits.append(Component(name, position.open_profit(price), Rule.POSITION))
            funding += position.accrued_funding
    if profits:
        parts.append(total("futures_profit", *profits, because="cash not yet settled, in full"))
    if funding:
        parts.append(Component("accrued_funding", funding))
    if options:
        parts.append(total("options_value", *options, because="long and short at Derive's marks"))
    whole = [(each, each.value) for pledges in sharing.pledges.values() for each in pledges]
    parts += [_worth(each, counts, sharing.stable) for each, counts in (*whole, *sharing.loose)]
    return total("equity", *parts, because="cash and mark to market", source=_SOURCE)


_SOURCE = "derivexyz/v2-core, src/risk-managers"


def _worth(pledge: Pledge, counts: float, stable: float) -> Component:
    because = f"{pledge.amount:,.8g} {pledge.asset} × {pledge.price.value:,.8g} / {stable:g}"
    whole = Component("collateral_value", pledge.value, because=because)
    if counts == pledge.value:
        return total("currency_equity", whole, because=pledge.asset)
    cut = Component("currency_haircut", counts - pledge.value, because="no manager takes it")
    return total("currency_equity", whole, cut, because=pledge.asset)


def refuse_unsupported(holdings: Holdings, risk: Risk, underlyings: tuple[str, ...]) -> None:
    """Raises Unsupported or MarketError for what a manager cannot hold."""
    if holdings.settings.position_mode != "net":
        raise Unsupported(
            f"the account is in {holdings.settings.position_mode} mode; Derive nets long and short "
            "into one position, so set the position mode to net"
        )
    for asset, balance in holdings.balances.items():
        if max(abs(balance.amount), balance.borrowed) > LARGEST:
            raise Unsupported(_too_large(f"{asset}: a balance of {balance.amount:g}"))
    for order in holdings.orders:
        if max(abs(order.quantity), order.price) > LARGEST:
            what = f"an order for {order.quantity:g} at {order.price:g}"
            raise Unsupported(_too_large(f"{order.instrument.name}: {what}"))
    for position in holdings.positions:
        name = position.instrument.name
        if abs(position.quantity) > LARGEST:
            raise Unsupported(_too_large(f"{name}: a position of {position.quantity:g}"))
        if position.side is not Side.NET:
            raise Unsupported(
                f"{name} is held on a {position.side.value} side; Derive nets long and short into "
                "one position, so enter it as net"
            )
        alone = position.margin_mode is MarginMode.ISOLATED or position.isolated_margin is not None
        if alone:
            raise Unsupported(
                f"{name} is margined in isolation; every position at Derive shares the account, so "
                "enter it as cross"
            )
    for instrument in holdings.held():
        name = instrument.name
        if instrument.venue != VENUE:
            raise Unsupported(
                f"{name} is listed at {instrument.venue}; Derive's managers hold instruments of "
                "derive only"
            )
        if isinstance(instrument, Spot):
            raise Unsupported(f"{name} is spot; enter the coin as a balance")
        if isinstance(instrument, Future):
            raise Unsupported(f"{name} is a dated future; Derive lists perpetuals and options only")
        if instrument.base not in underlyings:
            raise Unsupported(
                f"{name}: no portfolio manager of {instrument.base} is known at Derive; there are "
                f"those of {', '.join(underlyings)}, and overrides of {instrument.base} may add one"
            )
        if instrument not in risk.universe.rows:
            raise MarketError(f"{name} has no price in this market")


def _too_large(what: str) -> str:
    return f"{what} is more than {LARGEST:g}, more than can be counted"
