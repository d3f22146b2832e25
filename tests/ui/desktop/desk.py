"""A session and answers made by hand, for tests of panels and plots."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PySide6.QtCore import QObject, Signal

from riskcore.analysis.liquidation import SpotCurve
from riskcore.margin.model import Calibration
from riskcore.margin.requirement import (
    Component,
    LossTable,
    Requirement,
    Rule,
    Trigger,
    larger_of,
    scaled,
    total,
)
from riskcore.query import ModelResult, PoolResult, Report, Sample
from tests.builders import INDEX, NOON
from ui.desktop.theme import Theme, load, load_fonts

RESOURCES = Path(__file__).parents[3] / "resources"
MOVES = tuple(round(step * 0.035, 3) for step in range(-4, 5))
VOLS = ("vol up", "vol same", "vol down")
SPOT = 64_119.0  # USD for a BTC
FAR = (-0.66, -0.33, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)


class Desk(QObject):
    """The signals and the state of a Session, moved by the test."""

    report_changed = Signal(object)
    curve_changed = Signal(object)
    current_changed = Signal(str)
    computing_changed = Signal(bool)
    unit_changed = Signal(str)
    refused = Signal(str)
    samples_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.refusal = ""
        self.unit = "USD"
        self.market = SimpleNamespace(as_of=NOON)
        self.services = SimpleNamespace(resources=RESOURCES)
        self.history: tuple[Sample, ...] = ()

    def samples(self) -> tuple[Sample, ...]:
        return self.history

    def answer(self, report: Report) -> None:
        self.report = report
        self.report_changed.emit(report)

    def record(self, samples: Sequence[Sample]) -> None:
        self.history = tuple(samples)
        self.samples_changed.emit()


def positions(scale: float = 1.0) -> tuple[Component, ...]:
    return tuple(
        Component(name, amount * scale, Rule.POSITION)
        for name, amount in (
            ("BTC-27FEB26-60000-P", 1_181_900.0),
            ("BTC-27FEB26-50000-P", -412_300.0),
            ("BTC-27FEB26-80000-C", -41_600.0),
            ("BTC-PERPETUAL", -66_900.0),
            ("ETH-27MAR26-2000-C", 27_130.0),
        )
    )


def initial_margin(scale: float = 1.0) -> Component:
    worst = total("scanning_risk", *positions(scale), rule=Rule.WORST, because="-14 %, vol up")
    shock = total(
        "roll_shock",
        *(
            Component("expiry_delta", amount, because=expiry)
            for expiry, amount in (("27 Feb", 8_000.0), ("27 Mar", 3_180.0), ("perpetual", 2_000.0))
        ),
        because="3 expiries",
        source="Portfolio margin, section 6",
    )
    matrix = larger_of(
        "risk_matrix_margin",
        total("risk_matrix", worst, shock, Component("delta_shock", 0.0)),
        Component("short_option_minimum", 402_000.0, because="0.01 BTC each"),
    )
    return total("initial_margin", matrix, Component("open_orders_margin", 30_010.0))


def percent(move: float) -> str:
    sign = "−" if move < 0 else "+" if move > 0 else ""
    return f"{sign}{abs(100 * move):.4g} %"


def losses() -> LossTable:
    """Two netting sets over nine moves, three volatilities and the far moves."""
    labels, moves, group = ["unmoved"], [0.0], ["standard"]
    btc, eth = [0.0], [0.0]
    for move in MOVES:
        for place, words in enumerate(VOLS):
            labels.append(f"BTC {percent(move)}, ETH {percent(move * 9 / 7)}, {words}")
            moves.append(move)
            group.append("standard")
            btc.append(
                -30e6 * max(-move, 0) ** 2 - 20_000 * (2 - place) + 1_500_000 * min(move, 0.02)
            )
            eth.append(40_000 * (0.3 - move) * (1.5 - place))
    for move in FAR:
        labels.append(f"{percent(move)}, vol up")
        moves.append(move)
        group.append("extended")
        btc.append(-100_000.0 * abs(move))
        eth.append(-20_000.0 * move)
    profit = (tuple(btc), tuple(eth))
    worst = tuple(min(range(len(row)), key=row.__getitem__) for row in profit)
    held = (
        ("BTC-27FEB26-60000-P", tuple(0.7 * each for each in btc)),
        ("BTC-PERPETUAL", tuple(0.3 * each for each in btc)),
        ("ETH-27MAR26-2000-C", tuple(eth)),
    )
    return LossTable(("BTC", "ETH"), tuple(labels), tuple(moves), tuple(group), profit, worst, held)


def requirement(scale: float = 1.0, pool: str = "USD", *, initial: bool = True) -> Requirement:
    required = initial_margin(scale)
    maintenance = scaled("maintenance_margin", required, 0.8, name="maintenance_factor")
    equity = total(
        "equity",
        Component("balance", 1_400_000.0, because="12.5 BTC"),
        Component("options_value", -206_800.0),
    )
    return Requirement(
        pool=pool,
        currency="USD",
        equity=equity,
        initial=required if initial else None,
        maintenance=maintenance,
        trigger=Trigger("maintenance usage", maintenance.amount / equity.amount, 1.0),
        label="exact except option revaluation",
        worst_scenario="-14 %, vol up",
        losses=losses(),
    )


def report(scale: float = 1.0, *pools: Requirement) -> Report:
    results = tuple(
        PoolResult(
            each, 1.0, 1_660_510.0, 2_000_000.0, (Component("open_orders_margin", 30_010.0),)
        )
        for each in pools or (requirement(scale),)
    )
    model = ModelResult(
        "deribit/cross-portfolio", "Deribit cross portfolio", Calibration(), results, ()
    )
    return Report("desk", NOON, (model,), {**INDEX, "BTC": SPOT}, {"BTC-PERPETUAL": 0.4}, ())


def curve(down: float | None = -0.232, up: float | None = 0.386, pool_up: str = "USD") -> SpotCurve:
    move = np.linspace(-0.4, 0.4, 81)
    equity = 1_193_200 + np.where(move < 0, 3.3e6 * move - 1e6 * move**2, 4e5 * move)
    equity = equity - np.maximum(move - 0.15, 0) * 3e6
    maintenance = 561_130 + np.abs(move) * 700_000
    return SpotCurve(
        "USD", "USD", 1.0, "BTC", SPOT, move, equity, maintenance * 1.25, maintenance, down, up,
        "USD", pool_up,
    )  # fmt: skip


def samples(count: int = 3600, seconds: float = 1.0, seed: int = 3) -> tuple[Sample, ...]:
    """A history that wanders from 43 % to 61 % usage."""
    noise = np.random.default_rng(seed).normal(0, 0.003, count).cumsum()
    usage = 0.43 + np.linspace(0, 0.18, count) + noise - np.linspace(0, noise[-1], count)
    equity = 1_193_200.0
    return tuple(
        Sample(
            "desk",
            NOON + timedelta(seconds=(place - count + 1) * seconds),
            "deribit/cross-portfolio",
            equity,
            float(each) * equity,
            float(each) * equity * 0.8,
            float(each) * equity * 2.27,
            float(each) * 0.8,
            "-14 %, vol up",
        )
        for place, each in enumerate(usage)
    )


def look(name: str = "dark", *, colour_blind: bool = False) -> Theme:
    """A theme, with its fonts known to Qt."""
    load_fonts(RESOURCES)
    return load(RESOURCES, name, colour_blind=colour_blind)
