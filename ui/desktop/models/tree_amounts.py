"""How the amounts of a requirement's tree are written."""

from riskcore.margin.requirement import Component
from riskcore.query import Report
from ui.desktop import formats

SMALL_MONEY = 1_000.0  # below so much a tree is written in cents


class TreeAmounts:
    """Amounts in the display currency, with cents when the whole tree is small."""

    def __init__(self, report: Report, currency: str, unit: str, root: Component) -> None:
        self._report, self._unit, self._currency = report, unit, currency
        amount, self._shown = formats.in_unit(root.amount, currency, unit, report.index)
        small = amount is not None and 0 < abs(amount) < SMALL_MONEY
        self._decimals = max(formats.money_decimals(self._shown), 2 if small else 0)

    def __call__(self, amount: float, signed: bool) -> str:
        """An amount of the pool's currency as text."""
        shown, _ = formats.in_unit(amount, self._currency, self._unit, self._report.index)
        return formats.fixed(shown, self._decimals, sign=signed)
