"""`mrd_now`: marrow MRD negative now; `mrd_depth`: how deep that negativity is shown.

How a single test is read at a threshold stands in `case.mrd`. Where a test leaves several readings open, an operator
answers met or not met only when every one of them gives that answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import model_validator

from ...case import mrd
from ...case.possible import EVALUABLE, NEGATIVE, POSITIVE
from ...dates import add_months, counted
from ...reading.numbers import scientific
from ..mrd_needs import fresh_test, mrd_age, mrd_needs
from ..new_lines import NEWER_THAN_LINE, begun_since_texts, open_new_lines, since_new_line
from ..operator import CompiledOperator, Context, DataRequirement, Margin, Modifiability, Operator
from ..parameters import Methods, Months, SinceNewLine, Threshold, fewer_methods, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN
from .mrd_history import MrdEver

if TYPE_CHECKING:
    from ...case.case import Case


class MrdNow(Operator):
    """Negative at a threshold now: the newest evaluable marrow test.

    Met when it is negative, or found disease below the threshold, and is at most `within` calendar months old; not met
    when it is positive, however old; unknown when there is none, when it is older, or when what is not recorded could
    turn it. With `methods` only they can show negativity; a positive counts whichever method found it. With
    `since_new_line` a negative from before the newest line of therapy, or of the day it was begun, leaves it unknown.
    """

    keyword: ClassVar[str] = "mrd_now"
    threshold: Threshold
    within: Months
    methods: Methods = ()
    since_new_line: SinceNewLine = False

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events", *(("therapy",) if self.since_new_line else ()))

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def spans(self) -> tuple[int, ...]:
        return (self.within,)

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context, self.methods)
        threshold, within = self.threshold, self.within

        read = mrd.reading_at(threshold, rules, below_counts=True)
        in_words = mrd.shown_at(threshold, rules, below_counts=True)
        runs = mrd.runs_at(threshold, rules, None, below_counts=True)

        def verdict(case: Case) -> int:
            worst, best = runs(case)
            if worst.tests and mrd.recent(worst.last, within, case.as_of):
                return MET if not self.since_new_line or since_new_line(case, worst.last) else UNKNOWN
            if not best.tests and any(item.possible == POSITIVE for item in read(case)):
                return NOT_MET
            return UNKNOWN

        def observe(case: Case) -> list[str]:
            found = read(case)
            newest = next((item for item in reversed(found) if item.possible in EVALUABLE), None)
            shown = in_words(case)
            if newest is None:
                return [shown[item.timed.place] for item in found] or ["no MRD test on record"]
            texts = [shown[newest.timed.place]]
            texts += [
                shown[item.timed.place]
                for item in found
                if item.timed.latest >= newest.timed.earliest and item is not newest
            ]
            until = add_months(newest.timed.latest, within)
            if newest.possible == NEGATIVE and until < case.as_of:
                texts.append(f"older than {within} months by {counted(case.as_of - until, 'day')}")
            run = runs(case)[0]
            if self.since_new_line and run.tests:
                texts += begun_since_texts(case, run.last)
            if run.tests:
                last = run._replace(members=tuple(item for item in run.members if item is newest))
                texts += mrd.quality_notes(last, rules)
            return texts

        def needs(case: Case) -> list[DataRequirement]:
            found = read(case)
            too_old = all(
                not mrd.recent(item.timed.latest, within, case.as_of) and not item.possible & POSITIVE for item in found
            )
            # What is lacking of tests that are too old on any day, none of them positive, is no use: only a new one is.
            if too_old:
                return [fresh_test(rules)]
            run = runs(case)[0]
            if self.since_new_line and run.tests and mrd.recent(run.last, within, case.as_of):
                return open_new_lines(case, run.last) or [fresh_test(rules)]
            return mrd_needs(found, rules)

        def margins(case: Case) -> list[Margin]:
            run = runs(case)[0]
            return [mrd_age(run.last, within, case.as_of)] if run.tests else []

        return CompiledOperator(verdict, observe, needs, margins)

    def implies(self, other: Operator) -> bool:
        if isinstance(other, MrdNow):
            at_most = self._at_most(other.threshold, other.within) and self.since_new_line >= other.since_new_line
            return at_most and fewer_methods(self.methods, other.methods)
        if isinstance(other, MrdEver):
            return other.reads == "negative" and not other.from_phase and self.threshold <= other.threshold
        return super().implies(other)

    def _at_most(self, threshold: float, within: int) -> bool:
        return self.threshold <= threshold and self.within <= within

    def wording(self) -> str:
        by = f" by {' or '.join(self.methods)}" if self.methods else ""
        text = f"newest evaluable marrow MRD{by} is negative at {scientific(self.threshold)} and at most {self.within} months old"
        return text + (NEWER_THAN_LINE if self.since_new_line else "")


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
        return ("mrd", "events")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST

    def spans(self) -> tuple[int, ...]:
        return (self.within,)

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context)
        now = MrdNow.model_construct(threshold=self.threshold, within=self.within).compile(context)
        read = mrd.reading_at(self.threshold, rules, below_counts=True)
        outer_read = mrd.reading_at(self.outer, rules, below_counts=True)

        def verdict(case: Case) -> int:
            deep = now.verdict(case)
            if deep != UNKNOWN:
                return deep
            pairs = zip(read(case), outer_read(case), strict=True)
            fresh = [pair for pair in pairs if mrd.recent(pair[0].timed.latest, self.within, case.as_of)]
            too_shallow = all(not inner.possible & NEGATIVE for inner, _ in fresh)
            shown = any(
                outer.possible == NEGATIVE and mrd.recent(outer.timed.earliest, self.within, case.as_of)
                for _, outer in fresh
            )
            return NOT_MET if too_shallow and shown else UNKNOWN

        return CompiledOperator(verdict, now.observe, now.needs, now.margins)

    def implies(self, other: Operator) -> bool:
        if isinstance(other, MrdDepth):
            # Not met by assays too shallow must go over to the deeper one: what shows the outer depth there shows it here.
            as_shallow = self.within == other.within and other.outer <= self.outer
            return as_shallow and self.threshold <= other.threshold
        return MrdNow(threshold=self.threshold, within=self.within).implies(other)

    def wording(self) -> str:
        return f"a marrow test within {self.within} months is negative at {scientific(self.threshold)}"
