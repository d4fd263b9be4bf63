"""`age`: age on the as-of day, from the year of birth alone, so known to within one year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...reading.numbers import Comparison, comparer
from ..operator import CompiledOperator, Context, DataRequirement, Inline, Modifiability, Operator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case


class Age(Operator):
    """Met or not met when both ages the birth year allows agree; else unknown."""

    keyword: ClassVar[str] = "age"
    operator: Comparison
    years: Annotated[int, Field(strict=True, ge=0, le=120)]

    def paths(self) -> tuple[str, ...]:
        return ("birth_year",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "birth_year", self.years

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.TIME if met == (self.operator in (">", ">=")) else Modifiability.FIXED

    def turning_days(self, case: Case) -> Iterable[int]:
        """New Year and the last day of a year, when the year of birth alone tells a new age."""
        born = case.patient.birth_year
        if born is not None:
            for year in range(born + self.years, born + self.years + 3):
                yield date(year, 1, 1).toordinal()
                yield date(year, 12, 31).toordinal()

    def implies(self, other: Operator) -> bool:
        if not isinstance(other, Age) or self.operator[0] != other.operator[0]:
            return False
        step = 1 if self.operator[0] == ">" else -1
        mine, theirs = (item.years * step + ("=" not in item.operator) for item in (self, other))
        return mine >= theirs

    def compile(self, context: Context) -> CompiledOperator:
        judge = self._judge()

        def verdict(case: Case) -> int:
            born = case.patient.birth_year
            return UNKNOWN if born is None else judge(born, case.as_of)

        def observe(case: Case) -> list[str]:
            born = case.patient.birth_year
            if born is None:
                return ["birth year: not recorded"]
            years = " or ".join(str(age) for age in sorted(set(_ages(born, case.as_of))))
            return [f"born {born}: {years} years old"]

        def needs(case: Case) -> list[DataRequirement]:
            if case.patient.birth_year is None:
                return [DataRequirement("birth_year", "birth year")]
            return [DataRequirement("birth_year", "exact age")] if verdict(case) == UNKNOWN else []

        return CompiledOperator(verdict, observe, needs)

    def _judge(self) -> Callable[[int, int], int]:
        """From birth year and day to the verdict; the same few pairs come again and again."""
        test = comparer(self.operator, self.years)

        @lru_cache(maxsize=256)
        def judge(born: int, as_of: int) -> int:
            answers = {test(age) for age in _ages(born, as_of)}
            return UNKNOWN if len(answers) == 2 else (MET if True in answers else NOT_MET)

        return judge

    def inline(self, context: Context, inline: Inline) -> str | None:
        fact = inline.fact("birth_year")
        return f"({UNKNOWN} if {fact} is None else {inline.bind(self._judge())}({fact}, case.as_of))"

    def wording(self) -> str:
        return f"age {self.operator} {self.years} years"


def _ages(born: int, as_of: int) -> tuple[int, int]:
    """The ages a birth year allows on a day."""
    today = date.fromordinal(as_of)
    older = today.year - born
    had_birthday = (today.month, today.day) == (12, 31)
    return older if had_birthday else max(older - 1, 0), older
