"""The decision record keeps what was answered, and nobody's name."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import mrdguide
from mrdguide.answer.provenance import Provenance
from mrdguide.errors import MrdguideError, RecordError, UsageError
from mrdguide.record import DecisionStore
from mrdguide.record.tables import ENTRIES

from . import DAY, PATIENT_ID, tampering


class TestAppend:
    def test_an_entry_holds_what_the_answer_rests_on(
        self, store: DecisionStore, found: mrdguide.Recommendation
    ) -> None:
        entry = store.append(found, "cds-hooks")
        provenance = found.provenance
        assert (entry.number, entry.kind, entry.source, entry.as_of) == (1, "evaluation", "cds-hooks", DAY)
        for name in ("input_hash", "rules_name", "rules_version", "rules_hash", "engine_version", "cross_checked"):
            assert getattr(entry, name) == getattr(provenance, name)
        assert (entry.outcome, entry.possible_outcomes) == (found.outcome, found.possible_outcomes)
        assert entry.recommendation_hash == hashlib.sha256(found.to_json(indent=None).encode()).hexdigest()
        assert entry.pseudonym == store.pseudonym(PATIENT_ID)
        assert store.entry(1) == entry == store.entry(entry.entry_hash)

    def test_each_entry_follows_the_one_before(self, store: DecisionStore, found: mrdguide.Recommendation) -> None:
        empty = store.head
        first, second = store.append(found, "test"), store.append(found, "test")
        third = store.append_feedback(second.entry_hash, "agreed")
        assert [first.previous_hash, second.previous_hash, third.previous_hash] == [
            empty, first.entry_hash, second.entry_hash,
        ]  # fmt: skip
        assert store.head == third.entry_hash
        assert list(store.entries()) == [first, second, third]
        assert list(store.entries(2, 2)) == [second]
        assert list(store.entries(first=3)) == list(store.feedback_on(2)) == [third]
        assert store.verify() == []

    def test_the_same_answer_twice_is_two_entries(self, store: DecisionStore, found: mrdguide.Recommendation) -> None:
        first, second = store.append(found, "test"), store.append(found, "test")
        assert (first.number, second.number) == (1, 2)
        assert first.recommendation_hash == second.recommendation_hash
        assert first.entry_hash != second.entry_hash

    def test_the_time_is_the_clocks_in_utc(self, path: Path, found: mrdguide.Recommendation) -> None:
        here = timezone(timedelta(hours=2))
        with DecisionStore(path, clock=lambda: datetime(2026, 11, 21, 1, 30, tzinfo=here)) as store:
            assert store.append(found, "test").recorded == "2026-11-20T23:30:00.000000Z"

    def test_without_a_clock_it_is_now(self, store: DecisionStore, found: mrdguide.Recommendation) -> None:
        before = datetime.now(UTC)
        recorded = datetime.fromisoformat(store.append(found, "test").recorded)
        assert before <= recorded <= datetime.now(UTC)

    def test_feedback_keeps_its_body(self, store: DecisionStore, found: mrdguide.Recommendation) -> None:
        store.append(found, "test")
        entry = store.append_feedback(1, {"outcome": "accepted", "note": "für später"}, "cds-hooks")
        assert (entry.kind, entry.about, entry.source, entry.outcome) == ("feedback", 1, "cds-hooks", None)
        assert json.loads(entry.body or "") == {"outcome": "accepted", "note": "für später"}

    @pytest.mark.parametrize("about", [0, 2, -1, 10**30, "f" * 64, ""])
    def test_feedback_on_what_is_not_there_is_refused(
        self, store: DecisionStore, found: mrdguide.Recommendation, about: int | str
    ) -> None:
        store.append(found, "test")
        with pytest.raises(UsageError, match="there is no entry"):
            store.append_feedback(about, "agreed")
        assert len(list(store.entries())) == 1

    def test_feedback_on_feedback_is_refused(self, five: Path) -> None:
        with DecisionStore(five) as store, pytest.raises(UsageError, match="is no evaluation"):
            store.append_feedback(3, "agreed")

    def test_feedback_that_is_no_json_is_refused(self, five: Path) -> None:
        with DecisionStore(five) as store, pytest.raises(UsageError, match="text or a JSON object"):
            store.append_feedback(1, {"when": datetime.now(UTC)})

    @pytest.mark.parametrize("source", ["", "x" * 101, "two\nlines"])
    def test_a_source_that_is_none_is_refused(
        self, store: DecisionStore, found: mrdguide.Recommendation, source: str
    ) -> None:
        with pytest.raises(UsageError, match="source of an entry"):
            store.append(found, source)

    def test_more_than_a_page_of_entries(
        self, store: DecisionStore, found: mrdguide.Recommendation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mrdguide.record.store._PAGE", 3)
        for _ in range(7):
            store.append(found, "test")
        assert [entry.number for entry in store.entries()] == [1, 2, 3, 4, 5, 6, 7]
        assert [entry.number for entry in store.entries(2, 6)] == [2, 3, 4, 5, 6]
        assert store.verify() == []


class TestPrivacy:
    def test_the_id_is_nowhere_unless_the_input_is_kept(self, tmp_path: Path, found: mrdguide.Recommendation) -> None:
        for keep in (False, True):
            folder = tmp_path / f"keep-{keep}"
            folder.mkdir()
            with DecisionStore(folder / "r.db", keep_input=keep) as store:
                entry = store.append(found, "test")
                while_open = _bytes(folder)
            assert entry.entry_hash.encode() in while_open
            assert (PATIENT_ID.encode() in while_open) is keep
            assert (PATIENT_ID.encode() in _bytes(folder)) is keep

    def test_another_store_has_another_pseudonym(self, tmp_path: Path) -> None:
        with DecisionStore(tmp_path / "a.db") as first, DecisionStore(tmp_path / "b.db") as second:
            assert first.pseudonym("x") != second.pseudonym("x")
            assert first.pseudonym("x") != hashlib.sha256(b"x").hexdigest()
            assert first.pseudonym("x") != first.pseudonym("y")
        with DecisionStore(tmp_path / "a.db") as again:
            assert again.pseudonym("x") == first.pseudonym("x")

    def test_a_refused_write_tells_nothing_of_the_patient(
        self, path: Path, found: mrdguide.Recommendation, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        refuse = "CREATE TRIGGER no BEFORE INSERT ON mrdguide_entries BEGIN SELECT RAISE(ABORT, 'full'); END"
        with DecisionStore(path, keep_input=True) as store:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute(refuse)
            with pytest.raises(RecordError, match="full") as caught:
                store.append(found, "test")
            pseudonym = store.pseudonym(PATIENT_ID)
        told = "".join(traceback.format_exception(caught.value)) + str(caught.value.__context__) + caplog.text
        assert "INSERT INTO mrdguide_entries" in told
        assert PATIENT_ID not in told
        assert pseudonym not in told

    def test_a_new_file_is_its_owners_alone(self, store: DecisionStore, path: Path) -> None:
        assert store.name == str(path)
        assert path.stat().st_mode & 0o077 == 0


def _bytes(folder: Path) -> bytes:
    """Of the record and of all that SQLite keeps beside it."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


