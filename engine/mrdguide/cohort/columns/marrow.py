"""Marrow MRD over columns: how every test reads at a threshold, and the current run of negatives (see `case.mrd`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.case import LONG_AGO
from ...case.events import happened
from ...case.interpretation_rules import ImagingRules, MarrowMrdRules
from ...case.possible import ANY_LEVEL, BELOW, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...patient.events import Event
from ...patient.mrd import MrdTest
from ...reading.numbers import bounds
from .cohort import Cohort
from .images import breaks
from .kernel import Column, kernel
from .listed import Order, chosen, codes_of, listed
from .profiles import NO_FLAG, NO_WORD

SPECIMEN, METHOD, RESULT = (codes_of(MrdTest, name) for name in ("specimen", "method", "result"))
_DETECTED, _NOT_DETECTED = RESULT["detected"], RESULT["not-detected"]
INDETERMINATE, _FAILED = RESULT["indeterminate"], RESULT["failed"]

# A test; a resurgence written down as an event, for certain or not confirmed; or all the tests that a list may lack.
TEST, RESURGENCE, UNCONFIRMED, NOT_SUPPLIED = 0, 1, 2, 3


class Tests(NamedTuple):
    """All tests in order of time for each patient, among them resurgences written down as events, and what the list may lack."""

    offset: Column
    earliest: Column
    latest: Column
    origin: Column
    specimen: Column
    method: Column
    result: Column
    level: Column
    limit_of_detection: Column
    first_pull: Column
    hemodiluted: Column
    trackable_clone: Column


def tests(cohort: Cohort) -> Tests:
    """The tests of a cohort, laid out once."""
    return cohort.once("marrow tests", lambda: _laid_out(cohort))


def _laid_out(cohort: Cohort) -> Tests:
    found, order, kinds = listed(cohort, "mrd"), *_order(cohort)

    def column(values: Column, missing: float = NO_WORD) -> Column:
        return np.concatenate([values, np.full(kinds.size - len(found), missing, values.dtype)])[order.place]

    origin = kinds[order.place]
    result = column(found.words("result", RESULT))
    result[(origin == RESURGENCE) | (origin == UNCONFIRMED)] = _DETECTED
    return Tests(
        order.offset, order.earliest, order.latest, origin,
        column(found.words("specimen", SPECIMEN)), column(found.words("method", METHOD)), result,
        *(column(found.numbers(name), np.nan) for name in ("level", "limit_of_detection")),
        *(column(found.flags(f"quality.{name}"), NO_FLAG) for name in ("first_pull", "hemodiluted", "trackable_clone")),
    )  # fmt: skip


def _order(cohort: Cohort) -> tuple[Order, Column]:
    """The tests, behind them what else counts as one, and what each is. Of the same days a test comes first."""
    tests_, events = listed(cohort, "mrd"), listed(cohort, "events")
    codes, kinds = events.alike(("kind", "attribution", "confirmed", "term", "note"))
    written = np.array([_written(event) for event in kinds], dtype=np.int8)[codes]
    added, lacking = np.flatnonzero(written != TEST), np.flatnonzero(cohort.may_lack("mrd"))
    order = Order(
        len(cohort),
        np.concatenate([tests_.owner, events.owner[added], lacking]),
        np.concatenate([tests_.earliest, events.earliest[added], np.full(lacking.size, LONG_AGO, np.int32)]),
        np.concatenate([tests_.latest, events.latest[added], cohort.days[lacking]]),
    )
    return order, np.concatenate(
        [np.full(len(tests_), TEST, np.int8), written[added], np.full(lacking.size, NOT_SUPPLIED, np.int8)]
    )


def _written(event: Event) -> int:
    """As what an event stands among the tests; a test for none."""
    if event.kind != "mrd-resurgence" or happened(event) is False:
        return TEST
    return RESURGENCE if happened(event) else UNCONFIRMED


def interpreted(cohort: Cohort, threshold: float, rules: MarrowMrdRules, *, below_counts: bool) -> Column:
    """What each test can be at a threshold (`case.possible`). With `below_counts` disease below it reads as negative."""

    def make() -> Column:
        found = _interpreted(
            tests(cohort), chosen(SPECIMEN, rules.specimens), chosen(METHOD, rules.methods),
            chosen(METHOD, rules.trackable_clone_for), bounds(">=", threshold)[1], bounds(">", threshold)[1],
            rules.not_hemodiluted, rules.first_pull,
        )  # fmt: skip
        if below_counts:
            found = np.where(found & BELOW, found & ~BELOW | NEGATIVE, found).astype(np.int8)
        return found

    return cohort.once(("marrow at", threshold, rules, below_counts), make)


@kernel
def _interpreted(
    found: Tests, specimens: Column, methods: Column, clone_for: Column, at_or_above: float, worse_than: float,
    not_hemodiluted: bool, first_pull: bool,
) -> Column:  # fmt: skip
    possible = np.empty(found.result.size, dtype=np.int8)
    for place in range(found.result.size):
        specimen, method, result = found.specimen[place], found.method[place], found.result[place]
        level, limit = found.level[place], found.limit_of_detection[place]
        if found.origin[place] == NOT_SUPPLIED:
            possible[place] = ANY_LEVEL
            continue
        if found.origin[place] != TEST:
            possible[place] = POSITIVE if found.origin[place] == RESURGENCE else POSITIVE | NOT_EVALUABLE
            continue
        if (specimen != 0 and not specimens[specimen]) or result == _FAILED:
            possible[place] = NOT_EVALUABLE
            continue
        high = level >= at_or_above  # false where no level is recorded
        shallow = limit > worse_than  # false where no limit is recorded
        unfit = (
            (method != 0 and not methods[method])
            or (clone_for[method] and found.trackable_clone[place] == 0)
            or shallow
            or (not_hemodiluted and found.hemodiluted[place] == 1)
            or (first_pull and found.first_pull[place] == 0)
        )
        if result == INDETERMINATE:
            possible[place] = POSITIVE | NOT_EVALUABLE
        elif result == 0:
            if unfit:
                possible[place] = POSITIVE | NOT_EVALUABLE
            else:
                possible[place] = POSITIVE | NEGATIVE | NOT_EVALUABLE if high else ANY_LEVEL
        elif high or (result == _DETECTED and np.isnan(level) and shallow):
            possible[place] = POSITIVE | NOT_EVALUABLE if specimen == 0 else POSITIVE
        else:
            found_without_level = result == _DETECTED and np.isnan(level)
            reading = POSITIVE if found_without_level else 0
            if unfit:
                reading |= NOT_EVALUABLE
            else:
                reading |= BELOW if result == _DETECTED else NEGATIVE
                if np.isnan(limit) or specimen == 0 or method == 0:
                    reading |= NOT_EVALUABLE
            possible[place] = reading
    return possible


class Runs(NamedTuple):
    """The current run of negatives of each patient at its worst and at its best: tests, first and last day, and the day
    after which its members lie."""

    worst_tests: Column
    worst_first: Column
    worst_last: Column
    worst_after: Column
    best_tests: Column
    best_first: Column
    best_last: Column


def runs(
    cohort: Cohort, threshold: float, rules: MarrowMrdRules, images: ImagingRules | None, *, below_counts: bool
) -> Runs:
    """The runs at a threshold, ended by images too where their rules are given."""

    def make() -> Runs:
        possible = interpreted(cohort, threshold, rules, below_counts=below_counts)
        ending = breaks(cohort, images)
        return _runs(tests(cohort), possible, ending.offset, ending.possible, ending.earliest, ending.latest)

    return cohort.once(("marrow runs", threshold, rules, images, below_counts), make)


@kernel
def _runs(
    found: Tests,
    possible: Column,
    break_offset: Column,
    break_possible: Column,
    break_earliest: Column,
    break_latest: Column,
) -> Runs:
    patients = found.offset.size - 1
    worst = np.zeros((4, patients), dtype=np.int32)
    best = np.zeros((3, patients), dtype=np.int32)
    days = np.empty((2, 1 + found.result.size), dtype=np.int32)
    for patient in range(patients):
        begin, end = found.offset[patient], found.offset[patient + 1]
        after_worst = after_best = -1
        for place in range(begin, end):
            if possible[place] & POSITIVE:
                after_worst = max(after_worst, found.latest[place])
            if possible[place] == POSITIVE:
                after_best = max(after_best, found.earliest[place])
        for place in range(break_offset[patient], break_offset[patient + 1]):
            if break_possible[place] & POSITIVE:
                after_worst = max(after_worst, break_latest[place])
            if break_possible[place] == POSITIVE:
                after_best = max(after_best, break_earliest[place])
        worst[3, patient] = after_worst
        members = open_ = exact = 0
        last_exact = -1
        for place in range(begin, end):
            earliest, latest = found.earliest[place], found.latest[place]
            if possible[place] == NEGATIVE and earliest > after_worst:
                if members == 0 or latest < worst[1, patient]:
                    worst[1, patient] = latest
                worst[2, patient] = max(worst[2, patient], earliest)
                days[0, members], days[1, members] = earliest, latest
                members += 1
            if possible[place] & NEGATIVE and latest > after_best:
                first = max(earliest, after_best + 1)
                if exact + open_ == 0 or first < best[1, patient]:
                    best[1, patient] = first
                best[2, patient] = max(best[2, patient], latest)
                if earliest != latest:
                    open_ += 1
                elif earliest != last_exact:
                    exact, last_exact = exact + 1, earliest
        worst[0, patient] = fewest_days(days[0, :members], days[1, :members])
        best[0, patient] = exact + open_
    return Runs(worst[0], worst[1], worst[2], worst[3], best[0], best[1], best[2])


@kernel
def fewest_days(earliest: Column, latest: Column) -> int:
    """On how few different days tests, in order of their first days, can have been taken: two assays of one sampling are one."""
    count, until = 0, -1
    for place in range(latest.size):
        if earliest[place] > until:
            count, until = count + 1, latest[place]
        else:
            until = min(until, latest[place])
    return count


@kernel
def evaluable(possible: int) -> bool:
    """Whether a test says something at the threshold for certain."""
    return possible != 0 and not possible & NOT_EVALUABLE


@kernel
def own(possible: int, earliest: int, latest: int) -> int:
    """Whether a test whose day is not known would count as a negative before, or after, itself."""
    return 1 if possible & NEGATIVE and earliest < latest else 0
