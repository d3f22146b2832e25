"""How the core's values lie in a column."""

import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, Dialect, Float, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant as microseconds since 1970 UTC, so that SQL can count with it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """The number stored. Raises TypeError for an instant without a zone."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The instant, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Words(TypeDecorator[str]):
    """Text. Half a character, which a paste can hold and no file can, becomes a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text stored."""
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8")


class Number(TypeDecorator[float]):
    """A float64. SQLite has no NaN and stores NULL in its place."""

    impl = Float
    cache_ok = True

    def __init__(self, *, nan: bool = False) -> None:
        super().__init__()
        self.nan = nan  # read NULL as NaN: for figures that are always there but not always known

    def process_bind_param(self, value: float | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        """The number stored; an int of any size becomes a float."""
        return None if value is None else float(value)

    def process_result_value(self, value: float | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        """The number, or what stands for none."""
        return np.nan if value is None and self.nan else value


class Array(TypeDecorator[npt.NDArray[Any]]):
    """A numpy array: number of axes, their lengths, little-endian values; compressed together."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: str = "<f8") -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """The bytes stored."""
        if value is None:
            return None
        array = np.asarray(value, dtype=self.kind)
        head = struct.pack(f"<B{array.ndim}Q", array.ndim, *array.shape)
        return zlib.compress(head + array.tobytes(), level=1)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two arrays are the same, NaN for NaN."""
        return x is y or bool(np.array_equal(x, y, equal_nan=True))

    def process_result_value(
        self,
        value: bytes | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> npt.NDArray[Any] | None:
        """The array, read-only."""
        if value is None:
            return None
        whole = zlib.decompress(value)
        shape = struct.unpack_from(f"<{whole[0]}Q", whole, 1)
        return np.frombuffer(whole, self.kind, offset=1 + 8 * whole[0]).reshape(shape)
