"""The patient's tests as the rules read them: every MRD test at every threshold, every imaging study, and the runs of
negatives that count today. Charts and pages show this; they never read a test themselves."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ..case import imaging, mrd
from ..case.case import NOT_HANDED_OVER, Case
from ..case.possible import ANY_LEVEL, BELOW, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook

Result = Literal["positive", "not-evaluable", "below", "negative"]
Reading = Literal["positive", "not-evaluable", "below", "negative", "unclear"]

# Where the rules have no MRD threshold nothing is too shallow: a sample is read by its quality alone.
_NO_THRESHOLD = 1.0
_RESULTS: tuple[tuple[int, Result], ...] = (
    (POSITIVE, "positive"), (NOT_EVALUABLE, "not-evaluable"), (BELOW, "below"), (NEGATIVE, "negative"),
)  # fmt: skip
# Every set of readings, with how it is named: one alone by its name, more than one is unclear.
_POSSIBLE: dict[int, tuple[Result, ...]] = {
    bits: tuple(name for bit, name in _RESULTS if bits & bit) for bits in range(ANY_LEVEL + 1)
}
_READING: dict[int, Reading] = {bits: found[0] if len(found) == 1 else "unclear" for bits, found in _POSSIBLE.items()}


@frozen
class ThresholdReading:
    """How one MRD test reads at one threshold.

    threshold: the threshold, a fraction of nucleated cells; null where the rules have none and the sample alone counts
    reading: positive, negative, not-evaluable, or unclear when more than one of them is possible
    possible: every reading that what is recorded leaves open
    reason: why it is, or may be, not evaluable, as a key: limit of detection, not marrow, method, ...
    why_not_evaluable: the same in words, empty unless it is certain
    missing: the fields of the test that are not recorded and would say more
    """

    threshold: float | None
    reading: Reading
    possible: tuple[Result, ...]
    reason: str
    why_not_evaluable: str
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "threshold": self.threshold, "reading": self.reading, "possible": list(self.possible),
            "reason": self.reason, "why_not_evaluable": self.why_not_evaluable, "missing": list(self.missing),
        }  # fmt: skip


@frozen
class InterpretedMrdTest:
    """One MRD test: what is recorded, and how it reads at each threshold.

    path: its place in the profile, `mrd[0]`; `mrd` alone for tests that may not have been supplied
    kind: a test of the profile, a resurgence recorded as an event, or tests that may not have been supplied
    date: its date as recorded, null where there is none
    earliest: the first day that it can have been taken on, null where no date is recorded
    latest: the last day that it can have been taken on, at most the day judged
    description: method, date, result and limit of detection in words
    specimen: the recorded specimen
    method: the recorded method
    result: the recorded result
    level: the recorded level, a fraction of nucleated cells
    limit_of_detection: the recorded limit of detection, a fraction of nucleated cells
    at: how it reads at each threshold, the highest first
    """

    path: str
    kind: Literal["test", "event", "not-supplied"]
    date: str | None
    earliest: datetime.date | None
    latest: datetime.date
    description: str
    specimen: str | None
    method: str | None
    result: str | None
    level: float | None
    limit_of_detection: float | None
    at: tuple[ThresholdReading, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes, days as YYYY-MM-DD."""
        return {
            "path": self.path, "kind": self.kind, "date": self.date, "earliest": _iso(self.earliest),
            "latest": _iso(self.latest), "description": self.description, "specimen": self.specimen,
            "method": self.method, "result": self.result, "level": self.level,
            "limit_of_detection": self.limit_of_detection, "at": [item.to_dict() for item in self.at],
        }  # fmt: skip


@frozen
class InterpretedImaging:
    """One imaging study: what is recorded, and how it reads.

    path: its place in the profile, `imaging[0]`; `imaging` alone for studies that may not have been supplied
    kind: a study of the profile, or studies that may not have been supplied
    date: its date as recorded, null where there is none
    earliest: the first day that it can have been done on, null where no date is recorded
    latest: the last day that it can have been done on, at most the day judged
    description: modality, date, conclusion and scores in words
    modality: the recorded modality
    reading: positive, negative, not-evaluable, or unclear when more than one of them is possible
    possible: every reading that what is recorded leaves open
    reason: why it is not evaluable, in words
    missing: what is not recorded and would say more: fields of the study, or a path of the profile
    """

    path: str
    kind: Literal["study", "not-supplied"]
    date: str | None
    earliest: datetime.date | None
    latest: datetime.date
    description: str
    modality: str | None
    reading: Reading
    possible: tuple[Result, ...]
    reason: str
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes, days as YYYY-MM-DD."""
        return {
            "path": self.path, "kind": self.kind, "date": self.date, "earliest": _iso(self.earliest),
            "latest": _iso(self.latest), "description": self.description, "modality": self.modality,
            "reading": self.reading, "possible": list(self.possible), "reason": self.reason,
            "missing": list(self.missing),
        }  # fmt: skip


@frozen
class NegativeRun:
    """The current run of negatives at one threshold, as far as it is certain: everything open counts for the worse.

    threshold: the threshold, a fraction of nucleated cells; null where the rules have none
    tests: on how many different days, at the least
    first: the first day of the run, null where there is none
    last: its last day; of a run on one day that is not exactly known, first and last are the days it can be
    members: the places of its tests in the profile, in order of time
    """

    threshold: float | None
    tests: int
    first: datetime.date | None
    last: datetime.date | None
    members: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes, days as YYYY-MM-DD."""
        return {
            "threshold": self.threshold, "tests": self.tests, "first": _iso(self.first), "last": _iso(self.last),
            "members": list(self.members),
        }  # fmt: skip


