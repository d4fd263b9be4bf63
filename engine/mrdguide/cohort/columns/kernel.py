"""How loops over columns are compiled: by numba, without the interpreter's lock, kept on disk for the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

# A column of anything; what it holds stands where it is made.
Column = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """The function compiled at its first call. It may call other kernels, and reads and writes arrays alone."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def counted(number: int, kind: type[np.integer[Any]] = np.int64) -> int:
    """A constant of the type that columns have. For a bare number numba compiles all that it is handed to once more."""
    return cast(int, kind(number))


NOTHING, ONE = counted(0), counted(1)
