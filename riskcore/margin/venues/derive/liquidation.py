"""A liquidation played through on the account's own rules: start, bids, end.

Works with every model of Derive: its Requirement says what the account lacks. What perpetuals have
earned is settled into cash when the auction starts; interest is taken as settled.
Source: derivexyz/v2-core, src/liquidation/DutchAuction.sol.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from riskcore.errors import HoldingsError
from riskcore.holdings import Balance, Holdings, Position
from riskcore.instruments import Perpetual
from riskcore.margin.model import MarginModel
from riskcore.margin.venues.derive import auction
from riskcore.margin.venues.derive.auction import AuctionTerms
from riskcore.margin.venues.derive.oracle import Oracle
from riskcore.risk_array import Risk

CASH = "USDC"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account is worth, and its maintenance margin as a net figure, USDC."""

    value: float
    maintenance: float


class Offer(NamedTuple):
    """What a running auction offers.

    price          of the whole account, USDC; negative is paid out
    largest_share  that may be bought
    """

    factor: float
    price: float
    largest_share: float


@dataclass(frozen=True, slots=True)
class Sale:
    """What one bid did.

    share     of the account as it was
    paid      by the bidder, USDC
    paid_out  to the bidder by the security module, USDC
    """

    share: float
    paid: float
    paid_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Auction:
    """An account under auction.

    began     seconds since 1970, of the solvent or the insolvent auction
    reserved  cash that bids have paid in, USDC
    ended     why it is over; empty while it runs
    """

    model: MarginModel
    terms: AuctionTerms
    holdings: Holdings
    began: float
    fee: float = 0.0
    reserved: float = 0.0
    insolvent: bool = False
    ended: str = ""


def standing(model: MarginModel, holdings: Holdings, risk: Risk) -> Standing:
    """What an account is worth and lacks now."""
    (required,) = model.requirement(holdings, risk)
    value = next(each.amount for each in required.figures if each.term == "mark_to_market")
    return Standing(value, required.equity.amount - required.maintenance.amount)


def start(model: MarginModel, terms: AuctionTerms, holdings: Holdings, risk: Risk) -> Auction:
    """The auction of an account below its maintenance margin.

    Raises HoldingsError for one that is not.
    """
    held = _settled(holdings, risk)
    now = standing(model, held, risk)
    if now.maintenance >= 0:
        raise HoldingsError(
            f"the account has {now.maintenance:,.2f} USDC above its maintenance margin; only one "
            "below it is auctioned"
        )
    began = risk.market.seconds
    if now.value <= 0:
        return Auction(model, terms, held, began, insolvent=True)
    fee = auction.starting_fee(terms, now.maintenance, now.value)
    return Auction(model, terms, _with_cash(held, -fee), began, fee)


def offer(running: Auction, risk: Risk) -> Offer:
    """What the auction offers in this market."""
    now = standing(running.model, running.holdings, risk)
    terms, elapsed = running.terms, risk.market.seconds - running.began
    if running.insolvent:
        price = auction.insolvent_price(terms, now.maintenance, now.value, elapsed)
        return Offer(0.0, price, 1.0)
    factor = auction.price_factor(terms, elapsed)
    return Offer(
        factor,
        auction.bid_price(factor, now.value, running.reserved),
        auction.largest_share(terms, factor, now.maintenance, now.value, running.reserved),
    )


def bid(running: Auction, risk: Risk, share: float) -> tuple[Auction, Sale]:
    """The auction after somebody bought a share of the account as it is now.

    Raises HoldingsError when it is over, or would be as soon as somebody looked at it.
    """
    if not 0 < share <= 1:
        raise HoldingsError(f"the share {share:g} must be above 0 and at most 1")
    if why := running.ended or looked_at(running, risk).ended:
        raise HoldingsError(f"the auction is over: {why}; nothing is for sale")
    found = offer(running, risk)
    bought = min(share, found.largest_share)
    if running.insolvent:
        left = replace(running, holdings=_sold(running.holdings, bought, 0.0, 0.0))
        sale = Sale(bought, 0.0, -found.price * bought)
    else:
        paid = found.price * bought
        held = _sold(running.holdings, bought, running.reserved, paid)
        left = replace(running, holdings=held, reserved=running.reserved + paid)
        sale = Sale(bought, paid)
    if share >= found.largest_share:
        return replace(left, ended="all that was offered is sold"), sale
    return looked_at(left, risk), sale


def looked_at(running: Auction, risk: Risk) -> Auction:
    """The auction with the reason for which anyone may end it now, if there is one."""
    now = standing(running.model, running.holdings, risk)
    if running.insolvent:
        why = "the maintenance margin is met" if now.maintenance >= 0 else ""
    elif auction.buffer_margin(running.terms, now.maintenance, now.value) >= 0:
        why = "the buffer margin is met"
    elif now.value < 0:
        why = "the account has no value"
    elif running.reserved >= now.value:
        why = "only the cash of the bids is left"
    else:
        why = ""
    return replace(running, ended=why)


def insolvent(running: Auction, risk: Risk) -> Auction:
    """The auction after it ran out without mending the account: the security module pays now.

    Raises HoldingsError while it may still be sold at a price.
    """
    now = standing(running.model, running.holdings, risk)
    if now.maintenance >= 0:
        return replace(running, ended="the maintenance margin is met")
    if now.value > 0 and offer(running, risk).factor > 0:
        raise HoldingsError("the account still has a price; wait until the auction has run out")
    return replace(running, insolvent=True, began=risk.market.seconds)


def _settled(holdings: Holdings, risk: Risk) -> Holdings:
    """The same after the perpetuals' open profit and funding became cash."""
    oracle, cash = Oracle(risk.market), 0.0
    kept: list[Position] = []
    for each in holdings.positions:
        if not isinstance(each.instrument, Perpetual):
            kept.append(each)
            continue
        mark = oracle.perpetual(each.instrument).value
        cash += each.open_profit(mark) + each.accrued_funding
        kept.append(replace(each, settled_price=mark, accrued_funding=0.0))
    return _with_cash(replace(holdings, positions=tuple(kept)), cash)


def _with_cash(holdings: Holdings, amount: float) -> Holdings:
    cash = holdings.balances.get(CASH, Balance(0.0))
    changed = replace(cash, amount=cash.amount + amount)
    return replace(holdings, balances={**holdings.balances, CASH: changed})


def _sold(holdings: Holdings, share: float, reserved: float, paid: float) -> Holdings:
    """What is left: less of everything but the reserved cash, and the payment."""
    kept = 1 - share
    balances = {
        name: replace(each, amount=each.amount * kept)
        for name, each in holdings.balances.items()
        if name != CASH
    }
    cash = holdings.balances.get(CASH, Balance(0.0)).amount
    balances[CASH] = Balance((cash - reserved) * kept + reserved + paid)
    positions = tuple(_part(each, kept) for each in holdings.positions)
    return replace(holdings, positions=positions, balances=balances)


def _part(position: Position, kept: float) -> Position:
    return replace(
        position,
        quantity=position.quantity * kept,
        accrued_funding=position.accrued_funding * kept,
    )
