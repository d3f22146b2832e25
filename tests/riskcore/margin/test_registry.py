"""Finding models and binding them to the project's own parameter files."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.parameters import parameter_set
from riskcore.margin.registry import models
from riskcore.repricing import risk
from tests.builders import library
from tests.riskcore.margin.conformance.books import book, sample, whole_market

CRASH = datetime(2026, 2, 5, 15, 51, tzinfo=UTC)
NAMES = (
    "deribit/cross-portfolio",
    "deribit/cross-standard",
    "deribit/portfolio",
    "deribit/standard",
)
every_model = pytest.mark.parametrize("name", NAMES)


ROOT = Path(__file__).parents[3]


def bound(name: str, at: datetime, overrides: dict[str, dict[str, object]] | None = None) -> Any:
    return library().bind(name, at, overrides)


def test_every_model_of_the_venues_is_found() -> None:
    assert set(NAMES) <= set(library().names())


@every_model
def test_model_bound_carries_its_name_and_title(name: str) -> None:
    model = bound(name, CRASH)
    assert model.name == name
    assert model.title == library().title(name)


@every_model
def test_binding_twice_gives_equal_models_with_equal_hashes(name: str) -> None:
    assert bound(name, CRASH) == bound(name, CRASH)
    assert hash(bound(name, CRASH)) == hash(bound(name, CRASH))
    changed = bound(name, CRASH, {"rules": {"open_orders": "larger_side"}})
    assert changed != bound(name, CRASH)


def test_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"no margin model is named 'deribit/x'; there are"):
        library().bind("deribit/x", CRASH)
    with pytest.raises(ParameterError, match="no margin model"):
        library().title("nowhere/standard")


def test_crash_uses_btc_of_2024_and_eth_of_the_week_after_and_says_so() -> None:
    model = bound("deribit/portfolio", CRASH)
    tables, notes = model.parameters.tables, model.calibration.notes
    assert tables["BTC"]["volatility_range_up"] == 0.5
    assert tables["BTC"]["extended_dampener"] == 100_000.0
    assert tables["ETH"]["price_range"] == 0.18
    assert any("price_range" in each and "17 Jun 2024" in each for each in sources_and_notes(model))
    later = [each for each in notes if each.startswith("ETH:") and "later, on 15 Feb 2026" in each]
    assert any("price_range" in each and "volatility_range_up" in each for each in later)
    btc = [each for each in notes if each.startswith("BTC:")]
    assert btc
    assert all(each.endswith(" observed on 17 Jun 2024") for each in btc)


def sources_and_notes(model: Any) -> list[str]:
    keys = ", ".join(model.parameters.tables["BTC"])
    return [f"{each} [{keys}]" for each in model.calibration.sources]


def test_autumn_takes_new_btc_values_and_lists_every_inherited_key_with_its_date() -> None:
    model = bound("deribit/cross-portfolio", datetime(2026, 11, 22, tzinfo=UTC))
    btc = model.parameters.tables["BTC"]
    assert btc["price_range"] == 0.14
    assert btc["volatility_range_up"] == 0.4
    assert btc["min_annualised_move"] == 0.005
    assert btc["extended_dampener"] == 200_000.0
    assert btc["annualised_move_risk"] == 0.075
    (note,) = [
        each
        for each in model.calibration.notes
        if each.startswith("BTC:")
        and each.endswith("inherited from 17 Jun 2024")
        and "m_inc" in each
    ]
    for key in (
        "annualised_move_risk", "correlation_set", "extended_table_factor", "m_inc",
        "max_delta_shock", "max_offsetable_pnl", "pnl_offset",
    ):  # fmt: skip
        assert key in note


def test_btc_price_range_of_february_is_the_only_new_btc_key_then() -> None:
    model = bound("deribit/portfolio", datetime(2026, 3, 1, tzinfo=UTC))
    assert model.parameters.tables["BTC"]["price_range"] == 0.16
    (note,) = [each for each in model.calibration.notes if each.startswith("BTC: annual")]
    assert "price_range" not in note
    assert note.endswith("inherited from 17 Jun 2024")


@every_model
def test_every_choice_of_ours_is_a_note(name: str) -> None:
    model = bound(name, CRASH)
    notes = model.calibration.notes
    rules = model.parameters.rules.__struct_fields__
    if model.parameters.readings is not None:
        rules += model.parameters.readings.__struct_fields__
    for key in rules:
        assert any(each.startswith(f"{key} = ") and ": " in each for each in notes), key


def test_leverage_tiers_hold_only_from_the_day_they_were_read() -> None:
    before = bound("deribit/standard", datetime(2026, 9, 23, tzinfo=UTC))
    after = bound("deribit/standard", datetime(2026, 9, 25, tzinfo=UTC))
    assert not before.parameters.futures("BTC").tiers
    assert [each.kind for each in after.parameters.futures("BTC").tiers] == [
        "linear_future",
        "perpetual",
    ]
    assert not after.parameters.futures("ETH").tiers


def test_override_of_an_underlying_without_values_is_enough_to_know_it() -> None:
    keys: dict[str, object] = {
        "price_range": 0.25, "volatility_range_up": 0.6, "volatility_range_down": 0.3,
        "min_volatility_for_shock_up": 0.5, "short_term_vega_power": 0.3,
        "long_term_vega_power": 0.13, "extended_table_factor": 1.0, "m_inc": 0.000005,
        "delta_total_liq_shock_threshold": 2e7, "max_delta_shock": 0.1,
    }  # fmt: skip
    model = bound("deribit/portfolio", CRASH, {"SOL": keys})
    row = model.parameters.portfolio("SOL")
    assert row.price_range == 0.25
    assert row.annualised_move_risk == 0.1  # of the usd-level row
    assert set(model.parameters.assumed("SOL")) == {
        "annualised_move_risk", "min_annualised_move", "extended_dampener", "pnl_offset",
        "max_offsetable_pnl", "correlation_set",
    }  # fmt: skip
    assert len(model.calibration.overrides) == len(keys)


@every_model
def test_override_of_an_unknown_key_or_out_of_bounds_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=r"override: BTC\.nonsense is not a known parameter"):
        library().bind(name, CRASH, {"BTC": {"nonsense": 1}})
    with pytest.raises(
        ParameterError, match=r"rules\.open_orders: 'maybe' is not one of each_alone, larger_side"
    ):
        library().bind(name, CRASH, {"rules": {"open_orders": "maybe"}})
    with pytest.raises(ParameterError, match=r"BTC\.future_initial is 1\.2: it must be at most"):
        library().bind(name, CRASH, {"BTC": {"future_initial": 1.2}})


@every_model
def test_every_parameter_file_is_valid_at_every_date(name: str) -> None:
    every = [parameter_set(path, text) for path, text in library().documents.items()]
    sets = [each for each in every if each.family in models()[name].families]
    for each in sets:
        for at in (each.dated - timedelta(days=1), each.dated, each.dated + timedelta(days=1)):
            assert bound(name, at).calibration.sources
    assert all(each.source for each in sets)


@pytest.mark.parametrize("name", library().names())
def test_library_without_files_says_what_is_missing(name: str) -> None:
    """At once, or, where what is missing depends on the book, when it is asked about one."""
    priced = whole_market(name)

    def ask() -> None:
        model = type(library())({}).bind(name, CRASH)
        moved = risk(priced, model.scenarios(priced.universe, priced))
        model.requirement(book(name, [1.0] * len(sample(name).units)), moved)

    with pytest.raises((ParameterError, Unsupported)):
        ask()


def test_a_library_asked_again_between_two_dates_gives_the_model_it_gave_before() -> None:
    one = library()
    first = one.bind("deribit/portfolio", CRASH)
    assert one.bind("deribit/portfolio", CRASH + timedelta(seconds=1)) is first
    replaced = one.bind("deribit/portfolio", CRASH, {"BTC": {"price_range": 0.2}})
    assert replaced.calibration.overrides
    assert one.bind("deribit/portfolio", CRASH) is first


def test_a_library_asked_across_a_date_of_a_file_takes_the_newer_one() -> None:
    one = library()
    before = one.bind("deribit/portfolio", CRASH)
    after = one.bind("deribit/portfolio", CRASH + timedelta(days=30))
    assert after == bound("deribit/portfolio", CRASH + timedelta(days=30))
    assert after != before


def test_models_of_one_venue_need_no_other_venue() -> None:
    asked = (
        "import sys; from datetime import UTC, datetime; from tests.builders import library; "
        "library().bind('okx/portfolio', datetime(2026, 2, 5, tzinfo=UTC)); "
        "print([each for each in sys.modules if each.startswith('riskcore.margin.venues.') "
        "and '.okx' not in each])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
