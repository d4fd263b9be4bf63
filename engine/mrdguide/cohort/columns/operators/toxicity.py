"""`toxicity` over columns: a verdict for each kind of entry there is."""

from __future__ import annotations

import numpy as np

from ....logic.operators.toxicity import ToxicityRecorded
from ....logic.truth import NOT_MET
from ..cohort import Verdicts
from ..listed import listed
from ..meaning import Asked, Meaning


def _toxicity(operator: ToxicityRecorded, asked: Asked) -> Verdicts:
    entries = listed(asked.cohort, "toxicities")
    codes, kinds = entries.alike(("status", "unacceptable", "grade"))
    fits = np.array([operator.fits(entry) for entry in kinds], dtype=np.uint8)
    best = entries.best(fits[codes])
    found: Verdicts = np.where(best == NOT_MET, asked.none_in("toxicities"), best).astype(np.uint8)
    return found


MEANINGS: dict[str, Meaning] = {"toxicity": _toxicity}
