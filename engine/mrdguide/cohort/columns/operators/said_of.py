"""`said_of` over columns: whoever has such a text is left to the one-patient engine (`ordinary`, `plain_rows`)."""

from __future__ import annotations

import numpy as np

from ....logic.operators.said_of import SaidOf
from ..cohort import Verdicts
from ..meaning import Asked, Meaning


def _said_of(operator: SaidOf, asked: Asked) -> Verdicts:
    return np.full(len(asked.cohort), asked.context.absent, dtype=np.uint8)


MEANINGS: dict[str, Meaning] = {"said_of": _said_of}
