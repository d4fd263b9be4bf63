"""Entries to rows and rejects, here or in a pool of processes; in the order of the input, whoever works them out."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from multiprocessing import get_context, parent_process
from operator import itemgetter
from threading import Thread
from typing import Any, NamedTuple

from ..errors import MrdguideError, SiteFileError, UsageError
from ..rulebook.book import RuleBook
from .answer_columns import answer_schema, batch_of
from .arrow import needed
from .arrow_rows import as_bytes
from .checking import UnlikeOneByOne, compare, is_checked
from .entry import Entry, Given, Reject, Rows, Supply, counted
from .judging import FEWEST, Judged, judge, of_column
from .reading_entries import ReadEntry, days_of, read_entry, rejected
from .rows import Asked, row_of
from .tally import Tally

# So many at once for their answers, and where more is told of each patient, which takes so long that all processes should have some.
_PIECE, _PIECE_OF_MORE = 20_000, 2_000
# Rows of entries with many days, judged by column at once.
_MOST_ROWS = 20_000
# Pieces that wait for each worker: enough that none is idle, few enough for the memory.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Task:
    """What a run asks of every patient. `checked` is the share of patients that are evaluated again one by one."""

    rules: RuleBook
    as_of: date | None
    as_of_column: str | None = None
    site: str | None = None
    asked: Asked = field(default_factory=Asked)
    checked: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """What became of some entries: how many they are, a table of rows, rejects, how many patients were evaluated again and
    came out the same, and how the rows were judged."""

    entries: int
    rows: Any
    rejects: list[Reject]
    checked: int
    tally: Tally

    def __reduce__(self) -> tuple[Any, ...]:
        return _piece_of, (self.entries, as_bytes(self.rows), self.rejects, self.checked, self.tally)

    def seen(self) -> Iterator[tuple[str, date | None]]:
        """Patients and days; None in the place of the day for rejects that have an id."""
        # By way of numpy, which makes objects of whole columns, and not of one cell after the other.
        answered = zip(*(self.rows[name].to_numpy().tolist() for name in ("patient", "as_of")), strict=True)
        return chain(answered, [(reject.patient, None) for reject in self.rejects if reject.patient])


def _piece_of(entries: int, rows: bytes, rejects: list[Reject], checked: int, tally: Tally) -> Piece:
    return Piece(entries, needed("pyarrow.ipc").open_stream(rows).read_all(), rejects, checked, tally)


class Judges:
    """Judges pieces of entries, by `workers` processes; by this one where it is one."""

    def __init__(self, task: Task, pool: ProcessPoolExecutor | None, workers: int) -> None:
        self._task, self._pool, self._workers = task, pool, workers

    def judged(self, pieces: Iterable[Sequence[Given]]) -> Iterator[Piece]:
        """What becomes of each piece.

        Raises:
            SiteFileError: the site file cannot be used.
            UsageError: a worker was killed, or a patient came out otherwise when evaluated again.
        """
        if self._pool is None:
            yield from (judge_piece(piece, self._task) for piece in pieces)
            return
        waiting: deque[Future[Piece]] = deque()
        try:
            for piece in pieces:
                waiting.append(self._pool.submit(_judge_piece, piece))
                if len(waiting) >= _AHEAD * self._workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise UsageError(
                "a process that judges patients was killed, perhaps for want of memory; run the same command again "
                "(with fewer --workers), and it goes on where it was"
            ) from None


@contextmanager
def judges(task: Task, workers: int) -> Iterator[Judges]:
    """Judges with their processes, which end with the block."""
    if workers == 1:
        yield Judges(task, None, 1)
        return
    # Spawned: a fork would take along the threads of the libraries that read and write columns, in any state.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (task,))
    try:
        yield Judges(task, pool, workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_TASK: list[Task] = []


def _begin(task: Task) -> None:
    """What a worker holds for all its pieces: the rules are loaded once. It ends with the process that it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_parent, daemon=True).start()
    _TASK[:] = [task]


