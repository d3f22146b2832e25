"""The venue's own account fields."""

from riskcore.margin.requirement import Figure
from ui.desktop.models.account_fields import account_fields


def test_fields_keep_the_venues_order_and_the_decimals_of_their_currency() -> None:
    figures = (
        Figure("available_funds", 2.1710657014687, "BTC"),
        Figure("total_equity_usd", 248_800.0, "USD"),
    )
    words = {"available_funds": "Available funds: margin balance less initial margin"}
    names, amounts, units = account_fields(figures, words, ("Field", "Amount", "In")).columns
    assert names.cells == ("Available funds", "Total equity usd")
    assert [amounts.written(each) for each in amounts.cells] == ["2.17106570 BTC", "248,800.00 USD"]
    assert [amounts.exact(each) for each in amounts.cells] == ["2.1710657014687", "248800"]
    assert units.cells == ("BTC", "USD")
