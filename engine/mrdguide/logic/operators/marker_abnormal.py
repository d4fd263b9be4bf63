"""`marker_abnormal`: calcium, haemoglobin and creatinine, and whether myeloma was the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ...case.marker_series import MAY, NO, YES, Change, Measured, series, stretches
from ..operator import CompiledOperator, Context, DataRequirement
from ..panel_operator import MAY_HAVE_GAPS, PanelOperator, which_line
from ..parameters import Positive
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...patient.markers import MarkerPanel

_UNITS = {"calcium": "mmol/L", "haemoglobin": "g/L", "creatinine": "mg/dL"}


class MarkerAbnormal(PanelOperator):
    """Calcium above `above`, haemoglobin down by `fall` or creatinine up by `rise` from the best value before (inclusive).

    `normal` is the limit of the normal range: where no haemoglobin before is on record, it may have been as much, and a value
    beyond it that was found to be due to myeloma may be one whatever it was before.
    `myeloma`: met when it was found to be due to myeloma; unknown while nobody has said what the newest such value is due to;
    not met when it was explained or has passed. `past`: met when it was explained or has passed.
    """

    keyword: ClassVar[str] = "marker_abnormal"
    marker: Literal["calcium", "haemoglobin", "creatinine"]
    above: Positive | None = None
    fall: Positive | None = None
    rise: Positive | None = None
    normal: Annotated[Positive | None, Field(description="limit of the normal range, in the unit of the marker")] = None
    reads: Literal["myeloma", "past"] = "myeloma"

    @model_validator(mode="after")
    def _one_measure(self) -> MarkerAbnormal:
        fitting = {"calcium": self.above, "haemoglobin": self.fall, "creatinine": self.rise}
        given = [item for item in (self.above, self.fall, self.rise) if item is not None]
        if len(given) != 1 or fitting[self.marker] is None:
            raise ValueError("give 'above' for calcium, 'fall' for haemoglobin, 'rise' for creatinine")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy", *(("baseline.labs.creatinine",) if self.marker == "creatinine" else ()))

    def compile(self, context: Context) -> CompiledOperator:
        def value(panel: MarkerPanel) -> float | None:
            found = getattr(panel, self.marker)
            return None if found is None else float(found.value)

        def by_stretch(case: Case) -> list[list[tuple[Change, int]]]:
            highest = self.marker == "haemoglobin"
            return [
                [(item, self._flag(case, item)) for item in series(case, self.marker, value, stretch, highest=highest)]
                for stretch in stretches(case, self.course)
            ]

        def unexplained(found: list[tuple[Change, int]]) -> list[Change]:
            """Abnormal values of a stretch that nobody has explained and no later value of it has replaced."""
            restored = (item.measured for item, flag in found if flag == NO and self._clears(item.measured))
            last = max((measured.earliest for measured in restored), default=-1)
            return [
                item
                for item, flag in found
                if flag != NO and item.measured.timed.entry.attribution != "benign" and item.measured.latest >= last
            ]

        def due_to_myeloma(found: list[tuple[Change, int]]) -> list[Change]:
            return [item for item, flag in found if flag != NO and item.measured.timed.entry.attribution == "myeloma"]

        def judged(case: Case, found: list[tuple[Change, int]]) -> int:
            if self.reads == "past":
                left = unexplained(found)
                flags = {flag for item, flag in found if item not in left}
                if YES in flags:
                    return MET
                return UNKNOWN if left or MAY in flags or case.may_lack("markers") else NOT_MET
            due = {flag for item, flag in found if item.measured.timed.entry.attribution == "myeloma"}
            if YES in due:
                return MET
            return UNKNOWN if MAY in due or unexplained(found) or case.may_lack("markers") else NOT_MET

        def verdict(case: Case) -> int:
            none = UNKNOWN if case.may_lack("markers") else NOT_MET
            return max((judged(case, found) for found in by_stretch(case)), default=none)

        def observe(case: Case) -> list[str]:
            found = [pair for stretch in by_stretch(case) for pair in stretch]
            shown = [item for item, flag in found if flag != NO] or [item for item, _ in found[-1:]]
            return list(dict.fromkeys(map(self._words, shown))) or [f"{self.marker} not on record since therapy began"]

        def needs(case: Case) -> list[DataRequirement]:
            found = [item for stretch in by_stretch(case) for item in unexplained(stretch) or due_to_myeloma(stretch)]
            if not found:
                return [MAY_HAVE_GAPS]
            timed = found[-1].measured.timed
            what = f"what it is due to (myeloma or not): {self._words(found[-1])}"
            if timed.entry.attribution == "myeloma":
                if not found[-1].measured.inside:
                    return which_line(case, timed, self.marker)
                what = f"whether it is a clinical relapse: {self._words(found[-1])}, called due to myeloma"
            return [DataRequirement(f"markers[{timed.place}].attribution", what)]

        return CompiledOperator(verdict, observe, needs)

    def _flag(self, case: Case, item: Change) -> int:
        flag = self._by_number(case, item)
        if flag == NO and item.measured.timed.entry.attribution == "myeloma" and self._beyond(item.measured.value):
            return MAY  # somebody has called it so, whatever it is compared with
        return flag

    def _by_number(self, case: Case, item: Change) -> int:
        found = item.measured
        if self.above is not None:
            return (YES if found.inside else MAY) if found.value > self.above else NO
        certain, possible = item.certain, item.possible
        if self.marker == "creatinine":
            first = case.patient.baseline.labs.creatinine
            certain = _best(certain, first.value if first is not None else None)
            # Where it is not on record what it was before therapy, it may have been low.
            possible = _best(possible, certain) if first is not None else 0.0
        elif certain is None and self.normal is not None:
            # Nothing certainly was before it, so that it may be the first one, after a normal one that nobody wrote down.
            possible = self.normal if possible is None else max(possible, self.normal)
        if certain is not None and self._far(found.value, certain):
            return YES if found.inside else MAY
        return MAY if possible is not None and self._far(found.value, possible) else NO

    def _beyond(self, value: float) -> bool:
        if self.normal is None:
            return False
        return value < self.normal if self.marker == "haemoglobin" else value > self.normal

    def _clears(self, found: Measured) -> bool:
        """Whether a value that is not abnormal beside those before shows that they have passed, or what they were due to: a
        haemoglobin that would be abnormal by itself shows no recovery."""
        low = self.marker == "haemoglobin" and self.normal is not None and self._far(found.value, self.normal)
        return not low or found.timed.entry.attribution == "benign"

    def _far(self, value: float, before: float) -> bool:
        if self.fall is not None:
            return round(before - value, 9) >= self.fall
        return self.rise is not None and round(value - before, 9) >= self.rise

    def _words(self, item: Change) -> str:
        return f"{self.marker} {item.measured.value:.4g} {_UNITS[self.marker]} ({item.measured.timed.when})"

    def wording(self) -> str:
        text = {
            "calcium": f"calcium above {self.above} mmol/L", "haemoglobin": f"haemoglobin down by {self.fall} g/L or more",
            "creatinine": f"creatinine up by {self.rise} mg/dL or more",
        }[self.marker]  # fmt: skip
        text += ", due to myeloma" if self.reads == "myeloma" else ", explained or passed"
        return text + self.where_in_the_course()


def _best(first: float | None, second: float | None) -> float | None:
    known = [item for item in (first, second) if item is not None]
    return min(known, default=None)
