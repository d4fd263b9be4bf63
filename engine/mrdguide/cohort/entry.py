"""Patients of a cohort before they are read, one or many at a time, and what is said of one that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..patient import Patient
from .arrow_rows import Batch, Row


@dataclass(frozen=True, slots=True)
class Reject:
    """A patient without an answer: the id where it is known, the place in the input, why, and a code.

    The codes are those of `errors.CODES`; `not-usable` of FHIR data that are not about one patient, `no-answer` where an
    answer was reached and must not be trusted, and `fault` of a fault of the program.
    """

    patient: str
    place: str
    reason: str
    code: str

    def to_dict(self) -> dict[str, str]:
        """A line of the rejects file."""
        return {"patient": self.patient, "place": self.place, "reason": self.reason, "code": self.code}


@dataclass(frozen=True, slots=True)
class Resources:
    """The FHIR resources of one patient."""

    items: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient: where it stands in the input, and what stands there; read where it is judged.

    `days` is what the input says of the days to judge on (one, or a list); None where the run says it.
    """

    place: str
    content: Mapping[str, Any] | Patient | Resources | Path | Row | Reject
    days: Any = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Patients who are rows of an Arrow batch, behind each other. Each is made an entry only where it is looked at alone: of millions
    that would take as long as much of judging them.

    `first` is the number of the first row in the source, counted from 1; the days are with the batch.
    """

    source: str
    batch: Batch
    first: int

    def __len__(self) -> int:
        return len(self.batch)

    def entry(self, place: int) -> Entry:
        """One of them."""
        days = self.batch.content.days
        return Entry(
            f"{self.source}: row {self.first + place}",
            Row(self.batch, place),
            days[place] if days is not None else None,
        )

    def some(self, begin: int, end: int) -> Rows:
        """Those from one place to another."""
        if (begin, end) == (0, len(self)):
            return self
        return Rows(self.source, self.batch.part(begin, end), self.first + begin)


# What a source gives: patients one by one, or many at a time.
Given = Entry | Rows


def each(given: Iterable[Given]) -> Iterator[Entry]:
    """Every patient alone."""
    for item in given:
        if isinstance(item, Rows):
            yield from map(item.entry, range(len(item)))
        else:
            yield item


def counted(given: Iterable[Given]) -> int:
    """How many patients there are."""
    return sum(len(item) if isinstance(item, Rows) else 1 for item in given)


class Supply:
    """The patients of sources, taken so many at a time."""

    def __init__(self, given: Iterable[Given]) -> None:
        self._given, self._left = iter(given), list[Given]()

    def take(self, most: int) -> list[Given]:
        """The next ones, fewer than asked for only where there are no more."""
        taken: list[Given] = []
        while most and (item := self._next()) is not None:
            if isinstance(item, Rows) and len(item) > most:
                self._left.append(item.some(most, len(item)))
                item = item.some(0, most)
            taken.append(item)
            most -= counted([item])
        return taken

    def _next(self) -> Given | None:
        return self._left.pop() if self._left else next(self._given, None)
