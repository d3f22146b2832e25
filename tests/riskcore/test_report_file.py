import json
from dataclasses import replace
from math import fsum, inf, nan
from pathlib import Path

import msgspec
import pytest

from riskcore import report_file
from riskcore.errors import BookError
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import Component, Requirement, Rule, Trigger, larger_of, total
from riskcore.query import ModelResult, PoolResult, Report
from riskcore.report_file import RefusalDocument, ReportDocument
from tests.builders import NOON

SCHEMA = Path(__file__).parents[2] / "resources" / "schemas" / "counterpoise-report-1.schema.json"
NAMES = {"desk": "The desk"}


def tree(term: str, amount: float) -> Component:
    return total(
        term,
        larger_of(
            "scanning_risk",
            total("scan", Component("BTC-PERPETUAL", amount, Rule.POSITION), rule=Rule.WORST),
            Component("minimum", amount / 2),
        ),
    )


def pool(equity: float = 1_000.0, initial: float | None = 250.0) -> PoolResult:
    required = Requirement(
        "USD",
        "USD",
        Component("equity", equity),
        None if initial is None else tree("initial_margin", initial),
        tree("maintenance_margin", 200.0),
        Trigger("maintenance usage", 0.2, 1.0),
        "exact",
        ("a note of the rules",),
        "-16 %, vol up",
    )
    return PoolResult(required, 1.0, 400.0, None, ())


def answer(*pools: PoolResult) -> Report:
    calibration = Calibration(NOON, ("the venue", "a page"), ("of a date",), ("BTC.price_range",))
    result = ModelResult("deribit/portfolio", "Deribit portfolio", calibration, pools, ())
    return Report("desk", NOON, (result,), {"BTC": 1.0}, {}, ("a note of the market",))


def test_a_report_has_the_published_keys_and_no_others() -> None:
    document = json.loads(report_file.write([answer(pool())], NAMES))
    assert list(document) == ["format", "as_of", "results"]
    assert document["format"] == "counterpoise-report/1"
    result = document["results"][0]
    assert list(result) == [
        "account", "model", "pool", "parameters", "label", "notes", "currency", "equity",
        "initial_margin", "maintenance_margin", "excess", "initial_usage", "maintenance_usage",
        "trigger", "stand_alone_sum", "netting_saves", "isolated_requirement", "worst_scenario",
        "breakdown",
    ]  # fmt: skip
    assert list(result["breakdown"]["initial"]) == [
        "term", "rule", "amount", "because", "parts", "considered",
    ]  # fmt: skip
    assert list(result["trigger"]) == ["name", "figure", "level"]
    assert list(result["parameters"]) == ["date", "source", "overrides"]


def test_figures_are_those_of_the_report() -> None:
    result = report_file.document([answer(pool())], NAMES).results[0]
    assert (result.account, result.equity, result.initial_margin) == ("The desk", 1_000.0, 250.0)
    assert (result.excess, result.initial_usage, result.maintenance_usage) == (750.0, 0.25, 0.2)
    assert (result.stand_alone_sum, result.netting_saves) == (400.0, 150.0)
    assert result.parameters.date == "2026-02-05T12:00:00Z"
    assert result.parameters.source == "the venue; a page"
    assert result.notes == ["a note of the rules", "of a date", "a note of the market"]


def test_every_line_of_a_tree_is_the_sum_of_its_parts() -> None:
    document = json.loads(report_file.write([answer(pool())], NAMES))

    def check(line: dict) -> None:
        if line["parts"]:
            assert line["amount"] == pytest.approx(fsum(each["amount"] for each in line["parts"]))
        for each in line["parts"] + line["considered"]:
            check(each)

    check(document["results"][0]["breakdown"]["initial"])
    check(document["results"][0]["breakdown"]["maintenance"])


def test_what_is_not_a_finite_number_is_null() -> None:
    bare = report_file.document([answer(pool(equity=0.0, initial=None))], NAMES).results[0]
    assert (bare.initial_margin, bare.initial_usage, bare.maintenance_usage) == (None, None, None)
    assert bare.breakdown.initial is None
    assert bare.isolated_requirement is None
    strange = replace(pool(), stand_alone_sum=nan, isolated=inf)
    found = report_file.document([answer(strange)], NAMES).results[0]
    assert (found.stand_alone_sum, found.isolated_requirement) == (None, None)


def test_one_result_for_each_pool() -> None:
    document = report_file.document([answer(pool(), pool(equity=5.0))], {})
    assert [each.equity for each in document.results] == [1_000.0, 5.0]
    assert document.results[0].account == "desk"


def test_the_same_report_gives_the_same_bytes() -> None:
    first, second = (report_file.write([answer(pool())], NAMES) for _ in range(2))
    assert first == second


def test_a_report_is_read_back_whole() -> None:
    document = report_file.document([answer(pool())], NAMES)
    assert report_file.read(report_file.write([answer(pool())], NAMES)) == document
    assert report_file.read(report_file.line([answer(pool())], NAMES)) == document
    assert "\n" not in report_file.line([answer(pool())], NAMES)


def test_a_synthetic_market_is_said_first_among_the_notes() -> None:
    made = replace(answer(pool()), synthetic=True)
    assert report_file.document([made], {}).results[0].notes[0].startswith("the market is synth")


def test_reports_of_two_instants_are_refused() -> None:
    later = replace(answer(pool()), as_of=NOON.replace(hour=13))
    with pytest.raises(BookError, match="exactly one instant"):
        report_file.write([answer(pool()), later], NAMES)


def test_a_changed_report_is_refused_by_the_path_of_the_key() -> None:
    line = report_file.line([answer(pool())], NAMES)
    text = line.replace('"rule":"larger_of"', '"rule":"guess"')
    with pytest.raises(BookError, match=r"initial\.parts\[0\]\.rule: 'guess' is not one of"):
        report_file.read(text)


def test_the_published_schema_is_that_of_the_types() -> None:
    made = msgspec.json.schema(ReportDocument)
    assert json.loads(SCHEMA.read_text())["$defs"] == made["$defs"]


def test_what_was_mapped_stands_only_where_something_was() -> None:
    plain = json.loads(report_file.write([answer(pool())], NAMES))
    assert "mapping" not in plain["results"][0]
    made = answer(pool())
    there = replace(made.results[0], mapping=("priced anew",), unmapped=("X: not listed",))
    written = report_file.write([replace(made, results=(there,))], NAMES)
    result = report_file.read(written).results[0]
    assert (result.mapping, result.unmapped) == (["priced anew"], ["X: not listed"])
    assert report_file.read(report_file.write([made], NAMES)).results[0].unmapped == []


def test_models_that_refuse_are_listed_when_they_were_asked() -> None:
    why = RefusalDocument("The desk", "acme/none", "Acme lists no calls")
    document = json.loads(report_file.write([answer(pool())], NAMES, [why]))
    assert document["refusals"] == [
        {"account": "The desk", "model": "acme/none", "reason": "Acme lists no calls"}
    ]
    assert report_file.read(json.dumps(document)).refusals == [why]
