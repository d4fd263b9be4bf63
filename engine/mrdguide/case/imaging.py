"""Reading functional imaging.

PET-CT: positive when a focal or marrow Deauville score reaches the rule book's cut, a lesion is new or the report
concludes so; negative when both scores lie below the cut and no lesion is new; scores missing: the report's conclusion.
DW-MRI by response category. A positive finding that was attributed to something benign (a fracture, say) is none; it is
negative only where the report concludes so. An image that shows nothing and is attributed to myeloma contradicts itself: it may
be either.
"""

from __future__ import annotations

from typing import NamedTuple

from ..dates import add_months
from ..patient.imaging import ImagingStudy
from .case import LONG_AGO, NOT_HANDED_OVER, Case, Timed
from .interpretation_rules import ImagingRules
from .possible import ANY, NEGATIVE, NOT_EVALUABLE, POSITIVE

# What a reading of images looks at.
READS = ("imaging", "baseline.fdg_avid", "diagnosis.date")
# The sections of the profile that it rests on.
RESTS_ON = ("imaging", "baseline", "diagnosis", "incomplete")


class ImageInterpretation(NamedTuple):
    """One study: what it can be, why it is not readable (if it is not), what is missing."""

    timed: Timed[ImagingStudy]
    possible: int
    reason: str
    missing: tuple[str, ...]
    contradicts_itself: bool = False

    @property
    def may_clear(self) -> bool:
        """Whether it may show that an earlier finding is gone, which an image that its reader could not call never does."""
        study = self.timed.entry
        return bool(self.possible & NEGATIVE) and study.conclusion != "indeterminate" and study.attribution != "myeloma"


def describe(timed: Timed[ImagingStudy]) -> str:
    """`PET-CT 2025-01-20: negative, Deauville focal 2 marrow 2`"""
    study = timed.entry
    if timed.place == NOT_HANDED_OVER:
        return "imaging that may not have been handed over"
    parts: list[str] = [study.conclusion or "no conclusion recorded"]
    scores = [
        f"{name} {value}"
        for name, value in (("focal", study.deauville_focal), ("marrow", study.deauville_marrow))
        if value
    ]
    if scores:
        parts.append(f"Deauville {' '.join(scores)}")
    if study.rac is not None:
        parts.append(f"RAC {study.rac}")
    if study.new_lesion:
        parts.append("new lesion")
    if study.attribution is not None:
        known = study.attribution != "unknown"
        parts.append(
            f"attributed to {'myeloma' if study.attribution == 'myeloma' else 'something benign'}"
            if known
            else "not known what it is due to"
        )
    return f"{study.modality or 'imaging, modality not recorded,'} {timed.when}: {', '.join(parts)}"


def read(timed: Timed[ImagingStudy], fdg_avid: bool | None, rules: ImagingRules) -> ImageInterpretation:
    """What one study can be."""
    study = timed.entry
    possible, missing = _by_scores(study, rules)
    if possible is None:
        possible, missing = _by_conclusion(study)
    if study.attribution == "benign" and possible & POSITIVE:
        if study.conclusion == "negative":
            possible, missing = NEGATIVE, ()
        elif missing:
            possible = (possible & ~POSITIVE) | NOT_EVALUABLE
        else:
            return ImageInterpretation(timed, NOT_EVALUABLE, "what it shows was found to be benign", ())
    contradicts = study.attribution == "myeloma" and not possible & POSITIVE
    if contradicts:
        possible, missing = possible | POSITIVE, ("attribution", "conclusion")
    if study.modality is None:
        return ImageInterpretation(timed, possible | NOT_EVALUABLE, "", (*missing, "modality"), contradicts)
    if study.modality == "PET-CT" and rules.pet_needs_avid_disease and possible & NEGATIVE:
        if fdg_avid is False:
            open_ = (possible & POSITIVE) | NOT_EVALUABLE
            reason = "disease was not FDG-avid, a negative PET says nothing"
            return ImageInterpretation(timed, open_, reason, (), contradicts)
        if fdg_avid is None:
            asked = (*missing, "baseline.fdg_avid")
            return ImageInterpretation(timed, possible | NOT_EVALUABLE, "", asked, contradicts)
    return ImageInterpretation(timed, possible, "", missing, contradicts)


