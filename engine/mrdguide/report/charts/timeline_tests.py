"""What the timeline says about MRD: which test is drawn how, and the current runs of negatives.

All of it is the rule book's own reading of the tests; nothing here decides what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ...case import imaging, mrd
from ...case.case import Case
from ...case.possible import BELOW, EVALUABLE, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...dates import counted, span_text
from ...reading.numbers import scientific
from ...rulebook.book import RuleBook

Kind = Literal["detected", "not-detected", "no-level", "unclear", "not-evaluable"]

# Where a rule book cuts at no MRD level, nothing is too shallow: a sample is read by its quality alone.
_NO_CUT = 1.0
_VERDICTS = {POSITIVE: "positive", NEGATIVE: "negative", BELOW: "below", NOT_EVALUABLE: "not evaluable"}


@dataclass(frozen=True, slots=True)
class DrawnTest:
    """A marrow MRD test as it is drawn; `height` is its level or its limit of detection (a fraction of nucleated cells).

    `words` say what was found and how it reads at each threshold.
    """

    reading: mrd.Interpretation
    kind: Kind
    height: float | None
    words: str


@dataclass(frozen=True, slots=True)
class DrawnRun:
    """A current run of negatives: different days, first and last day, and its length in words with its threshold."""

    tests: int
    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class MrdPicture:
    """What the MRD part shows: the dated tests, the threshold they are read at, and the current runs.

    `none_from` is the highest cut at which no run is certain.
    """

    threshold: float
    cuts: tuple[float, ...]
    tests: tuple[DrawnTest, ...]
    runs: tuple[DrawnRun, ...]
    none_from: float | None


def mrd_picture(case: Case, rules: RuleBook) -> MrdPicture:
    """Sort the tests into what is drawn how, by the rule book's own reading."""
    cuts = tuple(sorted(rules.thresholds.by_path.get("mrd", ())))
    threshold = cuts[-1] if cuts else _NO_CUT
    read = {cut: mrd.interpret(case, cut, rules.interpretation.marrow_mrd) for cut in cuts or (_NO_CUT,)}
    tests = tuple(
        _test(item, {cut: found[index] for cut, found in read.items()})
        for index, item in enumerate(read[threshold])
        # A resurgence written down as an event stands in the lane of events; a test without a date cannot be placed.
        if item.timed.place >= 0 and item.timed.entry.date is not None
    )
    breaks = imaging.positives(case, rules.interpretation.imaging)
    runs = {cut: mrd.worst_run(found, breaks) for cut, found in read.items()}
    none = [cut for cut in cuts if not runs[cut].tests]
    return MrdPicture(threshold, cuts, tests, tuple(_runs(runs)), max(none) if none else None)


def _runs(runs: Mapping[float, mrd.Run]) -> Iterator[DrawnRun]:
    """Each different run once, with the deepest cut it holds at; the highest cut first."""
    held: dict[tuple[int, int, int], list[float]] = {}
    for cut in sorted(runs, reverse=True):
        run = runs[cut]
        if run.tests:
            held.setdefault((run.tests, run.first, run.last), []).append(cut)
    for (tests, first, last), cuts in held.items():
        at = f"{'down to' if len(cuts) > 1 else 'at'} {scientific(cuts[-1])} " if cuts != [_NO_CUT] else ""
        length = f": {span_text(first, last)}" if tests > 1 else ""
        yield DrawnRun(
            tests, min(first, last), max(first, last), f"negative {at}on {counted(tests, 'date')}{length}"
        )  # fmt: skip


def _test(reading: mrd.Interpretation, at: Mapping[float, mrd.Interpretation]) -> DrawnTest:
    """`reading` is at the highest threshold, `at` at each: all list the tests in the same order."""
    test, possible, words = reading.timed.entry, reading.possible, _in_words(reading, at)
    certain = possible in EVALUABLE or any(item.possible == POSITIVE for item in at.values())
    if test.result == "detected" and test.level is not None and certain:
        return DrawnTest(reading, "detected", test.level, words)
    if test.result == "not-detected" and possible == NEGATIVE:
        return DrawnTest(reading, "not-detected", test.limit_of_detection, words)
    if possible == NOT_EVALUABLE:
        return DrawnTest(reading, "not-evaluable", None, words)
    return DrawnTest(reading, "no-level" if test.result == "detected" else "unclear", None, words)


def _in_words(reading: mrd.Interpretation, at: Mapping[float, mrd.Interpretation]) -> str:
    """`NGS 2026-09-10: detected, level 3e-6, LoD 1e-6; negative at 1e-5; positive at 2e-6, 1e-6, 1e-7`"""
    read: dict[str, list[str]] = {}
    for cut in sorted(at, reverse=True):
        item = at[cut]
        verdict = _VERDICTS.get(item.possible, "unclear")
        if item.possible == NOT_EVALUABLE:
            # Which threshold a limit of detection is too high for is said by the list of thresholds itself.
            shallow = item.reason == "limit of detection"
            verdict += f" ({item.reason if shallow else mrd.why_not_evaluable(item, cut)})"
        read.setdefault(verdict, []).append(scientific(cut))
    whole = [f"{verdict} at {', '.join(cuts)}" if _cut_at(at) else verdict for verdict, cuts in read.items()]
    return "; ".join([mrd.describe(reading.timed), *whole])


def _cut_at(at: Mapping[float, mrd.Interpretation]) -> bool:
    """Whether the rule book cuts at any MRD level."""
    return _NO_CUT not in at


def no_run_words(picture: MrdPicture) -> str:
    """Where no run is certain, in words; empty when there is one at every cut."""
    if picture.none_from is None:
        return "" if picture.runs else "no run of negatives is certain"
    deeper = " or deeper" if picture.none_from != picture.cuts[0] else ""
    return f"none is certain at {scientific(picture.none_from)}{deeper}"
