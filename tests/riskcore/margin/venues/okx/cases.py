"""OKX's published figures beside the program's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from riskcore.holdings import Holdings
from riskcore.margin.requirement import Component, Requirement
from riskcore.margin.venues.okx.parameters import CrossHedge, Group
from riskcore.margin.venues.okx.unit import cross_hedge_charge, size_charge
from riskcore.margin.worth import worths
from riskcore.market import MarketSnapshot
from tests.builders import golden, library
from tests.riskcore.margin.venues.plain import amount, answered, every, plain_book, plain_market
from tests.verification.case import Case, Checked

GOLDEN = golden("margin/okx")
BUILDER = GOLDEN["builder"]
NAMES = {"BTC": "BTC-USDT-SWAP", "LTC": "LTC-USDT-SWAP"}
AT = datetime(2025, 1, 15, 10, 26, 41, tzinfo=UTC)
NOTICE = datetime(2024, 11, 25, 12, tzinfo=UTC)


def printed(field: str, text: str, found: float) -> Checked:
    """A figure compared to its last printed digit."""
    digits = len(text.partition(".")[2])
    return Checked(field, float(text), found, 0.5 * 10.0**-digits)


def sample_market() -> MarketSnapshot:
    """The market of the position builder's reply."""
    rate = BUILDER["usdt"]
    index = {"USDT": rate, **BUILDER["notional"]}
    index |= {f"okx:{coin}": price * rate for coin, price in BUILDER["index"].items()}
    return plain_market("okx", *NAMES.values(), as_of=AT, index=index, mark=BUILDER["mark"])


def sample_book() -> Holdings:
    """-10 BTC-USDT-SWAP entered at 100,000, +10 LTC-USDT-SWAP at 8,000, 100 USDT."""
    priced = sample_market()
    short = plain_book(priced, {NAMES["BTC"]: -10.0}, {"USDT": 100.0}, entry_price=100_000.0)
    long = plain_book(priced, {NAMES["LTC"]: 10.0}, entry_price=8_000.0)
    return Holdings((*short.positions, *long.positions), short.balances)


def _unit(found: Requirement, coin: str) -> Component:
    return next(each for each in every(found.maintenance, "risk_unit") if each.because == coin)


def _builder() -> Sequence[Checked]:
    held = sample_book()
    found, model, moved = answered("okx/portfolio", sample_market(), held)
    units = {each.coin: each for each in model.units(held, moved, worths(held, moved))}
    checked = []
    for place, coin in enumerate(("BTC", "LTC")):
        wanted, unit = BUILDER[coin], _unit(found, coin)
        extreme = every(unit, "extreme_loss")[0]
        profit = found.losses.profit[place]
        table = units[coin].cells
        moves = [table.moves[column - 1].spot for column in table.columns[:, 0].tolist()]
        first = min(range(table.standard), key=lambda cell: profit[cell])
        last = min(range(table.standard, len(profit)), key=lambda cell: profit[cell])
        figures: Mapping[str, float] = {
            "delta": float(units[coin].delta.sum()),
            "mr1": amount(unit, "mr1"),
            "mr1_spot": moves[first],
            "mr6": amount(unit, "mr6"),
            "mr6_pnl": -extreme.amount,
            "mr6_spot": moves[last],
            "mr4": amount(unit, "mr4"),
            "mr7": amount(unit, "mr7"),
            "mmr": unit.amount,
            "imr": 1.3 * unit.amount,
        }
        checked += [printed(f"{coin} {key}", wanted[key], each) for key, each in figures.items()]
        checked += [
            Checked(f"{coin} {key}", 0.0, amount(unit, key), 0.0)
            for key in ("mr2", "mr3", "mr5", "mr9")
        ]
        cells = zip(wanted["mr1_moves"], wanted["mr1_cells"], strict=True)
        for cell, (move, profit_) in enumerate(cells):
            checked.append(printed(f"{coin} move {cell}", move, moves[cell]))
            checked.append(printed(f"{coin} MR1 at {move}", profit_, profit[cell]))
    return [*checked, *_account(found, held)]


