"""The jobs a Calculator runs for the session: frozen accounts in, reports and curves out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import perf_counter, sleep

from riskcore.analysis.comparison import Comparison, Standing, comparison
from riskcore.errors import Refusal
from riskcore.holdings import Account
from riskcore.margin.model import MarginModel
from riskcore.margin.registry import Library
from riskcore.market import MarketSnapshot
from riskcore.query import Report, query
from riskcore.report import report

MOVES = tuple(step / 40 for step in range(-20, 21))  # -50 % ... +50 % of spot
REST = 0.005  # seconds of each point of a curve in which the interpreter is left to others


@dataclass(frozen=True, slots=True)
class Setting:
    """Under which rules everything is asked: the parameter files, an instant, replaced values."""

    library: Library
    parameters_as_of: datetime | None = None  # None: the market's own instant
    overrides: Mapping[str, Mapping[str, Mapping[str, object]]] = field(default_factory=dict)

    def model(self, name: str, at: datetime) -> MarginModel:
        """The model in force. Raises ParameterError."""
        return self.library.bind(name, self.parameters_as_of or at, self.overrides.get(name))


Bound = Mapping[str, MarginModel]  # models by name, all of one instant


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be answered: these accounts, the one on the screen first, in this market."""

    accounts: tuple[Account, ...]
    market: MarketSnapshot
    setting: Setting


@dataclass(frozen=True, slots=True)
class Answer:
    """A report, or the sentence why there is none, for one account as it then was."""

    account: Account
    report: Report | None
    refusal: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """The answers of one job, and the models it used: in the same market they serve again."""

    answers: tuple[Answer, ...]
    models: Bound


def answers(
    accounts: tuple[Account, ...], market: MarketSnapshot, setting: Setting, models: Bound
) -> Round:
    """One answer for each account; a refusal of one does not stop the others."""
    bound = dict(models)
    made = tuple(_answer(account, market, setting, bound) for account in accounts)
    return Round(made, bound)


def curve(account: Account, market: MarketSnapshot, setting: Setting) -> tuple[Account, object]:
    """Equity and margins of an account over moves of spot. Raises what a report raises.

    It rests after each point: a quarter of a second without a rest would slow every paint down.
    """
    from riskcore.analysis.liquidation import spot_curve  # noqa: PLC0415, not before it is needed

    model = setting.model(account.model, market.as_of)
    return account, spot_curve(query(account, market, model), MOVES, partial(sleep, REST))


def compared(
    account: Account, market: MarketSnapshot, setting: Setting
) -> tuple[Account, MarketSnapshot, Setting, Comparison]:
    """What every model requires of an account. Raises MarketError without a price.

    It rests before each model, as a curve does before each point.
    """
    library = setting.library
    models, lost = [], []
    for name in library.names():
        try:
            models.append(setting.model(name, market.as_of))
        except Refusal as refusal:
            lost.append(Standing(name, library.title(name), refusal=str(refusal)))
    found = comparison(query(account, market, *models), lost, partial(sleep, REST))
    return account, market, setting, found


def _answer(
    account: Account, market: MarketSnapshot, setting: Setting, bound: dict[str, MarginModel]
) -> Answer:
    start = perf_counter()
    try:
        if account.model not in bound:
            bound[account.model] = setting.model(account.model, market.as_of)
        made = report(query(account, market, bound[account.model]))
    except Refusal as refusal:
        return Answer(account, None, str(refusal), perf_counter() - start)
    return Answer(account, made, "", perf_counter() - start)
