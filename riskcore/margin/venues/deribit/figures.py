"""Account fields as Deribit reports them.

Source: docs.deribit.com, private/get_account_summaries.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from riskcore.margin.requirement import Figure
from riskcore.margin.venues.deribit.account import Summary
from riskcore.market import MarketSnapshot
from riskcore.universe import USD


@dataclass(frozen=True, slots=True)
class Required:
    """The requirements of a pool, now and when the nearest expiry is gone."""

    initial: float
    maintenance: float
    projected_initial: float
    projected_maintenance: float
    close_out_factor: float

    def fields(self, margin_balance: float) -> dict[str, float]:
        """The fields that follow from them, in the currency of the pool."""
        return {
            "margin_balance": margin_balance,
            "initial_margin": self.initial,
            "maintenance_margin": self.maintenance,
            "available_funds": available_funds(margin_balance, self.initial),
            "projected_initial_margin": self.projected_initial,
            "projected_maintenance_margin": self.projected_maintenance,
            "close_out_margin": self.close_out_factor * self.maintenance,
            "projected_close_out_margin": self.close_out_factor * self.projected_maintenance,
        }


def available_funds(margin_balance: float, initial: float) -> float:
    """What is left for new positions."""
    return max(margin_balance - initial, 0.0)


def segregated(
    summary: Summary, projected: Summary, margin_balance: float, required: Required
) -> tuple[Figure, ...]:
    """The fields of one currency. Withdrawable is less session profit and what is locked."""
    fields = _own(summary, projected) | required.fields(margin_balance)
    session = summary.futures_session_upl + summary.futures_session_rpl
    withdrawable = fields["available_funds"] - max(session, 0.0) - summary.locked
    fields["available_withdrawal_funds"] = max(withdrawable, 0.0)
    return tuple(Figure(term, amount, summary.currency) for term, amount in fields.items())


def pooled(
    accounts: Mapping[str, Summary],
    projected: Mapping[str, Summary],
    market: MarketSnapshot,
    margin_balance: float,
    required: Required,
) -> tuple[Figure, ...]:
    """The totals in USD, then every currency: its own fields, and the totals at its index."""
    equity = sum(each.equity * market.usd(name) for name, each in accounts.items())
    delta = sum(each.delta_total * market.usd(name) for name, each in accounts.items())
    shared = required.fields(margin_balance)
    totals = {f"total_{term}_usd": amount for term, amount in shared.items()}
    totals = {"total_equity_usd": equity, **totals, "total_delta_total_usd": delta}
    lines = [Figure(term, amount, USD) for term, amount in totals.items()]
    for name, summary in accounts.items():
        price = market.usd(name)
        own = _own(summary, projected[name])
        fields = own | {term: amount / price for term, amount in shared.items()}
        lines += [Figure(term, amount, name) for term, amount in fields.items()]
    return tuple(lines)


def _own(summary: Summary, projected: Summary) -> dict[str, float]:
    fields: dict[str, float | None] = {
        "balance": summary.balance,
        "equity": summary.equity,
        "futures_session_upl": summary.futures_session_upl,
        "futures_session_rpl": summary.futures_session_rpl,
        "options_value": summary.options_value,
        "delta_total": summary.delta_total,
        "projected_delta_total": projected.delta_total,
        "futures_pl": summary.futures_pl,
        "options_pl": summary.options_pl,
        "total_pl": summary.total_pl,
    }
    return {term: amount for term, amount in fields.items() if amount is not None}
