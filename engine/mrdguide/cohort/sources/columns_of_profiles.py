"""Profiles as columns: Parquet files, Arrow files and streams, and tables in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..arrow import needed
from ..arrow_rows import Batch, Content
from ..entry import Given, Rows
from ..parquet_rows import InFile, groups_of, not_whole, opened_parquet
from ..profile_columns import check_columns

ARROW = (".arrow", ".arrows", ".feather", ".ipc")
_ROWS = 20_000


class ParquetProfiles:
    """One Parquet file. Its rows are read where they are judged; of row groups too large for that here, part by part."""

    def __init__(self, path: Path, as_of_column: str | None) -> None:
        self.files: tuple[Path, ...] = (path,)
        self._path, self._as_of_column = path, as_of_column

    def count(self) -> int:
        with opened_parquet(self._path) as file:
            return int(file.metadata.num_rows)

    def entries(self) -> Iterator[Given]:
        with opened_parquet(self._path) as file:
            check_columns(file.schema_arrow, str(self._path), self._as_of_column)
            found = groups_of(self._path, file.metadata, _ROWS, self._as_of_column)
            if not found:
                batches = _whole(file.iter_batches(_ROWS), self._path)
                yield from rows_of(batches, str(self._path), self._as_of_column)
            first = 1
            for groups, size in found:
                yield Rows(str(self._path), InFile(groups, 0, size), first)
                first += size


class ArrowProfiles:
    """One Arrow file or stream."""

    def __init__(self, path: Path, as_of_column: str | None) -> None:
        self.files: tuple[Path, ...] = (path,)
        self._path, self._as_of_column = path, as_of_column

    def count(self) -> None:
        """A stream does not say."""

    def entries(self) -> Iterator[Given]:
        arrow = needed("pyarrow")
        ipc = needed("pyarrow.ipc")
        try:
            with arrow.memory_map(str(self._path)) as data:
                magic = data.read(6)
                data.seek(0)
                reader = ipc.open_file(data) if magic == b"ARROW1" else ipc.open_stream(data)
                check_columns(reader.schema, str(self._path), self._as_of_column)
                batches = (
                    (reader.get_batch(place) for place in range(reader.num_record_batches))
                    if magic == b"ARROW1"
                    else reader
                )
                yield from rows_of(_whole(batches, self._path), str(self._path), self._as_of_column)
        except (OSError, arrow.ArrowException) as error:
            raise not_whole(self._path, error) from None


def rows_of(batches: Iterable[Any], source: str, as_of_column: str | None) -> Iterator[Rows]:
    """The patients of Arrow batches whose columns have been checked."""
    number = 1
    for batch in batches:
        yield Rows(source, Batch(*Content.of(batch, as_of_column)), number)
        number += batch.num_rows


def _whole(batches: Iterable[Any], path: Path) -> Iterator[Any]:
    arrow = needed("pyarrow")
    found = iter(batches)
    while True:
        try:
            batch = next(found)
        except StopIteration:
            return
        except (OSError, arrow.ArrowException) as error:
            raise not_whole(path, error) from None
        yield batch
