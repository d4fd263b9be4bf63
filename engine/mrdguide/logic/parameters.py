"""Parameters that several operators share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from .operator import Context

if TYPE_CHECKING:
    from ..rulebook.readings import Readings

Threshold = Annotated[float, Field(gt=0, le=1e-3, description="fraction of nucleated cells; a test at it is positive")]
Months = Annotated[int, Field(strict=True, ge=1, le=240, description="calendar months, inclusive")]


def readings_of(context: Context) -> Readings:
    """The rule book's reading of MRD tests and images.

    Raises:
        ValueError: compiled outside a rule book.
    """
    if context.readings is None:
        raise ValueError("MRD and imaging operators need the rule book's 'readings'")
    return context.readings
