"""What the columns are laid out from: profiles in whatever form, read field by field of all at once."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from ...patient.profile import Patient
from .kernel import Column

# What is not recorded: no word, no flag; a number is NaN, a date the days 0.
NO_WORD, NO_FLAG = 0, -1


class Dates(NamedTuple):
    """The first and last day of dates, and whether each is recorded."""

    known: Column
    earliest: Column
    latest: Column


class Entries(Protocol):
    """The entries of one list of all profiles behind each other. `owner` is the place of each entry's patient."""

    owner: Column
    names: tuple[str, ...]

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        """A field that holds one of some words, as their numbers."""

    def flags(self, field: str) -> Column:
        """A field that is true (1), false (0) or not recorded."""

    def numbers(self, field: str) -> Column:
        """A field that holds a number; NaN where none is recorded."""

    def quantities(self, field: str, part: str) -> Column:
        """The `value` or the `upper_limit` of a quantity, in its canonical unit; NaN where none is recorded."""

    def dates(self, field: str) -> Dates:
        """A field that holds a date."""

    def end_recorded(self) -> Column:
        """Of therapy: whether the profile says when an entry ended, or that it has not."""

    def doubted(self) -> Column:
        """Whether something is recorded as the date of an entry that it cannot be, so that the date reads as unknown."""

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        """A number for every entry, the same for those with the same in some fields, and for each number an entry that has
        at least these fields."""


class Profiles(Protocol):
    """The profiles of a cohort as they are judged: what cannot be of them reads as unknown (`case.doubts`)."""

    def __len__(self) -> int:
        """How many there are."""

    def coded(self, path: str) -> tuple[dict[Any, int], Column]:
        """A single word or flag of everybody: the values there are with their numbers, and the number of each patient's."""

    def numbers(self, path: str, part: str = "") -> Column:
        """A single number of everybody, or a `part` of a quantity in its canonical unit; NaN where it is not recorded."""

    def dates(self, path: str) -> Dates:
        """A single date of everybody."""

    def may_lack(self, name: str) -> Column:
        """Whether a list of each patient may lack entries, so that what is not in it is unknown."""

    def entries(self, name: str) -> Entries:
        """The entries of a list."""

    def patient(self, place: int) -> Patient:
        """One patient as recorded."""
