"""A whole book under a house's rules: what it is worth, and what it gains in each scenario, USD.

A house sees everything at once: instruments of any venue, every settlement currency at today's
index, sides and isolated positions netted.
"""

from collections.abc import Callable

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import ParameterError, Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Spot
from riskcore.margin import preset
from riskcore.margin.parameters import Row, Selection, missing, row
from riskcore.margin.preset import ScenarioBook, usd_profit
from riskcore.margin.venues.house.parameters import Rules
from riskcore.margin.worth import LARGEST, Worth, account_notes, refuse_unpriced, worths
from riskcore.risk_array import Risk

HOUSE_RULE = "the house's own rule, no venue's"
Moves = Callable[[str], F64]  # relative move of a coin in each scenario that counts, (S,)


def refuse(holdings: Holdings, risk: Risk) -> None:
    """Raises Unsupported for what a house book cannot hold, MarketError for a missing price."""
    for currency, balance in holdings.balances.items():
        if abs(balance.amount) > LARGEST:
            raise Unsupported(f"{currency}: a balance above {LARGEST:g} cannot be counted")
    for position in holdings.positions:
        if max(abs(position.quantity), abs(position.accrued_funding)) > LARGEST:
            raise Unsupported(
                f"{position.instrument.name}: a position above {LARGEST:g} cannot be counted"
            )
    for instrument in holdings.held():
        if isinstance(instrument, Spot):
            raise Unsupported(f"{instrument.name} is spot; enter the coin as a balance")
        refuse_unpriced(instrument, risk)


def rules_of(selection: Selection, kind: type[Row], name: str) -> tuple[Rules, Row]:
    """The rules of every house model, and those of one. Raises ParameterError."""
    table = selection.tables.get("rules", {})
    rules, own = row(Rules, table), row(kind, table)
    if rules is None or own is None:
        lacking = ", ".join((*missing(Rules, table), *missing(kind, table)))
        raise ParameterError(
            f"{name} lacks {lacking} in [parameters.rules] of a parameter file of family {name}"
        )
    if rules.maintenance_factor > rules.initial_factor:
        raise ParameterError(
            f"rules.maintenance_factor {rules.maintenance_factor:g} is above rules.initial_factor "
            f"{rules.initial_factor:g}; maintenance margin must not exceed initial margin"
        )
    return rules, own


def scenario_book(
    rules: Rules,
    holdings: Holdings,
    risk: Risk,
    moves: Moves,
    *,
    joined: bool,
    limits: tuple[float, float] | None = None,
) -> ScenarioBook:
    """The profits of a book, with coins held as cash where they move.

    limits  of a coin's gain when joined: the share that counts, and the most in USD
    """
    return preset.scenario_book(
        holdings,
        risk,
        unit=_unit(rules, risk),
        collateral=_cash(rules, holdings, risk, moves),
        together=joined,
        limits=limits,
    )


def notes(holdings: Holdings) -> tuple[str, ...]:
    """What of an account a house model leaves out."""
    said = list(account_notes(holdings))
    if holdings.orders:
        said.append("resting orders reserve nothing")
    if any(each.isolated_margin is not None for each in holdings.positions):
        said.append("the margin of isolated positions is taken to stand in the balances")
    return tuple(said)


def _unit(rules: Rules, risk: Risk) -> F64:
    """Profit of one unit of each instrument, (I, S) USD."""
    if rules.profit_index == "scenario":
        return usd_profit(risk)
    universe, market = risk.universe, risk.market
    price = np.array([market.usd(universe.currencies[row]) for row in universe.settlement])
    unit: F64 = risk.array.profit * price[:, np.newaxis]
    return unit


def _cash(rules: Rules, holdings: Holdings, risk: Risk, moves: Moves) -> dict[str, F64]:
    """What cash and open profit in each coin gain with it, (S,) USD."""
    if rules.collateral == "still":
        return {}
    owned = worths(holdings, risk, with_options=False)
    amounts = {coin: _own(each) for coin, each in owned.items() if coin not in rules.usd_like}
    return {
        coin: amount * risk.market.usd(coin) * moves(coin)
        for coin, amount in amounts.items()
        if amount
    }


def _own(worth: Worth) -> float:
    return worth.cash + worth.funding + worth.profit
