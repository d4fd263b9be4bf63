"""`marrow_rise`, `marrow_from_complete`, `marker_found`: marrow, lesions and circulating plasma cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ...case.case import LONG_AGO
from ...case.marker_series import MAY, NO, YES, Change, Flagged, Measured, confirmation, measured, series, stretches
from ...case.response_course import Reached, complete_response
from ...patient.markers import MarkerPanel
from ..operator import CompiledOperator, Context, DataRequirement
from ..panel_operator import MAY_HAVE_GAPS, PanelOperator, which_line
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...case.case import Case, Timed

Percent = Annotated[float, Field(gt=0, le=100)]
_MARROW = "marrow_plasma_cells_percent"
_CIRCULATING = "circulating_plasma_cells_percent"
_WORDS = {
    _MARROW: "marrow plasma cells", _CIRCULATING: "circulating plasma cells", "new_bone_lesion": "new bone lesion",
    "new_soft_tissue_disease": "new soft-tissue disease",
}  # fmt: skip


class MarrowRise(PanelOperator):
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
            return [series(case, _MARROW, _marrow, stretch) for stretch in stretches(case, self.course)]

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
            words = dict.fromkeys(_percent_words(_MARROW, item.measured.timed) for item in shown)
            return list(words) or ["no marrow count on record"]

        return CompiledOperator(verdict, observe, _ask_marrow)

    def wording(self) -> str:
        return (
            f"marrow plasma cells {self.level:g} % or more, up by {self.points:g} points or more from the lowest value"
            + self.where_in_the_course()
        )


class MarrowFromComplete(PanelOperator):
    """Marrow plasma cells at `level` percent or more after a complete response, on two assessments in a row."""

    keyword: ClassVar[str] = "marrow_from_complete"
    level: Percent

    def paths(self) -> tuple[str, ...]:
        return ("markers", "therapy", "responses")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield f"markers.{_MARROW}", self.level

    def compile(self, context: Context) -> CompiledOperator:
        def values(case: Case) -> list[tuple[Change, Flagged]]:
            # No response on record says nothing about the response.
            surely, perhaps = complete_response(case) if case.timed("responses") else Reached(None, LONG_AGO)
            if perhaps is None:
                return []
            found = []
            for stretch in stretches(case, self.course):
                for item in series(case, _MARROW, _marrow, stretch):
                    flagged = _at_least(item, self.level)
                    if flagged.latest >= perhaps:
                        certain = surely is not None and flagged.earliest >= surely
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
            words = list(dict.fromkeys(_percent_words(_MARROW, item.measured.timed) for item in shown))
            return words or ["no marrow count after a complete response on record"]

        return CompiledOperator(verdict, observe, _ask_marrow)

    def wording(self) -> str:
        return f"marrow plasma cells {self.level:g} % or more after a complete response, on two assessments in a row"


class MarkerFound(PanelOperator):
    """A finding of a panel: a new lesion, or circulating plasma cells at `at_least` percent or more. One will do.

    A lesion that was found to be due to something benign is none; `explained` asks for those. With `twice` it takes two
    counts in a row, or one that was found to be due to myeloma; one alone leaves it open, and one found to be benign is none.
    A count of `below` or more is none either: it is asked for by itself.
    """

    keyword: ClassVar[str] = "marker_found"
    marker: Literal["new_bone_lesion", "new_soft_tissue_disease", "circulating_plasma_cells_percent"]
    at_least: Percent | None = None
    below: Percent | None = None
    explained: bool = Field(False, description="asks for one that was found to be benign instead")
    twice: bool = Field(
        False, description="of circulating_plasma_cells_percent only: asks for a second count that agrees"
    )

    @model_validator(mode="after")
    def _percent_of_cells(self) -> MarkerFound:
        if (self.at_least is None) == (self.marker == _CIRCULATING):
            raise ValueError("'at_least' belongs to circulating_plasma_cells_percent, and only there")
        if (self.twice or self.below is not None) and self.at_least is None:
            raise ValueError("'twice' and 'below' belong to circulating_plasma_cells_percent, and only there")
        return self

    def compile(self, context: Context) -> CompiledOperator:
        def fits(panel: MarkerPanel) -> float | None:
            value = getattr(panel, self.marker)
            if value is None:
                return None
            if self.at_least is not None:
                counts = value >= self.at_least and (self.below is None or value < self.below)
                return float(counts and not (self.twice and panel.attribution == "benign"))
            return float(value and (panel.attribution == "benign") == self.explained)

        def found(case: Case) -> list[tuple[Timed[MarkerPanel], bool]]:
            return [
                (item.timed, item.inside)
                for stretch in stretches(case, self.course)
                for item in measured(case, fits, stretch)
                if item.value
            ]

        def verdict(case: Case) -> int:
            if self.twice:
                return max(one_by_one(case), in_a_row(case))
            return settled(case, {inside for _, inside in found(case)})

        def one_by_one(case: Case) -> int:
            """Whether a count that was found to be due to myeloma, which needs no second one, is there."""
            due = {inside for timed, inside in found(case) if timed.entry.attribution == "myeloma"}
            return settled(case, due)

        def in_a_row(case: Case) -> int:
            result = NOT_MET
            for stretch in stretches(case, self.course):
                counts = confirmation(
                    [_flagged(item, fulfils=bool(item.value)) for item in measured(case, fits, stretch)]
                )
                result = max(result, MET if counts.confirmed else UNKNOWN if counts.open_ else NOT_MET)
            return result

        def settled(case: Case, certain: set[bool]) -> int:
            if True in certain:
                return MET
            return UNKNOWN if certain or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            name = _WORDS[self.marker]
            shown = list({timed.place: timed for timed, _ in found(case)}.values())
            if self.at_least is not None:
                return [_percent_words(self.marker, timed) for timed in shown] or [f"{name}: none so high on record"]
            return [f"{name}, {timed.when}" for timed in shown] or [f"{name}: none on record"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [timed for timed, inside in found(case) if not inside]
            if open_:
                return which_line(case, open_[0], _WORDS[self.marker])
            if self.twice and in_a_row(case) == UNKNOWN:
                return [DataRequirement(f"markers.{self.marker}", f"{_WORDS[self.marker]} again (percent)")]
            return [MAY_HAVE_GAPS]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        more = f" {self.at_least:g} % or more" if self.at_least is not None else ""
        if self.below is not None:
            more += f" and less than {self.below:g} %"
        explained = " that was found to be benign" if self.explained else ""
        if self.twice:
            explained = ", on two counts in a row or found to be due to myeloma"
        return _WORDS[self.marker] + more + explained + self.where_in_the_course()


def _marrow(panel: MarkerPanel) -> float | None:
    return panel.marrow_plasma_cells_percent


def _at_least(item: Change, level: float) -> Flagged:
    return _flagged(item.measured, fulfils=item.measured.value >= level)


def _flagged(found: Measured, *, fulfils: bool) -> Flagged:
    """A value with whether it fulfils a criterion: for certain only where its panel belongs to the stretch for certain."""
    flag = (YES if found.inside else MAY) if fulfils else NO
    return Flagged(found.earliest, found.latest, flag)


def _percent_words(marker: str, timed: Timed[Any]) -> str:
    return f"{_WORDS[marker]} {getattr(timed.entry, marker):g} %, {timed.when}"


def _ask_marrow(case: Case) -> list[DataRequirement]:
    counted = [item for item in case.timed("markers") if _marrow(item.entry) is not None]
    undated = [item for item in counted if item.earliest == LONG_AGO]
    if undated:
        return [DataRequirement(f"markers[{undated[0].place}].date", "date of the marrow plasma cell count")]
    again = " again" if counted else ""
    return [DataRequirement(f"markers.{_MARROW}", f"marrow plasma cells{again} (percent)")]
