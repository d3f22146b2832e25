"""Arrays and their axes.

Every array of the core names its axes with these letters:

I  instruments     S  scenarios     U  currencies with an index
E  expiries        T  instants      B  books (alternative quantity vectors)
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Array = TypeVar("Array", bound=npt.NDArray[Any])


def frozen(values: npt.ArrayLike) -> F64:
    """A read-only float64 copy of the values."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


def locked(array: Array) -> Array:
    """The same array, made read-only."""
    array.setflags(write=False)
    return array
