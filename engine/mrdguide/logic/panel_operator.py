"""What the operators share that read marker panels by stretches of the course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case.marker_series import Course
from .entries import date_needs
from .operator import DataRequirement, Operator, WrittenDown

if TYPE_CHECKING:
    from ..case.case import Case, Timed
    from ..patient.markers import MarkerPanel

MAY_HAVE_GAPS = DataRequirement("markers", "serial markers: the list is marked as having gaps")


def which_line(case: Case, timed: Timed[MarkerPanel], what: str) -> list[DataRequirement]:
    """What would tell to which line of therapy a panel belongs: its own date, or the days of therapy."""
    if timed.earliest != timed.latest:
        return [DataRequirement(f"markers[{timed.place}].date", f"date of the panel with {what}")]
    return date_needs(case, timed)


class PanelOperator(WrittenDown):
    """Reads the panels since therapy, or the last later line, began; `course: earlier` those of the lines before, `any` all
    of them, whichever line each belongs to."""

    course: Course = "current"

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy")

    def implies(self, other: Operator) -> bool:
        return isinstance(other, type(self)) and other.course == "any" and self.same_but(other, "course")

    def where_in_the_course(self) -> str:
        """Which panels are read, to be said after what they have to show."""
        return {"current": "", "earlier": ", in an earlier line of therapy", "any": ", in any line of therapy"}[
            self.course
        ]
