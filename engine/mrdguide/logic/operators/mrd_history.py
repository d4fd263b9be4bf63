"""`mrd_ever`: what any marrow test on record showed; `mrd_detected`: disease found at a level lately."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from ...case import mrd
from ...case.case import NOT_HANDED_OVER
from ...case.possible import NEGATIVE, POSITIVE
from ...case.therapy import episodes
from ...dates import add_months
from ...reading.numbers import comparer, scientific
from ...reading.validation import problem_at
from ..mrd_needs import fresh_test, mrd_needs
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..parameters import Months, Threshold, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.mrd import Interpretation


class MrdEver(Operator):
    """Whether any marrow test on record was under a threshold (or positive at it).

    Disease found below the threshold is under it: what turns positive later has turned.

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
            raise ValueError("after_negative needs reads: positive")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events", "therapy") if self.from_phase else ("mrd", "events")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return self.reads == "positive"

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met else Modifiability.FIXED

    def spans(self) -> tuple[int, ...]:
        return (self.from_months,)

    def compile(self, context: Context) -> CompiledOperator:
        rules, threshold = marrow_rules(context), self.threshold
        wanted = NEGATIVE if self.reads == "negative" else POSITIVE

        read = mrd.reading_at(threshold, rules, below_counts=True)
        negatives = mrd.negatives_at(threshold, rules, below_counts=True)

        def fits(case: Case, item: Interpretation) -> int:
            if not item.possible & wanted or item.timed.entry.result == "indeterminate":
                return NOT_MET
            result = MET if item.possible == wanted else UNKNOWN
            if self.after_negative and item.timed.place >= 0:
                # A resurgence recorded as an event says by itself that MRD had been negative.
                before = negatives(case).before(item)
                result = min(result, before)
            if self.from_phase is not None:
                result = min(result, self._late(case, item))
            return result

        def verdict(case: Case) -> int:
            found = read(case)
            best = max((fits(case, item) for item in found), default=NOT_MET)
            if best != NOT_MET:
                return best
            return NOT_MET if mrd.any_evaluable(found) else context.absent

        def observe(case: Case) -> list[str]:
            fitting = [item for item in read(case) if fits(case, item) != NOT_MET]
            return [mrd.shown(case, item, threshold) for item in fitting] or [
                f"no marrow test {self._asked()} on record"
            ]

        def needs(case: Case) -> list[DataRequirement]:
            return mrd_needs(read(case), rules, fresh=False)

        return CompiledOperator(verdict, observe, needs)

    def implies(self, other: Operator) -> bool:
        if not isinstance(other, MrdEver) or self.reads != other.reads:
            return False
        as_late = other.from_phase is None or (
            other.from_phase == self.from_phase and self.from_months >= other.from_months
        )
        if self.reads == "negative":
            return as_late and self.threshold <= other.threshold
        if other.after_negative:
            return as_late and self.after_negative and self.threshold == other.threshold
        return as_late and self.threshold >= other.threshold

    def _late(self, case: Case, item: Interpretation) -> int:
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


class MrdDetected(Operator):
    """Whether a marrow test of the last `within` months found disease at a level from `at_least` up to (not including) `below`.

    Without `below`, at any level from `at_least` on. A marrow finding counts by any method and in any sample; a test that
    the laboratory called indeterminate, without a level, found nothing. Nothing of the kind on record is as `absence`
    says. With `until_as_deep` time alone clears nothing: an older finding counts until a later test, negative at
    `at_least`, has shown that it is gone; disease found below that clears nothing.
    """

    keyword: ClassVar[str] = "mrd_detected"
    at_least: Threshold
    below: Annotated[float, Field(gt=0, le=1)] | None = None
    within: Months
    until_as_deep: bool = False

    @model_validator(mode="after")
    def _a_range(self) -> MrdDetected:
        if self.below is not None and self.below <= self.at_least:
            raise problem_at(
                "below", f"'below' ({scientific(self.below)}) must lie above 'at_least' ({scientific(self.at_least)})"
            )
        return self

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.at_least

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met or self.until_as_deep else Modifiability.TIME

    def spans(self) -> tuple[int, ...]:
        return (self.within,)

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context)
        read, negatives = mrd.reading_at(self.at_least, rules), mrd.negatives_at(self.at_least, rules)
        low_enough = comparer("<", self.below) if self.below is not None else None

        def lasts(case: Case, item: Interpretation) -> int:
            """Whether a finding still counts."""
            recent = _within(item, self.within, case.as_of)
            if not self.until_as_deep:
                return recent
            return max(recent, MET - negatives(case).after(item))

        def fits(case: Case, item: Interpretation) -> int:
            level = item.timed.entry.level
            if not item.possible & POSITIVE or (item.timed.entry.result == "indeterminate" and level is None):
                return NOT_MET
            if level is not None and low_enough is not None and not low_enough(level):
                return NOT_MET
            # A resurgence recorded without a level is a level of no stated range.
            certain = item.possible == POSITIVE and (level is not None or low_enough is None)
            return min(MET if certain else UNKNOWN, lasts(case, item))

        def found(case: Case) -> list[tuple[int, Interpretation]]:
            return [(fits(case, item), item) for item in read(case)]

        def verdict(case: Case) -> int:
            best = max((fit for fit, _ in found(case)), default=NOT_MET)
            if best != NOT_MET:
                return best
            return NOT_MET if case.mrd else context.absent

        def observe(case: Case) -> list[str]:
            fitting = [mrd.describe(item.timed) for fit, item in found(case) if fit != NOT_MET]
            return fitting or [f"no level {self._asked()} in the last {self.within} months{self._or_earlier()}"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [item for fit, item in found(case) if fit == UNKNOWN and item.timed.place != NOT_HANDED_OVER]
            return [
                DataRequirement(
                    f"{mrd.path_of(item.timed)}.{name}", f"{name.replace('_', ' ')} of {mrd.describe(item.timed)}"
                )
                for item in open_
                for name in item.missing or (("level",) if _level_decides(item, self.below) else ("date",))
            ] or [fresh_test(rules)]

        return CompiledOperator(verdict, observe, needs)

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, MrdDetected)
            and self.at_least >= other.at_least
            and (other.below is None or (self.below is not None and self.below <= other.below))
            and self.within <= other.within
            and (other.until_as_deep or not self.until_as_deep)
        )

    def _asked(self) -> str:
        if self.below is None:
            return f"of {scientific(self.at_least)} or more"
        return f"from {scientific(self.at_least)} up to {scientific(self.below)}"

    def wording(self) -> str:
        return f"a marrow test of the last {self.within} months{self._or_earlier()} found a level {self._asked()}"

    def _or_earlier(self) -> str:
        return " (or earlier and not cleared by a test as deep)" if self.until_as_deep else ""


def _level_decides(item: Interpretation, below: float | None) -> bool:
    """Whether a positive must be told apart by its level, which is not recorded where it was measured."""
    return below is not None and item.timed.entry.level is None and item.timed.place >= 0


def _within(item: Interpretation, months: int, as_of: int) -> int:
    """Whether a test lies within so many months before the as-of day; unknown when its date leaves that open."""
    if mrd.recent(item.timed.earliest, months, as_of):
        return MET
    return UNKNOWN if mrd.recent(item.timed.latest, months, as_of) else NOT_MET