def _account(found: Requirement, held: Holdings) -> list[Checked]:
    assert found.initial is not None
    fields = {each.term: each.amount for each in found.figures}
    wanted = BUILDER["account"]
    figures = {
        "borrow_mmr": amount(found.maintenance, "mr8"),
        "borrow_imr": amount(found.initial, "borrow_initial"),
        "derivatives_mmr": fields["okx_derivatives_mmr"],
        "total_mmr": found.maintenance.amount,
        "total_imr": found.initial.amount,
        "leverage": fields["account_leverage"],
        "margin_ratio": found.trigger.figure,
        "equity": found.equity.amount,
        "upl": fields["unrealised_profit"],
        "usdt_equity": found.equity.amount / BUILDER["usdt"],
    }
    return [printed(key, wanted[key], each) for key, each in figures.items()]


def _multiplier() -> Sequence[Checked]:
    wanted = GOLDEN["multiplier"]
    model = library().bind("okx/portfolio", datetime(2021, 12, 15, tzinfo=UTC))
    adjusted = size_charge(wanted["raw"], model.parameters.rows("group1", Group))  # type: ignore[attr-defined]
    return (
        Checked("adjusted MR7", wanted["adjusted"], adjusted, 0.0),
        Checked("MMR", wanted["required"], max(wanted["margin"], adjusted), 0.0),
    )


def _spot_hedge() -> Sequence[Checked]:
    wanted, checked = GOLDEN["spot_hedge"], []
    price = wanted["after_mr7"] / 0.0045 / 10.0
    for day, at in (
        ("before", datetime(2024, 6, 1, tzinfo=UTC)),
        ("after", datetime(2024, 6, 6, tzinfo=UTC)),
    ):
        priced = plain_market("okx", "BTC-USDT-SWAP", as_of=at, index={"USDT": 1.0, "BTC": price})
        held = plain_book(priced, {"BTC-USDT-SWAP": -1000.0}, {"BTC": 10.0})
        found = _unit(answered("okx/portfolio", priced, held)[0], "BTC")
        mr7 = amount(found, "mr7")
        fields = {"mmr": found.amount}
        if day == "after":
            fields["mr4"] = amount(found, "mr4")
        for key, each in fields.items():
            ratio = wanted[f"{day}_{key}"] / wanted[f"{day}_mr7"]
            checked.append(
                Checked(f"{key} / mr7 {day}", ratio, each / mr7, wanted["within"] * ratio)
            )
    return checked


def _cross_hedge() -> Sequence[Checked]:
    wanted = GOLDEN["cross_hedge"]
    names = ("BTC-USDT-SWAP", "BTC-USD-SWAP")
    priced = plain_market("okx", *names, as_of=NOTICE, index={"USDT": 1.0, "BTC": 100_000.0})
    held = plain_book(priced, {"BTC-USDT-SWAP": 10_000.0, "BTC-USD-SWAP": -100_000.0})
    found, model, _ = answered("okx/portfolio", priced, held)
    table = model.parameters.rows("general", CrossHedge)
    return (
        Checked("MR9", wanted["charge"], amount(found.maintenance, "mr9"), 1e-9),
        Checked("the table", wanted["charge"], cross_hedge_charge(wanted["size"], table), 1e-9),
    )


INFERRED = (
    "exact except MR4 and MR7 rates, borrowing tiers, liquidation fee, parameters of another date"
)
CASES = (
    Case("okx", "OKX-1 position builder", BUILDER["source"], INFERRED, _builder),
    Case("okx", "OKX-2 MR7 multiplier", GOLDEN["multiplier"]["source"], "exact", _multiplier),
    Case(
        "okx",
        "OKX-3 spot hedge, as a ratio",
        GOLDEN["spot_hedge"]["source"],
        "exact except MR4 and MR7 rates, spot in use",
        _spot_hedge,
    ),
    Case("okx", "OKX-4 MR9", GOLDEN["cross_hedge"]["source"], "exact except MR9", _cross_hedge),
)
