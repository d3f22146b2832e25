"""The one door: what an account must post in a market, why, and what netting saves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, isnan

from riskcore.analysis import attribution
from riskcore.analysis.mapping import Mapped, Place
from riskcore.analysis.views import Views
from riskcore.holdings import Holdings, Position, Side
from riskcore.instruments import Instrument, Option, Spot, is_inverse
from riskcore.margin.alone import NEVER_NETTED
from riskcore.margin.model import MarginModel
from riskcore.margin.requirement import Component, Requirement
from riskcore.market import MarketSnapshot
from riskcore.query import Line, ModelResult, PoolResult, Query, Report
from riskcore.repricing import reprice, sensitivities
from riskcore.risk_array import Greeks, Risk


def report(query: Query) -> Report:
    """The answer to a query. Only what is held, ordered or tried is priced.

    A model of another venue is answered on the book as that venue would list it; the lines stay
    the account's own. Raises MarketError for a price that is missing, Unsupported for what a model
    has no rule for.
    """
    views = Views(query)
    market = views.market
    greeks = sensitivities(market)
    names = (each.name for each in market.universe.instruments)
    results = tuple(_result(model, views, greeks) for model in query.models)
    pools = [pool for each in results for pool in each.pools]
    assumed = {each.requirement.currency: each.usd for each in pools}  # a mapping's dollar coins
    return Report(
        account=query.account,
        as_of=market.as_of,
        results=results,
        index=market.index
        if assumed.keys() <= market.index.keys()
        else {**assumed, **market.index},
        ages=dict(zip(names, market.ages().tolist(), strict=True)),
        notes=market.notes,
        synthetic=market.synthetic,
    )


def _result(model: MarginModel, views: Views, greeks: Greeks) -> ModelResult:
    view = views.of(model)
    holdings, market = view.holdings, view.market
    scenarios = model.scenarios(market.universe, market)
    own = sensitivities(market) if view.is_mapped else greeks
    risk = Risk(market, reprice(market, scenarios), own)
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
    held: dict[tuple[str, Instrument], float] = {}  # of each pool and instrument, sides together
    for position, pool in zip(holdings.positions, places, strict=True):
        key = pool, position.instrument
        held[key] = held.get(key, 0.0) + position.quantity
    margins = []
    for row, position in enumerate(holdings.positions):
        whole = held[places[row], position.instrument]
        share = _share(position, splits[places[row]].shares, whole)
        margins.append(_Margin(position.label, places[row], alone[row], share))
    lines = [
        _line(position, views.market, greeks, _of(place, margins, view))
        for position, place in zip(views.holdings.positions, view.places, strict=True)
    ]
    calibration = model.calibration.about(_names(holdings), market.as_of)
    return ModelResult(
        model.name,
        model.title,
        calibration,
        tuple(results),
        tuple(lines),
        view.said(),
        view.unmapped,
    )


@dataclass(frozen=True, slots=True)
class _Margin:
    """What a line has of its model: nothing where the model cannot hold the position."""

    mapped: str = ""
    pool: str = ""
    alone: float | None = None
    share: float | None = None


def _of(place: Place | None, margins: Sequence[_Margin], view: Mapped) -> _Margin:
    """The margin of a source position: its part of that of its mapped one."""
    if place is None:
        return _Margin()
    whole = margins[place.row]
    if not view.is_mapped:
        return replace(whole, mapped="")
    assert whole.alone is not None
    assert whole.share is not None
    return replace(whole, alone=whole.alone * place.part, share=whole.share * place.part)


def _names(holdings: Holdings) -> frozenset[str]:
    """The coins an account holds, trades or settles in, and its contracts."""
    balances = holdings.balances.items()
    names = {name for name, each in balances if each.amount or each.borrowed or each.locked}
    for each in holdings.instruments():
        names |= {each.name, each.base, each.quote, each.settlement}
    return frozenset(names)


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
    """A position's own line, or its part of the line of its instrument: `held` is all of that."""
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
    margin: _Margin,
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
        pool=margin.pool,
        alone=margin.alone,
        share=margin.share,
        mapped=margin.mapped,
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
