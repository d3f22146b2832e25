"""Dated parameter files: which value holds at an instant, and what is said of it."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from riskcore.errors import ParameterError
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import ANY, Selection, parameter_set, row, select


class Row(msgspec.Struct, frozen=True, kw_only=True):
    scan: Annotated[float, Meta(ge=0, le=1)]
    floor: float
    extra: int = 7


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    choice: Annotated[str, Meta(description="which way it is read")]


AT = datetime(2026, 2, 5, tzinfo=UTC)  # of a market
SCHEMA = {"rules": (Reading,), ANY: (Row,)}
OLD = """
family = "acme/scan"
observed_on = 2024-06-17
source = "an old page"
[parameters.BTC]
scan = 0.1
floor = 1.0
"""
NEW = """
family = "acme/scan"
effective_from = 2026-02-15T08:00:00Z
source = "a new page"
[parameters.BTC]
scan = 0.2
[parameters.ETH]
scan = 0.3
"""
CHOSEN = """
family = "acme/rules"
chosen_on = 2026-11-22
source = "a choice"
[parameters.rules]
choice = "left"
"""


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def selected(at: str, overrides: dict[str, dict[str, object]] | None = None) -> Selection:
    files = {"old.toml": OLD, "new.toml": NEW, "rules.toml": CHOSEN}
    sets = [parameter_set(path, text) for path, text in files.items()]
    return select(sets, ("acme/scan", "acme/rules"), SCHEMA, day(at), overrides or {})


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([{"days": 7, "kinds": "up"}], "BTC.rows[0].kinds: 'up' is not one of higher, lower"),
        (
            [{"days": 7, "size": 1}],
            "BTC.rows[0].size is not a known key; known are days, first, kinds",
        ),
        ([{"days": 7, "kinds": "lower"}, {"kinds": "lower"}], "BTC.rows[1].days is missing"),
        ([{"days": -7, "kinds": "lower"}], "BTC.rows[0].days is -7: it must be above 0"),
        ([{"days": "soon", "kinds": "lower"}], "BTC.rows[0].days is soon: a number is expected"),
        (
            [{"days": 7, "kinds": "lower", "first": "soon"}],
            "BTC.rows[0].first is soon: a date is expected, e.g. 2026-01-31",
        ),
        ([], "BTC.rows is []: at least 1 entry is accepted"),
        ({}, "BTC.rows is {}: a list [...] is expected, not an object {...}"),
    ],
)
def test_a_wrong_value_inside_a_table_is_named_by_its_place(value: object, sentence: str) -> None:
    class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        days: Annotated[float, Meta(gt=0)]
        kinds: Literal["higher", "lower"]
        first: date = date(2026, 1, 31)

    class Moves(msgspec.Struct, frozen=True):
        rows: Annotated[tuple[Move, ...], Meta(min_length=1)]

    with pytest.raises(ParameterError) as refused:
        select([], ("acme/scan",), {ANY: (Moves,)}, AT, {"BTC": {"rows": value}})
    assert str(refused.value).startswith(f"override: {sentence}")


def test_a_section_in_lower_case_must_be_one_of_the_rules() -> None:
    said = "rulez is not a known section; known are rules, the names of coins and contracts"
    with pytest.raises(ParameterError, match=f"override: {said}"):
        selected("2026-03-01", {"rulez": {"scan": 0.1}})
    mine = parameter_set("mine.toml", OLD.replace("BTC", "rulez"), is_yours=True)
    with pytest.raises(ParameterError, match=rf"mine\.toml: {said}"):
        select([mine], ("acme/scan",), SCHEMA, AT, {})


def test_latest_value_not_after_the_instant_holds() -> None:
    assert selected("2026-02-15T07:59:59").tables["BTC"]["scan"] == 0.1
    assert selected("2026-02-15T08:00:00").tables["BTC"]["scan"] == 0.2


def test_missing_key_is_inherited_from_the_set_before_and_said() -> None:
    found = selected("2026-03-01")
    assert found.tables["BTC"]["floor"] == 1.0
    assert day("2026-03-01") not in found.known["BTC", "floor"]
    assert "BTC: floor inherited from 17 Jun 2024" in found.calibration.notes


def test_key_observed_only_later_is_taken_and_said() -> None:
    found = selected("2025-01-01")
    assert found.tables["ETH"]["scan"] == 0.3
    assert day("2025-01-01") not in found.known["ETH", "scan"]
    assert "ETH: scan observed later, on 15 Feb 2026" in found.calibration.notes


def test_earlier_set_is_preferred_to_a_nearer_later_one() -> None:
    assert selected("2026-02-14").tables["BTC"]["scan"] == 0.1


def test_before_every_set_the_earliest_holds() -> None:
    found = selected("2020-01-01")
    assert found.tables["BTC"] == {"scan": 0.1, "floor": 1.0}
    assert "BTC: floor, scan observed later, on 17 Jun 2024" in found.calibration.notes


def test_choice_of_ours_has_no_date_but_a_sentence() -> None:
    found = selected("2020-01-01")
    assert "choice = left: which way it is read" in found.calibration.notes
    assert ("rules", "choice") not in found.known


def test_calibration_bears_the_newest_date_of_the_first_family() -> None:
    assert selected("2026-03-01").calibration.dated == day("2026-02-15T08:00:00")
    assert selected("2025-01-01").calibration.dated == day("2026-02-15T08:00:00")  # of ETH


def test_sources_name_every_file_that_was_used() -> None:
    sources = selected("2026-03-01").calibration.sources
    assert sources == (
        "acme/scan, 17 Jun 2024: an old page",
        "acme/scan, 15 Feb 2026: a new page",
        "acme/rules, 22 Nov 2026: a choice",
    )


def test_override_replaces_one_value_and_is_listed() -> None:
    found = selected("2026-03-01", {"BTC": {"scan": 0.5}})
    assert found.tables["BTC"]["scan"] == 0.5
    assert found.tables["BTC"]["floor"] == 1.0
    assert found.calibration.overrides == ("BTC.scan = 0.5",)


def test_overridden_key_is_no_longer_called_inherited() -> None:
    found = selected("2026-03-01", {"BTC": {"floor": 2.0}})
    assert ("BTC", "floor") not in found.known
    assert not any("floor" in note for note in found.calibration.notes)


def test_observed_value_is_known_on_its_day_only_and_the_day_is_said() -> None:
    found = selected("2025-01-01")
    known = found.known["BTC", "scan"]
    assert (known.first, known.end) == (day("2024-06-17"), day("2024-06-18"))
    assert day("2024-06-17T23:59:59") in known
    assert day("2024-06-18") not in known
    assert "BTC: floor, scan observed on 17 Jun 2024" in found.calibration.notes


def test_effective_value_is_known_until_it_was_last_seen_or_replaced() -> None:
    assert selected("2026-03-01").known["BTC", "scan"].end is None
    seen = NEW.replace('source = "a new', 'last_seen_on = 2026-04-01\nsource = "a new')
    newest = seen.replace("2026-02-15T08:00:00Z", "2026-03-20").replace("2026-04-01", "2026-05-01")
    for files, end in (([seen], "2026-04-02"), ([seen, newest], "2026-03-20")):
        sets = [parameter_set(f"{place}.toml", text) for place, text in enumerate(files)]
        found = select(sets, ("acme/scan",), SCHEMA, day("2026-03-01"), {})
        assert found.known["BTC", "scan"].end == day(end)


@pytest.mark.parametrize(
    "text",
    [
        OLD.replace("source =", "last_seen_on = 2024-06-18\nsource ="),
        NEW.replace("source =", "last_seen_on = 2026-02-14\nsource ="),
    ],
)
def test_last_seen_on_belongs_to_an_effective_set_and_follows_it(text: str) -> None:
    with pytest.raises(ParameterError, match=r"x\.toml: last_seen_on must follow effective_from"):
        parameter_set("x.toml", text)


def test_file_of_another_family_does_not_count() -> None:
    other = parameter_set("other.toml", OLD.replace("acme/scan", "acme/other"))
    found = select([other], ("acme/scan",), SCHEMA, day("2026-03-01"), {})
    assert not found.tables


@pytest.mark.parametrize(
    ("section", "values", "sentence"),
    [
        ("BTC", {"scna": 0.1}, r"override: BTC\.scna is not a known parameter; known are extra"),
        ("BTC", {"scan": 1.5}, r"override: BTC\.scan is 1\.5: it must be at most 1"),
        ("BTC", {"scan": -0.1}, r"BTC\.scan is -0\.1: it must be at least 0"),
        ("BTC", {"scan": "big"}, r"BTC\.scan is big: a number is expected, not a text"),
        ("BTC", {"floor": float("nan")}, r"BTC\.floor is nan; it must be a finite number"),
        ("BTC", {"floor": float("inf")}, r"BTC\.floor is inf; it must be a finite number"),
        ("rules", {"scan": 0.1}, r"rules\.scan is not a known parameter; known are choice"),
    ],
)
def test_wrong_override_is_refused_by_key_and_bound(
    section: str, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        selected("2026-03-01", {section: values})


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("scan = 0.1", "scan = 2.0", r"x\.toml: BTC\.scan is 2: it must be at most 1"),
        ("scan = 0.1", "sacn = 0.1", r"x\.toml: BTC\.sacn is not a known parameter"),
        ("scan = 0.1", "scan = nan", r"x\.toml: BTC\.scan is nan"),
    ],
)
def test_wrong_value_in_a_file_is_refused_by_file_key_and_bound(
    old: str, new: str, sentence: str
) -> None:
    sets = [parameter_set("x.toml", OLD.replace(old, new))]
    with pytest.raises(ParameterError, match=sentence):
        select(sets, ("acme/scan",), SCHEMA, day("2026-03-01"), {})


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("scan = 0.1", "scan = ", r"x\.toml is not TOML"),
        ("source =", "sauce =", r"x\.toml: 'sauce' is not known; a file has chosen_on"),
        ("observed_on = 2024-06-17", "", r"x\.toml: give exactly one of chosen_on"),
        (
            "observed_on = 2024-06-17",
            "observed_on = 2024-06-17\nchosen_on = 2024-06-17",
            r"x\.toml: give exactly one of",
        ),
        (
            "2024-06-17",
            "2024-06-17T08:00:00",
            r"x\.toml: observed_on must be a date, or an instant",
        ),
        ("2024-06-17", '"soon"', r"x\.toml: observed_on must be a date"),
        ('"an old page"', "7", r"x\.toml: source must be a text"),
        ("[parameters.BTC]", "[things.BTC]", r"x\.toml: 'things' is not known"),
        (
            "[parameters.BTC]",
            "[parameters]",
            r"x\.toml: \[parameters\.SECTION\] tables are missing",
        ),
        (
            "[parameters.BTC]\nscan = 0.1\nfloor = 1.0",
            "[parameters]",
            r"x\.toml: \[parameters\.SECTION\] tables are missing",
        ),
    ],
)
def test_malformed_file_is_refused_in_a_sentence(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        parameter_set("x.toml", OLD.replace(old, new))


def test_row_needs_every_key_without_a_default() -> None:
    assert row(Row, {"scan": 0.1}) is None
    assert row(Row, {"scan": 0.1, "floor": 1.0, "unrelated": 3}) == Row(scan=0.1, floor=1.0)
    assert row(Row, {"scan": 0.1, "floor": 1.0, "extra": 8}) == Row(scan=0.1, floor=1.0, extra=8)


def test_an_account_reads_only_what_is_said_of_its_coins_and_of_every_account() -> None:
    whole = selected("2025-01-01").calibration
    mine = whole.about({"BTC", "USDC"}, AT)
    assert not any(note.startswith("ETH:") for note in mine.notes)
    assert "ETH: scan observed later, on 15 Feb 2026" in whole.about({"ETH"}, AT).notes
    assert mine.notes[-1] == "our reading of unpublished rules: choice = left"
    assert not any("which way it is read" in note for note in mine.notes)
    assert mine.about({"BTC"}, AT) == mine


def test_the_date_and_the_sources_are_those_of_what_an_account_depends_on() -> None:
    whole = selected("2025-01-01").calibration
    btc = whole.about({"BTC"}, AT)
    assert btc.dated == day("2024-06-17")
    assert btc.sources == (
        "acme/scan, 17 Jun 2024: an old page",
        "acme/rules, 22 Nov 2026: a choice",
    )
    eth = whole.about({"ETH"}, AT)
    assert eth.dated == whole.dated == day("2026-02-15T08:00:00")
    assert not any("old page" in each for each in eth.sources)
    assert whole.about({"SOL"}, AT).dated == whole.dated


def test_a_choice_for_a_coin_is_named_with_it_and_only_to_its_holder() -> None:
    text = CHOSEN.replace("acme/rules", "acme/scan") + "[parameters.SOL]\nfloor = 20_000.0\n"
    found = select([parameter_set("x.toml", text)], ("acme/scan",), SCHEMA, AT, {}).calibration
    said = "our reading of unpublished rules: choice = left"
    assert found.about({"BTC"}, AT).notes[-1] == said
    assert found.about({"SOL"}, AT).notes[-1] == f"{said}; SOL.floor = 20_000"
    assert "SOL.floor = 20_000 is assumed" in found.notes


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "true"),
        (0.00102, "0.00102"),
        (-0.13333333333333333, "-0.133333"),
        (1e7, "10_000_000"),
        (20, "20"),
        ("3x", "3x"),
        ([0.5, 1.0], "[0.5, 1]"),
        (
            {"lower": [0, 50_000], "rate": [0.004, 0.005]},
            "{lower = [0, 50_000], rate = [0.004, 0.005]}",
        ),
        ([0.1] * 21, "21 values"),
        ([{"days_to": 7}], "1 row"),
        ([{"days_to": 7}, {"days_to": 30}], "2 rows"),
    ],
)
def test_a_replaced_value_reads_as_a_desk_writes_it(value: object, said: str) -> None:
    class Free(msgspec.Struct, frozen=True):
        key: object

    found = select([], ("acme/scan",), {ANY: (Free,)}, AT, {"BTC": {"key": value}})
    assert found.calibration.overrides == (f"BTC.key = {said}",)


def test_values_that_hold_until_replaced_are_never_old() -> None:
    text = OLD.replace("observed_on", "effective_from")
    found = select([parameter_set("x.toml", text)], ("acme/scan",), SCHEMA, AT, {}).calibration
    assert not found.about({"BTC"}, AT).notes
    text = text.replace("source =", "last_seen_on = 2024-06-18\nsource =")
    found = select([parameter_set("x.toml", text)], ("acme/scan",), SCHEMA, AT, {}).calibration
    assert found.about({"BTC"}, AT).notes[0].startswith("the newest parameters used are of 17 Jun")


def test_the_days_of_a_calibration_are_those_of_its_coins() -> None:
    found = selected("2025-01-01").calibration
    assert found.days == "BTC 17 Jun 2024, ETH 15 Feb 2026 (observed later)"
    assert found.about({"BTC"}, AT).days == "BTC 17 Jun 2024"
    assert (
        selected("2026-03-01").calibration.about({"BTC"}, AT).days
        == "BTC 17 Jun 2024 and 15 Feb 2026"
    )


def test_a_date_before_every_set_is_said_with_the_set_that_is_used() -> None:
    said = (
        "the date asked for lies before every set of acme/scan parameters: the earliest is used, "
        "of 17 Jun 2024, and for what that lacks a later one"
    )
    assert said in selected("2010-01-01").calibration.about((), AT).notes
    assert said not in selected("2024-06-17").calibration.notes


def test_parameters_far_from_the_market_are_said_to_be() -> None:
    found = Calibration(dated=datetime(2024, 6, 17, tzinfo=UTC), notes=("of a rule",))
    late = found.about((), datetime(2026, 2, 20, tzinfo=UTC)).notes
    assert late == (
        "the newest parameters used are of 17 Jun 2024, 613 days older than this market",
        "of a rule",
    )
    early = found.about((), datetime(2023, 6, 17, tzinfo=UTC)).notes
    assert early[0].endswith("17 Jun 2024, 366 days younger than this market")
    assert found.about((), datetime(2024, 9, 15, tzinfo=UTC)).notes == ("of a rule",)
    assert Calibration().about((), AT).notes == ()
