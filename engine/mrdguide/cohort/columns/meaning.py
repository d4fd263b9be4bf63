"""What a column meaning is: an operator's verdicts of all patients at once, identical to its meaning for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...logic.operator import Context, Operator
from .cohort import Cohort, Verdicts


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom an operator is asked, within which criterion, and how a part of it is judged."""

    cohort: Cohort
    context: Context
    judge: Callable[[Operator], Verdicts]


# An operator (of the class that the keyword names) with what is asked of it. None: these parameters have no column meaning.
Meaning = Callable[[Any, Asked], Verdicts | None]
