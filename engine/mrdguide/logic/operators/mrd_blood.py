"""`mrd_blood`: disease found in blood, an adjunct that never shows negativity and whose positives are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from ...case import mrd
from ...case.case import NOT_HANDED_OVER
from ...case.possible import NEGATIVE
from ...patient.mrd import MrdTest
from ..mrd_needs import fresh_test
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..parameters import Threshold, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...case.mrd import Interpretation

BloodMethods = Annotated[tuple[Literal["NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry"], ...], Field(min_length=1)]

# Later tests are asked about for this many findings at most; what is answered first brings the others.
_MOST_ASKED = 200


class MrdBlood(Operator):
    """Whether blood tests by these methods found disease on at least `times` different days, at any level.

    With `still` only findings of the present course count, and one of them must not be cleared. A finding before the
    first marrow test under `threshold` is the normal course. It is cleared by a later blood test that found nothing and
    could see as deep; mass spectrometry, whose depth is no fraction of cells, by a later one that found nothing. A marrow
    test clears nothing here. Findings without a date count until shown to be cleared. A test that the laboratory called
    indeterminate, without a level, found nothing.
    """

    keyword: ClassVar[str] = "mrd_blood"
    methods: BloodMethods
    times: Annotated[int, Field(strict=True, ge=1, le=20)] = 1
    still: bool = False
    threshold: Threshold

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events")

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        # What was found once stays so, and what still counts is cleared by a later test.
        return Modifiability.TEST if met or self.still else Modifiability.FIXED

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, MrdBlood)
            and set(self.methods) <= set(other.methods)
            and self.times >= other.times
            and (not other.still or (self.still and self.methods == other.methods))
            and self.threshold == other.threshold
        )

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context)
        read = mrd.reading_at(self.threshold, rules, below_counts=True)

        def findings(case: Case) -> list[tuple[Timed[MrdTest], int]]:
            """What may be disease in blood, each with whether it is and belongs to the present course."""
            marrow = _under(read(case)) if self.still else _NO_MARROW
            found = []
            for timed in case.mrd:
                fit = self._found(timed.entry)
                if fit != NOT_MET and self.still:
                    fit = min(fit, MET - _before_the_first_negative(timed, marrow))
                if fit != NOT_MET:
                    found.append((timed, fit))
            return found

        def verdict(case: Case) -> int:
            found = findings(case)
            result = self._often_enough(found)
            if self.still and result != NOT_MET:
                later = self._found_nothing(case)
                uncleared = (min(fit, MET - self._cleared(timed, later)) for timed, fit in found)
                result = min(result, max(uncleared, default=NOT_MET))
            if result == NOT_MET and case.may_lack("mrd"):
                return UNKNOWN
            return result if case.mrd or result != NOT_MET else context.absent

        def observe(case: Case) -> list[str]:
            return [mrd.describe(timed) for timed, _ in findings(case)] or [
                f"no finding in blood by {' or '.join(self.methods)} on record"
            ]

        def needs(case: Case) -> list[DataRequirement]:
            asked: dict[str, DataRequirement] = {}
            later = self._found_nothing(case)
            for timed, fit in findings(case):
                names = self._not_recorded(timed.entry)
                open_ = fit == UNKNOWN or (self.still and self._cleared(timed, later) == UNKNOWN)
                if open_ and not names and timed.earliest != timed.latest:
                    names = ["date"]
                if open_ and not names and len(asked) < _MOST_ASKED:
                    asked.update(self._asked_of_later_tests(timed, case))
                for name in names:
                    path = f"{mrd.path_of(timed)}.{name}"
                    asked[path] = DataRequirement(path, f"{name.replace('_', ' ')} of {mrd.describe(timed)}")
            return list(asked.values()) or [fresh_test(rules)]

        return CompiledOperator(verdict, observe, needs)

    def _found(self, test: MrdTest) -> int:
        """Whether a test is one of blood by these methods that found disease."""
        if test.specimen == "marrow" or test.result in ("not-detected", "failed"):
            return NOT_MET
        if test.method is not None and test.method not in self.methods:
            return NOT_MET
        if test.result == "indeterminate" and test.level is None:
            return NOT_MET
        return MET if not self._not_recorded(test) and test.result == "detected" else UNKNOWN

    def _not_recorded(self, test: MrdTest) -> list[str]:
        return [name for name in ("specimen", "method", "result") if getattr(test, name) is None]

    def _asked_of_later_tests(self, finding: Timed[MrdTest], case: Case) -> dict[str, DataRequirement]:
        """What would tell whether a finding is cleared: its own level where that decides, else what a later test lacks."""
        asked = {}
        for other in self._later(finding, case):
            test = other.entry
            names = self._not_recorded(test)
            if not names and _as_deep(test, finding.entry) == UNKNOWN:
                names = ["limit_of_detection"] if test.limit_of_detection is None else ["level"]
            if not names and other.earliest <= finding.latest:
                names = ["date"]
            for name in names:
                timed = finding if name == "level" else other
                path = f"{mrd.path_of(timed)}.{name}"
                asked[path] = DataRequirement(path, f"{name.replace('_', ' ')} of {mrd.describe(timed)}")
        return asked

    def _later(self, finding: Timed[MrdTest] | None, case: Case) -> Iterator[Timed[MrdTest]]:
        """Blood tests that may be later than a finding (or all), by these methods, and found nothing."""
        begun = -1 if finding is None else finding.earliest
        for other in case.mrd:
            test = other.entry
            by_these = test.method is None or test.method in self.methods
            found_nothing = test.specimen != "marrow" and test.result in ("not-detected", None)
            if by_these and found_nothing and other.latest > begun:
                yield other

    def _often_enough(self, found: list[tuple[Timed[MrdTest], int]]) -> int:
        sure = [(timed.earliest, timed.latest) for timed, fit in found if fit == MET]
        if mrd.fewest_days(sure) >= self.times:
            return MET
        exact = {timed.earliest for timed, _ in found if timed.earliest == timed.latest}
        vague = sum(timed.earliest != timed.latest for timed, _ in found)
        return UNKNOWN if len(exact) + vague >= self.times else NOT_MET

    def _found_nothing(self, case: Case) -> list[_Quiet]:
        """Blood tests that found nothing or may have, those together that could see the same."""

        def make() -> list[_Quiet]:
            found: dict[tuple[object, ...], _Quiet] = {}
            for timed in self._later(None, case):
                test = timed.entry
                whole = not self._not_recorded(test)
                key = (test.method, test.limit_of_detection, whole)
                before = found.get(key, _Quiet(test, whole, timed.earliest, timed.latest))
                begins, ends = max(before.begins, timed.earliest), max(before.ends, timed.latest)
                found[key] = before._replace(begins=begins, ends=ends)
            return list(found.values())

        return case.once(("blood that found nothing", self.methods), make)

    def _cleared(self, finding: Timed[MrdTest], later: list[_Quiet]) -> int:
        """Whether a later blood test has shown that a finding is gone."""
        best = NOT_MET
        for quiet in later:
            if quiet.ends > finding.earliest:
                whole = quiet.whole and quiet.begins > finding.latest
                best = max(best, min(MET if whole else UNKNOWN, _as_deep(quiet.test, finding.entry)))
                if best == MET:
                    break
        return best

    def wording(self) -> str:
        often = f" on {self.times} different days" if self.times > 1 else ""
        still = ", after the first negative marrow and not cleared by a later blood test as deep" if self.still else ""
        return f"blood tests by {' or '.join(self.methods)} found disease{often}{still}"


def _as_deep(later: MrdTest, finding: MrdTest) -> int:
    """Whether a later blood test could have seen what an earlier one found."""
    if finding.method == "mass-spectrometry" or later.method == "mass-spectrometry":
        return MET if finding.method == later.method else UNKNOWN if None in (finding.method, later.method) else NOT_MET
    lod = later.limit_of_detection
    if finding.level is not None:
        return UNKNOWN if lod is None else MET if lod <= finding.level else NOT_MET
    seen_from = finding.limit_of_detection
    return MET if lod is not None and seen_from is not None and lod <= seen_from else UNKNOWN


class _Quiet(NamedTuple):
    """Tests of one method and depth: one of them, whether they are whole, the latest first and the latest last day."""

    test: MrdTest
    whole: bool
    begins: int
    ends: int


class _Marrow(NamedTuple):
    """Marrow tests under the threshold: the first day on which one was for certain, and on which one may have been."""

    surely: int | None
    perhaps: int | None
    not_handed_over: bool


_NO_MARROW = _Marrow(None, None, False)


def _under(marrow: list[Interpretation]) -> _Marrow:
    under = [item for item in marrow if item.possible & NEGATIVE]
    return _Marrow(
        min((item.timed.latest for item in under if item.possible == NEGATIVE), default=None),
        min((item.timed.earliest for item in under if item.timed.place != NOT_HANDED_OVER), default=None),
        any(item.timed.place == NOT_HANDED_OVER for item in under),
    )


def _before_the_first_negative(finding: Timed[MrdTest], marrow: _Marrow) -> int:
    """Whether a finding lies before the first marrow test under the threshold, and there is such a test."""
    if marrow.perhaps is None and not marrow.not_handed_over:
        return NOT_MET
    if marrow.surely is None:
        return UNKNOWN
    if marrow.surely <= finding.earliest:
        return NOT_MET
    if marrow.perhaps is None or marrow.perhaps > finding.latest:
        # What may not have been handed over could have been a negative before it.
        return UNKNOWN if marrow.not_handed_over else MET
    return UNKNOWN
