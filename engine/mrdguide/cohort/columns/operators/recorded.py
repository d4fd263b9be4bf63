"""`recorded` over columns: entries that are alike in the fields asked about are matched once."""

from __future__ import annotations

import numpy as np

from ....logic.operators.recorded import Recorded
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ..cohort import Verdicts
from ..courses import Courses, courses
from ..happenings import followed_by_line
from ..kernel import Column, kernel
from ..listed import listed
from ..meaning import Asked, Meaning


def _recorded(operator: Recorded, asked: Asked) -> Verdicts:
    entries, match = listed(asked.cohort, operator.in_), operator.fitting()
    codes, kinds = entries.alike(operator.fields())
    fits = np.array([match(entry) for entry in kinds], dtype=np.uint8)[codes]
    if operator.not_followed_by_line is not None:
        fits = _unanswered(
            fits, courses(asked.cohort), entries.owner, entries.earliest, entries.latest, operator.not_followed_by_line,
            asked.cohort.days,
        )  # fmt: skip
    best = entries.best(fits)
    none = asked.none_in(operator.in_)
    if operator.in_ == "therapy":
        none = np.where(courses(asked.cohort).whole, none, UNKNOWN).astype(np.uint8)
    found: Verdicts = np.where(best == NOT_MET, none, best).astype(np.uint8)
    return found


@kernel
def _unanswered(
    fits: Column, therapy: Courses, owner: Column, earliest: Column, latest: Column, line: int, today: Column
) -> Column:
    """The verdicts on entries where no later line of therapy may have followed."""
    found = fits.copy()
    for place in range(fits.size):
        if fits[place] != NOT_MET:
            patient = owner[place]
            followed = followed_by_line(therapy, patient, earliest[place], latest[place], line, today[patient])
            found[place] = min(int(fits[place]), MET - followed)
    return found


MEANINGS: dict[str, Meaning] = {"recorded": _recorded}
