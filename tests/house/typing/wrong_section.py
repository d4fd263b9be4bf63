"""Wrong: a laboratory value that a profile does not have."""

from __future__ import annotations

import mrdguide


def found(patient: mrdguide.Patient) -> object:
    return patient.baseline.labs.nonsense.more  # wrong
