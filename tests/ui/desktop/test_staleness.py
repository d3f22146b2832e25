"""How far behind the market a report is."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from tests.builders import NOON
from tests.ui.desktop.desk import Desk, report
from ui.desktop.staleness import stale_seconds


def test_a_report_of_fresh_quotes_is_current(qapp) -> None:
    assert stale_seconds(Desk(), report()) is None
    assert stale_seconds(Desk(), None) is None


def test_a_refused_market_makes_the_last_report_as_old_as_its_distance(qapp) -> None:
    desk = Desk()
    desk.refusal = "BTC has no index price in this market"
    desk.market = SimpleNamespace(as_of=NOON + timedelta(minutes=5))
    assert stale_seconds(desk, report()) == 300.0


def test_an_input_older_than_a_minute_makes_everything_stale(qapp) -> None:
    assert stale_seconds(Desk(), replace(report(), ages={"a": 59.0, "b": 61.0})) == 61.0
