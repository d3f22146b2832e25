"""OKX portfolio margin (account level 4): risk units of one underlying each, MR1 to MR9.

    maintenance = sum of the risk units' MMR + MR8 (margin on what is owed)
    initial     = 1.3 x the sum of the risk units' MMR + the initial margin on what is owed
    margin ratio = adjusted equity / (maintenance + liquidation fees); OKX acts at 100 % or less

Futures gain quantity x index x shock x the stablecoin's rate in USD: their basis stays the same
money. Spot counts in a unit up to what offsets the delta of its derivatives.
Source: okx.com, notices of 25 Nov 2024 and 2 Jan 2025; docs-v5, account/position-builder, whose
reply of 15 Jan 2025 comes out to the last printed digit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import ClassVar, Self

import numpy as np

from riskcore.arrays import F64
from riskcore.errors import Unsupported
from riskcore.holdings import Holdings
from riskcore.instruments import Option
from riskcore.margin.grid import VolRule, scenario_set
from riskcore.margin.model import Calibration
from riskcore.margin.parameters import Schema, Selection
from riskcore.margin.plain import MovesNoCollateral
from riskcore.margin.preset import kept_basis, usd_profit
from riskcore.margin.requirement import Requirement, Trigger, scaled, total
from riskcore.margin.venues.okx import charges, doubts, figures
from riskcore.margin.venues.okx.account import adjusted_equity, borrow_margin, owed
from riskcore.margin.venues.okx.cells import Cells, cells, volatility
from riskcore.margin.venues.okx.parameters import (
    PORTFOLIO,
    CrossHedge,
    General,
    Group,
    Parameters,
    Rules,
    Shocks,
    VolatilityShock,
    parameters,
)
from riskcore.margin.venues.okx.unit import SOURCE, RiskUnit
from riskcore.margin.worth import Worth, refuse_unsupported, worths
from riskcore.market import MarketSnapshot
from riskcore.naming.okx import VENUE
from riskcore.risk_array import Risk
from riskcore.scenarios import ScenarioSet
from riskcore.universe import USD, Universe

NO_SHOCKS = (
    "OKX does not publish by how much it moves the volatility of options; give volatility_shocks "
    "as an override of options: rows of days_to, points_up, points_down, percent_up, percent_down"
)


@dataclass(frozen=True, slots=True)
class OkxPortfolio(MovesNoCollateral):
    """Portfolio margin, one pool in USD; spot without derivatives is in no risk unit."""

    name: ClassVar[str] = "okx/portfolio"
    title: ClassVar[str] = "OKX portfolio"
    families: ClassVar[tuple[str, ...]] = (
        "okx/portfolio",
        "okx/collateral",
        "okx/rules",
        "okx/multi-currency",
    )
    schema: ClassVar[Schema] = PORTFOLIO

    parameters: Parameters
    calibration: Calibration

    @classmethod
    def bound(cls, selection: Selection) -> Self:
        """The model with these parameters."""
        return cls(parameters(selection), selection.calibration)

    def scenarios(self, universe: Universe, market: MarketSnapshot) -> ScenarioSet:
        """The columns of every coin's own group."""
        coins = sorted({each.base for each in universe.instruments})
        shocks = self._shocks()
        shocked: VolRule = volatility(shocks) if shocks else lambda vol, _, move: vol + 0.0 * move
        return scenario_set(
            universe,
            market,
            {coin: self._cells(coin, universe).moves for coin in coins},
            shocked,
            forward=kept_basis(universe, market),
        )

    def requirement(self, holdings: Holdings, risk: Risk) -> tuple[Requirement, ...]:
        """What the account must post."""
        refuse_unsupported(
            holdings, risk, VENUE, self.title, loans=True, hedge=True, spot_orders=True
        )
        held = any(isinstance(each.instrument, Option) for each in holdings.positions)
        if held and not self._shocks():
            raise Unsupported(NO_SHOCKS)
        market = risk.market
        accounts = worths(holdings, risk)
        debts = owed(accounts, market)
        equity = adjusted_equity(self.parameters, accounts, market)
        units = self.units(holdings, risk, accounts)
        found = [each.maintenance() for each in units]
        derivatives = total("risk_units", *(each for each, _ in found), source=SOURCE)
        borrowed = borrow_margin(self.parameters, debts, initial=False)
        maintenance = total("maintenance_margin", derivatives, *([borrowed] if borrowed else []))
        factor = self._general.initial_factor
        grown = scaled(
            "risk_units_initial",
            derivatives,
            factor,
            name="initial_factor",
            because=f"{factor:g} of the maintenance margin",
            source=SOURCE,
        )
        owing = borrow_margin(self.parameters, debts, initial=True)
        initial = total("initial_margin", grown, *([owing] if owing else []))
        fee = self._rules.liquidation_fee * fsum(debts.values())
        required = maintenance.amount + fee
        ratio = equity.amount / required if required > 0 else float("inf")
        return (
            Requirement(
                pool=USD,
                currency=USD,
                equity=equity,
                initial=initial,
                maintenance=maintenance,
                trigger=Trigger("margin ratio", ratio, 1.0, above=False),
                label=doubts.portfolio_label(
                    self.parameters, holdings, units, accounts, debts, market.as_of
                ),
                notes=doubts.portfolio_notes(
                    self.parameters, holdings, units, accounts, debts, equity.amount
                ),
                worst_scenario=figures.worst(units, found),
                figures=figures.figures(
                    holdings, risk, accounts, derivatives, maintenance, initial, equity, ratio
                ),
                losses=figures.losses(units, [cell for _, cell in found]),
            ),
        )

    def units(
        self, holdings: Holdings, risk: Risk, accounts: Mapping[str, Worth]
    ) -> list[RiskUnit]:
        """The risk units: an underlying each, with the coin as far as it hedges."""
        market, universe = risk.market, risk.universe
        rows = np.array([universe.row(each.instrument) for each in holdings.positions], np.int64)
        quantity = np.array([each.quantity for each in holdings.positions])
        profit = usd_profit(risk)[rows] * quantity[:, np.newaxis]
        coins = quantity * risk.greeks.delta[rows]
        delta = coins * _prices(risk)[rows]
        units = []
        for coin in sorted({each.instrument.base for each in holdings.positions}):
            places = [
                row for row, each in enumerate(holdings.positions) if each.instrument.base == coin
            ]
            cash = accounts[coin].cash if coin in accounts else 0.0
            spot = spot_in_use(cash, fsum(coins[places].tolist()))
            price = market.usd(coin, VENUE)
            shock = risk.scenarios.spot[universe.currencies.index(coin)] - 1
            units.append(
                RiskUnit(
                    coin,
                    self._group(coin),
                    self._general,
                    self.parameters.rows("general", CrossHedge),
                    self._rules,
                    self._cells(coin, universe),
                    tuple(holdings.positions[each].label for each in places),
                    tuple(holdings.positions[each].instrument for each in places),
                    profit[places],
                    delta[places],
                    universe.is_option[rows[places]],
                    spot,
                    spot * price,
                    spot * price * shock,
                    market.seconds,
                )
            )
        return units

    def stand_alone(self, holdings: Holdings, risk: Risk) -> F64:
        """Initial margin of each position without any other, (P,)."""
        alone = np.zeros(len(holdings.positions))
        rows = {each.label: row for row, each in enumerate(holdings.positions)}
        for unit in self.units(holdings, risk, {}):
            alone[[rows[name] for name in unit.names]] = unit.alone()
        return alone * self._general.initial_factor

    def isolated(self, holdings: Holdings, risk: Risk) -> F64 | None:
        """Initial margin under multi-currency margin, (P,); None where its tiers are not known."""
        return charges.initial_alone(self.parameters, holdings, risk)

    @property
    def _general(self) -> General:
        found: General = self.parameters.rows("general", General)
        return found

    @property
    def _rules(self) -> Rules:
        found: Rules = self.parameters.rows("rules", Rules)
        return found

    def _shocks(self) -> tuple[VolatilityShock, ...]:
        found: Shocks = self.parameters.rows("options", Shocks)
        return found.volatility_shocks

    def _group(self, coin: str) -> Group:
        found: Group = self.parameters.rows(self.parameters.section(coin), Group)
        return found

    def _cells(self, coin: str, universe: Universe) -> Cells:
        options = bool(universe.is_option.any())
        return cells(self._group(coin), options=options, shocked=options and bool(self._shocks()))


def spot_in_use(held: float, delta: float) -> float:
    """Coins of spot that count: those that offset the delta of the derivatives, no more.

    Source: okx.com, notice of 25 Nov 2024.
    """
    if held * delta >= 0:
        return 0.0
    return held if abs(held) <= abs(delta) else -delta


def _prices(risk: Risk) -> F64:
    """USD per coin of delta, (I,): futures at their mark, options at the index."""
    universe, market = risk.universe, risk.market
    names = universe.currencies
    index = np.array([market.usd(names[row], VENUE) for row in universe.base])
    quote = np.array([market.usd(names[row], VENUE) for row in universe.quote])
    return np.where(universe.is_option, index, market.mark * quote)