@frozen
class InterpretedTests:
    """All tests by the day judged, in order of time, as the rules read them.

    thresholds: the MRD thresholds of the rules, the highest first
    mrd: every MRD test, and every resurgence that is recorded as an event
    imaging: every imaging study
    runs: the current run of negatives at each threshold, the highest first
    """

    thresholds: tuple[float, ...]
    mrd: tuple[InterpretedMrdTest, ...]
    imaging: tuple[InterpretedImaging, ...]
    runs: tuple[NegativeRun, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "thresholds": list(self.thresholds), "mrd": [item.to_dict() for item in self.mrd],
            "imaging": [item.to_dict() for item in self.imaging], "runs": [item.to_dict() for item in self.runs],
        }  # fmt: skip


def interpret_tests(case: Case, rules: RuleBook) -> InterpretedTests:
    """The tests of a case by the interpretation rules and the thresholds of a rule book."""
    thresholds = tuple(sorted(rules.thresholds.by_path.get("mrd", ()), reverse=True))
    read = {
        threshold: mrd.interpret(case, threshold, rules.interpretation.marrow_mrd)
        for threshold in thresholds or (_NO_THRESHOLD,)
    }
    breaks = imaging.positives(case, rules.interpretation.imaging)
    return InterpretedTests(
        thresholds,
        # At every threshold the same tests are listed in the same order.
        tuple(_test(case, found, thresholds or (None,)) for found in zip(*read.values(), strict=True)),
        tuple(_study(item) for item in imaging.interpret(case, rules.interpretation.imaging)),
        tuple(
            _run(threshold if thresholds else None, mrd.worst_run(found, breaks)) for threshold, found in read.items()
        ),
    )


def _test(case: Case, found: Sequence[mrd.Interpretation], thresholds: Sequence[float | None]) -> InterpretedMrdTest:
    timed = found[0].timed
    test, place = timed.entry, timed.place
    of_event = NOT_HANDED_OVER < place < 0
    recorded = case.patient.events[-1 - place].date if of_event else test.date
    return InterpretedMrdTest(
        path=mrd.path_of(timed),
        kind="event" if of_event else ("test" if place >= 0 else "not-supplied"),
        date=str(recorded) if recorded is not None else None,
        earliest=_day(timed.earliest) if recorded is not None else None,
        latest=_day(timed.latest),
        description=case.once(("described", place), lambda: mrd.describe(timed)),
        specimen=test.specimen,
        method=test.method,
        result=test.result,
        level=test.level,
        limit_of_detection=test.limit_of_detection,
        at=tuple(_reading(item, threshold) for item, threshold in zip(found, thresholds, strict=True)),
    )


def _reading(item: mrd.Interpretation, threshold: float | None) -> ThresholdReading:
    possible = item.possible
    why = ""
    if possible == NOT_EVALUABLE:
        why = mrd.why_not_evaluable(item, _NO_THRESHOLD if threshold is None else threshold)
    return _threshold_reading(threshold, possible, item.reason if possible & NOT_EVALUABLE else "", why, item.missing)


@lru_cache(maxsize=4096)
def _threshold_reading(
    threshold: float | None, possible: int, reason: str, why: str, missing: tuple[str, ...]
) -> ThresholdReading:
    return ThresholdReading(threshold, _READING[possible], _POSSIBLE[possible], reason, why, missing)


def _study(item: imaging.ImageInterpretation) -> InterpretedImaging:
    timed = item.timed
    recorded = timed.entry.date
    supplied = timed.place != NOT_HANDED_OVER
    return InterpretedImaging(
        path=f"imaging[{timed.place}]" if supplied else "imaging",
        kind="study" if supplied else "not-supplied",
        date=str(recorded) if recorded is not None else None,
        earliest=_day(timed.earliest) if recorded is not None else None,
        latest=_day(timed.latest),
        description=imaging.describe(timed),
        modality=timed.entry.modality,
        reading=_READING[item.possible],
        possible=_POSSIBLE[item.possible],
        reason=item.reason,
        missing=item.missing,
    )


def _run(threshold: float | None, run: mrd.Run) -> NegativeRun:
    days = sorted((run.first, run.last)) if run.tests else []
    first, last = (_day(days[0]), _day(days[1])) if days else (None, None)
    return NegativeRun(
        threshold, run.tests, first, last,
        tuple(mrd.path_of(item.timed) for item in run.members),
    )  # fmt: skip


def _day(ordinal: int) -> datetime.date:
    return datetime.date.fromordinal(ordinal)


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day is not None else None
