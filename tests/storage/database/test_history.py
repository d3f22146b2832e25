import math
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskcore.query import Sample
from storage.database.engine import Database
from storage.database.history import History
from tests.builders import NOON

figures = st.floats(allow_nan=False)


def point(
    at: datetime, trigger: float = 0.5, account: str = "desk", model: str = "m", equity: float = 1.0
) -> Sample:
    """A point of margin history."""
    return Sample(account, at, model, equity, None, 2.0, 3.0, trigger, "spot -15 %")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    points=st.lists(
        st.builds(
            Sample,
            st.just("desk"),
            st.integers(0, 10**15).map(lambda count: NOON + timedelta(microseconds=count)),
            st.sampled_from(("a", "b")),
            *(figures, st.none() | figures, figures, figures, figures),
            st.text(max_size=5),
        ),
        max_size=20,
        unique_by=lambda each: (each.model, each.as_of),
    )
)
def test_history_is_read_as_it_was_written_oldest_first(
    database: Database, points: list[Sample]
) -> None:
    history = History(database.sessions)
    history.append(points)
    found = [each for each in history.read("desk", NOON) if each in points]
    assert found == sorted(points, key=lambda each: (each.as_of, each.model))


def test_a_point_at_a_known_instant_replaces_the_one_before(database: Database) -> None:
    history = History(database.sessions)
    history.append([point(NOON, 0.5), point(NOON, 0.6, model="n")])
    history.append([point(NOON, 0.7)])
    assert [each.trigger for each in history.read("desk", NOON)] == [0.7, 0.6]


def test_only_the_points_since_an_instant_and_of_the_account_are_read(database: Database) -> None:
    history = History(database.sessions)
    later = NOON + timedelta(minutes=1)
    history.append([point(NOON), point(later), point(later, account="other")])
    assert history.read("desk", later) == (point(later),)


def test_a_figure_that_is_not_available_stays_not_available(database: Database) -> None:
    history = History(database.sessions)
    history.append([point(NOON, math.nan, equity=math.inf)])
    (found,) = history.read("desk", NOON)
    assert math.isnan(found.trigger)
    assert found.equity == math.inf


def test_old_history_keeps_the_point_nearest_its_trigger(database: Database) -> None:
    history = History(database.sessions)
    month_ago, week_ago = NOON - timedelta(days=31), NOON - timedelta(days=7)
    peak = 7 * 60 + 13
    points = [
        point(start + timedelta(seconds=second), 0.9 if second == peak else 0.5)
        for start in (month_ago, week_ago, NOON - timedelta(hours=1))
        for second in range(0, 3601, 1)
    ]
    history.append(points)
    assert history.thin() == len(points) - len(history.read("desk", month_ago))
    day = timedelta(days=1)
    per_start = [
        [each for each in history.read("desk", start) if each.as_of < start + day]
        for start in (month_ago, week_ago, NOON - timedelta(hours=1))
    ]
    assert [len(each) for each in per_start] == [5, 61, 3601]
    assert [max(each, key=lambda one: one.trigger).trigger for each in per_start] == [0.9] * 3
    assert all(
        max(each, key=lambda one: one.trigger).as_of == start + timedelta(seconds=peak)
        for each, start in zip(per_start, (month_ago, week_ago), strict=False)
    )
    assert history.thin() == 0


def test_age_counts_from_the_newest_point_of_each_account(database: Database) -> None:
    history = History(database.sessions)
    crash = [point(NOON + timedelta(seconds=each), account="replay") for each in range(100)]
    history.append([*crash, point(NOON + timedelta(days=4_000))])
    assert history.thin() == 0
    assert len(history.read("replay", NOON)) == 100