def _by_scores(study: ImagingStudy, rules: ImagingRules) -> tuple[int | None, tuple[str, ...]]:
    cut = rules.deauville_positive_from
    # A report that concludes positive is positive, whatever scores it gives besides.
    if study.conclusion == "positive":
        return POSITIVE, ()
    scores = (study.deauville_focal, study.deauville_marrow)
    if study.new_lesion or any(score is not None and score >= cut for score in scores):
        return POSITIVE, ()
    if study.rac is not None:
        if study.rac in rules.rac_positive:
            return POSITIVE, ()
        agrees = study.rac in rules.rac_negative and study.conclusion in (None, "negative")
        return (NEGATIVE if agrees else POSITIVE | NEGATIVE), ()
    if all(score is not None for score in scores):
        if study.conclusion == "indeterminate":
            return POSITIVE | NEGATIVE, ()
        if study.new_lesion is False or study.conclusion == "negative":
            return NEGATIVE, ()
        return POSITIVE | NEGATIVE, ("new_lesion",)
    return None, ()


def _by_conclusion(study: ImagingStudy) -> tuple[int, tuple[str, ...]]:
    if study.conclusion == "negative":
        return NEGATIVE, ()
    if study.conclusion == "positive":
        return POSITIVE, ()
    if study.conclusion == "indeterminate":
        return POSITIVE | NEGATIVE, ()
    return ANY, ("conclusion",)


def interpret(case: Case, rules: ImagingRules) -> list[ImageInterpretation]:
    """All studies in order of time."""
    return case.once("imaging-readings", lambda: _interpret(case, rules), RESTS_ON)


def _interpret(case: Case, rules: ImagingRules) -> list[ImageInterpretation]:
    avid = fdg_avid(case, rules)
    found = [read(timed, avid, rules) for timed in case.imaging]
    if case.may_lack("imaging"):
        # Studies that were not handed over can have been anything, on any day.
        found.append(ImageInterpretation(Timed(NOT_HANDED_OVER, ImagingStudy(), LONG_AGO, case.as_of), ANY, "", ()))
    return found


def fdg_avid(case: Case, rules: ImagingRules) -> bool | None:
    """Whether the disease was FDG-avid at diagnosis: as recorded, or shown by a positive PET-CT of that time.

    A PET-CT that was found to be positive because of something else shows nothing, and one that was negative does not
    show that the disease was not avid.
    """
    recorded, diagnosed = case.patient.baseline.fdg_avid, case.patient.diagnosis.date
    if recorded is not None or diagnosed is None:
        return recorded
    first = add_months(diagnosed.latest, -rules.baseline_months)
    last = add_months(diagnosed.earliest, rules.baseline_months)
    shown = any(
        timed.entry.modality == "PET-CT"
        and timed.entry.attribution in (None, "myeloma")
        and first <= timed.earliest
        and timed.latest <= last
        and read(timed, True, rules).possible == POSITIVE
        for timed in case.imaging
    )
    return True if shown else None


def may_be_of_the_diagnosis(case: Case, timed: Timed[ImagingStudy], rules: ImagingRules) -> bool:
    """Whether a study may belong to the time of diagnosis, when a positive one is the disease that was found then."""
    diagnosed = case.patient.diagnosis.date
    if diagnosed is not None:
        first = add_months(diagnosed.earliest, -rules.baseline_months)
        return first <= timed.latest and timed.earliest <= add_months(diagnosed.latest, rules.baseline_months)
    # Nobody is treated for months before the diagnosis.
    return not any(add_months(item.latest, rules.baseline_months) < timed.earliest for item in case.therapy)


def positives(case: Case, rules: ImagingRules) -> list[tuple[int, int, int]]:
    """What each study can be, with its first and last possible day: what may break a run of negatives."""
    return case.once("imaging-breaks", lambda: _breaks(interpret(case, rules)), RESTS_ON)


def _breaks(found: list[ImageInterpretation]) -> list[tuple[int, int, int]]:
    clearing = last_clearing(found)
    return [
        (
            item.possible | NOT_EVALUABLE if unsaid_and_gone(item, clearing) else item.possible,
            item.timed.earliest,
            item.timed.latest,
        )
        for item in found
    ]


def last_clearing(found: list[ImageInterpretation]) -> int:
    """The last day on which an image may have shown that an earlier finding is gone; -1 where none may have."""
    return max((item.timed.latest for item in found if item.may_clear), default=-1)


def unsaid_and_gone(item: ImageInterpretation, clearing: int) -> bool:
    """Whether a positive study may yet turn out to be benign: a later one is negative, and nobody said what it was due to."""
    return (
        item.possible == POSITIVE
        and item.timed.entry.attribution in (None, "unknown")
        and clearing > item.timed.earliest
    )
