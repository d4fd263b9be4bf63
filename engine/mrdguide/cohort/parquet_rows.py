"""Rows of a Parquet file that are still in it: they are read by the process that judges them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..reading.computed import computed
from .arrow import needed
from .arrow_rows import Batch, Content
from .sources.source import stamp_of

PARQUET = (".parquet",)


@dataclass(frozen=True, slots=True)
class Groups:
    """Row groups of a file that follow each other. `as_of_column` holds the days, where there is one; `stamp` is the file's when
    the run began."""

    path: Path
    numbers: tuple[int, ...]
    as_of_column: str | None
    stamp: tuple[int, int]


class InFile(Batch):
    """Rows of row groups, from one place to another. Another process takes their place along, and not the rows."""

    def __init__(self, groups: Groups, begin: int, end: int) -> None:
        self._groups, self._begin, self._end = groups, begin, end

    def __len__(self) -> int:
        return self._end - self._begin

    @computed
    def content(self) -> Content:
        """The rows with their days, read once.

        Raises:
            UsageError: they cannot be read, or the file is another one than when the run began.
        """
        return _read(self._groups).part(self._begin, self._end)

    def part(self, begin: int, end: int) -> InFile:
        return InFile(self._groups, self._begin + begin, self._begin + end)

    def __reduce__(self) -> tuple[Any, ...]:
        return InFile, (self._groups, self._begin, self._end)


def groups_of(path: Path, metadata: Any, most: int, as_of_column: str | None) -> list[tuple[Groups, int]]:
    """The row groups of a file, as many together as have at most so many rows, with the number of these; none of a file in
    which one alone has more.

    Raises:
        OSError: the file is not there any more.
    """
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    if max(sizes, default=0) > most:
        return []
    together: list[list[int]] = [[]]
    for number, size in enumerate(sizes):
        if sum(sizes[item] for item in together[-1]) + size > most:
            together.append([])
        together[-1].append(number)
    stamp = stamp_of(path)
    return [
        (Groups(path, tuple(numbers), as_of_column, stamp), rows)
        for numbers in together
        if (rows := sum(sizes[number] for number in numbers))
    ]


@lru_cache(maxsize=1)
def _read(groups: Groups) -> Content:
    # The last ones are kept: pieces may be smaller, and often come to the same process.
    path = groups.path
    try:
        if stamp_of(path) != groups.stamp:
            raise UsageError(f"{path} has changed while it was read; run again")
        table = _table(groups)
    except (OSError, needed("pyarrow").ArrowException) as error:
        raise not_whole(path, error) from None
    return Content.of(table.to_batches()[0], groups.as_of_column)


def _table(groups: Groups) -> Any:
    """The rows. Words and days are the same again and again: with a dictionary for each column they take half the time to read."""
    parquet = needed("pyarrow.parquet")
    with parquet.ParquetFile(groups.path) as file:
        words = _words(file.schema)
    with parquet.ParquetFile(groups.path, read_dictionary=words) as file:
        # Several at once it does not read into one dictionary.
        found = [file.read_row_group(number) for number in groups.numbers]
    return needed("pyarrow").concat_tables(found).combine_chunks()


def _words(schema: Any) -> list[str]:
    """The columns of text, without the ids, which all differ."""
    columns = [schema.column(number) for number in range(len(schema))]
    return [column.path for column in columns if column.logical_type.type == "STRING" and column.path != "id"]


def opened_parquet(path: Path) -> Any:
    """A Parquet file, of which nothing but its foot has been read.

    Raises:
        UsageError: it cannot be read.
    """
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    try:
        return parquet.ParquetFile(path)
    except (OSError, arrow.ArrowException) as error:
        raise not_whole(path, error) from None


def not_whole(path: Path, error: Exception) -> UsageError:
    """What is told of a file that cannot be read."""
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return UsageError(
        f"{path} cannot be read as {'Parquet' if path.suffix in PARQUET else 'Arrow data'}: {reason}; the file may be cut off"
    )
