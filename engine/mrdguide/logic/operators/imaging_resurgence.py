"""`imaging_resurgence`: a positive image in the past, after a negative image or marrow, that was due to myeloma."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from ...case import imaging, mrd
from ...case.case import NOT_HANDED_OVER
from ...case.possible import NEGATIVE, POSITIVE
from ...case.therapy import episodes
from ..entries import entry_need
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

    It was if its `attribution` says so (an image that its reader could not call counts only then), or if a later image is negative and therapy was begun in between. Attributed to
    something benign it was not. Where nothing is recorded and a later image is negative, it is unknown; the newest image
    is judged by `imaging_now`, not here, unless it may be of the time of diagnosis: then a new one is asked for, after which
    it is one of the past. What was positive before the first negative is the normal course.
    `after_maintenance` counts only images later than the last end of maintenance or continuous therapy. With
    `unsaid_counts` one that nobody attributed counts as well.
    """

    keyword: ClassVar[str] = "imaging_resurgence"
    threshold: Threshold
    after_maintenance: bool = False
    unsaid_counts: bool = False

    def paths(self) -> tuple[str, ...]:
        return (*imaging.READS, "mrd", "events", "therapy")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met else Modifiability.FIXED

    def compile(self, context: Context) -> CompiledOperator:
        rules = interpretation_of(context)
        read_marrow = mrd.reading_at(self.threshold, rules.marrow_mrd)

        def negative(case: Case) -> list[mrd.Interpretation | ImageInterpretation]:
            read: list[mrd.Interpretation | ImageInterpretation] = [
                *read_marrow(case),
                *imaging.interpret(case, rules.imaging),
            ]
            return [item for item in read if item.possible & NEGATIVE]

        def negatives(case: Case) -> _Negatives:
            found = negative(case)
            certain = [item.timed.latest for item in found if item.possible == NEGATIVE]
            return _Negatives(min(certain, default=case.as_of + 1), sorted(item.timed.earliest for item in found))

        def fits(case: Case, item: ImageInterpretation) -> int:
            result = self._positive(item)
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
                    listing.add([self._need(case, item, rules.imaging, negative(case))])
            return listing.items or [DataRequirement("imaging", rules.imaging.ask_for)]

        return CompiledOperator(verdict, observe, needs)

    def _positive(self, item: ImageInterpretation) -> int:
        if not item.possible & POSITIVE:
            return NOT_MET
        study = item.timed.entry
        if study.attribution == "myeloma":
            return UNKNOWN if item.contradicts_itself else MET
        if study.conclusion == "indeterminate" and not self.unsaid_counts:
            # What its reader could not call tells nothing, once a later image is negative.
            return NOT_MET
        return MET if item.possible == POSITIVE else UNKNOWN

    def _due_to_myeloma(self, case: Case, item: ImageInterpretation, rules: ImagingRules) -> int:
        study = item.timed.entry
        if study.attribution in ("myeloma", "benign"):
            return of_bool(study.attribution == "myeloma")
        if self.unsaid_counts:
            return MET
        readings = imaging.interpret(case, rules)
        images = case.once("negative-images", lambda: _negative_images(readings))
        if _gone_after_therapy(case, item, images):
            return MET
        # Its own reading is not a later one.
        own = bool(item.possible & NEGATIVE) and item.timed.earliest < item.timed.latest
        later = len(images.possible) - bisect_right(images.possible, item.timed.earliest)
        if later > own or imaging.may_be_of_the_diagnosis(case, item.timed, rules):
            return UNKNOWN
        return NOT_MET

    def _need(
        self, case: Case, item: ImageInterpretation, rules: ImagingRules,
        negative: list[mrd.Interpretation | ImageInterpretation],
    ) -> DataRequirement:  # fmt: skip
        described = imaging.describe(item.timed)
        path = f"imaging[{item.timed.place}]"
        own = [name for name in item.missing if "." not in name and name != "modality"]
        if self._positive(item) == UNKNOWN and not item.possible & NEGATIVE and "modality" in item.missing:
            return DataRequirement(f"{path}.modality", f"modality of {described}")
        if self._positive(item) == UNKNOWN and own:
            return DataRequirement(f"{path}.{own[0]}", f"{own[0].replace('_', ' ')} of {described}")
        if self._positive(item) == UNKNOWN:
            return DataRequirement(f"{path}.attribution", f"what the unclear finding was due to ({described})")
        if self._due_to_myeloma(case, item, rules) == UNKNOWN:
            return DataRequirement(f"{path}.attribution", f"what the positive finding was due to ({described})")
        if item.timed.earliest == item.timed.latest:
            # Its own day is known: what it is compared with is not.
            for need in (*_open_before(item, negative), *_open_ends(case)):
                return need
        return DataRequirement(f"{path}.date", f"exact date of {described}")

    def wording(self) -> str:
        after = ", after the last maintenance ended" if self.after_maintenance else ""
        return (
            "a positive image after a negative image or marrow, attributed to myeloma or gone after therapy was begun"
            + after
        )


