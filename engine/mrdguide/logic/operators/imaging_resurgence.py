"""`imaging_resurgence`: a positive image in the past, after a negative image or marrow, that was due to myeloma."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from ...case import imaging, mrd
from ...case.possible import NEGATIVE, POSITIVE
from ...case.therapy import episodes
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator, UniqueList
from ..parameters import Threshold, interpretation_of
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.imaging import ImageInterpretation
    from ...case.interpretation_rules import ImagingRules


class _Negatives(NamedTuple):
    """When marrow or image was negative: the last day of the first certain one, and the first days of all possible ones."""

    certain: int
    possible: list[int]


class ImagingResurgence(Operator):
    """Met when a positive image came after a negative image (or marrow at `threshold`) and was due to myeloma.

    It was if its `attribution` says so, or if a later image is negative and therapy was begun in between. Attributed to
    something benign it was not. Where nothing is recorded and a later image is negative, it is unknown; the newest image
    is judged by `imaging_now`, not here. What was positive before the first negative is the normal course.
    `after_maintenance` counts only images later than the last end of maintenance or continuous therapy. With
    `unsaid_counts` one that nobody attributed counts as well.
    """

    keyword: ClassVar[str] = "imaging_resurgence"
    threshold: Threshold
    after_maintenance: bool = False
    unsaid_counts: bool = False

    def paths(self) -> tuple[str, ...]:
        return ("imaging", "baseline.fdg_avid", "mrd", "events", "therapy")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met else Modifiability.FIXED

    def compile(self, context: Context) -> CompiledOperator:
        rules = interpretation_of(context)

        def negatives(case: Case) -> _Negatives:
            read: list[mrd.Interpretation | ImageInterpretation] = [
                *mrd.interpret(case, self.threshold, rules.marrow_mrd),
                *imaging.interpret(case, rules.imaging),
            ]
            found = [item for item in read if item.possible & NEGATIVE]
            certain = [item.timed.latest for item in found if item.possible == NEGATIVE]
            return _Negatives(min(certain, default=case.as_of + 1), sorted(item.timed.earliest for item in found))

        def fits(case: Case, item: ImageInterpretation) -> int:
            result = _positive(item)
            if result != NOT_MET:
                before = case.once(("negatives", self.threshold), lambda: negatives(case))
                result = min(result, _after_a_negative(item, before))
            if result != NOT_MET and self.after_maintenance:
                result = min(result, _after_maintenance(case, item))
            return min(result, self._due_to_myeloma(case, item, rules.imaging)) if result != NOT_MET else NOT_MET

        def judged(case: Case) -> list[tuple[int, ImageInterpretation]]:
            return [(fits(case, item), item) for item in imaging.interpret(case, rules.imaging)]

        def verdict(case: Case) -> int:
            best = max((fit for fit, _ in judged(case)), default=NOT_MET)
            return best if best != NOT_MET else context.absent

        def observe(case: Case) -> list[str]:
            found = [imaging.describe(item.timed) for fit, item in judged(case) if fit != NOT_MET]
            return found or ["no image on record that was positive after a negative one and is not the newest"]

        def needs(case: Case) -> list[DataRequirement]:
            listing = UniqueList()
            for fit, item in judged(case):
                if fit == UNKNOWN and item.timed.place >= 0:
                    listing.add([self._need(case, item, rules.imaging)])
            return listing.items or [DataRequirement("imaging", rules.imaging.ask_for)]

        return CompiledOperator(verdict, observe, needs)

    def _due_to_myeloma(self, case: Case, item: ImageInterpretation, rules: ImagingRules) -> int:
        study = item.timed.entry
        if study.attribution in ("myeloma", "benign"):
            return of_bool(study.attribution == "myeloma")
        if self.unsaid_counts:
            return MET
        readings = imaging.interpret(case, rules)
        last, certain = case.once("negative-images", lambda: _negative_images(readings))
        place = bisect_right(certain, item.timed.latest)
        if place < len(certain) and _therapy_begun(case, item.timed.latest, certain[place]):
            return MET
        # Its own reading is not a later one.
        later = last > item.timed.earliest and not (item.possible & NEGATIVE and last == item.timed.latest)
        return UNKNOWN if later else NOT_MET

    def _need(self, case: Case, item: ImageInterpretation, rules: ImagingRules) -> DataRequirement:
        described = imaging.describe(item.timed)
        path = f"imaging[{item.timed.place}]"
        if _positive(item) == UNKNOWN:
            name = item.missing[0]
            return DataRequirement(
                name if "." in name else f"{path}.{name}", f"{name.replace('_', ' ')} of {described}"
            )
        if self._due_to_myeloma(case, item, rules) == UNKNOWN:
            return DataRequirement(f"{path}.attribution", f"what the positive finding was due to ({described})")
        return DataRequirement(f"{path}.date", f"exact date of {described}")

    def wording(self) -> str:
        after = ", after the last maintenance ended" if self.after_maintenance else ""
        return (
            "a positive image after a negative image or marrow, attributed to myeloma or gone after therapy was begun"
            + after
        )


def _positive(item: ImageInterpretation) -> int:
    """Certainly positive; unknown where something is not recorded; one read as indeterminate was not positive."""
    if not item.possible & POSITIVE:
        return NOT_MET
    if not item.possible & NEGATIVE:
        return MET
    recorded = [name for name in item.missing if name not in ("baseline.fdg_avid", "modality")]
    return UNKNOWN if recorded or item.timed.place < 0 else NOT_MET


def _negative_images(found: list[ImageInterpretation]) -> tuple[int, list[int]]:
    """The last day on which an image can have been negative, and the first days of those that certainly were, in order."""
    return (
        max((item.timed.latest for item in found if item.possible & NEGATIVE), default=-1),
        sorted(item.timed.earliest for item in found if item.possible == NEGATIVE),
    )


def _after_a_negative(item: ImageInterpretation, negatives: _Negatives) -> int:
    if negatives.certain < item.timed.earliest:
        return MET
    # Its own reading is no negative before it.
    own = bool(item.possible & NEGATIVE) and item.timed.earliest < item.timed.latest
    return UNKNOWN if bisect_left(negatives.possible, item.timed.latest) > own else NOT_MET


def _after_maintenance(case: Case, item: ImageInterpretation) -> int:
    """Whether it came after the last maintenance (or continuous therapy) had ended; met where there was none."""
    found = episodes(case, ("maintenance", "continuous"))
    if not found:
        return MET
    if item.timed.earliest > max(episode.latest_end for episode in found):
        return MET
    return UNKNOWN if item.timed.latest > max(episode.earliest_end for episode in found) else NOT_MET


def _therapy_begun(case: Case, first: int, last: int) -> bool:
    return any(timed.earliest >= first and timed.latest <= last for timed in case.therapy)
