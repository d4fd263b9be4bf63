"""`mrd_discordant`: marrow tests of about the same time that read differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...case import mrd
from ...case.possible import NEGATIVE, POSITIVE
from ...reading.numbers import scientific
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..parameters import Threshold, marrow_rules
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...case.mrd import Interpretation


class MrdDiscordant(Operator):
    """Met when two tests at most `days` apart read positive and negative at the threshold; unknown when two may; else not met."""

    keyword: ClassVar[str] = "mrd_discordant"
    threshold: Threshold
    days: Annotated[int, Field(strict=True, ge=0, le=366, description="inclusive")]

    def paths(self) -> tuple[str, ...]:
        return ("mrd", "events")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TEST if met else Modifiability.FIXED

    def turning_days(self, case: Case) -> Iterable[int]:
        """A test a little later than another no longer belongs to the same time."""
        for timed in case.mrd:
            yield timed.earliest + self.days + 1
            yield timed.latest + self.days + 1

    def compile(self, context: Context) -> CompiledOperator:
        rules = marrow_rules(context)
        read = mrd.reading_at(self.threshold, rules, below_counts=True)

        def alike(case: Case) -> list[list[Interpretation]]:
            """The tests in order of time, those together that are of the same days and read alike."""
            found = read(case)
            together: dict[tuple[int, int, int], list[Interpretation]] = {}
            for item in found:
                together.setdefault((item.timed.earliest, item.timed.latest, item.possible), []).append(item)
            return sorted(together.values(), key=lambda some: some[0].timed.earliest)

        def pairs(case: Case) -> Iterator[tuple[list[Interpretation], list[Interpretation], int]]:
            """Pairs of tests of about the same time that differ or may differ, each with all that are alike."""
            found = alike(case)
            for place, first in enumerate(found):
                for second in islice(found, place, None):
                    if second[0].timed.earliest - first[0].timed.latest > self.days:
                        break  # and so are all that begin later
                    differ = self._differ(first[0], second[0])
                    if differ != NOT_MET and (first is not second or len(first) > 1):
                        yield first, second, differ

        def differing(case: Case) -> list[Interpretation]:
            """The tests that differ from another, or may, in order of time."""
            shown = {item.timed.place: item for some in pairs(case) for alike in some[:2] for item in alike}
            return sorted(shown.values(), key=lambda item: (item.timed.earliest, item.timed.latest))

        def verdict(case: Case) -> int:
            best = NOT_MET if case.mrd else context.absent
            for _, _, differ in pairs(case):
                if differ == MET:
                    return MET
                best = UNKNOWN
            return best

        def observe(case: Case) -> list[str]:
            texts = [mrd.shown(case, item, self.threshold) for item in differing(case)]
            return list(dict.fromkeys(texts)) or [f"no tests within {self.days} days that read differently"]

        def needs(case: Case) -> list[DataRequirement]:
            return [
                DataRequirement(
                    f"mrd[{item.timed.place}].{name}", f"{name.replace('_', ' ')} of {mrd.describe(item.timed)}"
                )
                for item in differing(case)
                for name in item.missing
            ] or [DataRequirement("mrd", rules.ask_for)]

        return CompiledOperator(verdict, observe, needs)

    def _differ(self, first: Interpretation, second: Interpretation) -> int:
        if (
            second.timed.earliest - first.timed.latest > self.days
            or first.timed.earliest - second.timed.latest > self.days
        ):
            return NOT_MET
        both = {first.possible, second.possible}
        if both == {POSITIVE, NEGATIVE}:
            return (
                MET
                if max(first.timed.latest, second.timed.latest) - min(first.timed.earliest, second.timed.earliest)
                <= self.days
                else UNKNOWN
            )
        may = (first.possible & POSITIVE and second.possible & NEGATIVE) or (
            first.possible & NEGATIVE and second.possible & POSITIVE
        )
        return UNKNOWN if may else NOT_MET

    def wording(self) -> str:
        return f"marrow tests at most {self.days} days apart read differently at {scientific(self.threshold)}"
