"""What a column meaning is: an operator's verdicts of all patients at once, identical to its meaning for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...case.case import Case
from ...logic.operator import Context, Operator
from ...patient.profile import Diagnosis, Patient
from .cohort import Cohort, Verdicts
from .listed import listed


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom an operator is asked, within which criterion, and how a part of it is judged."""

    cohort: Cohort
    context: Context
    judge: Callable[[Operator], Verdicts]

    def without(self, operator: Operator, *lists: str) -> Verdicts:
        """The verdict of an operator that has nothing to read where some lists are empty: that of somebody of whom nothing is
        recorded. Patients with an entry in one of them are left."""
        nobody = Case(Patient(id="nobody", diagnosis=Diagnosis(disease="multiple-myeloma")), self.cohort.as_of)
        empty = sum(listed(self.cohort, name).lengths for name in lists) == 0
        found: Verdicts = np.where(empty, operator.compile(self.context).verdict(nobody), LEFT).astype(np.uint8)
        return found


# In the place of a verdict: this patient is left to the operator's meaning for one patient.
LEFT = 255

# An operator (of the class that the keyword names) with what is asked of it. None: these parameters have no column meaning.
Meaning = Callable[[Any, Asked], Verdicts | None]
