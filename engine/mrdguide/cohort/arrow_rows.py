"""A batch of an Arrow table of profiles, and one row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .arrow import needed


class Content(NamedTuple):
    """An Arrow batch, and what its column of days says of each row: one day to judge on, or a list. None without such a column."""

    rows: Any
    days: Sequence[Any] | None

    @classmethod
    def of(cls, batch: Any, as_of_column: str | None) -> Content:
        """Apart what a profile holds and on which days it is judged."""
        if as_of_column is None:
            return cls(batch, None)
        return cls(batch.drop_columns([as_of_column]), batch.column(as_of_column).to_pylist())

    def part(self, begin: int, end: int) -> Content:
        """The rows from one place to another, without a copy."""
        days = self.days[begin:end] if self.days is not None else None
        return Content(self.rows.slice(begin, end - begin), days)


class Batch:
    """Rows of a batch. It takes only these along to another process, and not the table that they are a part of."""

    content: Content

    def __init__(self, rows: Any, days: Sequence[Any] | None = None) -> None:
        self.content = Content(rows, days)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @property
    def rows(self) -> Any:
        """The rows as an Arrow batch."""
        return self.content.rows

    def some(self, places: Any) -> Any:
        """Some rows; where they are all, as they are."""
        if places.size == len(self) and (places[1:] == places[:-1] + 1).all():
            return self.rows
        return self.rows.take(needed("pyarrow").array(places))

    def part(self, begin: int, end: int) -> Batch:
        """The rows from one place to another, without a copy."""
        return Batch(*self.content.part(begin, end))

    def __reduce__(self) -> tuple[Any, ...]:
        return _batch_of, (as_bytes(self.rows), self.content.days)


def as_bytes(rows: Any) -> bytes:
    """A batch or a table as a stream of Arrow: as pickled, each of its buffers would be written and read by itself."""
    out = needed("pyarrow").BufferOutputStream()
    with needed("pyarrow.ipc").new_stream(out, rows.schema) as writer:
        writer.write(rows)
    return bytes(out.getvalue().to_pybytes())


def _batch_of(content: bytes, days: Sequence[Any] | None) -> Batch:
    return Batch(needed("pyarrow.ipc").open_stream(content).read_next_batch(), days)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, read with its batch where that is possible."""

    batch: Batch
    place: int

    def values(self) -> dict[str, Any]:
        """The cells of the row by the names of their columns."""
        found: dict[str, Any] = self.batch.rows.slice(self.place, 1).to_pylist()[0]
        return found
