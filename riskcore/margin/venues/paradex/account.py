"""What both models share: the account value, charges beside positions, liquidation.

    account value  USDC x its oracle price + open profit of every position, options too
    open profit    size x mark - size x entry (USDC) x oracle price + accrued funding
    requirement    + all that other tokens are worth
    margin ratio   maintenance / account value; above 1 the account is liquidated

Everything is counted in USD; the pool is the USDC of the account.
Source: tradeparadex/paradex-docs @ 9b82a75, risk-system: margin-term-reference, liquidations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskcore.holdings import Holdings, Order, Position
from riskcore.instruments import Option
from riskcore.margin.requirement import (
    Component,
    Figure,
    LossTable,
    Requirement,
    Rule,
    Trigger,
    total,
    usage,
)
from riskcore.margin.venues.paradex.parameters import Parameters
from riskcore.margin.worth import account_notes, refuse_unsupported
from riskcore.market import MarketSnapshot
from riskcore.naming.paradex import SETTLEMENT, VENUE
from riskcore.risk_array import Risk

POOL = SETTLEMENT
CURRENCY = "USD"
SOURCE = "paradex-docs, risk-system/margin-term-reference"
LIQUIDATIONS = "paradex-docs, risk-system/liquidations"
STEP, HEALTHY = 0.2, 0.9  # liquidation shares are multiples; the margin ratio they must reach
TOKENS = "tokens other than USDC"


def refuse(holdings: Holdings, risk: Risk, title: str) -> None:
    """Raises Unsupported or MarketError for what an account cannot hold."""
    refuse_unsupported(holdings, risk, VENUE, title)


def counted_orders(holdings: Holdings) -> tuple[Order, ...]:
    """The orders that can open something: one that only reduces needs nothing."""
    return tuple(each for each in holdings.orders if not each.reduce_only)


def account_value(parameters: Parameters, holdings: Holdings, market: MarketSnapshot) -> Component:
    """The account value, USD."""
    price = market.usd(SETTLEMENT, VENUE)
    cash = holdings.balances.get(SETTLEMENT)
    parts = [Component("cash_balance", 0.0 if cash is None else cash.amount * price)]
    profits = [
        Component(each.label, open_profit(each, market, price), Rule.POSITION)
        for each in holdings.positions
    ]
    parts += [total("futures_profit", *profits, because="options too")] if profits else []
    funding = sum(each.accrued_funding for each in holdings.positions)
    parts += [Component("accrued_funding", funding * price)] if funding else []
    lines = [total("currency_equity", *parts, because=f"USDC at {price:,.8g} USD")]
    if parameters.rules.account_value == "all_tokens":
        for coin, worth in tokens(holdings, market):
            whole = Component("collateral_value", worth, because=coin)
            lines.append(total("currency_equity", whole, because=coin))
    return total("equity", *lines, source=SOURCE)


def open_profit(position: Position, market: MarketSnapshot, price: float) -> float:
    """Open profit of a position, USD; 0 while its entry is not known.

    price  of USDC: the entry is in USDC, the mark in USD
    """
    if position.opened is None:
        return 0.0
    mark = float(market.mark[market.universe.rows[position.instrument]])
    return position.quantity * position.instrument.multiplier * (mark - position.opened * price)


def tokens(holdings: Holdings, market: MarketSnapshot) -> list[tuple[str, float]]:
    """Every token but USDC with a balance, and what it is worth in USD."""
    return [
        (coin, each.amount * market.usd(coin, VENUE))
        for coin, each in holdings.balances.items()
        if coin != SETTLEMENT and each.amount
    ]


def token_charge(holdings: Holdings, market: MarketSnapshot) -> list[Component]:
    """What tokens other than USDC require: all they are worth."""
    return [
        Component("token_charge", abs(worth), because=f"{coin}: all it is worth")
        for coin, worth in tokens(holdings, market)
    ]


def fee(parameters: Parameters, market: MarketSnapshot, row: int) -> float:
    """The fee of one unit of an instrument, USD: of the mark, or for an option of spot, capped."""
    instrument, mark = market.universe.instruments[row], float(market.mark[row])
    fees = parameters.fees
    if isinstance(instrument, Option):
        spot = market.usd(instrument.base, VENUE)
        return min(fees.option * spot, fees.option_cap * mark) * instrument.multiplier
    return fees.perpetual * mark * instrument.multiplier


def provision(term: str, lines: Sequence[tuple[str, float]], orders: float) -> list[Component]:
    """A line of each position and one of all orders; none where nothing is provided for.

    lines   label and USD of each position
    orders  USD
    """
    if not orders and not any(amount for _, amount in lines):
        return []
    parts = [Component(label, amount, Rule.POSITION) for label, amount in lines]
    parts += [Component("open_orders_margin", orders)] if orders else []
    return [total(term, *parts)]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a liquidation of a share of every position leaves."""

    share: float
    maintenance: float
    penalty: float
    value: float

    @property
    def ratio(self) -> float:
        """Margin ratio afterwards."""
        return usage(self.maintenance, self.value)


