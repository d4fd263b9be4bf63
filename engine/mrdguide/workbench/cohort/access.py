"""Which pages may see the cohort: those opened by the address that `mrdguide workbench` told, which holds a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import UsageError
from .opened import OpenedCohort

if TYPE_CHECKING:
    from ..bench import Bench
    from ..state import State


def with_cohort(bench: Bench, state: State) -> State:
    """The state of a page that may see the cohort, if there is one."""
    if not isinstance(bench.cohort, OpenedCohort):
        return state
    return state.model_copy(update={"cohort": state.cohort.model_copy(update={"key": bench.cohort.key})})


def cohort_of(bench: Bench, state: State) -> OpenedCohort:
    """The cohort, for a page that may see it.

    Raises:
        UsageError: there is none, or this page may not.
    """
    if not isinstance(bench.cohort, OpenedCohort) or not bench.cohort.is_shown_to(state.cohort.key):
        raise UsageError(
            "this page shows no cohort; start `mrdguide workbench --cohort OUT` and use the address that it tells"
        )
    return bench.cohort