class _Images(NamedTuple):
    """Negative images: the last days of those that may be, the first days of those that are, those that are not sure."""

    possible: list[int]
    certain: list[int]
    unsure: list[ImageInterpretation]


def _negative_images(found: list[ImageInterpretation]) -> _Images:
    negative = [item for item in found if item.possible & NEGATIVE]
    certain = [item for item in negative if item.possible == NEGATIVE]
    return _Images(
        sorted(item.timed.latest for item in negative),
        sorted(item.timed.earliest for item in certain),
        [
            item
            for item in negative
            if item.may_clear and (item.possible != NEGATIVE or item.timed.earliest != item.timed.latest)
        ],
    )


def _gone_after_therapy(case: Case, item: ImageInterpretation, images: _Images) -> bool:
    """Whether therapy was begun between an image and the first negative one after it, whatever the days not known are."""
    place = bisect_right(images.certain, item.timed.latest)
    if place == len(images.certain):
        return False
    negative = images.certain[place]
    starts = [timed for timed in case.therapy if item.timed.latest <= timed.earliest and timed.latest <= negative]
    if not starts:
        return False
    start = min(timed.earliest for timed in starts)
    between = [
        other
        for other in images.unsure
        if other is not item and other.timed.latest > item.timed.earliest and other.timed.earliest < start
    ]
    return not between


def _after_a_negative(item: ImageInterpretation, negatives: _Negatives) -> int:
    if negatives.certain < item.timed.earliest:
        return MET
    # Its own reading is no negative before it.
    own = bool(item.possible & NEGATIVE) and item.timed.earliest < item.timed.latest
    return UNKNOWN if bisect_left(negatives.possible, item.timed.latest) > own else NOT_MET


def _open_before(
    item: ImageInterpretation, negative: list[mrd.Interpretation | ImageInterpretation]
) -> Iterator[DataRequirement]:
    """What would tell whether an image came after a negative test or image; nothing where it certainly did."""
    before = [other for other in negative if other is not item and other.timed.earliest < item.timed.latest]
    if any(other.possible == NEGATIVE and other.timed.latest < item.timed.earliest for other in before):
        return
    for other in before:
        if other.timed.place == NOT_HANDED_OVER:
            continue
        if isinstance(other, mrd.Interpretation):
            path, described = mrd.path_of(other.timed), mrd.describe(other.timed)
        else:
            path, described = f"imaging[{other.timed.place}]", imaging.describe(other.timed)
        own = [name for name in other.missing if "." not in name]
        if own:
            yield DataRequirement(f"{path}.{own[0]}", f"{own[0].replace('_', ' ')} of {described}")
        elif other.timed.earliest < other.timed.latest:
            yield DataRequirement(f"{path}.date", f"exact date of {described}")


def _open_ends(case: Case) -> Iterator[DataRequirement]:
    """What would tell when maintenance (or continuous therapy) ended."""
    for one in episodes(case, ("maintenance", "continuous")):
        if one.timed.entry.phase is None:
            yield entry_need("therapy", one.timed, "phase")
        elif one.earliest_end < one.latest_end:
            yield entry_need("therapy", one.timed, "end")


def _after_maintenance(case: Case, item: ImageInterpretation) -> int:
    """Whether it came after the last maintenance (or continuous therapy) had ended; met where there was none."""
    found = episodes(case, ("maintenance", "continuous"))
    if item.timed.latest <= max((one.earliest_end for one in found if one.timed.entry.phase is not None), default=-1):
        return NOT_MET
    ended = max((one.latest_end for one in found), default=-1)
    return MET if case.therapy_is_whole() and item.timed.earliest > ended else UNKNOWN
