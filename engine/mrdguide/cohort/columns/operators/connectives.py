"""`all`, `any`, `not`, `at_least` over columns: minimum, maximum and reflection of the verdicts of their parts."""

from __future__ import annotations

from functools import reduce

import numpy as np

from ....logic.operators.connectives import All, AnyOf, AtLeast, Not
from ....logic.truth import MET
from ..cohort import Verdicts
from ..kleene import at_least
from ..meaning import Asked, Meaning


def _all(operator: All, asked: Asked) -> Verdicts:
    return reduce(np.minimum, map(asked.judge, operator.of))


def _any(operator: AnyOf, asked: Asked) -> Verdicts:
    return reduce(np.maximum, map(asked.judge, operator.of))


def _not(operator: Not, asked: Asked) -> Verdicts:
    return MET - asked.judge(operator.of)


def _at_least(operator: AtLeast, asked: Asked) -> Verdicts:
    return at_least(operator.count, [asked.judge(part) for part in operator.of])


MEANINGS: dict[str, Meaning] = {"all": _all, "any": _any, "not": _not, "at_least": _at_least}
