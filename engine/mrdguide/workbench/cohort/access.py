"""Which pages may see the cohort: those opened by the address that `mrdguide workbench` told, which holds a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import UsageError
from ...report.blocks import Page

if TYPE_CHECKING:
    from ..bench import Bench
    from ..state import State
    from .opened import OpenedCohort


def with_cohort(bench: Bench, state: State) -> State:
    """The state of a page that may see the cohort, if there is one."""
    if bench.cohort is None or isinstance(bench.cohort, Page):
        return state
    return state.model_copy(update={"cohort": state.cohort.model_copy(update={"key": bench.cohort.key})})


def cohort_of(bench: Bench, state: State) -> OpenedCohort:
    """The cohort, for a page that may see it.

    Raises:
        UsageError: there is none, or this page may not.
    """
    cohort = bench.cohort
    if cohort is None or isinstance(cohort, Page) or not cohort.is_shown_to(state.cohort.key):
        raise UsageError(
            "this page shows no cohort; start `mrdguide workbench --cohort OUT` and use the address that it tells"
        )
    return cohort
