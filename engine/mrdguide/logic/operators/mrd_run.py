"""`mrd_run`: negativity that lasts; marrow only, or marrow with imaging at both ends."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator

from ...case import imaging, mrd
from ...case.possible import BELOW, CERTAIN, NEGATIVE, POSITIVE
from ...dates import add_months, counted, iso, span_text
from ...reading.numbers import scientific
from ..mrd_needs import mrd_age, mrd_needs
from ..operator import CompiledOperator, Context, DataRequirement, Margin, Modifiability, Operator
from ..parameters import Methods, Months, Threshold, fewer_methods, interpretation_of, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN
from .mrd_now import MrdNow

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.imaging import ImageInterpretation
    from ...case.interpretation_rules import ImagingRules
    from ...case.mrd import Interpretation, Run


def _images_asked(found: list[ImageInterpretation]) -> list[DataRequirement]:
    """What is not known of images that may break a run: how they read, what a positive one was due to, or when it was made."""
    unclear = [
        DataRequirement(f"imaging[{item.timed.place}].conclusion", f"reading of {imaging.describe(item.timed)}")
        for item in found
        if item.possible not in CERTAIN
    ]
    clearing = imaging.last_clearing(found)
    unsaid = [
        DataRequirement(
            f"imaging[{item.timed.place}].attribution",
            f"what the positive finding was due to ({imaging.describe(item.timed)})",
        )
        for item in found
        if imaging.unsaid_and_gone(item, clearing)
    ]
    return (
        unclear
        or unsaid
        or [
            DataRequirement(f"imaging[{item.timed.place}].date", f"exact date of {imaging.describe(item.timed)}")
            for item in found
            if item.possible == POSITIVE and item.timed.earliest != item.timed.latest
        ]
    )


class MrdRun(Operator):
    """A current run of evaluable negatives at a threshold, after the last positive marrow or imaging result.

    Met when the run holds at least `tests` tests, its first and last lie at least `months` calendar months apart
    (`first + months <= last`, inclusive) and the last is at most `within` months old. Disease found below the threshold
    is no member and no break, unless `below_counts` (for a study that defined it so). Not met when there are evaluable
    tests but too few, or too close together, though somebody looked lately or one more could not help. Unknown when only the
    age of the last or a test that is due stands in the way, or something not recorded does. `imaging_within` asks in addition for negative imaging within so many months of both ends (IMWG 2016,
    Lancet Oncol 17:e328: sustained means marrow and imaging, at least a year apart); missing imaging is unknown.
    """

    keyword: ClassVar[str] = "mrd_run"
    threshold: Threshold
    months: Annotated[int, Field(strict=True, ge=0, le=240)]
    tests: Annotated[int, Field(strict=True, ge=1, le=50)] = 2
    within: Months
    imaging_within: Months | None = None
    methods: Methods = ()
    below_counts: bool = Field(False, description="disease found below the threshold counts as a negative")

    @model_validator(mode="after")
    def _apart(self) -> MrdRun:
        if self.months and self.tests < 2:
            raise ValueError("a single test spans no months; give tests: 2 or more")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events", *imaging.READS)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def spans(self) -> tuple[int, ...]:
        return tuple({self.months, self.within, self.imaging_within or 0})

    def compile(self, context: Context) -> CompiledOperator:
        rules, image_rules = marrow_rules(context, self.methods), interpretation_of(context).imaging
        threshold, below_counts = self.threshold, self.below_counts

        read = mrd.reading_at(threshold, rules, below_counts=below_counts)
        in_words = mrd.shown_at(threshold, rules, below_counts=below_counts)
        both = mrd.runs_at(threshold, rules, image_rules, below_counts=below_counts)
        alone = mrd.runs_at(threshold, rules, None, below_counts=below_counts)

        def runs(case: Case) -> tuple[list[Interpretation], Run, Run]:
            return read(case), *both(case)

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
            texts, shown = self._span_notes(run, case.as_of), in_words(case)
            texts += [shown[item.timed.place] for item in reversed(run.members)]
            members = {item.timed.place for item in run.members}
            texts += [shown[item.timed.place] for item in reversed(found) if item.timed.place not in members]
            texts += mrd.gap_notes(run, rules.flag_gap_months) + mrd.quality_notes(run, rules)
            return texts

        def needs(case: Case) -> list[DataRequirement]:
            found, worst, best = runs(case)
            if self.imaging_within is not None and self._marrow(found, worst, best, case.as_of) == MET:
                return [DataRequirement("imaging", f"{image_rules.ask_for} at both ends of the MRD-negative run")]
            if self._marrow(found, *alone(case), case.as_of) != UNKNOWN:
                return _images_asked(imaging.interpret(case, image_rules)) or mrd_needs(found, rules)
            return mrd_needs(found, rules)

        def margins(case: Case) -> list[Margin]:
            _, worst, best = runs(case)
            run = worst if worst.tests else best
            return self._margins(run, case.as_of) if run.tests else []

        return CompiledOperator(verdict, observe, needs, margins)

    def implies(self, other: Operator) -> bool:
        if isinstance(other, MrdRun):
            return (
                self.threshold <= other.threshold
                and self.months >= other.months
                and self.tests >= other.tests
                and self.within <= other.within
                and fewer_methods(self.methods, other.methods)
                and (not self.below_counts or other.below_counts)
                and _as_near(self.imaging_within, other.imaging_within)
            )
        # Its last negative comes after every positive, so it is the newest test that says something.
        return MrdNow(threshold=self.threshold, within=self.within, methods=self.methods).implies(other)

    def _margins(self, run: Run, as_of: int) -> list[Margin]:
        found = []
        if self.months:
            days = abs(run.last - add_months(run.first, self.months))
            span = span_text(run.first, run.last)
            found.append(Margin("span of the negatives", span, f"{self.months} months or more", days, "day"))
        if run.tests < self.tests:
            lacking = self.tests - run.tests
            found.append(Margin("negatives in a row", str(run.tests), f"{self.tests} or more", lacking, "more needed"))
        return [*found, mrd_age(run.last, self.within, as_of)]

    def _marrow(self, found: list[Interpretation], worst: Run, best: Run, as_of: int) -> int:
        if self._long_enough(worst) and mrd.recent(worst.last, self.within, as_of):
            return MET
        if not self._long_enough(best) and not self._open_to_a_test(found, best, as_of):
            return NOT_MET if mrd.any_evaluable(found) else UNKNOWN
        return UNKNOWN

    def _open_to_a_test(self, found: list[Interpretation], run: Run, as_of: int) -> bool:
        """Whether nobody may have looked lately, and a negative of today would make the run long enough."""
        # Disease found below the threshold is no member of the run, and yet a look.
        looked = (item.timed.earliest for item in found if item.possible in (NEGATIVE, BELOW))
        return (
            run.tests > 0
            and run.tests + 1 >= self.tests
            and add_months(run.first, self.months) <= as_of
            and not any(mrd.recent(day, self.within, as_of) for day in looked)
        )

    def _long_enough(self, run: Run) -> bool:
        return run.tests >= self.tests and add_months(run.first, self.months) <= run.last

    def _imaging_at_both_ends(self, case: Case, run: Run, rules: ImagingRules) -> bool:
        """Whether two negatives of the run, far enough apart, each have negative imaging near them."""
        assert self.imaging_within is not None
        near = self.imaging_within
        negative = [item.timed for item in imaging.interpret(case, rules) if item.possible == NEGATIVE]
        negative.sort(key=lambda image: image.earliest)
        ends = [add_months(image.earliest, near) for image in negative]
        # Of the images that begin late enough for a test, the one that is over first.
        over = list(accumulate((image.latest for image in reversed(negative)), min))[::-1]
        covered = [
            item.timed
            for item in run.members
            if (place := bisect_left(ends, item.timed.latest)) < len(over)
            and add_months(item.timed.earliest, near) >= over[place]
        ]
        if not covered:
            return False
        first, last = min(timed.latest for timed in covered), max(timed.earliest for timed in covered)
        return add_months(first, self.months) <= last and mrd.recent(last, self.within, case.as_of)

    def _span_notes(self, run: Run, as_of: int) -> list[str]:
        if not run.tests:
            return ["no run of negatives after the last positive"]
        notes = []
        vague = any(item.timed.earliest != item.timed.latest for item in run.members)
        if run.tests > 1:
            dates = f"negative on {run.tests} dates, "
            if vague:
                days = sorted((item.timed.earliest, item.timed.when) for item in run.members)
                dates += f"{days[0][1]} to {days[-1][1]}; as the days may fall, "
            else:
                dates += f"{iso(run.first)} to {iso(run.last)}: "
            notes.append(dates + span_text(run.first, run.last))
        if run.tests < self.tests:
            notes.append(f"{counted(run.tests, 'negative test')} of {self.tests} asked for")
        wanted = add_months(run.first, self.months)
        if run.tests > 1 and wanted > run.last:
            days_short = f"{counted(wanted - run.last, 'day')} short of {self.months} months"
            notes.append(f"{days_short}, as the days may fall" if vague else days_short)
        until = add_months(run.last, self.within)
        if until < as_of:
            notes.append(f"the last is older than {self.within} months by {counted(as_of - until, 'day')}")
        return notes

    def wording(self) -> str:
        by = f" by {' or '.join(self.methods)}" if self.methods else ""
        text = (
            f"at least {self.tests} evaluable marrow negatives{by} at {scientific(self.threshold)} in a row, "
            f"first to last at least {self.months} months, the last at most {self.within} months old"
        )
        if self.imaging_within is not None:
            text += f", with negative imaging within {self.imaging_within} months of both ends"
        return text + (" (disease found below that counts as negative)" if self.below_counts else "")


def _as_near(some: int | None, other: int | None) -> bool:
    """Whether imaging asked for within so many months is as near as another condition asks."""
    return other is None or (some is not None and some <= other)