def cut(share: float, value: float, maintenance: float, fee_rate: float) -> Cut:
    """A liquidation of this share of an account.

    penalty = share x fee x maintenance margin, from the account value to the insurance fund
    """
    penalty = share * fee_rate * maintenance
    return Cut(share, (1 - share) * maintenance, penalty, value - penalty)


def liquidation(value: float, maintenance: float, fee_rate: float) -> Cut | None:
    """What the venue liquidates: the smallest multiple of 20 % after which the ratio is below 90 %.

    None while the margin ratio is not above 1. Everything where no smaller share is enough.
    """
    if usage(maintenance, value) <= 1:
        return None
    for step in range(1, round(1 / STEP)):
        found = cut(step * STEP, value, maintenance, fee_rate)
        if found.ratio < HEALTHY:
            return found
    return cut(1.0, value, maintenance, fee_rate)


def pool(
    parameters: Parameters,
    holdings: Holdings,
    market: MarketSnapshot,
    initial: Component,
    maintenance: Component,
    *,
    label: str,
    further: Iterable[str] = (),
    worst: str = "",
    losses: LossTable | None = None,
) -> Requirement:
    """The one pool of an account; the venue acts at a margin ratio from 1 on.

    further  notes that its model adds
    """
    equity = account_value(parameters, holdings, market)
    value = equity.amount
    return Requirement(
        pool=POOL,
        currency=CURRENCY,
        equity=equity,
        initial=initial,
        maintenance=maintenance,
        trigger=Trigger("margin ratio", usage(maintenance.amount, value), 1.0),
        label=label,
        notes=(*notes(parameters, holdings), *further),
        worst_scenario=worst,
        figures=figures(
            parameters,
            holdings,
            market,
            value=value,
            initial=initial.amount,
            maintenance=maintenance.amount,
        ),
        losses=losses or LossTable(),
    )


def figures(
    parameters: Parameters,
    holdings: Holdings,
    market: MarketSnapshot,
    *,
    value: float,
    initial: float,
    maintenance: float,
) -> tuple[Figure, ...]:
    """Account fields by the venue's own identities, USD."""
    cash = holdings.balances.get(SETTLEMENT)
    usdc = 0.0 if cash is None else cash.amount * market.usd(SETTLEMENT, VENUE)
    found = [
        Figure("account_value", value, CURRENCY),
        Figure("total_collateral", usdc, CURRENCY),
        Figure("free_collateral", min(value - initial, usdc), CURRENCY),
        Figure("margin_cushion", value - maintenance, CURRENCY),
    ]
    sold = liquidation(value, maintenance, parameters.rules.liquidation_fee)
    if sold is not None:
        found += [
            Figure("liquidation_share", sold.share, ""),
            Figure("liquidation_penalty", sold.penalty, CURRENCY),
        ]
    return tuple(found)


def notes(parameters: Parameters, holdings: Holdings) -> tuple[str, ...]:
    """What of the account's own figures is missing or left out."""
    found = list(account_notes(holdings, futures_style=True))
    held = [coin for coin, each in holdings.balances.items() if coin != SETTLEMENT and each.amount]
    if held and parameters.rules.account_value == "usdc_only":
        found.append(f"{', '.join(held)} requires all it is worth, and is not in the account value")
    if any(each.reduce_only for each in holdings.orders):
        found.append("orders that only reduce a position require nothing")
    return tuple(found)


def coins(holdings: Holdings) -> tuple[str, ...]:
    """Underlyings held or ordered, sorted."""
    return tuple(sorted({each.base for each in holdings.held()}))


def doubts(holdings: Holdings, extra: Iterable[str] = ()) -> list[str]:
    """What of the account the venue's texts leave open."""
    found = list(extra)
    if any(coin != SETTLEMENT and each.amount for coin, each in holdings.balances.items()):
        found.append(TOKENS)
    return found
