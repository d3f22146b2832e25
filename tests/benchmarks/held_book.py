"""An account of many positions in any market, long and short, with collateral in three coins."""

from riskcore.holdings import Account, Balance, Holdings, Position
from riskcore.market import MarketSnapshot


def book(market: MarketSnapshot, positions: int) -> Account:
    """So many positions spread evenly over what is listed."""
    listed = market.universe.instruments
    rows = [round(place * len(listed) / positions) for place in range(positions)]
    held = tuple(
        Position(listed[row], (-1.0) ** place * (5 + place), float(market.mark[row]))
        for place, row in enumerate(rows)
    )
    cash = {"BTC": Balance(250.0), "ETH": Balance(4_000.0), "USDC": Balance(5_000_000.0)}
    return Account("bench", "Bench", "deribit", "deribit/cross-portfolio", Holdings(held, cash))
