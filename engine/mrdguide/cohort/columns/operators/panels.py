"""Operators that read marker panels: nothing to judge of the many without one; the others are judged patient by patient."""

from __future__ import annotations

from ....logic.operator import Operator
from ..cohort import Verdicts
from ..meaning import Asked, Meaning


def _without_panels(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "markers")


MEANINGS: dict[str, Meaning] = dict.fromkeys(
    (
        "marker_rise", "light_chain_rise", "light_chain_ratio", "marrow_rise", "marrow_from_complete", "marker_found",
        "marker_abnormal", "marker_band",
    ),
    _without_panels,
)  # fmt: skip
