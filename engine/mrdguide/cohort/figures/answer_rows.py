"""The file that `cohort run` has written, column by column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...logic.truth import Verdict
from ..answer_columns import METADATA
from ..arrow import needed

FIXED = ("patient", "as_of", "outcome", "settled", "stop_possible", "possible_outcomes")


class AnswerRows:
    """Rows with what their file says of the rules. `table` holds each patient once, on the last of the days judged."""

    def __init__(self, table: Any, about: dict[str, Any]) -> None:
        self.about = about
        self.every_day = table
        self.table = _last_days(table)
        self.count: int = self.table.num_rows

    @property
    def several_days(self) -> bool:
        """Whether some patient was judged on more than one day."""
        return bool(self.every_day.num_rows > self.count)

    def values(self, name: str) -> list[Any]:
        """A column as plain data."""
        return list(self.table[name].to_pylist())

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
        return [field.name for field in self.table.schema if types.is_dictionary(field.type)]

    def title(self, name: str) -> str:
        """What a verdict, outcome or study is called."""
        kind, _, rest = name.rpartition(":")
        outcomes = {item["id"]: item["title"] for item in [*self.about["outcomes"], self.about["open"]]}
        titles = self.about["titles"]
        return str(
            titles.get(name) or outcomes.get(rest) or self.about["protocols"].get(rest) or (f"{kind} {rest}".strip())
        )

    @property
    def stopping(self) -> list[str]:
        """The outcomes that open the way to stopping."""
        return [item["id"] for item in self.about["outcomes"] if item["stop"]]


def read_answers(path: Path, columns: Sequence[str] | None = None) -> AnswerRows:
    """The rows of a file, with these columns besides those that every row has (None: with all).

    Raises:
        UsageError: it cannot be read, or `mrdguide cohort run` did not write it.
    """
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    try:
        table = parquet.read_table(path, columns=None if columns is None else [*FIXED, *columns])
    except (OSError, arrow.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise UsageError(f"{path} cannot be read as Parquet: {reason}") from None
    about = (table.schema.metadata or {}).get(METADATA)
    if about is None or any(name not in table.column_names for name in FIXED):
        raise UsageError(f"{path} was not written by 'mrdguide cohort run'; give the file that it wrote")
    return AnswerRows(table, json.loads(about))


def _last_days(table: Any) -> Any:
    """Each patient on the last day, in the order of the file."""
    last: dict[str, tuple[Any, int]] = {}
    for place, (patient, day) in enumerate(zip(table["patient"].to_pylist(), table["as_of"].to_pylist(), strict=True)):
        if patient not in last or day > last[patient][0]:
            last[patient] = (day, place)
    return table if len(last) == table.num_rows else table.take([place for _, place in last.values()])
