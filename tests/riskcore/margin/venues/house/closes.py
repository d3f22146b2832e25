"""Recorded daily closes: ../shared/data/11_prices_daily, which is not part of the project."""

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path

FILES = {
    "BTC": "BTCUSDT_spot_1d_2017-08_2026-03.csv.gz",
    "ETH": "ETHUSDT_1d.csv.gz",
}
COUNT = 1000


def history(shared: Path) -> tuple[list[date], dict[str, list[float]]]:
    """The last thousand days on which both have a close, and their relative moves."""
    closes = {coin: _closes(shared / "11_prices_daily" / file) for coin, file in FILES.items()}
    last = min(max(each) for each in closes.values())
    days = [last - timedelta(back) for back in range(COUNT - 1, -1, -1)]
    moves = {
        coin: [each[day] / each[day - timedelta(1)] - 1 for day in days]
        for coin, each in closes.items()
    }
    return days, moves


def _closes(path: Path) -> dict[date, float]:
    with gzip.open(path, "rt") as lines:
        rows = list(csv.DictReader(lines))
    stamp = next(name for name in rows[0] if name.lower() in ("timestamp", "date", "open_time"))
    return {date.fromisoformat(row[stamp][:10]): float(row["close"]) for row in rows}
