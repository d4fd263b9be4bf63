"""Operators that read marker panels: nothing to judge of those in whom no panel measured what they read; the others are judged
patient by patient."""

from __future__ import annotations

from ....logic.operator import Operator
from ....logic.operators.marker_abnormal import MarkerAbnormal
from ....logic.operators.marker_findings import MarkerFound
from ....logic.operators.marker_rise import MarkerRise
from ..cohort import Verdicts
from ..meaning import Asked, Meaning


def _of_its_marker(operator: MarkerRise | MarkerFound | MarkerAbnormal, asked: Asked) -> Verdicts:
    return asked.without(operator, "markers", operator.marker)


def _of_light_chains(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "markers", "kappa", "lambda_")


def _of_marrow(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "markers", "marrow_plasma_cells_percent")


def _of_any_panel(operator: Operator, asked: Asked) -> Verdicts:
    return asked.without(operator, "markers")


MEANINGS: dict[str, Meaning] = {
    "marker_rise": _of_its_marker,
    "marker_found": _of_its_marker,
    "marker_abnormal": _of_its_marker,
    "light_chain_rise": _of_light_chains,
    "light_chain_ratio": _of_light_chains,
    "marrow_rise": _of_marrow,
    "marrow_from_complete": _of_marrow,
    "marker_band": _of_any_panel,
}
