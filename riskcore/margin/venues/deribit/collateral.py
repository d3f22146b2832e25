"""What collateral counts in the cross models: one pool in USD, stressed with its index.

Source: support.deribit.com 25944777203869; model_params of private/pme/simulate.
"""

from collections.abc import Mapping

from riskcore.margin.requirement import Component, total
from riskcore.margin.venues.deribit.account import Summary
from riskcore.margin.venues.deribit.bound import Parameters
from riskcore.market import MarketSnapshot

SOURCE = "support.deribit.com 25944777203869, Cross-collateral specifications"


def pooled_equity(
    accounts: Mapping[str, Summary], market: MarketSnapshot, *, with_options: bool
) -> Component:
    """The equity of the pool in USD, a line for each currency."""
    parts = [
        each.component("currency_equity", with_options=with_options, price=market.usd(name))
        for name, each in accounts.items()
    ]
    return total("equity", *parts, because="all currencies at their index in USD", source=SOURCE)


def stressed(parameters: Parameters, accounts: Mapping[str, Summary]) -> tuple[str, ...]:
    """The currencies whose equity moves with their index in the matrix."""
    return tuple(
        name
        for name, each in accounts.items()
        if each.equity and parameters.collateral(name).equity_side_impact != "none"
    )


def haircut_lines(
    parameters: Parameters, accounts: Mapping[str, Summary], market: MarketSnapshot, *, pooled: bool
) -> dict[str, Component | None]:
    """What collateral worth less than its price adds to "initial" and to "maintenance"."""
    where = parameters.rules.haircut_in
    found = _haircut(parameters, accounts, market) if pooled and where != "none" else None
    return {"initial": found, "maintenance": found if where == "both" else None}


def _haircut(
    parameters: Parameters, accounts: Mapping[str, Summary], market: MarketSnapshot
) -> Component | None:
    parts = []
    for name, each in accounts.items():
        haircut = parameters.collateral(name).haircut
        worth = each.equity * market.usd(name)
        if haircut and worth > 0:
            because = f"{haircut:g} × {each.equity:,.8g} {name} worth {worth:,.8g} USD"
            parts.append(Component("currency_haircut", haircut * worth, because=because))
    if not parts:
        return None
    return total("collateral_haircut", *parts, because="added, not taken off equity", source=SOURCE)
