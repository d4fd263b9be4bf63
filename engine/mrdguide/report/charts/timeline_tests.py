"""What the timeline says about MRD: which test is drawn how, and the current runs of negatives.

All of it is the rules' own reading of the tests, as the answer carries it; nothing here decides what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ...answer.interpreted_tests import InterpretedMrdTest, InterpretedTests, NegativeRun, Reading
from ...reading.numbers import scientific
from ..languages.words import Words

Kind = Literal["detected", "not-detected", "no-level", "unclear", "not-evaluable"]

_WORDS: dict[Reading, str] = {"not-evaluable": "not evaluable"}


@dataclass(frozen=True, slots=True)
class DrawnTest:
    """A marrow MRD test as it is drawn; `height` is its level or its limit of detection (a fraction of nucleated cells).

    `earliest` and `latest` are the days it can have been taken on, as ordinals; `words` say what was found and how it
    reads at each threshold.
    """

    earliest: int
    latest: int
    method: str | None
    kind: Kind
    height: float | None
    words: str


@dataclass(frozen=True, slots=True)
class DrawnRun:
    """A current run of negatives: different days, first and last day (ordinals), and its length in words."""

    tests: int
    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class MrdPicture:
    """What the MRD part shows: the dated tests, the thresholds of the rules in rising order, and the current runs.

    `none_from` is the highest threshold at which no run is certain.
    """

    thresholds: tuple[float, ...]
    tests: tuple[DrawnTest, ...]
    runs: tuple[DrawnRun, ...]
    none_from: float | None


def mrd_picture(tests: InterpretedTests, words: Words) -> MrdPicture:
    """Sort the tests into what is drawn how."""
    # A resurgence written down as an event is drawn among the events; a test without a date cannot be placed.
    drawn = tuple(_test(item, words) for item in tests.mrd if item.kind == "test" and item.date is not None)
    none = [run.threshold for run in tests.runs if not run.tests and run.threshold is not None]
    return MrdPicture(tests.thresholds[::-1], drawn, tuple(_runs(tests.runs, words)), max(none) if none else None)


def _runs(runs: Sequence[NegativeRun], words: Words) -> Iterator[DrawnRun]:
    """Each different run once, with the deepest threshold it holds at; the highest threshold first."""
    held: dict[tuple[int, int, int], list[float | None]] = {}
    for run in runs:
        if run.first is not None and run.last is not None:
            held.setdefault((run.tests, run.first.toordinal(), run.last.toordinal()), []).append(run.threshold)
    for (tests, first, last), thresholds in held.items():
        deepest = thresholds[-1]
        if deepest is None:
            said = words.text("board.timeline.run.negative", count=tests)
        else:
            name = "down_to" if len(thresholds) > 1 else "at"
            said = words.text(f"board.timeline.run.{name}", depth=scientific(deepest), count=tests)
        length = f": {words.span(first, last)}" if tests > 1 else ""
        yield DrawnRun(tests, first, last, f"{said}{length}")


def _test(test: InterpretedMrdTest, words: Words) -> DrawnTest:
    assert test.earliest is not None
    kind, height = _kind(test)
    return DrawnTest(
        test.earliest.toordinal(), test.latest.toordinal(), test.method, kind, height,
        words.as_it_is("test", _in_words(test)),
    )  # fmt: skip


def _kind(test: InterpretedMrdTest) -> tuple[Kind, float | None]:
    """How a test is drawn, and at what height."""
    highest = test.at[0]
    certain = "not-evaluable" not in highest.possible or any(item.reading == "positive" for item in test.at)
    if test.result == "detected" and test.level is not None and certain:
        return "detected", test.level
    if test.result == "not-detected" and highest.reading == "negative":
        return "not-detected", test.limit_of_detection
    if highest.reading == "not-evaluable":
        return "not-evaluable", None
    return ("no-level" if test.result == "detected" else "unclear"), None


def _in_words(test: InterpretedMrdTest) -> str:
    """`NGS 2026-09-10: detected, level 3e-6, LoD 1e-6; negative at 1e-5; positive at 2e-6, 1e-6, 1e-7`"""
    read: dict[str, list[str]] = {}
    for item in test.at:
        words = _WORDS.get(item.reading, item.reading)
        if item.reading == "not-evaluable":
            # Which threshold a limit of detection is too high for is said by the list of thresholds itself.
            words += f" ({item.reason if item.reason == 'limit of detection' else item.why_not_evaluable})"
        shown = read.setdefault(words, [])
        if item.threshold is not None:
            shown.append(scientific(item.threshold))
    whole = [f"{words} at {', '.join(shown)}" if shown else words for words, shown in read.items()]
    return "; ".join([test.description, *whole])


def no_run_words(picture: MrdPicture, words: Words) -> str:
    """Where no run is certain, in words; empty when there is one at every threshold."""
    if picture.none_from is None:
        return "" if picture.runs else words.text("board.timeline.run.none")
    name = "none_or_deeper" if picture.none_from != picture.thresholds[0] else "none_at"
    return words.text(f"board.timeline.run.{name}", depth=scientific(picture.none_from))
