"""A folder of OMOP tables (CSV, or tab-separated as vocabularies are handed out): one entry for each person.

OMOP does not say what an answer in favour of stopping rests on (`cannot_say` in `omop.yaml`), so every record counts as not whole.
Such a cohort shows who certainly is no candidate, who may be one, and what would have to be looked up; never who is.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from ...errors import UsageError
from ...reading.bounded import open_file
from ..entry import Entry, Resources
from .omop_resources import Concept, Concepts, Row, concept_ids, form, not_whole, patient, resource

_PERSON, _CONCEPT, _CONDITIONS = "person", "concept", "condition_occurrence"
_LONGEST_CELL = 1_000_000


def is_omop(folder: Path) -> bool:
    """Whether a folder holds OMOP tables: persons and their conditions."""
    found = _tables_in(folder)
    return _PERSON in found and _CONDITIONS in found


class OmopTables:
    """The tables of one folder."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError where there is no concept.csv, without which no code has a meaning."""
        there = _tables_in(folder)
        if _CONCEPT not in there:
            raise UsageError(
                f"{folder}: concept.csv is missing, without which no concept has a meaning; add the concepts that the tables "
                "name (concept_id, concept_name, vocabulary_id, concept_code)"
            )
        self._read = {name: there[name] for name in (_PERSON, _CONCEPT, *form().tables) if name in there}
        self.files = tuple(self._read.values())
        self._lacking = sorted(set(form().tables) - set(there))
        self._of_nobody = 0
        self._unread = sorted(path.name for name, path in there.items() if name not in self._read)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What OMOP cannot say, and which tables were not there or not read: all of it counts as unknown."""
        told = [f"OMOP does not say {text}" for text in form().cannot_say]
        told += [f"not there: {', '.join(f'{name}.csv' for name in self._lacking)}"] * bool(self._lacking)
        told += [f"not read: {', '.join(self._unread)}"] * bool(self._unread)
        told += [f"not used: {self._of_nobody:,} rows of persons that {self._read[_PERSON].name} does not have"] * bool(
            self._of_nobody
        )
        return tuple(told)

    def count(self) -> None:
        """Only reading all of it would tell."""

    def entries(self) -> Iterator[Entry]:
        """Rows are sorted by person on disk, since a table may be larger than memory and is in any order.

        Raises:
            UsageError: a table cannot be read, or lacks a column.
        """
        with (
            TemporaryDirectory(prefix="mrdguide-omop-") as scratch,
            closing(sqlite3.connect(Path(scratch) / "rows")) as rows,
        ):
            persons, named = self._sorted(rows)
            concepts = _concepts(self._read[_CONCEPT], named)
            for number in sorted(persons, key=lambda item: (not item.isdigit(), len(item), item)):
                yield Entry(f"{self._read[_PERSON].name}: {number}", Resources(_resources(rows, number, concepts)))

    def _sorted(self, rows: sqlite3.Connection) -> tuple[set[str], set[str]]:
        """Put every row into the scratch database; who the persons are, and which concepts are named."""
        rows.execute("PRAGMA journal_mode = OFF")
        rows.execute("PRAGMA synchronous = OFF")
        rows.execute("CREATE TABLE found (person TEXT, place INTEGER, kind TEXT, content TEXT)")
        persons: set[str] = set()
        named: set[str] = set()
        for kind, path in self._read.items():
            if kind == _CONCEPT:
                continue
            for place, row in enumerate(_rows(path, ("person_id",))):
                named |= concept_ids(kind, row)
                if kind == _PERSON:
                    persons.add(row["person_id"])
                content = json.dumps({name: value for name, value in row.items() if value})
                rows.execute("INSERT INTO found VALUES (?, ?, ?, ?)", (row["person_id"], place, kind, content))
        rows.execute("CREATE INDEX of_a_person ON found (person)")
        counts = rows.execute("SELECT person, count(*) FROM found GROUP BY person")
        self._of_nobody = sum(count for person, count in counts if person not in persons)
        return persons, named


def _resources(rows: sqlite3.Connection, number: str, concepts: Concepts) -> list[dict[str, object]]:
    found = rows.execute("SELECT kind, content FROM found WHERE person = ? ORDER BY kind, place", (number,))
    made = [
        patient(row, concepts) if kind == _PERSON else resource(kind, row, concepts)
        for kind, row in ((kind, {"person_id": number, **json.loads(content)}) for kind, content in found)
    ]
    return [*made, not_whole("OMOP tables do not say whether they are whole")]


def _tables_in(folder: Path) -> dict[str, Path]:
    """The CSV files of a folder by the names of their tables, whatever the case of letters."""
    return {path.stem.lower(): path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"}


def _concepts(path: Path, named: set[str]) -> dict[str, Concept]:
    """Those of the concepts that some row names."""
    columns = ("concept_id", "concept_name", "vocabulary_id", "concept_code")
    return {
        row["concept_id"]: Concept(row["concept_name"], row["vocabulary_id"], row["concept_code"])
        for row in _rows(path, columns)
        if row["concept_id"] in named
    }


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a table, with the names of columns in small letters.

    Raises:
        UsageError: it cannot be read, lacks a column, or has a row with more or fewer cells.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with open_file(path) as raw:
            lines = (line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(raw))
            first = next(lines, "")
            tabs = "\t" in first
            rows = csv.reader(
                _with(first, lines),
                delimiter="\t" if tabs else ",",
                quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
                strict=True,
            )
            names = [name.strip().lower() for name in next(rows, [])]
            lacking = [name for name in needed if name not in names]
            if lacking:
                raise UsageError(f"{path}: the column {lacking[0]} is missing; it has {', '.join(names) or 'none'}")
            for cells in rows:
                if len(cells) != len(names):
                    raise UsageError(f"{path}, line {rows.line_num}: found {len(cells)} cells, expected {len(names)}")
                yield dict(zip(names, map(str.strip, cells), strict=True))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    except csv.Error as error:
        raise UsageError(
            f"{path}, line {rows.line_num}: {error}; write cells with quotes and line breaks in quotes"
        ) from None


def _with(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
