"""Where each way of counting collateral has its published or hand-computed case."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = {
    "flat rate": ("test_collateral.py", "def test_flat_rate"),
    "slices by quantity": ("test_collateral.py", "def test_slices_of_quantity"),
    "slices by value": ("test_collateral.py", "def test_slices_of_value"),
    "OKX: negative equity counts whole, as printed": (
        "test_collateral.py",
        "def test_negative_equity_counts_whole_as_okx_prints_it",
    ),
    "OKX: slices of BTC, and debt": (
        "venues/okx/test_rules.py",
        "def test_equity_counts_btc_at_its_slices_and_debt_whole",
    ),
    "Binance: min(E x P x rate, E x P)": (
        "venues/binance/test_portfolio.py",
        "def test_what_is_owned_is_cut_and_what_is_owed_is_not",
    ),
    "Binance: slices of value": (
        "venues/binance/test_portfolio.py",
        "def test_collateral_in_slices_of_value",
    ),
    "Binance: margin of a loan by leverage": (
        "venues/binance/test_portfolio.py",
        "def test_loans_need_a_share_by_the_leverage_chosen",
    ),
    "Hyperliquid: threshold 0.5 + 0.5 LTV": (
        "venues/hyperliquid/cases.py",
        "HL-4 portfolio margin ratio",
    ),
    "Hyperliquid: borrowing against a coin": (
        "venues/hyperliquid/cases.py",
        "HL-7 loans of a carry",
    ),
    "Deribit: a haircut is added to the requirement": (
        "venues/deribit/test_collateral.py",
        "def test_haircut_is_added_where_the_switch_says",
    ),
    "Deribit: negative equity has no haircut": (
        "venues/deribit/test_collateral.py",
        "def test_negative_equity_has_no_haircut",
    ),
    "Deribit: a balance hedges in a cross pool": (
        "venues/deribit/test_collateral.py",
        "def test_balance_hedges_a_short_in_a_cross_pool_and_not_in_a_segregated_one",
    ),
    "Derive: a share counts, less in initial margin": (
        "venues/derive/test_standard.py",
        "def test_collateral_counts_a_share_and_less_in_initial_margin",
    ),
    "Derive: debt alone is liquidated": (
        "venues/derive/test_standard.py",
        "def test_debt_alone_is_liquidated",
    ),
    "Drift: debt is weighed in the requirement": (
        "venues/drift/test_rules.py",
        "def test_debt_is_weighed_and_stands_in_the_requirement",
    ),
    "BitMEX: debt counts whole": (
        "venues/bitmex/test_rules.py",
        "def test_a_debt_is_counted_whole",
    ),
    "Paradex: tokens require all they are worth": (
        "venues/paradex/test_rules.py",
        "def test_tokens_require_all_they_are_worth",
    ),
    "Thalex: a coin as a position, stablecoins without haircut": (
        "venues/thalex/test_rules.py",
        "def test_collateral_in_coins_is_a_position_and_stablecoins_have_no_haircut",
    ),
    "Bybit: slices of the coin's own ratio, debts whole": (
        "venues/bybit/test_cross.py",
        "def test_collateral_ratio_by_quantity_and_debts_whole",
    ),
    "house: a coin as a position": (
        "venues/house/test_scenario.py",
        "def test_a_coin_hedged_by_an_inverse_future_needs_nothing",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_its_case(rule: str) -> None:
    file, case = RULES[rule]
    assert case in (HERE / file).read_text("utf-8")
