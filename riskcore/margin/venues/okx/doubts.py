"""How far a figure is OKX's own under portfolio margin, and what a reader must know of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from riskcore.holdings import Holdings
from riskcore.instruments import Future, Instrument, Option, Perpetual, is_inverse
from riskcore.margin.label import label
from riskcore.margin.venues.okx import account
from riskcore.margin.venues.okx.parameters import General, Parameters
from riskcore.margin.venues.okx.unit import RiskUnit
from riskcore.margin.worth import Worth, account_notes


def portfolio_label(
    parameters: Parameters,
    holdings: Holdings,
    units: Sequence[RiskUnit],
    accounts: Mapping[str, Worth],
    debts: Mapping[str, float],
    at: datetime,
) -> str:
    """The label of an account."""
    wide, found = [], []
    held = [each for each in holdings.positions if each.quantity]
    sections = {parameters.section(each.instrument.base) for each in held}
    if any(isinstance(each.instrument, Option) for each in held):
        wide += ["the user's volatility shocks", "MR3 and MR5 missing", "MR2 and MR7 of options"]
    if held:
        found.append("MR4 and MR7 rates")
    if any(_unlike_the_reply(each.instrument) for each in held):
        found.append("the gains of dated and inverse contracts")
    if "others" in sections:
        found.append("closing cost of coins outside the groups")
    if any(each.cross_hedges() for each in units):
        found.append("MR9")
    if any(each.spot for each in units):
        found.append("spot in use")
    found += account.doubts(parameters, accounts, debts)
    if debts:
        found.append("liquidation fee")
    if any(not each.reduce_only for each in holdings.orders):
        found.append("open orders")
    used = {*accounts, *(sections | {"general", "groups"} if held else ())}
    return label([*found, *parameters.bound.doubts(used, at)], wide)


def _unlike_the_reply(instrument: Instrument) -> bool:
    """Whether a contract is of a kind that the one recorded reply, of linear perpetuals, lacks."""
    return isinstance(instrument, Future) or (
        isinstance(instrument, Perpetual) and is_inverse(instrument)
    )


def portfolio_notes(
    parameters: Parameters,
    holdings: Holdings,
    units: Sequence[RiskUnit],
    accounts: Mapping[str, Worth],
    debts: Mapping[str, float],
    equity: float,
) -> tuple[str, ...]:
    """What a reader of this account's figures must know."""
    found = []
    if any(isinstance(each.instrument, Option) for each in holdings.positions):
        found.append(
            "MR3 (vega across expiries) and MR5 (interest rates) are not published and count 0"
        )
    if any(each.cross_hedges() for each in units):
        found.append("MR9 is taken at a stablecoin index of 0.995 or more")
    if holdings.orders:
        found.append("resting orders do not count: what they reserve is not published")
    least = parameters.rows("general", General).least_equity
    if holdings.positions and equity < least:
        found.append(f"OKX offers portfolio margin from an equity of {least:,.0f} USD on")
    found += account.notes(parameters, accounts, debts)
    return (*found, *account_notes(holdings))
