"""`mrd_at`: marrow MRD at a named time point of the treatment, between one phase and the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pydantic import Field

from ...case import mrd
from ...case.possible import EVALUABLE, NEGATIVE, POSITIVE
from ...dates import add_months, iso
from ...reading.numbers import scientific
from ..mrd_needs import mrd_needs
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..parameters import Methods, Months, Threshold, fewer_methods, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.mrd import Interpretation


class _Window(NamedTuple):
    """The days after a phase: those that certainly belong to it, and those that may."""

    sure_from: int
    sure_to: int
    perhaps_from: int
    perhaps_to: int

    def holds(self, item: Interpretation) -> int:
        """Whether a test was taken in it."""
        first, last = item.timed.earliest, item.timed.latest
        if self.sure_from <= first and last <= self.sure_to:
            return MET
        return UNKNOWN if last >= self.perhaps_from and first <= self.perhaps_to else NOT_MET


class MrdAt(Operator):
    """Marrow MRD under a threshold at the time point after a phase.

    That is the newest evaluable test from the end of the phase (a transplant: from the day after it) to the start of the
    next phase, at most `months` calendar months later. Met when it is negative; not met when it is positive, or when the
    phase was not given or goes on; unknown when there is none. Of several entries of the phase any will do.
    """

    keyword: ClassVar[str] = "mrd_at"
    after: Literal["induction", "transplant", "consolidation"]
    threshold: Threshold
    months: Months
    methods: Methods = ()
    below_counts: bool = Field(False, description="disease found below the threshold counts as a negative")

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events", "therapy")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.FIXED

    def spans(self) -> tuple[int, ...]:
        return (self.months,)

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, MrdAt)
            and self.after == other.after
            and self.threshold <= other.threshold
            and self.months == other.months
            and fewer_methods(self.methods, other.methods)
            and (not self.below_counts or other.below_counts)
        )

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context, self.methods)

        read = mrd.reading_at(self.threshold, rules, below_counts=self.below_counts)

        def verdict(case: Case) -> int:
            found = [_at(window, read(case)) for window in self._windows(case)]
            if not case.therapy_is_whole() or any(timed.entry.phase is None for timed in case.therapy):
                found.append(UNKNOWN)
            return max(found, default=NOT_MET)

        def observe(case: Case) -> list[str]:
            windows = self._windows(case)
            inside = [item for item in read(case) if any(window.holds(item) != NOT_MET for window in windows)]
            return [mrd.shown(case, item, self.threshold) for item in inside] or [
                f"no marrow test after {self.after} on record" if windows else f"no finished {self.after} on record"
            ]

        def needs(case: Case) -> list[DataRequirement]:
            windows = self._windows(case)
            if not windows:
                return [DataRequirement("therapy", f"{self.after} with its dates")]
            inside = [item for item in read(case) if any(window.holds(item) != NOT_MET for window in windows)]
            if any(item.possible not in (POSITIVE, NEGATIVE) and item.missing for item in inside):
                return mrd_needs(inside, rules, fresh=False)
            day = min(max(windows[-1].sure_from, windows[-1].perhaps_from), case.as_of)
            return [DataRequirement(f"mrd:{iso(day)}", f"marrow MRD after {self.after}, if it was tested then")]

        return CompiledOperator(verdict, observe, needs)

    def _windows(self, case: Case) -> list[_Window]:
        return case.once(("after", self.after, self.months), lambda: list(self._made(case)))

    def _made(self, case: Case) -> Iterator[_Window]:
        for timed in case.therapy:
            entry = timed.entry
            if entry.phase != self.after:
                continue
            if self.after == "transplant":
                first, last = timed.earliest + 1, timed.latest + 1
            elif entry.end is not None:
                first, last = max(entry.end.earliest, timed.earliest), entry.end.latest
            elif entry.end_recorded:
                continue  # it goes on
            else:
                first, last = timed.earliest, case.as_of
            if first > case.as_of:
                continue
            # What began before this phase ended is not the next one; what may have is not certain to close it.
            next_ = [other for other in case.therapy if other is not timed and other.latest >= first]
            sure_to = min([max(other.earliest, timed.earliest) for other in next_], default=case.as_of)
            certain = [other.latest for other in next_ if other.earliest >= last]
            yield _Window(
                last,
                min(sure_to, add_months(first, self.months)),
                first,
                min([*certain, add_months(last, self.months)]),
            )

    def wording(self) -> str:
        by = f" by {' or '.join(self.methods)}" if self.methods else ""
        text = (
            f"newest evaluable marrow MRD{by} between {self.after} and the next phase (at most {self.months} months later) "
            f"is negative at {scientific(self.threshold)}"
        )
        return text + (" (disease found below that counts as negative)" if self.below_counts else "")


def _at(window: _Window, found: list[Interpretation]) -> int:
    """What the newest evaluable test of a window says."""
    held = [(item, window.holds(item)) for item in found]
    perhaps = [(item, held_) for item, held_ in held if held_ != NOT_MET]
    positive = [item.timed for item, _ in perhaps if item.possible & POSITIVE]
    after = max((timed.latest for timed in positive), default=-1)
    if any(sure == MET and item.possible == NEGATIVE and item.timed.earliest > after for item, sure in perhaps):
        return MET
    certain = [item for item, sure in perhaps if sure == MET and item.possible in EVALUABLE]
    last_positive = max((item.timed.earliest for item in certain if item.possible == POSITIVE), default=-1)
    may_be_negative = any(item.possible & NEGATIVE and item.timed.latest > last_positive for item, _ in perhaps)
    return NOT_MET if certain and not may_be_negative else UNKNOWN
