"""Notional tiers: the recursion gives every published cum, and files hold what was recorded."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from riskcore.errors import ParameterError, Unsupported
from riskcore.margin.tiers import deductions
from riskcore.margin.venues.binance.parameters import Brackets, tier
from tests.riskcore.margin.venues.binance.desk import (
    EARLY,
    SEEN,
    account,
    held,
    market,
    model,
    only,
)

FOLDER = "07_binance_api_and_tiers"
RECORDED = {"2024-10": (EARLY, 2_805), "2026-09": (SEEN, 7_276)}
KINDS = {"USDT:USDT": "usdt", "USDC:USDC": "usdc"}
BTC = Brackets((0, 50_000, 600_000), (0.004, 0.005, 0.0065), (125, 100, 75))


def rows(folder: Path, month: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    path = folder / FOLDER / f"binance_usdm_leverage_tiers_{month}.json.gz"
    yield from json.loads(gzip.decompress(path.read_bytes())).items()


@pytest.mark.shared
@pytest.mark.parametrize("month", RECORDED)
def test_the_recursion_gives_every_cum_of_the_recorded_table(shared_data: Path, month: str) -> None:
    checked = 0
    for name, table in rows(shared_data, month):
        lower = [each["minNotional"] for each in table]
        found = deductions(lower, [each["maintenanceMarginRate"] for each in table])
        for cum, each in zip(found, table, strict=True):
            published = float(each["info"]["cum"])
            assert cum == pytest.approx(published, rel=1e-12, abs=1e-9), name
            checked += 1
    assert checked == RECORDED[month][1]


@pytest.mark.shared
@pytest.mark.parametrize("month", RECORDED)
def test_parameter_files_hold_what_was_recorded(shared_data: Path, month: str) -> None:
    bound, checked = model("usdm-cross", RECORDED[month][0]), 0
    for name, table in rows(shared_data, month):
        coin, _, rest = name.partition("/")
        kind = KINDS.get(rest, "delivery" if rest.startswith("USDT:USDT-") else "")
        brackets = getattr(bound.book.contracts.get(coin), kind or "none", None)
        if brackets is None:
            continue
        assert brackets.lower == tuple(each["minNotional"] for each in table), name
        assert brackets.rate == tuple(each["maintenanceMarginRate"] for each in table), name
        assert brackets.leverage == tuple(each["maxLeverage"] for each in table), name
        checked += 1
    assert checked >= 55


@pytest.mark.parametrize(
    ("notional", "number", "maintenance"),
    [
        (0.0, 1, 0.0),
        (50_000.0, 1, 200.0),
        (50_000.01, 2, 200.00005),
        (600_000.0, 2, 2_950.0),
        (1_000_000.0, 3, 5_550.0),
    ],
)
def test_a_tier_begins_where_its_lower_end_is_exceeded(
    notional: float, number: int, maintenance: float
) -> None:
    found = tier(BTC, notional)
    assert found.number == number
    assert found.maintenance == pytest.approx(maintenance)


@pytest.mark.parametrize(
    ("as_of", "maintenance"),
    [(EARLY, 100_000 * 0.005 - 50), (SEEN, 100_000 * 0.004)],
)
def test_the_tiers_of_the_day_count(as_of: datetime, maintenance: float) -> None:
    required = only(
        model("usdm-cross", as_of),
        account(held("BTCUSDT", 1.0, leverage=10)),
        market({"BTCUSDT": 100_000.0}, as_of=as_of),
    )
    assert required.maintenance.amount == pytest.approx(maintenance)
    assert required.label == "exact"


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (datetime(2024, 10, 24, 23, tzinfo=UTC), "exact"),
        (datetime(2025, 5, 1, tzinfo=UTC), "exact except parameters of another date"),
        (datetime(2023, 5, 1, tzinfo=UTC), "exact except parameters of another date"),
    ],
)
def test_a_day_without_a_recorded_table_is_said(day: datetime, label: str) -> None:
    required = only(
        model("usdm-cross", day),
        account(held("BTCUSDT", 1.0, leverage=10)),
        market({"BTCUSDT": 60_000.0}, as_of=day),
    )
    assert required.label == label


def test_kinds_of_contract_have_tiers_of_their_own() -> None:
    names = ("BTCUSDT", "BTCUSDC", "BTCUSDT_261225")
    prices = market(dict.fromkeys(names, 100_000.0))
    found = {
        name: only(model("usdm-cross"), account(held(name, 4.0, leverage=2)), prices)
        for name in names
    }
    assert found["BTCUSDT"].maintenance.amount == pytest.approx(400_000 * 0.005 - 300)
    assert found["BTCUSDC"].maintenance.amount == pytest.approx(400_000 * 0.005 - 50)
    assert found["BTCUSDT_261225"].maintenance.amount > 1_700


def test_a_contract_without_tiers_says_how_to_add_them() -> None:
    prices = market({"NOBODYUSDT": 1.0})
    with pytest.raises(Unsupported) as refused:
        only(model("usdm-cross"), account(held("NOBODYUSDT", 1.0)), prices)
    said = str(refused.value)
    assert "[parameters.NOBODY] usdt.lower, usdt.rate and usdt.leverage" in said
    assert "file of your own like resources/parameters/binance/usdm.<date>.toml" in said


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ({"lower": [0, 1], "rate": [0.01], "leverage": [10]}, "as many values"),
        ({"lower": [1], "rate": [0.01], "leverage": [10]}, "begin at 0"),
        ({"lower": [0, 5, 3], "rate": [0.01] * 3, "leverage": [10] * 3}, "ascend"),
        ({"lower": [0], "rate": [1.5], "leverage": [10]}, "at most 1"),
        ({"lower": [0], "rate": [0.01], "leverage": [0.5]}, "at least 1"),
        ({"lower": [0], "rate": [0.01], "leverage": [10], "cum": [0]}, "cum"),
    ],
)
def test_tiers_that_cannot_be_are_refused(tiers: dict[str, object], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        model("usdm-cross", overrides={"BTC": {"usdt": tiers}})
