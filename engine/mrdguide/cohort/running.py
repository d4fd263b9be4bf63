"""A run: from inputs to one Parquet file, group by group. Killed and started again it gives the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from ..errors import UsageError
from ..intake.tables.ids import as_seen
from ..reading.characters import legible_word
from .answer_columns import answer_schema, with_rejects
from .arrow import needed
from .batches import Piece, Task, judges, pieces_of
from .entry import Supply, counted
from .fingerprint import fingerprint
from .sources.found import remarks_of, sources_of
from .sources.source import Source, stamp_of
from .tally import Tally
from .work_folder import Group, WorkFolder

GROUP = 20_000


class Watcher(Protocol):
    """Who is told how far a run is."""

    def begins(self, total: int | None, done: int) -> None:
        """Before anything is judged: how many entries there are (None: not known), and how many were finished before."""

    def finished(self, done: int) -> None:
        """After each group: how many entries are finished in all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a run. `read` is `answered` and `rejected` together; a patient has a row for each day. `remarks`: what
    the inputs cannot say, and so counts as unknown; `tally`: how the rows were judged."""

    read: int
    answered: int
    rejected: int
    rows: int
    checked: int
    resumed: int
    rejects_file: Path | None
    tally: Tally
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be run: the inputs, the output, what is asked of every patient, how many processes, entries in a group.

    `check` is about how many patients are evaluated again one by one.
    """

    inputs: tuple[Path, ...]
    output: Path
    task: Task
    workers: int
    group: int = GROUP
    check: int = 0


def run(wanted: Run, watcher: Watcher) -> Counts:
    """Judge every patient and write the output, beside it the rejects.

    Raises:
        MrdguideError: the inputs cannot be used, a patient stands twice in them, or the output cannot be written. Nothing is
            under the name of the output then but what was there before; finished groups are kept beside it.
    """
    sources = sources_of(wanted.inputs, wanted.task.as_of_column)
    total = _total(sources)
    task = wanted.task
    if wanted.check and total is not None:
        task = replace(task, checked=min(1.0, wanted.check / max(total, 1)))
    elif wanted.check:
        task = replace(task, checked=1.0)
    schema = answer_schema(task.rules, task.asked.windows)
    rejects = wanted.output.with_name(f"{wanted.output.name}.rejects.ndjson")
    with _told(wanted.output):
        files = [file for source in sources for file in source.files]
        stamps = [stamp_of(file) for file in files]
        folder = WorkFolder(wanted.output, fingerprint(files, task, wanted.group))
        done = folder.finished()
        watcher.begins(total, sum(group.entries for group in done))
        supply = Supply(chain.from_iterable(source.entries() for source in sources))
        groups = [*done, *_judged(supply, done, folder, replace(wanted, task=task), schema, watcher)]
        if changed := [file for file, stamp in zip(files, stamps, strict=True) if stamp_of(file) != stamp]:
            raise UsageError(f"{changed[0]} has changed while it was read; run again")
        rejected = sum(group.rejects for group in groups)
        _write_rows(wanted.output, folder, len(groups), with_rejects(schema, rejected))
        _write_rejects(rejects, folder, len(groups), any_there=rejected > 0)
        folder.remove()
    return Counts(
        sum(group.entries for group in groups), sum(group.answered for group in groups), rejected,
        sum(group.rows for group in groups), sum(group.checked for group in groups), sum(group.entries for group in done),
        rejects if rejected else None, sum((group.tally for group in groups), Tally()), remarks_of(sources),
    )  # fmt: skip


def _total(sources: Sequence[Source]) -> int | None:
    counts = [source.count() for source in sources]
    return None if None in counts else sum(count for count in counts if count is not None)


