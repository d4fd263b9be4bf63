"""A batch of an Arrow table of profiles, and one row of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .arrow import needed


class Batch:
    """An Arrow batch that takes only its own rows along to another process, and not the table that it is a part of."""

    def __init__(self, batch: Any) -> None:
        self.rows = batch

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def some(self, places: Any) -> Any:
        """Some rows; where they are all, as they are."""
        if places.size == len(self) and (places[1:] == places[:-1] + 1).all():
            return self.rows
        return self.rows.take(needed("pyarrow").array(places))

    def part(self, begin: int, end: int) -> Batch:
        """The rows from one place to another, without a copy."""
        return Batch(self.rows.slice(begin, end - begin))

    def __reduce__(self) -> tuple[Any, ...]:
        arrow, ipc = needed("pyarrow"), needed("pyarrow.ipc")
        out = arrow.BufferOutputStream()
        with ipc.new_stream(out, self.rows.schema) as writer:
            writer.write_batch(self.rows)
        return _batch_of, (out.getvalue().to_pybytes(),)


def _batch_of(content: bytes) -> Batch:
    return Batch(needed("pyarrow.ipc").open_stream(content).read_next_batch())


@dataclass(frozen=True, slots=True)
class Row:
    """One row, read with its batch where that is possible."""

    batch: Batch
    place: int

    def values(self) -> dict[str, Any]:
        """The cells of the row by the names of their columns."""
        found: dict[str, Any] = self.batch.rows.slice(self.place, 1).to_pylist()[0]
        return found
