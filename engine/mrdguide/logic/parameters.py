"""Parameters that several operators share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from .operator import Context

if TYPE_CHECKING:
    from ..case.interpretation_rules import InterpretationRules, MarrowMrdRules

Threshold = Annotated[float, Field(gt=0, le=1e-3, description="fraction of nucleated cells; a test at it is positive")]
Methods = Annotated[
    tuple[Literal["NGS", "NGF", "MFC"], ...],
    Field(description="only these methods can show a negative; empty: all that count"),
]
Days = Annotated[int, Field(strict=True, ge=0, le=366, description="days, inclusive")]
Positive = Annotated[float, Field(gt=0)]
SinceNewLine = Annotated[
    bool,
    Field(
        strict=True,
        description="a negative from before the newest line of therapy, or of the day it was begun, says nothing",
    ),
]
Months = Annotated[int, Field(strict=True, ge=1, le=240, description="calendar months, inclusive")]


def fewer_methods(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether tests by some methods are all among tests by others; no methods named: all that count."""
    return not others or (bool(some) and set(some) <= set(others))


def one_or_several(value: object) -> object:
    """A word alone is short for a list of one."""
    return [value] if isinstance(value, str) else value


def marrow_rules(context: Context, methods: tuple[str, ...] = ()) -> MarrowMrdRules:
    """The reading of marrow MRD, narrowed to some methods."""
    rules = interpretation_of(context).marrow_mrd
    if not methods or set(methods) == set(rules.methods):
        return rules
    return rules.model_copy(update={"methods": methods, "ask_for": f"marrow MRD by {' or '.join(methods)}"})


def interpretation_of(context: Context) -> InterpretationRules:
    """The rule book's reading of MRD tests and images.

    Raises:
        ValueError: compiled outside a rule book.
    """
    if context.interpretation is None:
        raise ValueError("MRD and imaging operators need the rule book's 'readings'")
    return context.interpretation
