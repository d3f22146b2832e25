"""The tree of accounts, from reports made by hand."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt

from riskcore.holdings import Account
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import Component, Requirement, Trigger
from riskcore.query import ModelResult, PoolResult, Report
from tests.builders import INDEX, NOON, account
from ui.desktop.models.accounts import NODE, AccountsModel, Node, usage_text

A = replace(account("A", {"BTC-PERPETUAL": 10.0}), group="Vol desk")
B = replace(account("B", {"BTC-PERPETUAL": 10.0}), group="Vol desk")
C = account("C")


def pool(equity: float, initial: float | None, currency: str = "USD") -> PoolResult:
    maintenance = Component("maintenance_margin", 0.8 * (initial or equity / 2))
    requirement = Requirement(
        pool=currency,
        currency=currency,
        equity=Component("equity", equity),
        initial=None if initial is None else Component("initial_margin", initial),
        maintenance=maintenance,
        trigger=Trigger("maintenance usage", maintenance.amount / equity, 1.0),
        label="exact",
    )
    return PoolResult(requirement, INDEX.get(currency, 1.0), 0.0, None, ())


def report(key: str, *pools: PoolResult) -> Report:
    result = ModelResult("m", "Model", Calibration(), pools, ())
    return Report(key, NOON, (result,), INDEX, {}, ())


def shown(
    *accounts: Account,
    reports: dict[str, Report] | None = None,
    refusals: dict[str, str] | None = None,
) -> AccountsModel:
    model = AccountsModel()
    groups = ("Vol desk", "Empty")
    model.show(accounts, groups, reports or {}, refusals or {}, "USD", str.upper)
    return model


def node(model: AccountsModel, key: str) -> Node:
    found = model.index_of(key, is_group=key in ("Vol desk", "Empty")).data(NODE)
    assert isinstance(found, Node)
    return found


def test_groups_hold_their_accounts_and_the_rest_stands_below(qapp: object) -> None:
    model = shown(A, B, C)
    assert [each.name for each in model.nodes] == ["Vol desk", "Empty", "C"]
    above = model.index(0, 0)
    assert [model.index(row, 0, above).data() for row in range(model.rowCount(above))] == ["A", "B"]
    assert model.parent(model.index(1, 0, above)) == above
    assert model.parent(above) == QModelIndex()
    assert node(model, "Empty").lines == ("no accounts",)


def test_an_account_shows_usage_equity_and_model(qapp: object) -> None:
    model = shown(A, reports={"a": report("a", pool(1_193_200.0, 731_420.0))})
    found = node(model, "a")
    assert (found.usage_text, found.trigger) == ("61 %", pytest.approx(0.49, abs=0.01))
    assert found.lines[0] == "1,193,200 USD · DERIBIT/CROSS-PORTFOLIO"
    spoken = model.index_of("a").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "A, 61 %, 1,193,200 USD · DERIBIT/CROSS-PORTFOLIO"


def test_the_pool_nearest_its_trigger_is_the_usage_and_pools_are_not_netted(qapp: object) -> None:
    model = shown(A, reports={"a": report("a", pool(10.0, 2.0, "BTC"), pool(100.0, 90.0, "ETH"))})
    found = node(model, "a")
    assert found.usage_text == "90 %"
    assert "2 pools; the usage is that of ETH, nearest its trigger" in found.tip
    assert found.lines[0].startswith("900,000 USD")


def test_pools_of_many_currencies_are_counted_where_their_sums_have_no_room(qapp: object) -> None:
    model = AccountsModel()
    many = report("a", *(pool(1e5, 9e4, each) for each in ("BTC", "ETH", "USD")))
    model.show((A,), (), {"a": many}, {}, "pool", str.upper)
    assert node(model, "a").lines[-1] == "3 pools"
    model.show((A,), (), {"a": report("a", pool(1e5, 9e4))}, {}, "pool", str.upper)
    assert not any("pool" in each for each in node(model, "a").lines)


def test_a_group_shows_its_most_used_account_and_the_sum_of_equity(qapp: object) -> None:
    reports = {"a": report("a", pool(1e6, 9e5)), "b": report("b", pool(2e6, 1e5))}
    found = node(shown(A, B, reports=reports), "Vol desk")
    assert found.usage_text == "90 %"
    assert found.lines == ("3.00M USD equity",)
    assert "the usage is that of A" in found.tip


def test_a_model_without_initial_margin_shows_maintenance_usage(qapp: object) -> None:
    found = node(shown(A, reports={"a": report("a", pool(100.0, None))}), "a")
    assert found.usage_text == "40 %"
    assert "maintenance usage 40 %" in found.tip


def test_what_is_not_computed_says_why(qapp: object) -> None:
    found = node(shown(A, refusals={"a": "no mark"}), "a")
    assert (found.usage_text, found.trouble) == ("-", "no mark")
    assert node(shown(C), "c").lines == ("no positions",)


def test_a_group_does_not_add_up_what_is_not_computed(qapp: object) -> None:
    reports = {"a": report("a", pool(1_000.0, 100.0)), "b": report("b", pool(500.0, 100.0))}
    model = shown(A, B, reports=reports, refusals={"b": "BTC has no index price in this market"})
    assert node(model, "Vol desk").lines == ("▲ 1 of 2 not computed",)


def test_infinite_usage_is_no_number() -> None:
    assert usage_text(float("inf")) == "∞"
    assert usage_text(None) == "-"


def test_new_figures_keep_the_rows(qapp: object) -> None:
    model = shown(A, B)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    reports = {"a": report("a", pool(1e6, 9e5))}
    model.show((A, B), ("Vol desk", "Empty"), reports, {}, "USD", str.upper)
    assert not resets
    model.show((B, A), ("Vol desk", "Empty"), reports, {}, "USD", str.upper)
    assert resets


def test_a_drop_asks_for_a_move_and_takes_nothing_out(qapp: object) -> None:
    model = shown(A, B, C)
    asked: list[tuple[str, str, str]] = []
    model.moved.connect(lambda *move: asked.append(move))
    mime = model.mimeData([model.index_of("c")])
    action = Qt.DropAction.MoveAction
    assert not model.dropMimeData(mime, action, -1, -1, model.index(0, 0))
    assert not model.dropMimeData(mime, action, 1, 0, model.index(0, 0))
    assert not model.dropMimeData(mime, action, -1, -1, model.index_of("a"))
    back = model.mimeData([model.index_of("a")])
    assert not model.dropMimeData(back, action, 2, 0, QModelIndex())
    assert asked == [
        ("c", "Vol desk", ""), ("c", "Vol desk", "b"), ("c", "Vol desk", "a"), ("a", "", "c"),
    ]  # fmt: skip
