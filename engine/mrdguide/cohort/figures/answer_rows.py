"""The file that `cohort run` has written, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...logic.truth import Verdict
from ..answer_columns import METADATA
from ..arrow import needed

# Of a column that is read when it is asked for.
_PIECE = 10_000
FIXED = ("patient", "as_of", "outcome", "settled", "stop_possible", "possible_outcomes")


class AnswerRows:
    """Rows with what their file says of the rules. `table` holds each patient once, on the last of the days judged.

    Columns that are not in the table given are read from `path` when they are asked for, a piece at a time, and not kept.
    """

    def __init__(self, table: Any, about: dict[str, Any], path: Path | None = None) -> None:
        self.about = about
        self.every_day = table
        self._places = _last_days(table)
        self.table = table if self._places is None else table.take(self._places)
        self.count: int = self.table.num_rows
        self._path = path
        self._schema = table.schema if path is None else _file(path).schema_arrow

    @property
    def several_days(self) -> bool:
        """Whether some patient was judged on more than one day."""
        return bool(self.every_day.num_rows > self.count)

    def values(self, name: str) -> list[Any]:
        """A column as plain data."""
        return list(self.each(name))

    def each(self, name: str) -> Iterator[Any]:
        """The values of a column, for those of which all at once would be too many."""
        if name in self.table.column_names or self._path is None:
            yield from self.table[name].to_pylist()
            return
        numpy = needed("numpy")
        begins = 0
        for batch in _file(self._path).iter_batches(_PIECE, columns=[name]):
            column, ends = batch.column(0), begins + batch.num_rows
            if self._places is not None:
                first, last = numpy.searchsorted(self._places, [begins, ends])
                column = column.take(self._places[first:last] - begins)
            yield from column.to_pylist()
            begins = ends

    def mask(self, name: str, verdict: Verdict) -> Any:
        """Whose verdict it is, as a mask of all patients.

        Raises:
            UsageError: the rows have no verdict of this name.
        """
        if name not in self.verdicts:
            from ...reading.validation import closest

            hint = closest(name, self.verdicts) or "`mrdguide rules list` shows them"
            raise UsageError(f"the rows have no verdict '{name}'; {hint}")
        words = needed("numpy").array(self.values(name), dtype=object)
        return words == verdict.value

    @property
    def verdicts(self) -> list[str]:
        """The names of the columns that are verdicts."""
        types = needed("pyarrow").types
        return [field.name for field in self._schema if types.is_dictionary(field.type)]

    def title(self, name: str) -> str:
        """What a verdict, outcome or study is called."""
        kind, _, rest = name.rpartition(":")
        outcomes = {item["id"]: item["title"] for item in [*self.about["outcomes"], self.about["open"]]}
        titles = self.about["titles"]
        return str(
            titles.get(name) or outcomes.get(rest) or self.about["protocols"].get(rest) or (f"{kind} {rest}".strip())
        )

    @property
    def rejected(self) -> int:
        """How many patients of the inputs could not be read, and have no row."""
        return int(self.about.get("rejected", 0))

    @property
    def stopping(self) -> list[str]:
        """The outcomes that open the way to stopping."""
        return [item["id"] for item in self.about["outcomes"] if item["stop"]]


def read_answers(path: Path, columns: Sequence[str] | None = ()) -> AnswerRows:
    """The rows of a file: these columns (None: all) and those that every row has at once, others when they are asked for.

    Raises:
        UsageError: it cannot be read, or `mrdguide cohort run` did not write it.
    """
    file = _file(path)
    about = (file.schema_arrow.metadata or {}).get(METADATA)
    if about is None or any(name not in file.schema_arrow.names for name in FIXED):
        raise UsageError(f"{path} was not written by 'mrdguide cohort run'; give the file that it wrote")
    try:
        table = file.read(None if columns is None else [*FIXED, *columns])
    except (OSError, needed("pyarrow").ArrowException) as error:
        raise _not_read(path, error) from None
    return AnswerRows(table, json.loads(about), path)


def _file(path: Path) -> Any:
    try:
        return needed("pyarrow.parquet").ParquetFile(path)
    except (OSError, needed("pyarrow").ArrowException) as error:
        raise _not_read(path, error) from None


def _not_read(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return UsageError(f"{path} cannot be read as Parquet: {reason}")


def _last_days(table: Any) -> Any:
    """The places of each patient's last day, in the order of the file; None where everybody has one day."""
    last: dict[str, tuple[Any, int]] = {}
    for place, (patient, day) in enumerate(zip(table["patient"].to_pylist(), table["as_of"].to_pylist(), strict=True)):
        if patient not in last or day > last[patient][0]:
            last[patient] = (day, place)
    if len(last) == table.num_rows:
        return None
    return needed("numpy").array(sorted(place for _, place in last.values()))