def _end_with_the_parent() -> None:
    # A parent that is killed cannot tell its workers, which would wait for ever.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_piece(given: Sequence[Given]) -> Piece:
    return judge_piece(given, _TASK[0])


def pieces_of(supply: Supply, group: int, asked: Asked) -> Iterator[list[Given]]:
    """The patients in pieces, of which one or more together are so many patients, and so on."""
    left, most = group, _PIECE_OF_MORE if asked.windows or asked.missing != "none" else _PIECE
    while piece := supply.take(min(most, left)):
        left = left - counted(piece) or group
        yield piece


def judge_piece(given: Sequence[Given], task: Task) -> Piece:
    """The rows and the rejects of some patients, in their order; each has rows for all their days or none.

    Rows of Arrow batches are judged where they stand, as far as they are plain; everybody else is read first.
    """
    schema = _schema(task.rules, task.asked.windows)
    parts: list[_Part] = []
    to_read: list[tuple[int, Entry]] = []
    begin = 0
    for item in given:
        if isinstance(item, Rows):
            of_rows = list(_where_they_stand(item, task, schema))
            parts += [part.moved(begin) for part in of_rows]
            to_read += [(begin + place, item.entry(place)) for place in _left_over(len(item), of_rows)]
        else:
            to_read.append((begin, item))
        begin += counted([item])
    if to_read or not parts:
        parts.append(_after_reading(to_read, task, schema))
    return _together(begin, parts)


def _left_over(size: int, parts: Sequence[_Part]) -> list[int]:
    """The places of rows that no part holds."""
    numpy = needed("numpy")
    left = numpy.ones(size, dtype=numpy.bool_)
    for part in parts:
        left[part.places] = False
    found: list[int] = numpy.flatnonzero(left).tolist()
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows with the place of each one's entry, rejects with theirs, how many patients were evaluated again, how it was judged."""

    places: Any
    rows: Any
    rejects: Sequence[tuple[int, Reject]]
    checked: int
    tally: Tally

    def moved(self, by: int) -> _Part:
        """The same of entries that stand so many places further on."""
        return replace(self, places=self.places + by)


@lru_cache(maxsize=4)
def _schema(rules: RuleBook, windows: int) -> Any:
    return answer_schema(rules, windows)


def _together(entries: int, parts: Sequence[_Part]) -> Piece:
    """The parts of a piece, in the order of the entries."""
    arrow, numpy = needed("pyarrow"), needed("numpy")
    rows, places = (
        arrow.Table.from_batches([part.rows for part in parts]),
        numpy.concatenate([part.places for part in parts]),
    )
    if (places[1:] < places[:-1]).any():
        rows = rows.take(numpy.argsort(places, kind="stable"))
    rejects = sorted((item for part in parts for item in part.rejects), key=itemgetter(0))
    checked, tally = sum(part.checked for part in parts), sum((part.tally for part in parts), Tally())
    return Piece(entries, rows.combine_chunks(), [reject for _, reject in rejects], checked, tally)


class _Standing(NamedTuple):
    """Rows of one batch, each on a day; all days of a row follow each other."""

    places: Any
    days: Any


def _where_they_stand(rows: Rows, task: Task, schema: Any) -> Iterator[_Part]:
    """What is judged without reading: many rows of one batch, on days on which the same rules are in force."""
    standing = _standing(rows, task)
    books = {id(book): book for book in map(task.rules.on, set(standing.days.tolist()))}
    if standing.places.size < FEWEST or len(books) > 1:
        return
    for some in _in_groups(standing):
        yield _of_batch(rows, some, next(iter(books.values())), task, schema)


def _standing(rows: Rows, task: Task) -> _Standing:
    """The rows on the days to judge them on; without those whose days are not said as they should be."""
    numpy = needed("numpy")
    if task.as_of is not None:
        return _Standing(numpy.arange(len(rows)), numpy.full(len(rows), task.as_of.toordinal(), dtype=numpy.int32))
    days = [days_of(rows.entry(place), task.as_of_column) or () for place in range(len(rows))]
    return _Standing(
        numpy.repeat(numpy.arange(len(rows)), [len(item) for item in days]),
        numpy.array([day.toordinal() for item in days for day in item], dtype=numpy.int32),
    )


