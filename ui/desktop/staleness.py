"""How old what is shown is, when it is not what the newest market gives."""

from riskcore.query import Report
from ui.desktop.session import Session

OLD = 60.0  # seconds after which an input makes what is derived from it stale


def stale_seconds(session: Session, report: Report | None) -> float | None:
    """Seconds by which a report, or its oldest input, is behind; None when it is current."""
    if report is None:
        return None
    if session.refusal:
        market = session.market
        return 0.0 if market is None else (market.as_of - report.as_of).total_seconds()
    oldest = max(report.ages.values(), default=0.0)
    return oldest if oldest > OLD else None
