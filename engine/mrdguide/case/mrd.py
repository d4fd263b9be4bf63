"""Reading marrow MRD tests at a threshold, and the current run of negatives.

A positive needs less than a negative. The order of the reading: (1) marrow, else not evaluable; (2) a level at or above
the threshold is positive by any method and in any sample, and so is disease found without a level by an assay that
cannot see below the threshold; (3) a method that does not count, NGS without a trackable clone, a limit of detection
worse than the threshold, a haemodiluted sample or one that is not the first pull is not evaluable, unless disease was
found without a level: that may be positive; quality not recorded is evaluable and flagged, and a result that the
laboratory called indeterminate may be positive and is never negative; (4) disease found without a
level is positive or below the threshold, with a level under it is below; (5) otherwise negative at the threshold.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..dates import add_months
from ..patient.mrd import MrdTest
from ..reading.numbers import comparer, scientific
from . import imaging
from .case import LONG_AGO, NOT_HANDED_OVER, Case, Timed, once_per_case
from .events import happened, open_about
from .interpretation_rules import ImagingRules, MarrowMrdRules
from .possible import ANY_LEVEL, BELOW, EVALUABLE, NEGATIVE, NOT_EVALUABLE, POSITIVE

# The sections of the profile that a reading of marrow tests rests on.
_READS = ("mrd", "events", "incomplete")


class Interpretation(NamedTuple):
    """One test at one threshold: what it can be, why it is not evaluable (if it is not), what is missing."""

    timed: Timed[MrdTest]
    possible: int
    reason: str
    missing: tuple[str, ...]


class Run(NamedTuple):
    """Negatives after the last positive, seen one way: on how many different days, the first and the last day."""

    tests: int
    first: int
    last: int
    members: tuple[Interpretation, ...]


EMPTY_RUN = Run(0, 0, 0, ())


def describe(timed: Timed[MrdTest]) -> str:
    """`NGS 2025-03-01: not detected, LoD 1e-6`"""
    test = timed.entry
    if timed.place == NOT_HANDED_OVER:
        return "MRD tests that may not have been handed over"
    if timed.place < 0:
        return f"MRD resurgence recorded as an event ({timed.when})"
    parts = [(test.result or "result not recorded").replace("-", " ")]
    if test.level is not None:
        parts.append(f"level {scientific(test.level)}")
    lod = test.limit_of_detection
    parts.append(f"LoD {scientific(lod)}" if lod is not None else "LoD not recorded")
    if test.specimen not in (None, "marrow"):
        parts.append(test.specimen or "")
    return f"{test.method or 'method not recorded'} {timed.when}: {', '.join(parts)}"


@lru_cache(maxsize=256)
def reader(threshold: float, rules: MarrowMrdRules) -> Callable[[Timed[MrdTest]], Interpretation]:
    """Compile the reading of one test at a threshold."""
    reaches, too_shallow = comparer(">=", threshold), comparer(">", threshold)
    specimens, methods, clone_for = rules.specimens, rules.methods, rules.trackable_clone_for

    def unfit(test: MrdTest) -> str:
        """Why a negative result would say nothing at the threshold; empty where it would say something."""
        lod, quality = test.limit_of_detection, test.quality
        if test.method is not None and test.method not in methods:
            return "method"
        if test.method in clone_for and quality.trackable_clone is False:
            return "no trackable clone"
        if lod is not None and too_shallow(lod):
            return "limit of detection"
        if rules.not_hemodiluted and quality.hemodiluted:
            return "haemodiluted sample"
        if rules.first_pull and quality.first_pull is False:
            return "not the first pull"
        return ""

    def read(timed: Timed[MrdTest]) -> Interpretation:
        test = timed.entry
        specimen, result, level, lod = test.specimen, test.result, test.level, test.limit_of_detection
        if specimen is not None and specimen not in specimens:
            return Interpretation(timed, NOT_EVALUABLE, "not marrow", ())
        if result == "failed":
            return Interpretation(timed, NOT_EVALUABLE, "the test failed", ())
        unseen: tuple[str, ...] = ("specimen",) if specimen is None else ()
        missing = (*unseen, "method") if test.method is None else unseen
        perhaps_unfit = NOT_EVALUABLE if missing else 0
        at_or_above = level is not None and reaches(level)
        reason = unfit(test)
        if result == "indeterminate":
            # What the laboratory could not call may be disease, and is no negative whatever a repeat would show.
            return Interpretation(timed, POSITIVE | NOT_EVALUABLE, "", (*missing, "result"))
        if result is None:
            open_ = POSITIVE | NEGATIVE | NOT_EVALUABLE if at_or_above else ANY_LEVEL
            return Interpretation(timed, POSITIVE | NOT_EVALUABLE if reason else open_, "", (*missing, "result"))
        found = result == "detected"
        if at_or_above or (found and level is None and lod is not None and too_shallow(lod)):
            # Blood would show nothing about the marrow; by which method disease was found does not matter.
            return Interpretation(timed, POSITIVE | (NOT_EVALUABLE if unseen else 0), "", unseen)
        positive = POSITIVE if found and level is None else 0
        if positive:
            missing = (*missing, "level")
        if reason:
            return Interpretation(timed, NOT_EVALUABLE | positive, reason, missing if positive else ())
        otherwise = BELOW if found else NEGATIVE
        if lod is None:
            return Interpretation(timed, otherwise | NOT_EVALUABLE | positive, "", (*missing, "limit_of_detection"))
        return Interpretation(timed, otherwise | positive | perhaps_unfit, "", missing)

    return read


def why_not_evaluable(reading: Interpretation, threshold: float) -> str:
    """The reason in words."""
    test = reading.timed.entry
    words = {
        "limit of detection": f"LoD {scientific(test.limit_of_detection or 1.0)} is worse than {scientific(threshold)}",
        "not marrow": f"{test.specimen} is not marrow",
        "method": f"{test.method} does not count for this",
        "no trackable clone": f"{test.method} without a trackable clone",
    }
    return words.get(reading.reason, reading.reason)


def shown(case: Case, reading: Interpretation, threshold: float) -> str:
    """A test and how it reads at a threshold, in words."""
    text = case.once(("described", reading.timed.place), lambda: describe(reading.timed))
    if reading.possible == NOT_EVALUABLE:
        return f"{text}: not evaluable at {scientific(threshold)} ({why_not_evaluable(reading, threshold)})"
    if reading.possible == POSITIVE:
        return f"{text}: positive at {scientific(threshold)}"
    if reading.possible == BELOW or (reading.possible == NEGATIVE and reading.timed.entry.level is not None):
        return f"{text}: below {scientific(threshold)}"
    if reading.possible == NEGATIVE:
        return f"{text}: negative at {scientific(threshold)}"
    if reading.timed.place == NOT_HANDED_OVER:
        return text
    if reading.timed.entry.result == "indeterminate":
        return f"{text}: unclear at {scientific(threshold)} (the laboratory called it indeterminate)"
    return f"{text}: unclear at {scientific(threshold)} ({', '.join(reading.missing).replace('_', ' ')} not recorded)"


@lru_cache(maxsize=256)
def shown_at(
    threshold: float, rules: MarrowMrdRules, *, below_counts: bool = False
) -> Callable[[Case], dict[int, str]]:
    """All tests at a threshold and how they read there, in words, by their places: `shown` for all that `interpret` reads."""
    read = reading_at(threshold, rules, below_counts=below_counts)
    return once_per_case(lambda case: {item.timed.place: shown(case, item, threshold) for item in read(case)}, _READS)


def path_of(timed: Timed[MrdTest]) -> str:
    """Where in the profile a test stands; a resurgence recorded as an event stands among the events."""
    if timed.place == NOT_HANDED_OVER:
        return "mrd"
    return f"mrd[{timed.place}]" if timed.place >= 0 else f"events[{-1 - timed.place}]"


def interpret(
    case: Case, threshold: float, rules: MarrowMrdRules, *, below_counts: bool = False
) -> list[Interpretation]:
    """All tests at a threshold, in order of time.

    With `below_counts` disease found below the threshold reads as negative there: for whether MRD is (or was) under a
    threshold at all, and for studies that defined it so. It is never evidence that negativity lasts.
    """
    return reading_at(threshold, rules, below_counts=below_counts)(case)


@lru_cache(maxsize=256)
def reading_at(
    threshold: float, rules: MarrowMrdRules, *, below_counts: bool = False
) -> Callable[[Case], list[Interpretation]]:
    """`interpret` compiled: criteria that read tests alike share what was read."""
    if below_counts:
        plain = reading_at(threshold, rules)
        return once_per_case(lambda case: [_under(item) for item in plain(case)], _READS)
    read = reader(threshold, rules)
    return once_per_case(lambda case: _interpret(case, read), _READS)


def _under(item: Interpretation) -> Interpretation:
    if not item.possible & BELOW:
        return item
    return item._replace(possible=item.possible & ~BELOW | NEGATIVE)


def _interpret(case: Case, read: Callable[[Timed[MrdTest]], Interpretation]) -> list[Interpretation]:
    # What is tried of an answer adds to the tests of the record, or changes one: the others read as before.
    known: dict[int, Interpretation] = case.root.once(("interpreted", read), dict)
    found = []
    for timed in case.mrd:
        item = known.get(id(timed))
        if item is None:
            item = known[id(timed)] = read(timed)
        found.append(item)
    if case.may_lack("mrd"):
        # Tests that were not handed over can have been anything, on any day.
        found.append(Interpretation(Timed(NOT_HANDED_OVER, MrdTest(), LONG_AGO, case.as_of), ANY_LEVEL, "", ()))
    resurgences = [timed for timed in case.timed("events") if timed.entry.kind == "mrd-resurgence"]
    resurgences = [timed for timed in resurgences if happened(timed.entry) is not False]
    if resurgences:
        # A resurgence written down as an event is a positive test whose report is not in the profile.
        positive = MrdTest(result="detected")
        found += [
            Interpretation(
                timed._replace(place=-1 - timed.place, entry=positive, doubted=timed.when),
                POSITIVE if happened(timed.entry) else POSITIVE | NOT_EVALUABLE,
                timed.when,
                () if happened(timed.entry) else (open_about(timed.entry),),
            )
            for timed in resurgences
        ]
        found.sort(key=lambda item: (item.timed.earliest, item.timed.latest))
    return found


class Negatives(NamedTuple):
    """When tests were, or may have been, negative: what is before one of them and what after, without going through all.

    `first` is the earliest last day of a certain negative, `last` the latest first day of one (None: there is none);
    `begins` and `ends` are the first and last days of all that may be negative, in order.
    """

    first: int | None
    last: int | None
    begins: list[int]
    ends: list[int]

    def after(self, item: Interpretation) -> int:
        """Whether one of `found` is followed by a negative, its own reading aside: 0 no, 1 maybe, 2 for certain."""
        if self.last is not None and self.last > item.timed.latest:
            return 2
        later = len(self.ends) - bisect_right(self.ends, item.timed.earliest)
        return 1 if later > _own(item) else 0

    def before(self, item: Interpretation) -> int:
        """Whether one of `found` comes after a negative, its own reading aside: 0 no, 1 maybe, 2 for certain."""
        if self.first is not None and self.first < item.timed.earliest:
            return 2
        return 1 if bisect_left(self.begins, item.timed.latest) > _own(item) else 0


def _own(item: Interpretation) -> bool:
    """Whether a test whose day is not known would count as a negative before, or after, itself."""
    return bool(item.possible & NEGATIVE) and item.timed.earliest < item.timed.latest


@lru_cache(maxsize=256)
def negatives_at(threshold: float, rules: MarrowMrdRules, *, below_counts: bool = False) -> Callable[[Case], Negatives]:
    """The days of the negatives at a threshold, as `interpret` reads them."""
    read = reading_at(threshold, rules, below_counts=below_counts)

    def make(case: Case) -> Negatives:
        found = [item for item in read(case) if item.possible & NEGATIVE]
        certain = [item.timed for item in found if item.possible == NEGATIVE]
        return Negatives(
            min((timed.latest for timed in certain), default=None),
            max((timed.earliest for timed in certain), default=None),
            sorted(item.timed.earliest for item in found),
            sorted(item.timed.latest for item in found),
        )

    return once_per_case(make, _READS)


@lru_cache(maxsize=256)
def runs_at(
    threshold: float, rules: MarrowMrdRules, images: ImagingRules | None, *, below_counts: bool = False
) -> Callable[[Case], tuple[Run, Run]]:
    """The current run at a threshold at its worst and at its best, ended by images too where their rules are given."""
    read = reading_at(threshold, rules, below_counts=below_counts)

    def make(case: Case) -> tuple[Run, Run]:
        found, breaks = read(case), imaging.positives(case, images) if images is not None else []
        return worst_run(found, breaks), best_run(found, breaks)

    return once_per_case(make, _READS if images is None else (*_READS, *imaging.RESTS_ON))


def worst_run(found: list[Interpretation], breaks: list[tuple[int, int, int]]) -> Run:
    """The run when everything open turns out for the worse: certain negatives after every possible positive. Disease
    found below the threshold neither belongs to a run nor ends one.

    `breaks` are other positives (imaging): what they can be, first and last possible day.
    """
    after = -1
    for item in found:
        if item.possible & POSITIVE and item.timed.latest > after:
            after = item.timed.latest
    for possible, _, latest in breaks:
        if possible & POSITIVE and latest > after:
            after = latest
    members = tuple([item for item in found if item.possible == NEGATIVE and item.timed.earliest > after])
    if not members:
        return EMPTY_RUN
    days = [(item.timed.earliest, item.timed.latest) for item in members]
    return Run(fewest_days(days), min([latest for _, latest in days]), max([earliest for earliest, _ in days]), members)


def best_run(found: list[Interpretation], breaks: list[tuple[int, int, int]]) -> Run:
    """The run when everything open turns out for the better: possible negatives after every certain positive."""
    after = -1
    for item in found:
        if item.possible == POSITIVE and item.timed.earliest > after:
            after = item.timed.earliest
    for possible, earliest, _ in breaks:
        if possible == POSITIVE and earliest > after:
            after = earliest
    members = tuple([item for item in found if item.possible & NEGATIVE and item.timed.latest > after])
    if not members:
        return EMPTY_RUN
    first = min([max(item.timed.earliest, after + 1) for item in members])
    exact = {item.timed.earliest for item in members if item.timed.earliest == item.timed.latest}
    open_ = sum([item.timed.earliest != item.timed.latest for item in members])
    return Run(len(exact) + open_, first, max([item.timed.latest for item in members]), members)


def fewest_days(days: list[tuple[int, int]]) -> int:
    """On how few different days tests can have been taken: two assays of one sampling are one."""
    count, covered = 0, -1
    for earliest, latest in sorted(days, key=lambda item: item[1]):
        if earliest > covered:
            count, covered = count + 1, latest
    return count


def any_evaluable(found: list[Interpretation]) -> bool:
    """Whether at least one test certainly says something at the threshold."""
    return any(item.possible in EVALUABLE for item in found)


def recent(day: int, months: int, as_of: int) -> bool:
    """Whether a day lies within so many calendar months before the as-of day (inclusive)."""
    return add_months(day, months) >= as_of


def gap_notes(run: Run, months: int) -> list[str]:
    """Gaps in a run longer than so many months, in words."""
    days = sorted((item.timed.latest, item.timed.when) for item in run.members)
    return [
        f"flagged: more than {months} months between the tests of {earlier[1]} and {later[1]}"
        for earlier, later in pairwise(days)
        if add_months(earlier[0], months) < later[0]
    ]


def quality_notes(run: Run, rules: MarrowMrdRules) -> list[str]:
    """Tests of a run whose sample quality is not recorded, in words."""
    notes = []
    for item in run.members:
        quality = item.timed.entry.quality
        unknown = [name for name in ("first_pull", "hemodiluted") if getattr(quality, name) is None]
        if item.timed.entry.method in rules.trackable_clone_for and quality.trackable_clone is None:
            unknown.append("trackable_clone")
        if unknown:
            words = ", ".join(name.replace("_", " ") for name in unknown)
            notes.append(f"flagged: sample quality not recorded for {item.timed.when} ({words})")
    return notes
