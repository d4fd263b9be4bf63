"""A count of patients, and a sum of such counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A count; `key` is of the patients counted."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Sum:
    """That the parts make up the whole, each patient in one of them; `empty` are the parts in which nobody is. `in_a_row`: the parts say
    how the whole is made up, so that with a small whole the empty ones are hidden too."""

    whole: Cell
    parts: tuple[Cell, ...]
    empty: tuple[Cell, ...] = ()
    in_a_row: bool = False
