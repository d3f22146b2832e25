"""One account under many models."""

import pytest

from riskcore.analysis.comparison import Standing, comparison
from riskcore.errors import MarketError
from riskcore.holdings import Account
from riskcore.query import query
from riskcore.report import report
from tests.builders import NOON, holdings, library, market
from tests.riskcore.analysis.venues import PlainModel, RefusingModel, other_venues

PUT, CALL, PERPETUAL = "BTC-27FEB26-60000-P", "BTC-27FEB26-70000-C", "BTC-PERPETUAL"
BALANCES = {"BTC": 10.0, "USDC": 1e6}

__all__ = ["other_venues"]
pytestmark = pytest.mark.usefixtures("other_venues")


def asked(positions: dict[str, float], *models):
    account = Account("desk", "Desk", "deribit", "deribit/cross-portfolio",
                      holdings(positions, BALANCES))  # fmt: skip
    return query(account, market(PUT, CALL, PERPETUAL), *models)


def deribit():
    return tuple(library().bind(name, NOON) for name in library().names() if "deribit/" in name)


def test_every_model_requires_what_its_report_says() -> None:
    made = asked({PUT: -12.0, PERPETUAL: 250_000.0}, *deribit(), PlainModel())
    found = {each.model: each for each in comparison(made).standings}
    for result in report(made).results:
        standing = found[result.model]
        required = sum(each.requirement.headline.amount * each.usd for each in result.pools)
        assert standing.required == pytest.approx(required, rel=1e-12)
        assert standing.label == result.label
        assert standing.mapping == result.mapping
        assert standing.unmapped == result.unmapped
        nearest = result.nearest.requirement
        assert standing.usage == pytest.approx(nearest.initial_usage)


def test_whole_books_stand_before_parts_and_refusals_last() -> None:
    models = (
        RefusingModel(),
        PlainModel("acme/plain", "Acme plain"),
        PlainModel("zeno/plain", "Zeno plain"),
        PlainModel("house/plain", "House plain"),
    )
    made = asked({CALL: 5.0, PERPETUAL: 10_000.0}, *models)
    lost = Standing("okx/lost", "Lost", refusal="its parameters are missing")
    found = comparison(made, [lost])
    assert [each.title for each in found.standings] == [
        "House plain", "Zeno plain", "Acme plain", "Acme none", "Lost",
    ]  # fmt: skip
    acme = found.standings[2]
    assert acme.required < found.standings[0].required
    assert acme.unmapped == (f"{CALL}: Acme lists no calls",)
    assert not acme.is_whole
    assert [each.refusal for each in found.standings[3:]] == [
        "Acme has published no rule for what is held",
        "its parameters are missing",
    ]
    assert found.largest == found.standings[1].required


def test_the_order_of_the_models_is_irrelevant() -> None:
    models = (PlainModel(), PlainModel("zeno/plain", "Zeno plain"), RefusingModel(), *deribit())
    first = comparison(asked({PUT: 3.0}, *models)).standings
    second = comparison(asked({PUT: 3.0}, *models[::-1])).standings
    assert [each.model for each in first] == [each.model for each in second]


def test_a_price_that_is_missing_concerns_every_model() -> None:
    made = asked({"ETH-PERPETUAL": 1.0}, PlainModel())
    with pytest.raises(MarketError, match="ETH-PERPETUAL has no mark price"):
        comparison(made)


def test_a_model_that_cannot_price_its_pool_is_listed_and_stops_no_other() -> None:
    made = asked({PUT: 1.0}, PlainModel(currency="HYPE"), PlainModel("zeno/plain"))
    found = comparison(made).standings
    assert [each.refusal for each in found] == ["", "HYPE has no index price in this market"]


def test_it_rests_before_each_model() -> None:
    rests = []
    comparison(asked({PUT: 1.0}, PlainModel(), RefusingModel()), pause=lambda: rests.append(1))
    assert len(rests) == 2
