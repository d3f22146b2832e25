"""Every published figure of Derive; most are read from recorded vectors beside the project."""

from tests.riskcore.margin.venues.derive.cases_liquidation import LIQUIDATION
from tests.riskcore.margin.venues.derive.cases_portfolio import KEPT, PORTFOLIO
from tests.riskcore.margin.venues.derive.cases_pricing import PRICING
from tests.riskcore.margin.venues.derive.cases_rules import RULES
from tests.riskcore.margin.venues.derive.cases_standard import SMALL, STANDARD
from tests.verification.case import Case

CASES: tuple[Case, ...] = (
    *SMALL, *KEPT, *STANDARD, *PORTFOLIO, *PRICING, *RULES, *LIQUIDATION,
)  # fmt: skip
