"""`defined_by` over columns: whoever has such a definition is left to the one-patient engine (`ordinary`, `plain_rows`)."""

from __future__ import annotations

import numpy as np

from ....logic.operators.defined_by import DefinedBy
from ..cohort import Verdicts
from ..meaning import Asked, Meaning


def _defined_by(operator: DefinedBy, asked: Asked) -> Verdicts:
    return np.full(len(asked.cohort), asked.context.absent, dtype=np.uint8)


MEANINGS: dict[str, Meaning] = {"defined_by": _defined_by}
