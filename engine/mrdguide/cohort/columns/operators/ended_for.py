"""`ended_for` over columns; where what followed has to be read as well, the one-patient engine does it."""

from __future__ import annotations

import numpy as np

from ....logic.operators.ended_for import EndedFor
from ....logic.truth import NOT_MET, UNKNOWN
from ..cohort import Verdicts
from ..courses import courses
from ..listed import listed
from ..meaning import LEFT, Asked, Meaning


def _ended_for(operator: EndedFor, asked: Asked) -> Verdicts:
    entries = listed(asked.cohort, "therapy")
    codes, kinds = entries.alike(("stop_reason",))
    best = entries.best(np.array([operator.says(entry) for entry in kinds], dtype=np.uint8)[codes])
    whole = courses(asked.cohort).whole | (not operator.is_disease)
    none = np.where(whole, asked.context.absent, UNKNOWN)
    some = best if operator.not_followed_by_line is None else LEFT
    found: Verdicts = np.where(best == NOT_MET, none, some).astype(np.uint8)
    return found


MEANINGS: dict[str, Meaning] = {"ended_for": _ended_for}
