"""One account under many models: what each would require, ranked.

Requirements only, without stand-alone figures and shares, so that every model there is can be
asked at every tick. Models of one venue share its view of the book.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from riskcore.analysis.mapping import Mapped
from riskcore.analysis.views import Views
from riskcore.errors import RiskcoreError
from riskcore.margin.model import MarginModel
from riskcore.margin.requirement import Requirement
from riskcore.query import Query, most_careful
from riskcore.repricing import reprice, sensitivities
from riskcore.risk_array import Greeks, Risk


@dataclass(frozen=True)
class Standing:
    """One model's answer, or why it has none.

    required   initial margin of every pool, or maintenance of a model without one, USD; pools are
               added up only to rank them, they are not one another's collateral
    usage      required over equity in the pool nearest its trigger
    refusal    why the model cannot hold the book; empty when it can
    """

    model: str
    title: str
    required: float | None = None
    usage: float | None = None
    has_initial: bool = True
    pools: tuple[Requirement, ...] = ()
    view: Mapped | None = None
    refusal: str = ""

    @property
    def nearness(self) -> float:
        """How near the nearest pool is to its trigger, 1 is reached; 0 for a refusal."""
        return max((each.trigger.nearness for each in self.pools), default=0.0)

    @property
    def is_whole(self) -> bool:
        """Whether it holds every position and order of the account."""
        return self.view is not None and not self.view.unmapped

    @cached_property
    def label(self) -> str:
        """The most careful label of any pool; empty for a refusal."""
        return most_careful(each.label for each in self.pools) if self.pools else ""

    @cached_property
    def mapping(self) -> tuple[str, ...]:
        """How the book was put into the venue's terms, a sentence each."""
        return () if self.view is None else self.view.said()

    @property
    def summary(self) -> tuple[str, ...]:
        """The same without a line for each position."""
        return () if self.view is None else self.view.notes

    @property
    def unmapped(self) -> tuple[str, ...]:
        """What the venue cannot hold and why, a sentence each."""
        return () if self.view is None else self.view.unmapped

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the rules say of their own figures."""
        return tuple(dict.fromkeys(note for each in self.pools for note in each.notes))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every model's standing: those that hold the whole book, those that hold a part, refusals.

    The first two by what they require, the last by their titles. A model that holds a part of the
    book would otherwise stand before one that holds all of it.
    """

    account: str
    standings: tuple[Standing, ...]

    @property
    def largest(self) -> float:
        """The largest requirement, USD."""
        return max((each.required for each in self.standings if each.required), default=0.0)


def comparison(
    query: Query,
    others: Iterable[Standing] = (),
    pause: Callable[[], object] = lambda: None,
) -> Comparison:
    """The account under every model of the query.

    others  models that could not even be bound, listed with the rest
    pause   called before each model
    Raises MarketError for a price that is missing of what is held: no model could be asked.
    """
    views = Views(query)
    greeks: dict[int, Greeks] = {}
    found = []
    for model in query.models:
        pause()
        found.append(_standing(model, views, greeks))
    return Comparison(query.account, tuple(sorted([*found, *others], key=_rank)))


def _standing(model: MarginModel, views: Views, greeks: dict[int, Greeks]) -> Standing:
    try:
        view = views.of(model)
        market = view.market
        if id(view) not in greeks:  # the views live as long as this comparison
            greeks[id(view)] = sensitivities(market)
        scenarios = model.scenarios(market.universe, market)
        risk = Risk(market, reprice(market, scenarios), greeks[id(view)])
        pools = model.requirement(view.holdings, risk)
        required = fsum(each.headline.amount * market.usd(each.currency) for each in pools)
    except RiskcoreError as error:
        return Standing(model.name, model.title, refusal=str(error))
    nearest = max(pools, key=lambda each: each.trigger.nearness)
    has_initial = nearest.initial is not None
    usage = nearest.initial_usage if has_initial else nearest.maintenance_usage
    return Standing(model.name, model.title, required, usage, has_initial, pools, view)


def _rank(standing: Standing) -> tuple[int, float, str]:
    if standing.required is None:
        return (2, 0.0, standing.title)
    return (0 if standing.is_whole else 1, standing.required, standing.title)
