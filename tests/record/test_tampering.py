"""Whatever is changed in a record behind its back is found."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

import mrdguide
from mrdguide.errors import RecordError
from mrdguide.record import DecisionStore
from mrdguide.record.tables import ENTRIES

from . import tampering

_COLUMNS = [column.name for column in ENTRIES.columns]


def problems(path: Path, expected_head: str | None = None) -> list[str]:
    with DecisionStore(path, create=False) as store:
        return [str(problem) for problem in store.verify(expected_head)]


class TestTampering:
    def test_nothing_is_found_where_nothing_was_changed(self, five: Path) -> None:
        with tampering(five):
            pass
        assert problems(five) == []

    @pytest.mark.parametrize("number", [1, 3, 5])
    @pytest.mark.parametrize("column", _COLUMNS)
    def test_any_change_of_any_column_is_found(self, five: Path, column: str, number: int) -> None:
        with tampering(five) as connection:
            old = connection.execute(f"SELECT {column} FROM mrdguide_entries WHERE number = {number}").fetchone()[0]
            other: Any = old + 70 if isinstance(old, int) else "0" if old is None else old + " "
            connection.execute(f"UPDATE mrdguide_entries SET {column} = ? WHERE number = {number}", (other,))
        said = problems(five)
        if column != "number":
            assert any(f"entry {number}: its content was changed" in line for line in said)
        elif number < 5:
            assert any(f"entry {number} is missing" in line for line in said)
        else:
            assert any("entries 5 to 74 are missing" in line for line in said)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        column=st.sampled_from(_COLUMNS[1:]), number=st.integers(1, 5),
        value=st.none() | st.integers(-9, 9) | st.text(max_size=5) | st.binary(max_size=5) | st.floats(allow_nan=False),
    )  # fmt: skip
    def test_whatever_is_written_over_it(self, five: Path, column: str, number: int, value: Any) -> None:
        copy = five.with_name("copy.db")
        shutil.copy(five, copy)
        where = f"FROM mrdguide_entries WHERE number = {number}"
        with tampering(copy) as connection:
            old = connection.execute(f"SELECT {column} {where}").fetchone()
            try:
                connection.execute(f"UPDATE mrdguide_entries SET {column} = ? WHERE number = {number}", (value,))
            except (sqlite3.IntegrityError, UnicodeEncodeError):
                return  # the table itself refuses
            new = connection.execute(f"SELECT {column} {where}").fetchone()
        assert (problems(copy) == []) is (repr(old) == repr(new))

    def test_text_that_is_none_is_found(self, five: Path) -> None:
        with tampering(five) as connection:
            connection.execute("UPDATE mrdguide_entries SET source = CAST(x'ff' AS TEXT) WHERE number = 2")
        assert any("entry 2: its content was changed" in line for line in problems(five))

    @pytest.mark.parametrize("spelling", ['[ "{}"]', '["{}",1]', "{}", ""])
    def test_outcomes_written_another_way_are_found(self, five: Path, spelling: str) -> None:
        with tampering(five) as connection:
            connection.execute("UPDATE mrdguide_entries SET possible_outcomes = ? WHERE number = 2", (spelling,))
        assert any("entry 2: its content was changed" in line for line in problems(five))

    def test_an_entry_with_its_hash_made_to_fit_breaks_the_chain_behind_it(self, five: Path) -> None:
        self._forge(five, 2)
        assert [line.partition(": ")[2] for line in problems(five)] == [
            "entry 3: the chain is broken here: it does not follow the entry before it"
        ]

    def test_a_forged_last_entry_is_found_by_the_head(self, five: Path) -> None:
        head = self._head(five)
        self._forge(five, 5)
        assert problems(five) == []
        assert any(head in line for line in problems(five, head))

    def test_a_missing_entry_is_found(self, five: Path) -> None:
        self._execute(five, "DELETE FROM mrdguide_entries WHERE number IN (2, 3)")
        assert [line.rpartition(": ")[2] for line in problems(five)] == ["entries 2 to 3 are missing"]

    def test_a_missing_beginning_is_found(self, five: Path) -> None:
        self._execute(five, "DELETE FROM mrdguide_entries WHERE number = 1")
        assert [line.rpartition(": ")[2] for line in problems(five)] == ["entry 1 is missing"]

    @pytest.mark.parametrize("kept", [4, 2, 0])
    def test_entries_taken_off_the_end_are_found_by_the_head(self, five: Path, kept: int) -> None:
        head = self._head(five)
        assert problems(five, head) == []
        self._execute(five, f"DELETE FROM mrdguide_entries WHERE number > {kept}")
        assert problems(five) == []
        assert any("removed or replaced" in line for line in problems(five, head))

    def test_an_earlier_head_is_still_in_a_longer_record(self, five: Path, found: mrdguide.Recommendation) -> None:
        head = self._head(five)
        with DecisionStore(five) as store:
            store.append(found, "test")
        assert problems(five, head) == []

    def test_an_entry_before_the_first_is_found(self, five: Path) -> None:
        columns = ", ".join(_COLUMNS[1:-1])
        self._execute(
            five,
            f"INSERT INTO mrdguide_entries (number, {columns}, entry_hash) "
            f"SELECT 0, {columns}, 'x' FROM mrdguide_entries WHERE number = 1",
        )
        assert any("entry 0: it is out of place" in line for line in problems(five))

    def test_another_salt_is_found(self, five: Path) -> None:
        self._execute(five, "UPDATE mrdguide_store SET salt = 'other'")
        assert any("entry 1: the chain is broken here" in line for line in problems(five))

    @pytest.mark.parametrize("guard", ["entries_update", "entries_delete", "entries_insert", "store_update"])
    def test_a_lost_guard_is_found(self, five: Path, guard: str) -> None:
        name = f"mrdguide_guard_{guard}"
        with closing(sqlite3.connect(five)) as connection:
            connection.execute(f"DROP TRIGGER {name}")
        assert [name in line for line in problems(five)] == [True]
        with closing(sqlite3.connect(five)) as connection:
            connection.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON mrdguide_entries BEGIN SELECT 1; END")
        assert [name in line for line in problems(five)] == [True]

    def test_a_tampered_entry_is_not_replayed_and_an_unreadable_one_not_shown(self, five: Path) -> None:
        self._execute(five, "UPDATE mrdguide_entries SET outcome = 'continue' WHERE number = 1")
        self._execute(five, "UPDATE mrdguide_entries SET cross_checked = 7 WHERE number = 2")
        with DecisionStore(five) as store:
            assert not store.entry(1).intact
            with pytest.raises(RecordError, match="entry 1 was changed"):
                store.replay(1)
            with pytest.raises(RecordError, match="entry 2 cannot be read: cross_checked"):
                store.entry(2)

    def _head(self, path: Path) -> str:
        with DecisionStore(path) as store:
            return store.head

    def _execute(self, path: Path, statement: str) -> None:
        with tampering(path) as connection:
            assert connection.execute(statement).rowcount > 0

    def _forge(self, path: Path, number: int) -> None:
        with DecisionStore(path) as store:
            forged = replace(store.entry(number), outcome="continue").sealed()
        with tampering(path) as connection:
            connection.execute(
                "UPDATE mrdguide_entries SET outcome = ?, entry_hash = ? WHERE number = ?",
                (forged.outcome, forged.entry_hash, number),
            )


class TestGuards:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE mrdguide_entries SET outcome = 'continue'",
            "UPDATE OR REPLACE mrdguide_entries SET number = 1 WHERE number = 2",
            "DELETE FROM mrdguide_entries WHERE number = 5",
            "REPLACE INTO mrdguide_entries SELECT * FROM mrdguide_entries WHERE number = 2",
            "INSERT OR IGNORE INTO mrdguide_entries SELECT * FROM mrdguide_entries WHERE number = 2",
            "UPDATE mrdguide_store SET salt = ''",
            "DELETE FROM mrdguide_store",
            "REPLACE INTO mrdguide_store VALUES (1, 1, '')",
        ],
    )
    def test_history_is_not_rewritten_by_mistake(self, five: Path, statement: str) -> None:
        with closing(sqlite3.connect(five)) as connection:
            before = list(connection.iterdump())
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
            connection.rollback()
            assert list(connection.iterdump()) == before

    @pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2)])
    def test_what_is_acknowledged_is_on_disk(self, five: Path, name: str, value: str | int) -> None:
        """A lost power supply cannot be tried here; what the promise hangs on can."""

        def pragma(connection: Connection) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        with DecisionStore(five) as store:
            assert store._database.read(pragma) == value