class TestExport:
    def test_a_line_for_each_entry_from_which_the_chain_can_be_worked_out(self, five: Path) -> None:
        stream = io.StringIO()
        with DecisionStore(five) as store:
            assert store.export(stream) == 5
            entries = list(store.entries())
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert lines == [entry.to_dict() for entry in entries]
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            plain = {name: value for name, value in line.items() if name != "entry_hash"}
            text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
            assert hashlib.sha256(text.encode()).hexdigest() == line["entry_hash"]
            assert following is None or following["previous_hash"] == line["entry_hash"]
        assert json.loads(lines[0]["input"])["id"] == PATIENT_ID


class TestOpening:
    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("", "needs the path"),
            ("sqlite://", "in memory"),
            ("sqlite:///:memory:", "in memory"),
            ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
            ("mysql://host/db", "not in mysql"),
            ("://", "cannot be read"),
            ("/no/such/folder/records.db", "No such file"),
        ],
    )
    def test_what_can_hold_no_record(self, url: str, why: str) -> None:
        with pytest.raises(UsageError, match=why):
            DecisionStore(url)

    def test_a_password_is_not_shown(self) -> None:
        """Nobody listens there; without a driver the refusal comes earlier."""
        with pytest.raises(MrdguideError, match="somebody") as caught:
            DecisionStore("postgresql://somebody:secret@127.0.0.1:1/none")
        assert "secret" not in str(caught.value)

    def test_where_there_is_none(self, path: Path) -> None:
        with pytest.raises(UsageError, match="there is no record at"):
            DecisionStore(path, create=False)
        assert not path.exists()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE other (x)")
        with pytest.raises(UsageError, match="holds no decision record"):
            DecisionStore(path, create=False)

    def test_an_archived_copy_that_cannot_be_written_is_read(
        self, five: Path, found: mrdguide.Recommendation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root may write everywhere, so what the system would answer to others is put in its place."""
        archive = five.parent / "of 100% #1?"
        archive.mkdir()
        copy = five.rename(archive / "records.db")
        before = copy.read_bytes()
        monkeypatch.setattr("mrdguide.record.database.os.access", lambda *_: False)
        with DecisionStore(copy, create=False) as store:
            assert store.verify(store.head) == []
            assert len(list(store.entries())) == 5
            with pytest.raises(RecordError, match="readonly database"):
                store.append(found, "test")
            assert [item.name for item in archive.iterdir()] == ["records.db"]
        assert copy.read_bytes() == before

    def test_what_is_still_in_the_log_is_not_passed_over(
        self, path: Path, found: mrdguide.Recommendation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with DecisionStore(path) as writer:
            writer.append(found, "test")
            monkeypatch.setattr("mrdguide.record.database.os.access", lambda *_: False)
            with DecisionStore(path, create=False) as reader:
                assert [entry.number for entry in reader.entries()] == [1]

    def test_a_file_that_is_no_database(self, path: Path) -> None:
        path.write_text("id: not a database, only a text that is long enough\n" * 40, encoding="utf-8")
        with pytest.raises(RecordError, match="not a database"):
            DecisionStore(path)

    @pytest.mark.parametrize("spelling", [str, Path, lambda path: f"sqlite:///{path}"])
    def test_path_and_url_mean_the_same(self, five: Path, spelling: Callable[[Path], str | Path]) -> None:
        with DecisionStore(spelling(five), create=False) as store:
            assert len(list(store.entries())) == 5

    def test_a_format_of_the_future(self, five: Path) -> None:
        with tampering(five) as connection:
            connection.execute("UPDATE mrdguide_store SET format = 2")
        with pytest.raises(UsageError, match="another version of mrdguide"):
            DecisionStore(five)

    def test_a_lost_salt(self, five: Path) -> None:
        with tampering(five) as connection:
            connection.execute("DELETE FROM mrdguide_store")
        with pytest.raises(RecordError, match="salt of the record is gone"):
            DecisionStore(five)

    def test_without_sqlalchemy_it_says_what_to_install(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "mrdguide.record.database", raising=False)
        monkeypatch.delitem(sys.modules, "mrdguide.record.tables", raising=False)
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)
        with pytest.raises(UsageError, match=r"pip install 'mrdguide\[service\]'"):
            DecisionStore(path)
        with pytest.raises(UsageError, match=r"pip install 'mrdguide\[postgres\]'"):
            DecisionStore("postgresql://nobody@localhost/none")


def test_the_record_keeps_all_that_provenance_names() -> None:
    """A version that provenance comes to name must come into the record too, or a replay could not name it."""
    assert set(Provenance.__slots__) <= {column.name for column in ENTRIES.columns}
