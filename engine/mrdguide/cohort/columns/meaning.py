"""What a column meaning is: an operator's verdicts of all patients at once, identical to its meaning for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...case.case import Case
from ...logic.operator import Context, Operator
from ...logic.truth import UNKNOWN
from ...patient.profile import Diagnosis, Patient
from .cohort import Cohort, Verdicts
from .listed import listed


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

    def without(self, operator: Operator, name: str, *fields: str) -> Verdicts:
        """The verdict of an operator that has nothing to read where a list has no entry with all of some fields recorded: that
        of somebody of whom nothing is recorded. Patients with such an entry, or whose list may lack one, are left."""
        nobody = Case(Patient(id="nobody", diagnosis=Diagnosis(disease="multiple-myeloma")), self.cohort.as_of)
        some = listed(self.cohort, name).having(fields) | self.cohort.may_lack(name)
        found: Verdicts = np.where(some, LEFT, operator.compile(self.context).verdict(nobody)).astype(np.uint8)
        return found


# In the place of a verdict: this patient is left to the operator's meaning for one patient.
LEFT = 255

# An operator (of the class that the keyword names) with what is asked of it. None: these parameters have no column meaning.
Meaning = Callable[[Any, Asked], Verdicts | None]
