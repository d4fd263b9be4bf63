"""Marrow MRD: `mrd_now`, `mrd_run`, `mrd_ever`, `mrd_depth`, `mrd_detected`.

How a single test is read at a threshold stands in `judge.mrd`. Where a test leaves several readings open, an operator
answers met or not met only when every one of them gives that answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ...dates import add_months, iso, span_text
from ...judge import imaging, mrd
from ...judge.possible import EVALUABLE, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...judge.therapy import episodes
from ..numbers import comparer, scientific
from ..operator import Context, Judge, Listing, Need, Operator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...judge.case import Case
    from ...judge.mrd import Reading, Run
    from ...rulebook.readings import ImagingReading, Readings

Threshold = Annotated[float, Field(gt=0, le=1e-3, description="fraction of nucleated cells; a test at it is positive")]
Months = Annotated[int, Field(strict=True, ge=1, le=240)]


class MrdNow(Operator):
    """Negative at a threshold now: the newest evaluable marrow test.

    Met when it is negative and at most `within` calendar months old; not met when it is positive, however old; unknown
    when there is none, when it is older, or when what is not recorded could turn it.
    """

    keyword: ClassVar[str] = "mrd_now"
    threshold: Threshold
    within: Months
    methods: tuple[Literal["NGS", "NGF", "MFC"], ...] = Field((), description="only tests by these methods; empty: all")

    def paths(self) -> tuple[str, ...]:
        return ("mrd",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def compile(self, context: Context) -> Judge:
        rules = _readings(context).marrow_mrd
        if self.methods:
            rules = rules.model_copy(update={"methods": self.methods})
        threshold, within = self.threshold, self.within

        def verdict(case: Case) -> int:
            found = mrd.readings(case, threshold, rules)
            worst = mrd.worst_run(found, [])
            if worst.tests and mrd.recent(worst.last, within, case.as_of):
                return MET
            if not mrd.best_run(found, []).tests and any(item.possible == POSITIVE for item in found):
                return NOT_MET
            return UNKNOWN

        def observe(case: Case) -> list[str]:
            found = mrd.readings(case, threshold, rules)
            newest = next((item for item in reversed(found) if item.possible in EVALUABLE), None)
            if newest is None:
                return [_shown(case, item, threshold) for item in found] or ["no MRD test on record"]
            texts = [_shown(case, newest, threshold)]
            texts += [
                _shown(case, item, threshold)
                for item in found
                if item.timed.earliest >= newest.timed.earliest and item is not newest
            ]
            until = add_months(newest.timed.latest, within)
            if newest.possible == NEGATIVE and until < case.as_of:
                texts.append(f"older than {within} months by {case.as_of - until} days")
            run = mrd.worst_run(found, [])
            if run.tests:
                last = run._replace(members=tuple(item for item in run.members if item is newest))
                texts += mrd.quality_notes(last, rules)
            return texts

        return Judge(verdict, observe, lambda case: _needs(case, mrd.readings(case, threshold, rules), threshold))

    def wording(self) -> str:
        by = f" by {' or '.join(self.methods)}" if self.methods else ""
        return f"newest evaluable marrow MRD{by} is negative at {scientific(self.threshold)} and at most {self.within} months old"


class MrdRun(Operator):
    """A current run of evaluable negatives at a threshold, after the last positive marrow or imaging result.

    Met when the run holds at least `tests` tests, its first and last lie at least `months` calendar months apart
    (`first + months <= last`, inclusive) and the last is at most `within` months old. Not met when there are evaluable
    tests but too few, or too close together. Unknown when only the age of the last stands in the way, or something not
    recorded does. `imaging_within` asks in addition for negative imaging within so many months of both ends (IMWG 2016,
    Lancet Oncol 17:e328: sustained means marrow and imaging, at least a year apart); missing imaging is unknown.
    """

    keyword: ClassVar[str] = "mrd_run"
    threshold: Threshold
    months: Annotated[int, Field(strict=True, ge=0, le=240)]
    tests: Annotated[int, Field(strict=True, ge=1, le=50)] = 2
    within: Months
    imaging_within: Months | None = None

    @model_validator(mode="after")
    def _apart(self) -> MrdRun:
        if self.months and self.tests < 2:
            raise ValueError("a single test spans no months; give tests: 2 or more")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "imaging", "baseline.fdg_avid")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def compile(self, context: Context) -> Judge:
        rules, image_rules = _readings(context).marrow_mrd, _readings(context).imaging
        threshold = self.threshold

        def runs(case: Case) -> tuple[list[Reading], Run, Run]:
            found = mrd.readings(case, threshold, rules)

            def both() -> tuple[Run, Run]:
                breaks = imaging.positives(case, image_rules)
                return mrd.worst_run(found, breaks), mrd.best_run(found, breaks)

            return (found, *case.once(("runs", threshold), both))

        def verdict(case: Case) -> int:
            found, worst, best = runs(case)
            marrow = self._marrow(found, worst, best, case.as_of)
            if marrow == MET and self.imaging_within is not None:
                return MET if self._imaging_at_both_ends(case, worst, image_rules) else UNKNOWN
            return marrow

        def observe(case: Case) -> list[str]:
            found, worst, best = runs(case)
            if not found:
                return ["no MRD test on record"]
            run = worst if worst.tests else best
            texts = self._span_notes(run, case.as_of)
            texts += [_shown(case, item, threshold) for item in reversed(run.members)]
            texts += [_shown(case, item, threshold) for item in reversed(found) if item not in run.members]
            texts += mrd.gap_notes(run, rules.flag_gap_months) + mrd.quality_notes(run, rules)
            return texts

        def needs(case: Case) -> list[Need]:
            found, worst, best = runs(case)
            if self.imaging_within is not None and self._marrow(found, worst, best, case.as_of) == MET:
                return [
                    Need(
                        "imaging",
                        "functional imaging (PET-CT or whole-body DW-MRI) at both ends of the MRD-negative run",
                    )
                ]
            return _needs(case, found, threshold)

        return Judge(verdict, observe, needs)

    def _marrow(self, found: list[Reading], worst: Run, best: Run, as_of: int) -> int:
        if self._long_enough(worst) and mrd.recent(worst.last, self.within, as_of):
            return MET
        if not self._long_enough(best):
            return NOT_MET if mrd.any_evaluable(found) else UNKNOWN
        return UNKNOWN

    def _long_enough(self, run: Run) -> bool:
        return run.tests >= self.tests and add_months(run.first, self.months) <= run.last

    def _imaging_at_both_ends(self, case: Case, run: Run, rules: ImagingReading) -> bool:
        """Whether two negatives of the run, far enough apart, each have negative imaging near them."""
        assert self.imaging_within is not None
        near = self.imaging_within
        negative = [item.timed for item in imaging.readings(case, rules) if item.possible == NEGATIVE]
        covered = [
            item.timed
            for item in run.members
            if any(
                add_months(image.earliest, near) >= item.timed.latest
                and add_months(item.timed.earliest, near) >= image.latest
                for image in negative
            )
        ]
        return any(
            add_months(first.latest, self.months) <= last.earliest
            and mrd.recent(last.earliest, self.within, case.as_of)
            for first in covered
            for last in covered
        )

    def _span_notes(self, run: Run, as_of: int) -> list[str]:
        if not run.tests:
            return ["no run of negatives after the last positive"]
        notes = []
        if run.tests > 1:
            notes.append(
                f"run of {run.tests} negatives, {iso(run.first)} to {iso(run.last)}: {span_text(run.first, run.last)}"
            )
        if run.tests < self.tests:
            notes.append(f"{run.tests} of {self.tests} negative tests")
        wanted = add_months(run.first, self.months)
        if run.tests > 1 and wanted > run.last:
            notes.append(f"{wanted - run.last} days short of {self.months} months")
        until = add_months(run.last, self.within)
        if until < as_of:
            notes.append(f"the last is older than {self.within} months by {as_of - until} days")
        return notes

    def wording(self) -> str:
        text = (
            f"at least {self.tests} evaluable marrow negatives at {scientific(self.threshold)} in a row, "
            f"first to last at least {self.months} months, the last at most {self.within} months old"
        )
        if self.imaging_within is not None:
            text += f", with negative imaging within {self.imaging_within} months of both ends"
        return text


class MrdEver(Operator):
    """Whether any marrow test on record was negative (or positive) at a threshold.

    `after_negative` counts only positives later than a negative. `from_phase` and `from_months` count only tests at
    least so many calendar months after the first start of a phase. A test that the laboratory called indeterminate
    tells nothing here.
    """

    keyword: ClassVar[str] = "mrd_ever"
    threshold: Threshold
    reads: Literal["negative", "positive"]
    after_negative: bool = False
    from_phase: Literal["maintenance"] | None = None
    from_months: Annotated[int, Field(strict=True, ge=0, le=240)] = 0

    @model_validator(mode="after")
    def _fits(self) -> MrdEver:
        if self.after_negative and self.reads != "positive":
            raise ValueError("after_negative goes with reads: positive")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "therapy") if self.from_phase else ("mrd",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return self.reads == "positive"

    def compile(self, context: Context) -> Judge:
        rules, threshold = _readings(context).marrow_mrd, self.threshold
        wanted = NEGATIVE if self.reads == "negative" else POSITIVE

        def fits(case: Case, item: Reading, found: list[Reading]) -> int:
            if not item.possible & wanted or item.timed.entry.result == "indeterminate":
                return NOT_MET
            result = MET if item.possible == wanted else UNKNOWN
            if self.after_negative:
                result = min(result, _after_a_negative(item, found))
            if self.from_phase is not None:
                result = min(result, self._late(case, item))
            return result

        def verdict(case: Case) -> int:
            found = mrd.readings(case, threshold, rules)
            best = max((fits(case, item, found) for item in found), default=NOT_MET)
            if best != NOT_MET:
                return best
            return NOT_MET if mrd.any_evaluable(found) else context.absent

        def observe(case: Case) -> list[str]:
            found = mrd.readings(case, threshold, rules)
            fitting = [item for item in found if fits(case, item, found) != NOT_MET]
            return [_shown(case, item, threshold) for item in fitting] or [f"no marrow test {self._asked()} on record"]

        def needs(case: Case) -> list[Need]:
            return _needs(case, mrd.readings(case, threshold, rules), threshold, fresh=False)

        return Judge(verdict, observe, needs)

    def _late(self, case: Case, item: Reading) -> int:
        starts = episodes(case, self.from_phase or "")
        if not starts:
            return NOT_MET if case.therapy else UNKNOWN
        first = starts[0]
        if add_months(first.latest_start, self.from_months) <= item.timed.earliest:
            return MET
        return UNKNOWN if add_months(first.earliest_start, self.from_months) <= item.timed.latest else NOT_MET

    def _asked(self) -> str:
        text = f"{self.reads} at {scientific(self.threshold)}"
        if self.after_negative:
            text += " after a negative one"
        if self.from_phase is not None:
            text += f" {self.from_months} months or more into {self.from_phase}"
        return text

    def wording(self) -> str:
        return f"a marrow test {self._asked()} is on record"


class MrdDepth(Operator):
    """Whether a recent negative reaches a deeper threshold, where an assay too shallow for it is an answer, not a gap.

    Met when negative now at `threshold`; not met when the newest evaluable test is positive there, or when recent
    negatives at `outer` exist and none of them can reach `threshold`; else unknown.
    """

    keyword: ClassVar[str] = "mrd_depth"
    threshold: Threshold
    outer: Threshold
    within: Months

    @model_validator(mode="after")
    def _deeper(self) -> MrdDepth:
        if self.threshold >= self.outer:
            raise ValueError("'threshold' must be deeper (smaller) than 'outer'")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def compile(self, context: Context) -> Judge:
        rules = _readings(context).marrow_mrd
        now = MrdNow(threshold=self.threshold, within=self.within).compile(context)

        def verdict(case: Case) -> int:
            deep = now.verdict(case)
            if deep != UNKNOWN:
                return deep
            fresh = [
                (inner, outer)
                for inner, outer in zip(
                    mrd.readings(case, self.threshold, rules), mrd.readings(case, self.outer, rules), strict=True
                )
                if mrd.recent(inner.timed.latest, self.within, case.as_of)
            ]
            too_shallow = all(not inner.possible & NEGATIVE for inner, _ in fresh)
            return NOT_MET if too_shallow and any(outer.possible == NEGATIVE for _, outer in fresh) else UNKNOWN

        return Judge(verdict, now.observe, now.needs)

    def wording(self) -> str:
        return f"a marrow test within {self.within} months is negative at {scientific(self.threshold)}"


class MrdDetected(Operator):
    """Whether a marrow test of the last `within` months found disease at a level from `at_least` up to (not including) `below`.

    Without `below`, at any level from `at_least` on. Nothing of the kind on record is as `absence` says.
    """

    keyword: ClassVar[str] = "mrd_detected"
    at_least: Threshold
    below: Annotated[float, Field(gt=0, le=1)] | None = None
    within: Months

    def paths(self) -> tuple[str, ...]:
        return ("mrd",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.at_least

    def absence_may_be_not_met(self) -> bool:
        return True

    def compile(self, context: Context) -> Judge:
        rules = _readings(context).marrow_mrd
        high_enough = comparer(">=", self.at_least)
        low_enough = comparer("<", self.below) if self.below is not None else None

        def fits(case: Case, item: Reading) -> int:
            test = item.timed.entry
            if test.result not in ("detected", "indeterminate") or (
                item.possible == NOT_EVALUABLE and test.level is None
            ):
                return NOT_MET
            if not mrd.recent(item.timed.latest, self.within, case.as_of):
                return NOT_MET
            if test.level is None:
                return UNKNOWN if test.result == "detected" else NOT_MET
            inside = high_enough(test.level) and (low_enough is None or low_enough(test.level))
            return MET if inside else NOT_MET

        def found(case: Case) -> list[tuple[int, Reading]]:
            return [(fits(case, item), item) for item in mrd.readings(case, self.at_least, rules)]

        def verdict(case: Case) -> int:
            best = max((fit for fit, _ in found(case)), default=NOT_MET)
            if best != NOT_MET:
                return best
            return NOT_MET if case.mrd else context.absent

        def observe(case: Case) -> list[str]:
            fitting = [mrd.describe(item.timed) for fit, item in found(case) if fit != NOT_MET]
            return fitting or [f"no level {self._asked()} in the last {self.within} months"]

        def needs(case: Case) -> list[Need]:
            open_ = [item for fit, item in found(case) if fit == UNKNOWN]
            return [
                Need(f"mrd[{item.timed.place}].level", f"level of {mrd.describe(item.timed)}") for item in open_
            ] or [_FRESH]

        return Judge(verdict, observe, needs)

    def _asked(self) -> str:
        if self.below is None:
            return f"of {scientific(self.at_least)} or more"
        return f"from {scientific(self.at_least)} up to {scientific(self.below)}"

    def wording(self) -> str:
        return f"a marrow test of the last {self.within} months found a level {self._asked()}"


_FRESH = Need("mrd", "marrow MRD (NGS or NGF, limit of detection 1e-6 or better)")


def _readings(context: Context) -> Readings:
    if context.readings is None:
        raise ValueError("MRD and imaging operators need the rule book's 'readings'")
    return context.readings


def _shown(case: Case, item: Reading, threshold: float) -> str:
    text = case.once(("described", item.timed.place), lambda: mrd.describe(item.timed))
    if item.possible == NOT_EVALUABLE:
        return f"{text}: not evaluable at {scientific(threshold)} ({mrd.why_not_evaluable(item, threshold)})"
    if item.possible == POSITIVE:
        return f"{text}: positive at {scientific(threshold)}"
    if item.possible == NEGATIVE:
        return f"{text}: negative at {scientific(threshold)}"
    return f"{text}: unclear at {scientific(threshold)} ({', '.join(item.missing).replace('_', ' ')} not recorded)"


def _after_a_negative(item: Reading, found: list[Reading]) -> int:
    best = NOT_MET
    for other in found:
        if not other.possible & NEGATIVE or other is item:
            continue
        if other.possible == NEGATIVE and other.timed.latest < item.timed.earliest:
            return MET
        if other.timed.earliest < item.timed.latest:
            best = UNKNOWN
    return best


def _needs(case: Case, found: list[Reading], threshold: float, fresh: bool = True) -> list[Need]:
    """What is not recorded of the tests that leave the answer open; a new test where nothing less will do."""
    listing = Listing()
    for item in found:
        if item.possible in (POSITIVE, NEGATIVE, NOT_EVALUABLE):
            if item.timed.earliest != item.timed.latest:
                listing.add([Need(f"mrd[{item.timed.place}].date", f"exact date of {mrd.describe(item.timed)}")])
            continue
        for name in item.missing:
            what = f"{name.replace('_', ' ')} of {mrd.describe(item.timed)}"
            listing.add([Need(f"mrd[{item.timed.place}].{name}", what)])
    if fresh and not listing.items:
        listing.add([_FRESH])
    return listing.items or [_FRESH]