@contextmanager
def _told(output: Path) -> Iterator[None]:
    """A disk that is full, or a folder that is not there, is told in one line."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write {output}: {error.strerror or error}; what is finished is kept beside it, and the same command goes on there"
        ) from None


def _judged(
    supply: Supply, done: Sequence[Group], folder: WorkFolder, wanted: Run, schema: Any, watcher: Watcher
) -> Iterator[Group]:
    """The groups that are left, each written down when it is finished."""
    seen = Seen()
    for number, group in enumerate(done):
        seen.add_all(folder.seen(number))
        if counted(supply.take(group.entries)) != group.entries:
            raise UsageError("an input has changed while it was read; run again")
    number, finished = len(done), sum(group.entries for group in done)
    with judges(wanted.task, wanted.workers) as by:
        for found in _in_groups(by.judged(pieces_of(supply, wanted.group, wanted.task.asked)), wanted.group):
            group = Group(found.entries, found.rows.num_rows, len(found.rejects), found.checked, found.tally)
            seen.add_all(found.seen())
            folder.keep(number, group, found.rows, found.rejects)
            number, finished = number + 1, finished + group.entries
            watcher.finished(finished)
            yield group


def _in_groups(pieces: Iterator[Piece], size: int) -> Iterator[Piece]:
    """The pieces of each group as one, while those of the next are being judged."""
    waiting: list[Piece] = []
    for piece in pieces:
        waiting.append(piece)
        if sum(item.entries for item in waiting) == size:
            yield _one(waiting)
            waiting = []
    if waiting:
        yield _one(waiting)


def _one(pieces: Sequence[Piece]) -> Piece:
    rows = needed("pyarrow").concat_tables([piece.rows for piece in pieces]).combine_chunks()
    rejects = [reject for piece in pieces for reject in piece.rejects]
    checked, tally = sum(piece.checked for piece in pieces), sum((piece.tally for piece in pieces), Tally())
    return Piece(sum(piece.entries for piece in pieces), rows, rejects, checked, tally)


class Seen:
    """The patients so far: nobody may stand twice in a cohort, or twice on one day where the days are given."""

    def __init__(self) -> None:
        self._days: dict[str, date | set[date | None] | None] = {}
        self._as_seen: dict[str, str] = {}  # of ids that do not look as they are, the ids

    def add_all(self, found: Iterable[tuple[str, date | None]]) -> None:
        """Note patients with their days.

        Raises:
            UsageError: one was noted already.
        """
        some = list(found)
        new = dict(some)
        self._tell_apart(new)
        if len(new) == len(some) and self._days.keys().isdisjoint(new):
            self._days.update(new)
            return
        for patient, day in some:
            days = self._of(patient)
            if day in days or (None in (day, *days) and days):
                on = f" on {day}" if day is not None else ""
                raise UsageError(
                    f"the patient '{patient}' stands twice in the input{on}; keep one of the two, or give each patient an id of its own"
                )
            days.add(day)

    def _tell_apart(self, patients: Mapping[str, object]) -> None:
        """Two ids that differ in what cannot be seen are one patient's, of whom each half would be judged without the other."""
        strange = {patient: seen for patient in patients if (seen := as_seen(patient)) != patient}
        for patient, seen in strange.items():
            self._refuse_alike(patient, self._as_seen.setdefault(seen, patient))
        for seen, patient in self._as_seen.items() if strange else ():
            if seen in self._days:
                self._refuse_alike(patient, seen)
        for patient in patients if self._as_seen else ():
            self._refuse_alike(patient, self._as_seen.get(patient, patient))

    def _refuse_alike(self, patient: str, other: str) -> None:
        if patient != other:
            raise UsageError(
                f"the ids '{legible_word(other)}' and '{legible_word(patient)}' differ in what cannot be seen; write the same id "
                "everywhere, or give each patient an id of its own"
            )

    def _of(self, patient: str) -> set[date | None]:
        """The days of a patient. Of most there is one, for whom a set would be most of the memory of a run."""
        days = self._days.get(patient, set())
        if not isinstance(days, set):
            days = {days}
        self._days[patient] = days
        return days


def _write_rows(output: Path, folder: WorkFolder, groups: int, schema: Any) -> None:
    """All rows as one file, a row group for each group that has rows."""
    parquet = needed("pyarrow.parquet")
    # Nobody looks for a verdict by the least and the greatest word of a row group, which take a third of the time of writing.
    bounded = [field.name for field in schema if not needed("pyarrow").types.is_dictionary(field.type)]
    with (
        beside(output) as partial,
        parquet.ParquetWriter(partial, schema, compression="zstd", write_statistics=bounded) as writer,
    ):
        for number in range(groups):
            table = folder.rows(number)
            if table.num_rows:
                writer.write_table(table.cast(schema), row_group_size=table.num_rows)


def _write_rejects(path: Path, folder: WorkFolder, groups: int, *, any_there: bool) -> None:
    if not any_there:
        path.unlink(missing_ok=True)
        return
    with beside(path) as partial, partial.open("wb") as out:
        out.writelines(folder.rejects(number) for number in range(groups))


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file that gets its name once it is whole."""
    partial = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    try:
        yield partial
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
