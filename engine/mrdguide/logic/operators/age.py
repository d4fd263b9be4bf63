"""`age`: age on the as-of day, from the year of birth alone, so known to within one year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ..numbers import Comparison, comparer
from ..operator import Context, Judge, Need, Operator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...judge.case import Case


class Age(Operator):
    """Met or not met when both ages the birth year allows agree; else unknown."""

    keyword: ClassVar[str] = "age"
    operator: Comparison
    years: Annotated[int, Field(strict=True, ge=0, le=120)]

    def paths(self) -> tuple[str, ...]:
        return ("birth_year",)

    def thresholds(self) -> Iterator[tuple[str, float]]:
        yield "birth_year", self.years

    def compile(self, context: Context) -> Judge:
        test = comparer(self.operator, self.years)

        def ages(case: Case) -> tuple[int, int] | None:
            born = case.patient.birth_year
            if born is None:
                return None
            today = date.fromordinal(case.as_of)
            older = today.year - born
            had_birthday = (today.month, today.day) == (12, 31)
            return older if had_birthday else max(older - 1, 0), older

        def verdict(case: Case) -> int:
            found = ages(case)
            if found is None:
                return UNKNOWN
            answers = {test(age) for age in found}
            return UNKNOWN if len(answers) == 2 else (MET if True in answers else NOT_MET)

        def observe(case: Case) -> list[str]:
            found = ages(case)
            if found is None:
                return ["birth year: not recorded"]
            years = f"{found[0]} or {found[1]}" if found[0] != found[1] else str(found[0])
            return [f"born {case.patient.birth_year}: {years} years old"]

        def needs(case: Case) -> list[Need]:
            if case.patient.birth_year is None:
                return [Need("birth_year", "birth year")]
            return [Need("birth_year", "exact age")] if verdict(case) == UNKNOWN else []

        return Judge(verdict, observe, needs)

    def wording(self) -> str:
        return f"age {self.operator} {self.years} years"
