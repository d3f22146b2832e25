from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sqlalchemy.dialects import sqlite

from riskcore.arrays import F64
from storage.database.columns import Array, UtcDateTime

SQLITE = sqlite.dialect()


@given(array=arrays.arrays(np.float64, arrays.array_shapes(min_dims=0, min_side=0)))
def test_an_array_keeps_its_shape_and_every_bit(array: F64) -> None:
    column = Array()
    found = column.process_result_value(column.process_bind_param(array, SQLITE), SQLITE)
    assert found is not None
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()
    assert not found.flags.writeable


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_an_instant_keeps_its_microsecond(moment: datetime) -> None:
    column = UtcDateTime()
    found = column.process_result_value(column.process_bind_param(moment, SQLITE), SQLITE)
    assert found == moment
    assert found.tzinfo is UTC


def test_an_instant_of_another_zone_is_kept_in_utc() -> None:
    moment = datetime(2026, 2, 5, 12, tzinfo=timezone(timedelta(hours=2)))
    stored = UtcDateTime().process_bind_param(moment, SQLITE)
    assert UtcDateTime().process_result_value(stored, SQLITE) == moment


def test_an_instant_without_a_zone_is_not_stored() -> None:
    with pytest.raises(TypeError):
        UtcDateTime().process_bind_param(datetime(2026, 2, 5), SQLITE)  # noqa: DTZ001
