"""`recorded` over columns: entries that are alike in the fields asked about are matched once."""

from __future__ import annotations

import numpy as np

from ....logic.operators.recorded import Recorded
from ....logic.truth import NOT_MET, UNKNOWN
from ....logic.where import matcher
from ..cohort import Verdicts
from ..courses import courses
from ..listed import listed
from ..meaning import LEFT, Asked, Meaning


def _recorded(operator: Recorded, asked: Asked) -> Verdicts:
    entries, match = listed(asked.cohort, operator.in_), matcher(operator.where)
    codes, kinds = entries.alike(tuple(operator.where))
    best = entries.best(np.array([match(entry) for entry in kinds], dtype=np.uint8)[codes])
    none = asked.cohort.all_of(asked.context.absent)
    if operator.in_ == "therapy":
        none = np.where(courses(asked.cohort).whole, none, UNKNOWN).astype(np.uint8)
    if operator.not_followed_by_line is not None:
        # What may fit is weighed against the therapy after it.
        best[best != NOT_MET] = LEFT
    found: Verdicts = np.where(best == NOT_MET, none, best).astype(np.uint8)
    return found


MEANINGS: dict[str, Meaning] = {"recorded": _recorded}
