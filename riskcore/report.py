"""The one door: what an account must post in a market, why, and what netting saves."""

from collections.abc import Mapping
from math import fsum, isnan

from riskcore.analysis import attribution
from riskcore.errors import MarketError
from riskcore.holdings import Holdings, Position, Side
from riskcore.instruments import Future, Option, Spot, is_inverse
from riskcore.margin.model import MarginModel
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot
from riskcore.query import Line, ModelResult, PoolResult, Query, Report
from riskcore.repricing import risk as priced
from riskcore.risk_array import Greeks

NEVER_NETTED = ("open_orders_margin", "collateral_haircut")


def report(query: Query) -> Report:
    """The answer to a query. Only what is held, ordered or tried is priced.

    Raises MarketError for a price that is missing, Unsupported for what a model has no rule for.
    """
    holdings = query.traded()
    market = query.market.restricted(holdings.instruments())
    _refuse_expired(market)
    names = (each.name for each in market.universe.instruments)
    return Report(
        account=query.account,
        as_of=market.as_of,
        results=tuple(_result(model, holdings, market) for model in query.models),
        index=market.index,
        ages=dict(zip(names, market.ages().tolist(), strict=True)),
        notes=market.notes,
        synthetic=market.synthetic,
    )


def _refuse_expired(market: MarketSnapshot) -> None:
    for instrument in market.universe.instruments:
        if isinstance(instrument, Future | Option) and instrument.expiry <= market.as_of:
            raise MarketError(
                f"{instrument.name} expired at {instrument.expiry:%d %b %Y %H:%M} UTC, "
                f"before this market ({market.as_of:%d %b %Y %H:%M} UTC); remove it"
            )


def _result(model: MarginModel, holdings: Holdings, market: MarketSnapshot) -> ModelResult:
    risk = priced(market, model.scenarios(market.universe, market))
    requirements = model.requirement(holdings, risk)
    alone = model.stand_alone(holdings, risk).tolist()
    collateral = model.collateral_alone(holdings, risk)
    isolated = model.isolated(holdings, risk)
    pools = {each.pool: each for each in requirements}
    places = [_pool_of(position, requirements) for position in holdings.positions]
    splits = {each.pool: attribution.split(each.headline) for each in requirements}
    results = []
    for required in requirements:
        mine = [row for row, pool in enumerate(places) if pool == required.pool]
        others = splits[required.pool].others
        beside = _alone_beside(required, pools, collateral, others)
        results.append(
            PoolResult(
                requirement=required,
                usd=market.usd(required.currency),
                stand_alone_sum=fsum(
                    [*(alone[row] for row in mine), *(each.amount for each in beside)]
                ),
                isolated=None if isolated is None else fsum(float(isolated[row]) for row in mine),
                other_shares=others,
                other_alone=beside,
            )
        )
    net = holdings.net(market.universe)
    lines = []
    for row, position in enumerate(holdings.positions):
        pool = places[row]
        held = float(net[market.universe.row(position.instrument)])
        share = _share(position, splits[pool].shares, held)
        lines.append(_line(position, market, risk.greeks, pool, alone[row], share))
    calibration = model.calibration.about(_coins(holdings))
    return ModelResult(model.name, model.title, calibration, tuple(results), tuple(lines))


def _coins(holdings: Holdings) -> frozenset[str]:
    """What an account holds, trades or settles in."""
    balances = holdings.balances.items()
    coins = {name for name, each in balances if each.amount or each.borrowed or each.locked}
    for each in holdings.instruments():
        coins |= {each.base, each.quote, each.settlement}
    return frozenset(coins)


def _pool_of(position: Position, requirements: tuple[Requirement, ...]) -> str:
    """The pool a position belongs to: as the model says, that of its currency, or the only one."""
    for each in requirements:
        if each.members is not None and position.key in each.members:
            return each.pool
    shared = [each.pool for each in requirements if each.members is None]
    settlement = position.instrument.settlement
    if settlement in shared:
        return settlement
    return shared[0] if shared else requirements[0].pool


def _share(position: Position, shares: Mapping[str, float], held: float) -> float:
    """A position's own line, or its part of the line of its instrument, of which `held` is net."""
    if position.side is not Side.NET and position.label in shares:
        return shares[position.label]
    part = position.quantity / held if held else 0.0
    return shares.get(position.instrument.name, 0.0) * part


def _alone_beside(
    required: Requirement,
    pools: Mapping[str, Requirement],
    collateral: Mapping[str, float],
    others: tuple[Component, ...],
) -> tuple[Component, ...]:
    """What stands alone in a pool and is no position: moving collateral, and what never nets."""
    moving = [
        Component("collateral_equity", amount, because=currency)
        for currency, amount in collateral.items()
        if required.pool == (currency if currency in pools else next(iter(pools)))
    ]
    return (*moving, *(each for each in others if each.term in NEVER_NETTED))


def _line(
    position: Position,
    market: MarketSnapshot,
    greeks: Greeks,
    pool: str,
    alone: float,
    share: float,
) -> Line:
    instrument, quantity = position.instrument, position.quantity
    row = market.universe.row(instrument)
    mark = float(market.mark[row])
    coin = market.usd(instrument.settlement)
    value, value_usd = _values(position, mark, market)
    entry = position.entered
    return Line(
        position=position,
        mark=mark,
        vol=_known(float(market.vol[row])),
        forward=_known(float(market.forward[row])),
        value=value,
        value_usd=value_usd,
        profit_usd=None if entry is None else position.gain(entry, mark) * coin,
        delta=quantity * float(greeks.delta[row]),
        gamma=quantity * float(greeks.gamma[row]),
        vega=quantity * float(greeks.vega[row]),
        theta=quantity * float(greeks.theta[row]),
        pool=pool,
        alone=alone,
        share=share,
    )


def _values(position: Position, mark: float, market: MarketSnapshot) -> tuple[float, float]:
    """What a position is worth in its settlement currency, and its market value or notional."""
    instrument = position.instrument
    size = position.quantity * instrument.multiplier
    if isinstance(instrument, Option):
        return size * mark, size * mark * market.usd(instrument.settlement)
    if isinstance(instrument, Spot):
        return size * mark, size * market.usd(instrument.base)
    profit = position.open_profit(mark)
    if is_inverse(instrument):
        return profit, size
    return profit, size * mark * market.usd(instrument.quote)


def _known(value: float) -> float | None:
    return None if isnan(value) else value
