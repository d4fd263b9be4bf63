"""How the rows of a cohort were judged: by column or one by one, and how far the second engine went along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .columns import Judged

# The reason of rows that are not worth what judging by column costs at its start.
FEW = "too few together to be judged by column"


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of rows; two are added by `+`.

    by_column: rows that were judged by column
    one_by_one: rows that went through the one-patient engine, by the reason
    by_operator: verdicts of rows judged by column that an operator gave patient by patient, by its keyword
    no_meaning: those of these operators that have no column meaning at all
    inferred: from how many different inputs durable-rules inferred conclusions of rows judged by column, in the part that had
        most; None where it is not installed, 0 where nothing was judged by column
    """

    by_column: int = 0
    one_by_one: Mapping[str, int] = field(default_factory=dict)
    by_operator: Mapping[str, int] = field(default_factory=dict)
    no_meaning: Sequence[str] = ()
    inferred: int | None = 0

    def __add__(self, other: Tally) -> Tally:
        known = self.inferred is not None and other.inferred is not None
        return Tally(
            self.by_column + other.by_column,
            _sum(self.one_by_one, other.one_by_one),
            _sum(self.by_operator, other.by_operator),
            sorted({*self.no_meaning, *other.no_meaning}),
            max(self.inferred or 0, other.inferred or 0) if known else None,
        )

    @classmethod
    def of(cls, judged: Judged) -> Tally:
        """Of patients who were judged by column."""
        from .columns.operators import meanings

        reasons, by_operator = dict(judged.by_engine.reasons), dict(judged.by_operator)
        return cls(
            int(judged.outcome.size) - sum(reasons.values()),
            reasons,
            by_operator,
            sorted(set(by_operator) - set(meanings())),
            judged.inferred if judged.cross_checked else None,
        )

    def lines(self) -> Iterator[str]:
        """The same in words; nothing where all rows were so few."""
        if not self.by_column and set(self.one_by_one) <= {FEW}:
            return
        reasons = ", ".join(f"{reason}: {count:,}" for reason, count in sorted(self.one_by_one.items()))
        yield f"{self.by_column:,} rows judged by column, {sum(self.one_by_one.values()):,} one by one" + (
            f" ({reasons})" if reasons else ""
        )
        if self.by_operator:
            given = ", ".join(
                f"{name} {count:,}{' (it has no column meaning)' if name in self.no_meaning else ''}"
                for name, count in sorted(self.by_operator.items())
            )
            yield f"verdicts of rows by column that were given one by one: {given}"
        if self.inferred is None:
            yield "not cross-checked: durable-rules is not installed"
        elif self.by_column:
            yield f"durable-rules concluded the same of every row, from {self.inferred:,} different inputs at most in a group"


def _sum(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(some) + Counter(others))
