"""How loops over columns are compiled: by numba, without the interpreter's lock, kept on disk for the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numpy.typing import NDArray

# A column of anything; what it holds stands where it is made.
Column = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """The function compiled at its first call. It may call other kernels, and reads and writes arrays alone."""
    return cast(Function, njit(cache=True, nogil=True)(function))
