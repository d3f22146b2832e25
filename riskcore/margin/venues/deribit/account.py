"""Account fields by Deribit's own identities, and what its accounts cannot hold.

Source: docs.deribit.com, private/get_account_summaries; checked on its example.
"""

from dataclasses import dataclass

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings, MarginMode, Position, Side
from riskcore.instruments import Option, Spot, is_inverse
from riskcore.margin.requirement import Component, Rule, total
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.margin.worth import refuse_unpriced
from riskcore.market import MarketSnapshot
from riskcore.naming.deribit import VENUE
from riskcore.risk_array import Risk

SOURCE = "docs.deribit.com, private/get_account_summaries"
LARGEST = 1e15  # beyond it a figure in floating point cannot show one unit more
TOO_LARGE = f"is more than {LARGEST:g}, more than can be counted"


@dataclass(frozen=True, slots=True)
class Summary:
    """One currency of an account, every amount in that currency.

    delta  sum of the positions' deltas; linear ones times price
    """

    currency: str
    balance: float = 0.0
    locked: float = 0.0
    futures_session_upl: float = 0.0
    futures_session_rpl: float = 0.0
    options_value: float = 0.0
    delta: float = 0.0
    futures_pl: float | None = 0.0  # since entry; None while an entry price is missing
    options_pl: float | None = 0.0
    profits: tuple[Component, ...] = ()  # of futures, by instrument
    options: tuple[Component, ...] = ()  # value of options, by instrument
    unpriced: tuple[str, ...] = ()  # futures without settled and entry price

    @property
    def equity(self) -> float:
        """Balance, futures profit of the session, and the mark value of options."""
        return self.margin_balance_standard + self.options_value

    @property
    def margin_balance_standard(self) -> float:
        """Equity without options: what standard margin compares."""
        return self.balance + self.futures_session_upl + self.futures_session_rpl

    @property
    def delta_total(self) -> float:
        """Net transaction delta: deltas less the value of options."""
        return self.delta - self.options_value

    @property
    def total_pl(self) -> float | None:
        """Profit of futures and options since they were opened."""
        if self.futures_pl is None or self.options_pl is None:
            return None
        return self.futures_pl + self.options_pl

    def component(self, term: str, *, with_options: bool, price: float = 1.0) -> Component:
        """The equity of this currency, or its margin balance, times a price."""
        parts = [Component("cash_balance", self.balance * price)]
        if self.profits or self.futures_session_rpl:
            parts.append(total("futures_profit", *_priced(self.profits, price), source=SOURCE))
        if self.futures_session_rpl:
            parts.append(Component("accrued_funding", self.futures_session_rpl * price))
        if with_options and self.options:
            parts.append(total("options_value", *_priced(self.options, price), source=SOURCE))
        because = "" if price == 1 else f"{self.currency} at {price:,.8g} USD"
        if not with_options and self.options:
            because = f"{because}; " if because else ""
            because += f"without options worth {self.options_value * price:,.8g}"
        return total(term, *parts, because=because, source=SOURCE)


def own_equity(position: Position, mark: float) -> float:
    """What a position itself adds to the equity of its currency."""
    if isinstance(position.instrument, Option):
        worth = position.quantity * position.instrument.multiplier * mark
    else:
        worth = position.open_profit(mark)
    return worth + position.accrued_funding


def used(holdings: Holdings) -> tuple[str, ...]:
    """The currencies in which there is something; one whose balance is 0 needs no price."""
    empty = {name for name, each in holdings.balances.items() if not (each.amount or each.locked)}
    return tuple(sorted(holdings.settlements() | (holdings.balances.keys() - empty)))


def summaries(holdings: Holdings, risk: Risk) -> dict[str, Summary]:
    """The account's currencies in which there is something, each by its name.

    A currency that the account has switched off as collateral counts its open profit only.
    """
    market, universe = risk.market, risk.universe
    enabled = holdings.settings.collateral_enabled
    held: dict[str, list[tuple[Position, int]]] = {name: [] for name in used(holdings)}
    for position in holdings.positions:
        held[position.instrument.settlement].append((position, universe.row(position.instrument)))
    found = {}
    for currency, positions in held.items():
        balance = holdings.balances.get(currency)
        counted = enabled is None or currency in enabled
        found[currency] = _summary(
            currency,
            balance.amount if balance is not None and counted else 0.0,
            balance.locked if balance is not None else 0.0,
            positions,
            risk.greeks.delta,
            market,
        )
    return found


