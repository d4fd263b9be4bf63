"""The decision record: an append-only table in which every entry carries the hash of the one before it.

What was recorded cannot be changed or taken out unnoticed: `verify` goes along the chain. Only the last entries could be
taken off without a break (as an older copy that is put back does), so whoever wants to rule that out keeps `head` somewhere
else and gives it to `verify`. A store that is open while that happens notices it, and records nothing more.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from ..errors import PatientError, Problem, RecordError, UsageError
from ..patient.canonical import canonical_json, canonical_text, read_canonical
from ..reading import arguments
from ..rulebook.fingerprint import evidence_hash
from .arguments import check_entry, check_number, check_opening, checked_source, with_zone
from .checking import ChainCheck
from .entry import EVALUATION, FEEDBACK, RecordEntry, digest, entry_of, rules_version_of
from .replay import Replay, compared

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from ..patient import Patient
    from ..recommend.recommendation import Recommendation
    from ..rulebook.given import Rules
    from .decision import BoardDecision
    from .expiring import ExpiringTable

_FORMAT = 1
_PAGE = 500
_HIGHEST = 2**63 - 1


def _now() -> datetime:
    return datetime.now(UTC)


class DecisionStore:
    """A record in a SQLite file or a PostgreSQL database. Safe to share between threads; several processes may append.

    No entry holds a patient's id: `pseudonym` is a hash of it with a salt of this store. The salt is in the store, so
    who has the store and a list of ids can still tell which is which. With `keep_input` the whole profile is kept.
    """

    def __init__(
        self,
        url: str | os.PathLike[str] = "sqlite:///mrdguide-records.db",
        *,
        keep_input: bool = False,
        create: bool = True,
        clock: Callable[[], datetime] = _now,
        wait: float = 30.0,
    ) -> None:
        """Open a record by the URL of a database or the path of a SQLite file, and make it where there is none.

        `create=False` refuses to make one; `clock` gives the time recorded, with its time zone; `wait` is how many
        seconds to wait for other writers at most, roughly.

        Raises:
            UsageError: there is no record to open, `url` cannot be one, another argument is not what it should be, or
                SQLAlchemy is not installed.
            RecordError: the database refuses.
        """
        check_opening(url, keep_input, create, clock, wait)
        try:
            from .database import Database
        except ModuleNotFoundError as error:
            if error.name != "sqlalchemy":
                raise
            extra = "postgres" if str(url).startswith("postgres") else "service"
            raise UsageError(f"the decision record needs SQLAlchemy: pip install 'mrdguide[{extra}]'") from None
        self._keep_input = keep_input
        self._clock = clock
        self._database = Database(url, make=create, wait=wait)
        try:
            self._salt, self._first_hash = self._opened(create)
            # The last entry that this store has found or recorded.
            self._furthest = self._database.read(self._last)
        except BaseException:
            self._database.close()
            raise

    @property
    def name(self) -> str:
        """The file, or the URL without its password."""
        return self._database.name

    @property
    def head(self) -> str:
        """The hash of the last entry; of an empty record the hash that its first entry will follow."""
        return self._database.read(self._last)[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection. The store opens new ones when it is used again. Raises nothing."""
        self._database.close()

    def append(self, recommendation: Recommendation, source: str) -> RecordEntry:
        """Record an answer. When this returns, the entry is on disk.

        `source` is a short word for where the question came from, such as `cds-hooks`; no patient data belongs there.

        Raises:
            UsageError: `source` is empty or long, or `recommendation` is not what `evaluate` returns.
            RecordError: the database refuses, or is no longer the one that was opened; then nothing was recorded.
        """
        from ..recommend.recommendation import recommendation_given

        recommendation_given(recommendation)
        provenance, patient = recommendation.provenance, recommendation.case.original
        return self._append(
            kind=EVALUATION,
            source=checked_source(source),
            as_of=provenance.as_of,
            pseudonym=self.pseudonym(patient.id),
            input_hash=provenance.input_hash,
            input=canonical_text(patient) if self._keep_input else None,
            rules_name=provenance.rules_name,
            rules_version=rules_version_of(recommendation),
            rules_hash=provenance.rules_hash,
            evidence_hash=evidence_hash(recommendation.rules.evidence),
            engine_version=provenance.engine_version,
            cross_checked=provenance.cross_checked,
            include_unverified=recommendation.include_unverified,
            outcome=recommendation.outcome,
            possible_outcomes=recommendation.possible_outcomes,
            recommendation_hash=digest(recommendation.to_json(indent=None)),
        )

    def append_feedback(self, about: int | str, body: Mapping[str, Any] | str, source: str = "feedback") -> RecordEntry:
        """Record what became of an answer: `about` is the number or hash of its entry, `body` any JSON object or text.

        `body` is kept as it is given, so what may not be in the record must not be in it.

        Raises:
            UsageError: there is no such evaluation, or `body` has no JSON form.
            RecordError: the database refuses; then nothing was recorded.
        """
        if not isinstance(body, Mapping | str):
            raise arguments.wrong_argument("body", body, "text or a JSON object")
        try:
            text = canonical_json(dict(body) if isinstance(body, Mapping) else body)
        except (TypeError, ValueError, RecursionError):
            raise UsageError("feedback must be text or a JSON object") from None
        evaluation = self._evaluation(about)
        return self._append(kind=FEEDBACK, source=checked_source(source), about=evaluation.number, body=text)

    def append_decision(
        self, about: int | str, decision: str, *, by: str, date: str, review_on: str | None = None, rules: Rules = None
    ) -> RecordEntry:
        """Record what was decided on an answer: `about` is the number or hash of its entry, `decision` an id of the rules'
        `decisions`. A decision that is not among the answer's options is recorded as such; an earlier one stays.

        `by` is who decided; `date` and `review_on` are days, YYYY-MM-DD. `rules` as in `replay`.

        Raises:
            UsageError: there is no such evaluation or decision, nobody signs, or a day cannot be.
            RecordError: the entry was changed, or the database refuses; then nothing was recorded.
        """
        from ..rulebook.given import rule_book
        from .decision import SOURCE, checked_decision

        entry = self._evaluation(about)
        self._see_that_it_is_intact(entry)
        now = with_zone(self._clock())
        signed = checked_decision(entry, rule_book(rules), decision, by, date, review_on, now)
        return self._append(kind=FEEDBACK, source=SOURCE, about=entry.number, body=canonical_json(signed.to_dict()))

    def decision_for(self, patient_id: str) -> tuple[RecordEntry, BoardDecision] | None:
        """The decision that was signed last on an answer about a patient, and its entry; None where there is none.

        Raises:
            UsageError: `patient_id` is not text.
            RecordError: an entry cannot be read, or the decision was changed after it was recorded.
        """
        from .decision import decision_in

        patient, about, found = self.pseudonym(patient_id), set(), None
        for entry in self.entries():
            if entry.pseudonym == patient:
                about.add(entry.number)
            signed = decision_in(entry) if entry.about in about else None
            if signed is not None:
                found = (entry, signed)
        if found is not None:
            self._see_that_it_is_intact(found[0])
        return found

    def entry(self, which: int | str) -> RecordEntry:
        """An entry by its number or its hash.

        Raises:
            UsageError: there is none.
            RecordError: it cannot be read.
        """
        from .tables import ENTRIES

        check_entry(which)
        if (isinstance(which, int) and not 0 <= which <= _HIGHEST) or (isinstance(which, str) and not which.isascii()):
            raise UsageError(f"there is no entry {arguments.shown(which)} in {self.name}")
        column = ENTRIES.c.number if isinstance(which, int) else ENTRIES.c.entry_hash
        query = ENTRIES.select().where(column == which)
        for row in self._fetched(query):
            return self._read(row)
        raise UsageError(f"there is no entry {which} in {self.name}")

    def entries(self, first: int | None = None, last: int | None = None) -> Iterator[RecordEntry]:
        """The entries from number `first` to number `last`, both included, in their order.

        Raises:
            UsageError: `first` or `last` is not a number of an entry.
            RecordError: one cannot be read.
        """
        for name, number in (("first", first), ("last", last)):
            check_number(name, number)
        return (self._read(row) for row in self._rows(first, last))

    def feedback_on(self, number: int) -> Iterator[RecordEntry]:
        """The feedback that an evaluation got.

        Raises:
            UsageError: `number` is not a number of an entry.
            RecordError: an entry cannot be read.
        """
        arguments.whole_number("number", number, 0, _HIGHEST)
        return (entry for entry in self.entries(number) if entry.about == number)

    def verify(self, expected_head: str | None = None) -> list[Problem]:
        """Everything that shows that the record is not what was recorded; empty when it is whole.

        `expected_head` is a `head` noted earlier; without it entries taken off the end cannot be missed.

        Raises:
            UsageError: `expected_head` is not a hash.
            RecordError: the database refuses.
        """
        from .tables import lost_guards

        if expected_head is not None:
            arguments.instance_of(str, "expected_head", expected_head, "the hash that `head` returned, or None")
        check = ChainCheck(self.name, self._first_hash)
        found = list(check.problems(self._rows(None, None), expected_head))
        lost = self._database.read(lost_guards)
        found.extend(
            Problem(f"the guard {name} against changes is gone or altered", self.name, code="record-altered")
            for name in lost
        )
        return found

    def export(self, stream: TextIO) -> int:
        """Write every entry with its hashes as a line of JSON; returns how many there are.

        Raises:
            UsageError: `stream` cannot be written to.
            RecordError: an entry cannot be read.
        """
        if not callable(getattr(stream, "write", None)):
            raise arguments.wrong_argument("stream", stream, "a text file that is open for writing")
        count = 0
        for entry in self.entries():
            stream.write(canonical_json(entry.to_dict()) + "\n")
            count += 1
        return count

    def replay(
        self,
        number: int | str,
        patient: Mapping[str, Any] | str | os.PathLike[str] | Patient | None = None,
        rules: Rules = None,
    ) -> Replay:
        """Work an answer out again, from the kept input or from a profile given, for the day of then.

        `rules` is a rule book, a folder of rules or a list of folders, by default the shipped rule book.

        Raises:
            UsageError: there is no such evaluation, or its input was not kept and no profile is given.
            RecordError: the entry was changed, or its kept input is no longer read by this engine.
            PatientError: the profile given cannot be read.
            InferenceDisagreement, SafetyInvariantViolated: as `mrdguide.evaluate` does.
        """
        from ..recommend.evaluation import evaluate

        entry = self._evaluation(number)
        self._see_that_it_is_intact(entry)
        profile = patient if patient is not None else self._kept(entry)
        found = evaluate(profile, rules=rules, as_of=entry.as_of, include_unverified=bool(entry.include_unverified))
        return compared(entry, found)

    def shared(self, kind: str, *, kept_on: float = 0) -> ExpiringTable:
        """A table for what the processes of one service share for a while; in the same database, and no part of the record.

        Raises:
            UsageError: `kind` is not text.
            RecordError: it is not there and cannot be made.
        """
        arguments.instance_of(str, "kind", kind, "a short name for what is shared")
        from .expiring import ExpiringTable

        return ExpiringTable(self._database, kind, kept_on=kept_on)

    def pseudonym(self, patient_id: str) -> str:
        """What stands for a patient in this store.

        Raises:
            UsageError: `patient_id` is not text.
        """
        arguments.instance_of(str, "patient_id", patient_id, "the id of a patient")
        return hashlib.sha256(f"{self._salt}:{patient_id}".encode("utf-8", "surrogatepass")).hexdigest()

    def _opened(self, create: bool) -> tuple[str, str]:
        """The salt, and the hash that stands for the store itself at the beginning of the chain."""
        from .database import has_record
        from .tables import STORE

        if not self._database.read(has_record):
            if not create:
                raise UsageError(f"{self.name} holds no decision record")
            self._database.write(_make)
        for row in self._fetched(STORE.select()):
            if row["format"] != _FORMAT:
                raise UsageError(f"{self.name} was written by another version of mrdguide (format {row['format']})")
            return row["salt"], digest(canonical_json({"format": _FORMAT, "salt": str(row["salt"])}))
        raise RecordError(f"{self.name}: the salt of the record is gone")

    def _append(self, **content: Any) -> RecordEntry:
        from .tables import ENTRIES

        def work(connection: Connection) -> RecordEntry:
            self._see_that_it_went_on(connection)
            number, previous = self._last(connection)
            # Under the lock, so that the times go the way of the numbers as far as the clocks do.
            recorded = (
                with_zone(self._clock()).astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            )
            entry = RecordEntry(number=number + 1, recorded=recorded, previous_hash=previous, **content).sealed()
            connection.execute(ENTRIES.insert(), entry.to_row())
            return entry

        entry = self._database.write(work)
        self._furthest = max(self._furthest, (entry.number, entry.entry_hash))
        return entry

    def _see_that_it_went_on(self, connection: Connection) -> None:
        """What this store has recorded must be there still, or an older copy was put in its place."""
        from .tables import ENTRIES

        number, entry_hash = self._furthest
        query = ENTRIES.select().with_only_columns(ENTRIES.c.entry_hash).where(ENTRIES.c.number == number)
        if number and connection.execute(query).scalar() != entry_hash:
            raise RecordError(
                f"{self.name}: entry {number}, recorded by this program, is gone: an older copy was put in its place; "
                "nothing more is recorded until the program is started again"
            )

    def _last(self, connection: Connection) -> tuple[int, str]:
        from .tables import ENTRIES

        query = ENTRIES.select().with_only_columns(ENTRIES.c.number, ENTRIES.c.entry_hash)
        row = connection.execute(query.order_by(ENTRIES.c.number.desc()).limit(1)).first()
        return (0, self._first_hash) if row is None else (row.number, row.entry_hash)

    def _rows(self, first: int | None, last: int | None) -> Iterator[dict[str, Any]]:
        """In pages: what was appended stays, so no transaction need be held open while somebody reads."""
        from .tables import ENTRIES

        query = ENTRIES.select().order_by(ENTRIES.c.number).limit(_PAGE)
        if last is not None:
            query = query.where(ENTRIES.c.number <= min(last, _HIGHEST))
        asked = query if first is None else query.where(ENTRIES.c.number >= min(first, _HIGHEST))
        while page := self._fetched(asked):
            yield from page
            asked = query.where(ENTRIES.c.number > page[-1]["number"])

    def _fetched(self, query: Select[Any]) -> list[dict[str, Any]]:
        return self._database.read(lambda connection: [dict(row) for row in connection.execute(query).mappings()])

    def _read(self, row: Mapping[str, Any]) -> RecordEntry:
        try:
            return entry_of(row)
        except ValueError as error:
            raise RecordError(f"{self.name}: entry {row['number']} cannot be read: {error}") from None

    def _see_that_it_is_intact(self, entry: RecordEntry) -> None:
        if not entry.intact:
            raise RecordError(f"{self.name}: entry {entry.number} was changed after it was recorded")

    def _evaluation(self, which: int | str) -> RecordEntry:
        entry = self.entry(which)
        if entry.kind != EVALUATION:
            raise UsageError(f"entry {entry.number} of {self.name} is no evaluation")
        return entry

    def _kept(self, entry: RecordEntry) -> Patient:
        if entry.input is None:
            raise UsageError(f"entry {entry.number}: its input was not kept; give the profile")
        try:
            return read_canonical(entry.input)
        except (PatientError, ValueError, TypeError):
            # Their words quote the profile.
            raise RecordError(
                f"{self.name}: this engine no longer reads the input kept in entry {entry.number} "
                f"(recorded by engine {entry.engine_version})"
            ) from None


def _make(connection: Connection) -> None:
    from . import database, tables

    # Another process may have made it while this one waited for the lock.
    if not database.has_record(connection):
        tables.create(connection)
        row = {"number": 1, "format": _FORMAT, "salt": secrets.token_hex(32)}
        connection.execute(tables.STORE.insert(), row)
