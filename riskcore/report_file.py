"""The report file `counterpoise-report/1`: what every model requires of every account, and why."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Literal

import msgspec

from riskcore.errors import BookError
from riskcore.json_text import decode, laid_out
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import Component, Rule
from riskcore.query import ModelResult, PoolResult, Report
from riskcore.time import iso

FORMAT: Literal["counterpoise-report/1"] = "counterpoise-report/1"
MAX_BYTES = 200_000_000
SYNTHETIC = "the market is synthetic: its prices were made, not recorded"


class ComponentDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a breakdown; with parts, its amount is their sum."""

    term: str
    rule: Rule
    amount: float | None
    because: str
    parts: list["ComponentDocument"]
    considered: list["ComponentDocument"]


class ParametersDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The date of the newest parameters used, their sources and the keys that were replaced."""

    date: str | None
    source: str
    overrides: list[str]


class TriggerDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The venue's own liquidation figure and the level at which it acts."""

    name: str
    figure: float | None
    level: float | None


class BreakdownDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The requirements as trees."""

    initial: ComponentDocument | None
    maintenance: ComponentDocument


class ResultDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One pool of one account under one model, every amount in `currency`.

    `mapping` and `unmapped` stand only where the model is of another venue than the account: how
    the book was put into that venue's terms, and what of it could not be.
    """

    account: str
    model: str
    pool: str
    parameters: ParametersDocument
    label: str
    notes: list[str]
    currency: str
    equity: float | None
    initial_margin: float | None
    maintenance_margin: float | None
    excess: float | None
    initial_usage: float | None
    maintenance_usage: float | None
    trigger: TriggerDocument
    stand_alone_sum: float | None
    netting_saves: float | None
    isolated_requirement: float | None
    worst_scenario: str
    breakdown: BreakdownDocument
    mapping: list[str] = []
    unmapped: list[str] = []


class RefusalDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that cannot hold an account, and why."""

    account: str
    model: str
    reason: str


class ReportDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Results at one instant. A figure that is not a finite number is null.

    `refusals` stands only where every model was asked and some had to refuse.
    """

    format: Literal["counterpoise-report/1"]
    as_of: str
    results: list[ResultDocument]
    refusals: list[RefusalDocument] = []


def document(
    reports: Iterable[Report],
    names: Mapping[str, str],
    refusals: Iterable[RefusalDocument] = (),
) -> ReportDocument:
    """The reports of one market as one document.

    names     how the account of a key is called; its key where it is missing
    refusals  models that were asked too
    Raises BookError without a report, or when they are of several instants.
    """
    found = tuple(reports)
    instants = {report.as_of for report in found}
    if len(instants) != 1:
        raise BookError("a report file holds results of exactly one instant")
    return ReportDocument(
        FORMAT,
        iso(instants.pop()),
        [
            _result(names.get(report.account, report.account), report, result, pool)
            for report in found
            for result in report.results
            for pool in result.pools
        ],
        list(refusals),
    )


def write(
    reports: Iterable[Report],
    names: Mapping[str, str],
    refusals: Iterable[RefusalDocument] = (),
) -> str:
    """The text of a report file: the same reports give the same bytes."""
    return laid_out(msgspec.to_builtins(document(reports, names, refusals))) + "\n"


def line(reports: Iterable[Report], names: Mapping[str, str]) -> str:
    """A report file on one line, as a replay writes one for each step."""
    return msgspec.json.encode(document(reports, names)).decode()


def read(text: str | bytes) -> ReportDocument:
    """The document a report file holds. Raises BookError with the path of the key."""
    return decode(text, ReportDocument, FORMAT, MAX_BYTES, {})


def notes(report: Report, result: ModelResult, pool: PoolResult) -> tuple[str, ...]:
    """Everything a reader must know of a result: of its rules, parameters and market, each once."""
    said = (*pool.requirement.notes, *result.calibration.notes, *report.notes)
    told = any("synthetic" in note for note in said)
    made = (SYNTHETIC,) if report.synthetic and not told else ()
    return tuple(dict.fromkeys((*made, *said)))


def _result(account: str, report: Report, result: ModelResult, pool: PoolResult) -> ResultDocument:
    required = pool.requirement
    initial = required.initial
    return ResultDocument(
        account=account,
        model=result.model,
        pool=required.pool,
        parameters=_parameters(result.calibration),
        label=required.label,
        notes=list(notes(report, result, pool)),
        currency=required.currency,
        equity=_finite(required.equity.amount),
        initial_margin=None if initial is None else _finite(initial.amount),
        maintenance_margin=_finite(required.maintenance.amount),
        excess=_finite(required.excess),
        initial_usage=_finite(required.initial_usage),
        maintenance_usage=_finite(required.maintenance_usage),
        trigger=TriggerDocument(
            required.trigger.name,
            _finite(required.trigger.figure),
            _finite(required.trigger.level),
        ),
        stand_alone_sum=_finite(pool.stand_alone_sum),
        netting_saves=_finite(pool.netting_saves),
        isolated_requirement=_finite(pool.isolated),
        worst_scenario=required.worst_scenario,
        breakdown=BreakdownDocument(
            None if initial is None else _component(initial), _component(required.maintenance)
        ),
        mapping=list(result.mapping),
        unmapped=list(result.unmapped),
    )


def _parameters(calibration: Calibration) -> ParametersDocument:
    dated = calibration.dated
    return ParametersDocument(
        None if dated is None else iso(dated),
        "; ".join(calibration.sources),
        list(calibration.overrides),
    )


def _component(component: Component) -> ComponentDocument:
    return ComponentDocument(
        component.term,
        component.rule,
        _finite(component.amount),
        component.because,
        [_component(each) for each in component.parts],
        [_component(each) for each in component.considered],
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