def _in_groups(standing: _Standing) -> Iterator[_Standing]:
    """Not too many at once for the memory; all days of an entry stay together."""
    begin, size = 0, standing.places.size
    while begin < size:
        end = min(begin + _MOST_ROWS, size)
        end = int(needed("numpy").searchsorted(standing.places, standing.places[end - 1], "right"))
        yield _Standing(standing.places[begin:end], standing.days[begin:end])
        begin = end


def _of_batch(rows: Rows, standing: _Standing, book: RuleBook, task: Task, schema: Any) -> _Part:
    from .answers_by_column import answered  # compiles; a small cohort does without

    numpy, arrow = needed("numpy"), needed("pyarrow")
    kept, found, answers = answered(rows.batch.some(standing.places), standing.days, book, task.asked, schema)
    # An entry has rows for all its days or none.
    lacking = numpy.unique(numpy.delete(standing.places, kept))
    whole = ~numpy.isin(standing.places[kept], lacking)
    places = standing.places[kept]
    if not whole.all():
        places, answers = places[whole], answers.filter(arrow.array(whole))
    checked = 0
    if task.checked:
        sample = [is_checked(patient, task.checked, task.seed) for patient in answers.column("patient").to_pylist()]
        for number in numpy.flatnonzero(whole)[sample].tolist():
            place, day = (int(column[kept[number]]) for column in standing)
            item = read_entry(rows.entry(place), task.as_of, task.as_of_column, task.site)
            assert isinstance(item, ReadEntry)
            compare(item, date.fromordinal(day), of_column(found, number), task.rules)
            checked += day == item.days[0].toordinal()
    return _Part(places, answers, [], checked, Tally.of(found))


def _after_reading(entries: Sequence[tuple[int, Entry]], task: Task, schema: Any) -> _Part:
    read = [(place, _read(entry, task)) for place, entry in entries]
    answers, tally = _answers([item for _, item in read if isinstance(item, ReadEntry)], task)
    rejects: list[tuple[int, Reject]] = []
    of_rows: list[int] = []
    found: list[dict[str, Any]] = []
    checked = 0
    for place, item in read:
        if isinstance(item, Reject):
            rejects.append((place, item))
            continue
        try:
            rows = [_row(item, day, answers, task) for day in item.days]
        except UnlikeOneByOne:
            raise
        except Exception as error:
            rejects.append((place, rejected(item.patient.id, item.place, error)))
            continue
        found += rows
        of_rows += [place] * len(rows)
        checked += is_checked(item.patient.id, task.checked, task.seed)
    return _Part(needed("numpy").array(of_rows, dtype="int64"), batch_of(found, schema), rejects, checked, tally)


def _read(entry: Entry, task: Task) -> ReadEntry | Reject:
    try:
        return read_entry(entry, task.as_of, task.as_of_column, task.site)
    except SiteFileError:
        raise
    except Exception as error:
        return rejected("", entry.place, error)


_Answers = dict[tuple[int, date], Judged | MrdguideError]


def _answers(read: Sequence[ReadEntry], task: Task) -> tuple[_Answers, Tally]:
    """What is judged of each patient on each day; patients of one day are judged together."""
    by_day: dict[date, list[ReadEntry]] = {}
    for item in read:
        for day in item.days:
            by_day.setdefault(day, []).append(item)
    found: _Answers = {}
    tally = Tally()
    for day, items in by_day.items():
        judged, of_day = judge([item.patient for item in items], day, task.rules)
        tally += of_day
        found.update({(id(item), day): answer for item, answer in zip(items, judged, strict=True)})
    return found, tally


def _row(item: ReadEntry, day: date, answers: _Answers, task: Task) -> dict[str, Any]:
    answer = answers[id(item), day]
    if isinstance(answer, MrdguideError):
        raise answer
    if is_checked(item.patient.id, task.checked, task.seed):
        compare(item, day, answer, task.rules)
    return row_of(item.patient, day, answer, task.rules, task.asked)
