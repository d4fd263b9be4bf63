"""What a column meaning is: an operator's verdicts of all patients at once, identical to its meaning for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...logic.operator import Context, Operator
from ...logic.truth import UNKNOWN
from .cohort import Cohort, Verdicts


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom an operator is asked, within which criterion, and how a part of it is judged."""

    cohort: Cohort
    context: Context
    judge: Callable[[Operator], Verdicts]

    def none_in(self, *names: str) -> Verdicts:
        """The verdict of patients in whose lists nothing of the kind is: unknown where one of the lists may lack entries, else
        as `absence` says."""
        lacking = np.logical_or.reduce([self.cohort.may_lack(name) for name in names])
        found: Verdicts = np.where(lacking, UNKNOWN, self.context.absent).astype(np.uint8)
        return found


# In the place of a verdict: this patient is left to the operator's meaning for one patient.
LEFT = 255

# An operator (of the class that the keyword names) with what is asked of it. None: these parameters have no column meaning.
Meaning = Callable[[Any, Asked], Verdicts | None]