def _summary(
    currency: str,
    balance: float,
    locked: float,
    positions: list[tuple[Position, int]],
    deltas: F64,
    market: MarketSnapshot,
) -> Summary:
    profits, options, unpriced = [], [], []
    delta = rpl = 0.0
    since_entry: dict[bool, float | None] = {False: 0.0, True: 0.0}
    for position, row in positions:
        instrument, mark = position.instrument, float(market.mark[row])
        option = isinstance(instrument, Option)
        inverse = is_inverse(instrument)
        coins = position.quantity * float(deltas[row])
        rpl += position.accrued_funding
        if option:
            worth = position.quantity * instrument.multiplier * mark
            options.append(Component(instrument.name, worth, Rule.POSITION))
            delta += coins if inverse else coins * market.usd(instrument.base)
        else:
            delta += coins if inverse else coins * mark
            if position.opened is None:
                unpriced.append(instrument.name)
            else:
                profit = position.open_profit(mark)
                profits.append(Component(instrument.name, profit, Rule.POSITION))
        entry = position.entered
        gain = None if entry is None else position.gain(entry, mark)
        before = since_entry[option]
        since_entry[option] = None if before is None or gain is None else before + gain
    return Summary(
        currency,
        balance,
        locked,
        sum(part.amount for part in profits),
        rpl,
        sum(part.amount for part in options),
        delta,
        since_entry[False],
        since_entry[True],
        tuple(profits),
        tuple(options),
        tuple(unpriced),
    )


def refuse_unsupported(holdings: Holdings, parameters: Parameters, risk: Risk, name: str) -> None:
    """Raises Unsupported or MarketError for what no Deribit account can hold."""
    if holdings.settings.position_mode != "net":
        raise Unsupported(
            f"the account is in {holdings.settings.position_mode} mode; Deribit nets long and "
            "short into one position, so set the position mode to net"
        )
    for currency, balance in holdings.balances.items():
        if balance.borrowed:
            raise Unsupported(
                f"{currency}: {balance.borrowed:g} are borrowed; Deribit's margin on a loan is not "
                "published, so leave the loan out"
            )
        if abs(balance.amount) > LARGEST:
            raise Unsupported(f"{currency}: a balance of {balance.amount:g} {TOO_LARGE}")
    for order in holdings.orders:
        if max(abs(order.quantity), order.price) > LARGEST:
            figures = f"{order.quantity:g} at {order.price:g}"
            raise Unsupported(f"{order.instrument.name}: an order for {figures} {TOO_LARGE}")
    market, rows = risk.market, risk.universe.rows
    for position in holdings.positions:
        instrument = position.instrument
        if abs(position.quantity) > LARGEST or abs(position.accrued_funding) > LARGEST:
            raise Unsupported(f"{instrument.name}: a position of {position.quantity:g} {TOO_LARGE}")
        if position.side is not Side.NET:
            raise Unsupported(
                f"{instrument.name} is held on a {position.side.value} side; Deribit nets long and "
                "short into one position, so enter it as net"
            )
        if position.margin_mode is MarginMode.ISOLATED or position.isolated_margin is not None:
            raise Unsupported(
                f"{instrument.name} is margined in isolation; every position of a Deribit account "
                "shares its pool, so enter it as cross"
            )
    for instrument in holdings.held():
        if instrument.venue != VENUE:
            raise Unsupported(
                f"{instrument.name} is listed at {instrument.venue}; {name} covers Deribit's "
                "instruments only"
            )
        if isinstance(instrument, Spot):
            raise Unsupported(
                f"{instrument.name} is spot; enter the coin as a balance, and leave spot orders "
                "out: what they reserve is not published"
            )
        refuse_unpriced(instrument, risk)
    for position in holdings.positions:
        mark = float(market.mark[rows[position.instrument]])
        for price in (position.entered, position.opened):
            if price is not None and not abs(position.gain(price, mark)) <= LARGEST:
                raise Unsupported(
                    f"{position.instrument.name}: a profit since {price:g} {TOO_LARGE}"
                )
    if name.startswith("deribit/cross"):
        pool = parameters.pooling.cross_collateral
        for currency in holdings.currencies():
            if currency not in pool:
                raise Unsupported(
                    f"{currency} is not in the pool of Deribit's cross models, which has "
                    f"{', '.join(pool)}; hold it in an account of a segregated model"
                )


def _priced(parts: tuple[Component, ...], price: float) -> tuple[Component, ...]:
    if price == 1:
        return parts
    return tuple(Component(each.term, each.amount * price, each.rule) for each in parts)
