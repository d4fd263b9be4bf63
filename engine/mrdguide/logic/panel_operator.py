"""What the operators share that read marker panels by stretches of the course."""

from __future__ import annotations

from ..case.marker_series import Course
from .operator import DataRequirement, Modifiability, Operator

MAY_HAVE_GAPS = DataRequirement("markers", "serial markers: the list is marked as having gaps")


class PanelOperator(Operator):
    """Reads the panels since therapy, or the last later line, began; `course: earlier` those of the lines before."""

    course: Course = "current"

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy")

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.EVENT if met else Modifiability.FIXED
