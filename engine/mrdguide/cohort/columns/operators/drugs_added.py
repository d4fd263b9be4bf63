"""`drugs_added` over columns; whoever has more than one entry of the phase is left to the one-patient engine."""

from __future__ import annotations

import numpy as np

from ....logic.operators.drugs_added import DrugsAdded
from ....logic.truth import UNKNOWN
from ..cohort import Verdicts
from ..courses import PHASE, courses
from ..listed import listed
from ..meaning import LEFT, Asked, Meaning


def _drugs_added(operator: DrugsAdded, asked: Asked) -> Verdicts:
    found, owner = courses(asked.cohort), listed(asked.cohort, "therapy").owner
    entries = np.bincount(owner[found.phase == PHASE[operator.phase]], minlength=len(asked.cohort))
    none = np.where(found.whole, asked.context.absent, UNKNOWN)
    verdicts: Verdicts = np.where(entries > 1, LEFT, none).astype(np.uint8)
    return verdicts


MEANINGS: dict[str, Meaning] = {"drugs_added": _drugs_added}
