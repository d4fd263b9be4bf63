"""Reading marrow MRD tests at a threshold, and the current run of negatives.

The order of the reading: (1) marrow, and a method that counts, else not evaluable; (2) NGS needs a trackable clone;
(3) a level at or above the threshold is positive even in a poor sample, detected without a level is positive or
negative; (4) a limit of detection worse than the threshold is not evaluable; (5) haemodiluted or not the first pull is
not evaluable, quality not recorded is evaluable and flagged; (6) otherwise negative at the threshold.
"""

from __future__ import annotations

from typing import NamedTuple

from ..dates import add_months, iso
from ..logic.numbers import comparer, scientific
from ..patient.mrd import MrdTest
from ..rulebook.readings import MarrowMrdReading
from .case import Case, Timed
from .possible import ANY, EVALUABLE, NEGATIVE, NOT_EVALUABLE, POSITIVE


class Reading(NamedTuple):
    """One test at one threshold: what it can be, why it is not evaluable (if it is not), what is missing."""

    timed: Timed[MrdTest]
    possible: int
    reason: str
    missing: tuple[str, ...]


class Run(NamedTuple):
    """Negatives after the last positive, seen one way: their number, the first and the last day."""

    count: int
    first: int
    last: int
    members: tuple[Reading, ...]


EMPTY_RUN = Run(0, 0, 0, ())


def describe(timed: Timed[MrdTest]) -> str:
    """`NGS 2025-03-01: not detected, LoD 1e-6`"""
    test = timed.entry
    if timed.index < 0:
        return f"MRD resurgence recorded as an event ({iso(timed.earliest)})"
    parts = [(test.result or "result not recorded").replace("-", " ")]
    if test.level is not None:
        parts.append(f"level {scientific(test.level)}")
    lod = test.limit_of_detection
    parts.append(f"LoD {scientific(lod)}" if lod is not None else "LoD not recorded")
    if test.specimen not in (None, "marrow"):
        parts.append(test.specimen or "")
    return f"{test.method or 'method not recorded'} {timed.when}: {', '.join(parts)}"


def read(timed: Timed[MrdTest], threshold: float, rules: MarrowMrdReading) -> Reading:
    """Read one test at a threshold."""
    test = timed.entry
    missing: list[str] = []
    if test.specimen is not None and test.specimen not in rules.specimens:
        return Reading(timed, NOT_EVALUABLE, f"{test.specimen} is not marrow", ())
    if test.method is not None and test.method not in rules.methods:
        return Reading(timed, NOT_EVALUABLE, f"{test.method} does not count for this", ())
    if test.result == "failed":
        return Reading(timed, NOT_EVALUABLE, "the test failed", ())
    if test.method in rules.trackable_clone_for and test.quality.trackable_clone is False:
        return Reading(timed, NOT_EVALUABLE, f"{test.method} without a trackable clone", ())
    perhaps_unfit = 0
    for name in ("specimen", "method"):
        if getattr(test, name) is None:
            perhaps_unfit = NOT_EVALUABLE
            missing.append(name)
    if test.result is None or test.result == "indeterminate":
        if test.level is not None and comparer(">=", threshold)(test.level):
            return Reading(timed, POSITIVE | NEGATIVE | perhaps_unfit, "", ("result",))
        return Reading(timed, ANY, "", (*missing, "result"))
    if test.level is not None and comparer(">=", threshold)(test.level):
        return Reading(timed, POSITIVE | perhaps_unfit, "", tuple(missing))
    positive = 0
    if test.result == "detected" and test.level is None:
        positive = POSITIVE
        missing.append("level")
    unfit = _unfit(test, threshold, rules)
    if unfit:
        return Reading(timed, NOT_EVALUABLE | positive, unfit, tuple(missing) if positive else ())
    if test.limit_of_detection is None:
        return Reading(timed, NEGATIVE | NOT_EVALUABLE | positive, "", (*missing, "limit_of_detection"))
    return Reading(timed, NEGATIVE | positive | perhaps_unfit, "", tuple(missing))


def _unfit(test: MrdTest, threshold: float, rules: MarrowMrdReading) -> str:
    lod = test.limit_of_detection
    if lod is not None and comparer(">", threshold)(lod):
        return f"LoD {scientific(lod)} is worse than {scientific(threshold)}"
    if rules.not_hemodiluted and test.quality.hemodiluted:
        return "haemodiluted sample"
    if rules.first_pull and test.quality.first_pull is False:
        return "not the first pull"
    return ""


def readings(case: Case, threshold: float, rules: MarrowMrdReading) -> list[Reading]:
    """All tests at a threshold, in order of time."""
    return case.once(("mrd", threshold, rules.methods), lambda: _readings(case, threshold, rules))


def _readings(case: Case, threshold: float, rules: MarrowMrdReading) -> list[Reading]:
    found = [read(timed, threshold, rules) for timed in case.mrd]
    resurgences = [timed for timed in case.timed("events") if timed.entry.kind == "mrd-resurgence"]
    if resurgences:
        # A resurgence written down as an event is a positive test whose report is not in the profile.
        positive = MrdTest(result="detected")
        found += [Reading(timed._replace(index=-1, entry=positive), POSITIVE, timed.when, ()) for timed in resurgences]
        found.sort(key=lambda item: (item.timed.earliest, item.timed.latest))
    return found


def worst_run(found: list[Reading], breaks: list[tuple[int, int, int]]) -> Run:
    """The run when everything open turns out for the worse: certain negatives after every possible positive.

    `breaks` are other positives (imaging): what they can be, first and last possible day.
    """
    after = max(
        [item.timed.latest for item in found if item.possible & POSITIVE]
        + [latest for possible, _, latest in breaks if possible & POSITIVE],
        default=-1,
    )
    members = tuple(item for item in found if item.possible == NEGATIVE and item.timed.earliest > after)
    if not members:
        return EMPTY_RUN
    return Run(
        len(members), min(item.timed.latest for item in members), max(item.timed.earliest for item in members), members
    )


def best_run(found: list[Reading], breaks: list[tuple[int, int, int]]) -> Run:
    """The run when everything open turns out for the better: possible negatives after every certain positive."""
    after = max(
        [item.timed.earliest for item in found if item.possible == POSITIVE]
        + [earliest for possible, earliest, _ in breaks if possible == POSITIVE],
        default=-1,
    )
    members = tuple(item for item in found if item.possible & NEGATIVE and item.timed.latest > after)
    if not members:
        return EMPTY_RUN
    first = min(max(item.timed.earliest, after + 1) for item in members)
    return Run(len(members), first, max(item.timed.latest for item in members), members)


def any_evaluable(found: list[Reading]) -> bool:
    """Whether at least one test is certainly positive or negative at the threshold."""
    return any(item.possible in EVALUABLE for item in found)


def recent(day: int, months: int, as_of: int) -> bool:
    """Whether a day lies within so many calendar months before the as-of day (inclusive)."""
    return add_months(day, months) >= as_of


def gap_notes(run: Run, months: int) -> list[str]:
    """Gaps in a run longer than so many months, in words."""
    days = sorted((item.timed.latest, item.timed.when) for item in run.members)
    return [
        f"flagged: more than {months} months between the tests of {earlier[1]} and {later[1]}"
        for earlier, later in zip(days, days[1:], strict=False)
        if add_months(earlier[0], months) < later[0]
    ]


def quality_notes(run: Run, rules: MarrowMrdReading) -> list[str]:
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
