"""`marrow_rise`, `marrow_from_complete`, `marker_found`, `marker_abnormal`: marrow, lesions, and what the disease does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ...case.case import LONG_AGO
from ...case.marker_series import MAY, NO, YES, Change, Course, Flagged, changes, confirmation, measured, stretches
from ...case.protein import NO_ANTIBODIES, Protein, read_protein
from ...patient.markers import MarkerPanel
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...case.case import Case, Timed

Percent = Annotated[float, Field(gt=0, le=100)]
Positive = Annotated[float, Field(gt=0)]
_MARROW = "marrow_plasma_cells_percent"
_CIRCULATING = "circulating_plasma_cells_percent"
_WORDS = {
    _MARROW: "marrow plasma cells", _CIRCULATING: "circulating plasma cells", "new_bone_lesion": "new bone lesion",
    "new_soft_tissue_disease": "new soft-tissue disease", "calcium": "calcium", "haemoglobin": "haemoglobin",
    "creatinine": "creatinine",
}  # fmt: skip
_UNITS = {"calcium": "mmol/L", "haemoglobin": "g/L", "creatinine": "mg/dL"}


class _Finding(Operator):
    """What these operators share: they read the panels since therapy, or the last later line, began."""

    course: Course = "current"

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy")

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.EVENT if met else Modifiability.FIXED


class MarrowRise(_Finding):
    """Marrow plasma cells at `level` percent or more, up by `points` or more from the lowest value. One reading will do.

    At the level without that rise (or without a value to compare) it is open, and met when the next reading is there too:
    one edition of the criteria asks for the level, another for the rise.
    """

    keyword: ClassVar[str] = "marrow_rise"
    level: Percent
    points: Percent

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield f"markers.{_MARROW}", self.level

    def compile(self, context: Context) -> CompiledOperator:
        def values(case: Case) -> list[list[Change]]:
            return [changes(measured(case, _marrow, stretch)) for stretch in stretches(case, self.course)]

        def risen(item: Change) -> bool:
            found = item.measured
            return (
                found.inside and found.value >= self.level and item.certain is not None
                and round(found.value - item.certain, 9) >= self.points
            )  # fmt: skip

        def verdict(case: Case) -> int:
            result = UNKNOWN if case.may_lack("markers") else NOT_MET
            for stretch in values(case):
                if any(risen(item) for item in stretch):
                    return MET
                twice = confirmation([_at_least(item, self.level) for item in stretch])
                if twice.confirmed:
                    return MET
                result = UNKNOWN if twice.open_ else result
            return result

        def observe(case: Case) -> list[str]:
            found = [item for stretch in values(case) for item in stretch]
            shown = [item for item in found if item.measured.value >= self.level] or found[-1:]
            return [_percent_words(_MARROW, item.measured.timed) for item in shown] or ["no marrow count on record"]

        return CompiledOperator(verdict, observe, _ask_marrow)

    def wording(self) -> str:
        return (
            f"marrow plasma cells {self.level:g} % or more, up by {self.points:g} points or more from the lowest value"
            + (", in an earlier line of therapy" if self.course == "earlier" else "")
        )


class MarrowFromComplete(_Finding):
    """Marrow plasma cells at `level` percent or more after a complete response, on two assessments in a row."""

    keyword: ClassVar[str] = "marrow_from_complete"
    level: Percent

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy", "responses")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield f"markers.{_MARROW}", self.level

    def compile(self, context: Context) -> CompiledOperator:
        def values(case: Case) -> list[tuple[Change, Flagged]]:
            responses = case.timed("responses")
            named = [timed for timed in responses if timed.entry.category in ("CR", "sCR", None)]
            if responses and not named:
                return []
            # No response on record says nothing about the response, nor does one without its category.
            surely = min((item.latest for item in named if item.entry.category), default=case.as_of + 1)
            perhaps = min((item.earliest for item in named), default=LONG_AGO)
            found = []
            for stretch in stretches(case, self.course):
                for item in changes(measured(case, _marrow, stretch)):
                    flagged = _at_least(item, self.level)
                    if flagged.latest >= perhaps:
                        certain = flagged.earliest >= surely
                        found.append((item, flagged if certain else flagged._replace(flag=min(flagged.flag, MAY))))
            return found

        def verdict(case: Case) -> int:
            found = confirmation([flagged for _, flagged in values(case)])
            if found.confirmed:
                return MET
            return UNKNOWN if found.open_ or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            found = values(case)
            shown = [item for item, flagged in found if flagged.flag != NO] or [item for item, _ in found][-1:]
            words = [_percent_words(_MARROW, item.measured.timed) for item in shown]
            return words or ["no marrow count after a complete response on record"]

        return CompiledOperator(verdict, observe, _ask_marrow)

    def wording(self) -> str:
        return f"marrow plasma cells {self.level:g} % or more after a complete response, on two assessments in a row"


class MarkerFound(_Finding):
    """A finding of a panel: a new lesion, or circulating plasma cells at `at_least` percent or more. One will do."""

    keyword: ClassVar[str] = "marker_found"
    marker: Literal["new_bone_lesion", "new_soft_tissue_disease", "circulating_plasma_cells_percent"]
    at_least: Percent | None = None

    @model_validator(mode="after")
    def _percent_of_cells(self) -> MarkerFound:
        if (self.at_least is None) == (self.marker == _CIRCULATING):
            raise ValueError("'at_least' belongs to circulating_plasma_cells_percent, and only there")
        return self

    def compile(self, context: Context) -> CompiledOperator:
        def fits(panel: MarkerPanel) -> float | None:
            value = getattr(panel, self.marker)
            if value is None:
                return None
            return float(value >= self.at_least if self.at_least is not None else value)

        def found(case: Case) -> list[tuple[Timed[MarkerPanel], bool]]:
            return [
                (item.timed, item.inside)
                for stretch in stretches(case, self.course)
                for item in measured(case, fits, stretch)
                if item.value
            ]

        def verdict(case: Case) -> int:
            inside = {certain for _, certain in found(case)}
            if True in inside:
                return MET
            return UNKNOWN if inside or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            name = _WORDS[self.marker]
            shown = [timed for timed, _ in found(case)]
            if self.at_least is not None:
                return [_percent_words(self.marker, timed) for timed in shown] or [f"{name}: none so high on record"]
            return [f"{name}, {timed.when}" for timed in shown] or [f"{name}: none on record"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [timed for timed, inside in found(case) if not inside]
            if open_:
                return [
                    DataRequirement(f"markers[{open_[0].place}].date", f"date of the panel with {_WORDS[self.marker]}")
                ]
            return [DataRequirement("markers", "serial markers: the list is marked as having gaps")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        more = f" {self.at_least:g} % or more" if self.at_least is not None else ""
        return _WORDS[self.marker] + more + (", in an earlier line of therapy" if self.course == "earlier" else "")


class MarkerBand(_Finding):
    """Met when a panel shows a band that is known not to be the original protein."""

    keyword: ClassVar[str] = "marker_band"
    reads: Literal["explained"] = "explained"

    def compile(self, context: Context) -> CompiledOperator:
        def read(case: Case) -> list[tuple[Timed[MarkerPanel], Protein]]:
            panels = case.timed("markers")
            return [(timed, read_protein(case, timed, NO_ANTIBODIES).protein) for timed in panels]

        def verdict(case: Case) -> int:
            found = {protein for _, protein in read(case)}
            if Protein.EXPLAINED in found:
                return MET
            return UNKNOWN if Protein.UNCLEAR in found or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            shown = [timed.when for timed, protein in read(case) if protein is Protein.EXPLAINED]
            return [f"another band, not the original protein: panel {when}" for when in shown] or ["none on record"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [timed for timed, protein in read(case) if protein is Protein.UNCLEAR]
            return [
                DataRequirement(
                    f"markers[{timed.place}].original_isotype",
                    f"whether the band of {timed.when} is the original protein",
                )
                for timed in open_
            ] or [DataRequirement("markers", "serial markers: the list is marked as having gaps")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return "a panel shows a band that is not the original protein"


class MarkerAbnormal(_Finding):
    """Calcium above `above`, haemoglobin down by `fall` or creatinine up by `rise` from the best value before (inclusive).

    `myeloma`: met when it was found to be due to myeloma; unknown while nobody has said what the newest such value is due to;
    not met when it was explained or has passed. `past`: met when it was explained or has passed.
    """

    keyword: ClassVar[str] = "marker_abnormal"
    marker: Literal["calcium", "haemoglobin", "creatinine"]
    above: Positive | None = None
    fall: Positive | None = None
    rise: Positive | None = None
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

        def flagged(case: Case) -> list[tuple[Change, int]]:
            return [
                (item, self._flag(case, item))
                for stretch in stretches(case, self.course)
                for item in changes(measured(case, value, stretch), highest=self.marker == "haemoglobin")
            ]

        def unexplained(case: Case) -> list[Change]:
            """Abnormal values that nobody has explained and no later value has replaced."""
            found = flagged(case)
            last = max((item.measured.earliest for item, flag in found if flag == NO), default=-1)
            return [
                item
                for item, flag in found
                if flag != NO and item.measured.timed.entry.attribution != "benign" and item.measured.latest >= last
            ]

        def verdict(case: Case) -> int:
            found = flagged(case)
            if self.reads == "past":
                left = unexplained(case)
                flags = {flag for item, flag in found if item not in left}
                if YES in flags:
                    return MET
                return UNKNOWN if left or MAY in flags or case.may_lack("markers") else NOT_MET
            due = {flag for item, flag in found if item.measured.timed.entry.attribution == "myeloma"}
            if YES in due:
                return MET
            return UNKNOWN if MAY in due or unexplained(case) or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            found = flagged(case)
            shown = [item for item, flag in found if flag != NO] or [item for item, _ in found[-1:]]
            return [self._words(item) for item in shown] or [f"{_WORDS[self.marker]} not on record since therapy began"]

        def needs(case: Case) -> list[DataRequirement]:
            found = unexplained(case)
            if not found:
                return [DataRequirement("markers", "serial markers: the list is marked as having gaps")]
            timed = found[-1].measured.timed
            what = f"what {self._words(found[-1])}, is due to (myeloma or not)"
            return [DataRequirement(f"markers[{timed.place}].attribution", what)]

        return CompiledOperator(verdict, observe, needs)

    def _flag(self, case: Case, item: Change) -> int:
        found = item.measured
        if self.above is not None:
            return (YES if found.inside else MAY) if found.value > self.above else NO
        first = case.patient.baseline.labs.creatinine if self.marker == "creatinine" else None
        certain = _best(item.certain, first.value if first is not None else None)
        possible = _best(item.possible, certain) if self.marker == "creatinine" else item.possible
        if self.marker == "creatinine" and first is None:
            possible = 0.0  # what it was before therapy is not on record, so it may have been low
        if certain is not None and self._far(found.value, certain):
            return YES if found.inside else MAY
        return MAY if possible is not None and self._far(found.value, possible) else NO

    def _far(self, value: float, before: float) -> bool:
        if self.fall is not None:
            return round(before - value, 9) >= self.fall
        return self.rise is not None and round(value - before, 9) >= self.rise

    def _words(self, item: Change) -> str:
        return f"{_WORDS[self.marker]} {item.measured.value:.4g} {_UNITS[self.marker]} ({item.measured.timed.when})"

    def wording(self) -> str:
        text = {
            "calcium": f"calcium above {self.above} mmol/L", "haemoglobin": f"haemoglobin down by {self.fall} g/L or more",
            "creatinine": f"creatinine up by {self.rise} mg/dL or more",
        }[self.marker]  # fmt: skip
        return text + (", due to myeloma" if self.reads == "myeloma" else ", explained or passed")


def _best(first: float | None, second: float | None) -> float | None:
    known = [item for item in (first, second) if item is not None]
    return min(known, default=None)


def _marrow(panel: MarkerPanel) -> float | None:
    return panel.marrow_plasma_cells_percent


def _at_least(item: Change, level: float) -> Flagged:
    found = item.measured
    flag = (YES if found.inside else MAY) if found.value >= level else NO
    return Flagged(found.earliest, found.latest, flag)


def _percent_words(marker: str, timed: Timed[Any]) -> str:
    return f"{_WORDS[marker]} {getattr(timed.entry, marker):g} %, {timed.when}"


def _ask_marrow(case: Case) -> list[DataRequirement]:
    undated = [item for item in case.timed("markers") if _marrow(item.entry) is not None and item.earliest == LONG_AGO]
    if undated:
        return [DataRequirement(f"markers[{undated[0].place}].date", "date of the marrow plasma cell count")]
    return [DataRequirement(f"markers.{_MARROW}", "marrow plasma cells again (percent)")]
