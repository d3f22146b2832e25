"""What Paradex's models refuse, how exact they call themselves, and which parameters hold when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from riskcore.errors import MarketError, ParameterError, Refusal, Unsupported
from riskcore.holdings import Balance, Holdings, MarginMode, Position, Settings, Side
from riskcore.naming import deribit, paradex
from riskcore.query import Query
from riskcore.report import report
from tests.builders import library
from tests.riskcore.margin.venues.paradex.desk import (
    APRIL,
    AUTUMN,
    CALL,
    PERPETUAL,
    april,
    held,
    market,
    required,
)

MODELS = ("cross", "portfolio")
SPOT = {"BTC": 70_000.0, "ETH": 2_000.0, "SOL": 100.0}
FLAT = {"mark": 70_000.0, "delta": 1.0, "funding_8h": 0.0}


def refusal(model: str, book: Holdings, quotes: dict | None = None) -> str:  # type: ignore[type-arg]
    there = market(quotes or {PERPETUAL: FLAT}, SPOT, AUTUMN)
    with pytest.raises(Refusal) as caught:
        required(model, there, book)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("model", MODELS)
def test_what_an_account_cannot_hold(model: str) -> None:
    one = paradex.parse(PERPETUAL)
    assert "borrowed" in refusal(model, Holdings((), {"USDC": Balance(1.0, borrowed=1.0)}))
    assert "enter it as cross" in refusal(
        model, Holdings((Position(one, 1.0, margin_mode=MarginMode.ISOLATED),))
    )
    assert "enter it as net" in refusal(model, Holdings((Position(one, 1.0, side=Side.LONG),)))
    assert "set the position mode to net" in refusal(
        model, Holdings((), settings=Settings(position_mode="hedge"))
    )
    assert "covers instruments of paradex only" in refusal(
        model, Holdings((Position(deribit.parse("BTC-PERPETUAL"), 1.0),))
    )
    assert "enter the coin as a balance" in refusal(
        model, Holdings((Position(paradex.parse("ETH-USD"), 1.0),))
    )
    assert "has no mark price" in refusal(model, held({"ETH-USD-PERP": 1.0}))


def test_cross_margin_of_a_coin_without_fractions_names_them() -> None:
    said = refusal("cross", held({"ZEC-USD-PERP": 1.0}), {"ZEC-USD-PERP": {"mark": 100.0}})
    assert said == (
        "Paradex's margin fractions for perpetuals of ZEC are not known; give them as overrides of "
        "ZEC: imf_base"
    )


def test_portfolio_margin_of_a_coin_without_scenarios_names_what_is_missing() -> None:
    october = datetime(2026, 10, 7, 12, tzinfo=UTC)
    with pytest.raises(Unsupported, match=r"of MU are not known.*MU: tail_moves, tail_weights$"):
        required(
            "portfolio", market({"MU-USD-PERP": {"mark": 100.0}}, {"MU": 100.0}, october), held({})
        )


def test_leverage_below_one_is_refused() -> None:
    assert "give 1 or more" in refusal("cross", held({PERPETUAL: 1.0}, leverage=0.5))


def test_every_tail_move_needs_a_weight() -> None:
    with pytest.raises(ParameterError, match="give one weight for each move"):
        required("portfolio", april(), held({}), {"BTC": {"tail_weights": [0.5]}})


def test_a_coin_without_an_index_is_refused() -> None:
    there = april()
    poor = replace(there, index={"ETH": 2_000.0, "USDC": 1.0})
    with pytest.raises(MarketError, match="BTC has no index price"):
        required("cross", poor, held({CALL: -1.0}))


def label(model: str, at: datetime, book: Holdings, **quote: float) -> str:
    there = market({PERPETUAL: FLAT | quote}, SPOT, at)
    return required(model, there, book).label


@pytest.mark.parametrize("model", MODELS)
def test_labels(model: str) -> None:
    book = held({PERPETUAL: 1.0})
    assert label(model, APRIL, book) == "exact"
    later = datetime(2026, 11, 20, tzinfo=UTC)
    assert label(model, later, book) == "exact except parameters of another date"
    there = market({PERPETUAL: FLAT}, SPOT, APRIL)
    changed = required(model, there, book, {"fees": {"perpetual": 0.0003}})
    assert changed.label == "exact except overridden parameters"


def test_options_without_an_interest_rate_are_said() -> None:
    quotes = {CALL: {"mark": 2_000.0, "vol": 0.5, "delta": 0.4}}
    found = required("portfolio", market(quotes, SPOT, APRIL), held({CALL: 1.0}))
    assert found.label == "exact except the interest rate"
    assert "BTC has no interest rate in this market: its options are priced with 0" in found.notes
    beside = market({**quotes, PERPETUAL: FLAT | {"rate": 0.05}}, SPOT, APRIL)
    whole = required("portfolio", beside, held({CALL: 1.0}))
    assert whole.label == "exact"
    model = library().bind("paradex/portfolio", APRIL)
    answer = report(Query("desk", "paradex", held({CALL: 1.0}), beside, (model,)))
    assert answer.results[0].pools[0].requirement == whole


def test_funding_of_orders_is_doubted() -> None:
    there = market({PERPETUAL: FLAT | {"funding_8h": 0.0001}}, SPOT, APRIL)
    order = ((PERPETUAL, 1.0, 70_000.0),)
    found = required("portfolio", there, held({}, orders=order))
    assert found.label == "exact except funding of open orders"
    still = market({PERPETUAL: FLAT | {"funding_8h": 0.0}}, SPOT, APRIL)
    assert required("portfolio", still, held({}, orders=order)).label == "exact"


def test_a_perpetual_without_a_funding_rate_is_said() -> None:
    there = market({PERPETUAL: {"mark": 70_000.0, "delta": 1.0}}, SPOT, APRIL)
    found = required("portfolio", there, held({PERPETUAL: 1.0}))
    assert found.label == "exact except funding provision"
    assert any("has no funding rate" in note for note in found.notes)


@pytest.mark.parametrize(
    ("at", "first", "unhedged", "tail"),
    [
        (datetime(2026, 4, 22, tzinfo=UTC), 0.16, 0.02, 1.054),
        (datetime(2026, 8, 20, tzinfo=UTC), 0.16, 0.02, 1.054),
        (datetime(2026, 10, 2, tzinfo=UTC), 0.14, 0.002, 0.5607),
        (datetime(2026, 10, 7, tzinfo=UTC), 0.14, 0.002, 0.5607),
    ],
)
def test_scenarios_of_each_date(at: datetime, first: float, unhedged: float, tail: float) -> None:
    bound = library().bind("paradex/portfolio", at)
    table = bound.parameters.moves("BTC")  # type: ignore[attr-defined]
    assert len(table) == 24
    assert table[0].spot == first
    assert table[15].spot == -first
    assert [each.vol for each in table[1:3]] == [0.4, -0.22]
    assert sum(each.weight for each in table[16:]) == pytest.approx(tail)
    terms = bound.parameters.scenarios("BTC")  # type: ignore[attr-defined]
    assert terms.unhedged_margin_factor == unhedged
    assert terms.hedged_margin_factor == unhedged / 2


def test_tail_of_hype_changed_in_october() -> None:
    weights = [
        library().bind("paradex/portfolio", at).parameters.scenarios("HYPE").tail_weights  # type: ignore[attr-defined]
        for at in (AUTUMN, datetime(2026, 10, 2, tzinfo=UTC))
    ]
    assert weights[0] == (0.3, 0.5, 0.4, 0.2, 0.1, 0.07, 0.05, 0.04)
    assert weights[1] == (0.2121, 0.4242, 0.28, 0.14, 0.035, 0.0156, 0.0088, 0.0056)


def test_every_table_of_october_was_read_in_full() -> None:
    """Tails fall with the ladder: the weight of -33 % is twice that of -66 %, and half of +50 %."""
    seen = datetime(2026, 10, 7, tzinfo=UTC)
    bound = library().bind("paradex/portfolio", seen).parameters  # type: ignore[attr-defined]
    coins = [
        "BTC",
        "ETH",
        "SOL",
        "HYPE",
        "META",
        "SPCX",
        "ZEC",
        "CL",
        "US500",
        "US100",
        "XAU",
        "NEAR",
    ]
    for coin in coins:
        terms = bound.scenarios(coin)
        assert len(bound.moves(coin)) == 24
        assert terms.spot_down == tuple(-each for each in reversed(terms.spot_up))
        ladder = [each / terms.spot_up[0] for each in terms.spot_up]
        assert ladder == pytest.approx([1, 0.75, 0.5, 0.25])
        lowest, low, high, *rest = terms.tail_weights
        assert low == pytest.approx(2 * lowest, abs=1.1e-4)
        assert high == pytest.approx(terms.spot_up[0], abs=1e-9)
        assert [each / high for each in rest] == pytest.approx(
            [0.5, 1 / 8, 1 / 18, 1 / 32, 0.02], rel=0.03
        )
        assert low == pytest.approx(high * 50 / 33, rel=0.011)
        assert terms.vol_down == pytest.approx(-0.55 * terms.vol_up)
