"""The current course of a phase: a short pause is a pause, a longer one begins a new course.

A pause of at most so many calendar months belongs to the course if it has a reason that is not disease, or if nothing in it
showed disease.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from ..dates import add_months
from ..patient.bad_news import Adversity, adverse_fields
from ..patient.stop_reasons import ended_for_another_reason
from . import imaging
from .case import Case, Timed
from .events import happened, of_myeloma
from .lines import EXPLAINED
from .possible import POSITIVE
from .response_course import complete_response
from .therapy import Episode, Phases, episodes, longest

if TYPE_CHECKING:
    from ..patient.events import Event
    from ..patient.therapy import TherapyEntry
    from .interpretation_rules import InterpretationRules

Stretch = tuple[int, int]

_DISEASE_EVENTS = ("progression", "clinical-relapse", "mrd-resurgence", "extramedullary-disease")
# Treatment after which maintenance begins afresh.
_STARTS_AFRESH = ("induction", "transplant")
_CHAINS = {"kappa", "lambda_"}
_COMPLETE = 5
_DEPTH = ("PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")


class _Span(NamedTuple):
    start: int
    end: int
    timed: Timed[TherapyEntry]


class _Gap(NamedTuple):
    """From the end of what came before to the next start, and the entries at both ends."""

    first: int
    last: int
    before: Timed[TherapyEntry]
    after: Timed[TherapyEntry]


def current(
    case: Case, found: list[Episode], pause: int, rules: InterpretationRules
) -> tuple[Stretch | None, Stretch | None]:
    """The last course at its shortest and at its longest, each as one stretch with the days of its pauses taken out."""
    return _shortest(case, found, pause, rules), _longest(case, found, pause, rules)


def since_treatment(case: Case, found: list[Episode]) -> list[Episode]:
    """Episodes as far as they came after induction or a transplant that was begun within them: what was given before says
    nothing of how long maintenance has held what that left."""
    treated = [
        timed for timed in case.therapy if timed.entry.phase in _STARTS_AFRESH and timed.entry.begins is not None
    ]
    return [_after(item, treated, case.as_of) for item in found] if treated else found


def _after(item: Episode, treated: list[Timed[TherapyEntry]], as_of: int) -> Episode:
    for timed in treated:
        if timed.place == item.timed.place or timed.earliest <= item.earliest_start:
            continue
        end = timed.entry.end
        known = timed.entry.phase == "transplant" and end is None
        last = timed.latest if known else as_of if end is None else min(end.latest, as_of)
        item = item._replace(latest_start=max(item.latest_start, last))
        if timed.earliest > item.timed.latest:
            first = timed.earliest if end is None else min(end.earliest, as_of)
            item = item._replace(earliest_start=max(item.earliest_start, first))
    return item


def _shortest(case: Case, found: list[Episode], pause: int, rules: InterpretationRules) -> Stretch | None:
    sure = sorted(
        (_Span(item.latest_start, item.earliest_end, item.timed) for item in found if _is_sure(item)), key=_by_time
    )
    course = _last_course(sure, lambda gap: _breaks(case, gap, pause, rules) is not False)
    if course is None:
        return None
    for item in found:
        # An episode whose days are not known may be a course of its own, begun only lately.
        gap = _Gap(course.end, item.timed.latest, course.timed, item.timed)
        if not _is_sure(item) and gap.last > gap.first and _breaks(case, gap, pause, rules) is not False:
            return None
    return course.start, course.end


def _is_sure(item: Episode) -> bool:
    return item.latest_start < item.earliest_end


def _longest(case: Case, found: list[Episode], pause: int, rules: InterpretationRules) -> Stretch | None:
    if any(item.timed.entry.phase is None for item in found):
        # What may be an episode may fill any gap.
        return longest(found)
    spans = sorted(
        (
            _Span(item.earliest_start, item.latest_end, item.timed)
            for item in found
            if item.earliest_start <= item.latest_end
        ),
        key=_by_time,
    )
    course = _last_course(spans, lambda gap: _breaks(case, gap, pause, rules) is True)
    return None if course is None else (course.start, course.end)


def _by_time(span: _Span) -> tuple[int, int]:
    return span.start, span.end


def _last_course(spans: list[_Span], breaks: Callable[[_Gap], bool]) -> _Span | None:
    """The last course as one stretch, with the entry that ended it."""
    if not spans:
        return None
    start, end, before = spans[0]
    for span in spans[1:]:
        if span.start > end:
            if breaks(_Gap(end, span.start, before, span.timed)):
                start = span.start
            else:
                start += span.start - end
        if span.end > end:
            end, before = span.end, span.timed
    return _Span(start, end, before)


def restarts(case: Case, phase: Phases, pause: int, rules: InterpretationRules) -> frozenset[int]:
    """The places of entries that may begin a new course after an earlier one."""
    found = episodes(case, phase)
    return frozenset(item.timed.place for item in found if _may_restart(case, item, found, pause, rules))


def _may_restart(case: Case, item: Episode, found: list[Episode], pause: int, rules: InterpretationRules) -> bool:
    latest = item.timed.latest
    others = [other for other in found if other.timed.place != item.timed.place and other.timed.earliest < latest]
    certain = [other for other in others if other.timed.entry.phase is not None and other.timed.latest <= latest]
    if certain:
        last = max(certain, key=lambda other: other.earliest_end)
        first = last.earliest_end
    elif others:
        last = min(others, key=_first_end)
        first = _first_end(last)
    else:
        return False
    if first >= latest:
        return False
    return _breaks(case, _Gap(first, latest, last.timed, item.timed), pause, rules) is not False


def _first_end(item: Episode) -> int:
    """The first day on which an entry can have ended."""
    entry = item.timed.entry
    if entry.end is not None:
        return max(entry.end.earliest, item.timed.earliest)
    return item.latest_end if entry.end_recorded else item.timed.earliest


def _breaks(case: Case, gap: _Gap, pause: int, rules: InterpretationRules) -> bool | None:
    """Whether a gap ends a course; None where something in it leaves that open."""
    if gap.last - gap.first <= 1:
        return False
    if add_months(gap.first, pause) < gap.last:
        return True
    if ended_for_another_reason(gap.before.entry.stop_reason) or gap.after.entry.start_reason in EXPLAINED:
        return False
    return _disease_seen(case, gap, rules)


def _disease_seen(case: Case, gap: _Gap, rules: InterpretationRules) -> bool | None:
    """Any sign of disease between two days: MRD or an image, a response that was better before, an event, a panel."""
    signs = case.once("signs-of-disease", lambda: list(_signs(case, rules)))
    inside = [item for item in signs if item[0].latest >= gap.first and item[0].earliest <= gap.last]
    if any(certain and timed.earliest >= gap.first and timed.latest <= gap.last for timed, certain in inside):
        return True
    lacking = any(case.may_lack(name) for name in ("mrd", "imaging", "responses", "events", "markers"))
    return None if inside or lacking else False


def _signs(case: Case, rules: InterpretationRules) -> Iterator[tuple[Timed[Any], bool]]:
    """What shows disease, or may: each with whether it certainly does."""
    for test in case.mrd:
        if test.entry.result in ("detected", "indeterminate", None):
            yield test, test.entry.result == "detected"
    for event in case.timed("events"):
        sign = _of_disease(event.entry)
        if sign is not False and happened(event.entry) is not False:
            yield event, sign is True and happened(event.entry) is True
    for image in imaging.interpret(case, rules.imaging):
        if image.possible & POSITIVE:
            yield image.timed, image.possible == POSITIVE
    yield from _falls(case)
    yield from _panels(case)


def _of_disease(event: Event) -> bool | None:
    """Whether an event is one of disease by its kind, by what it was found to be due to or by its own words."""
    if event.kind is None:
        return None
    return True if event.kind in _DISEASE_EVENTS else of_myeloma(event)


def _panels(case: Case) -> Iterator[tuple[Timed[Any], bool]]:
    """Panels with bad news after a complete response; before one they may show what was never gone."""
    reached = complete_response(case)
    if reached.perhaps is None:
        return
    for timed in case.timed("markers"):
        adverse = {item.name: item for item in adverse_fields("markers", timed.entry)}
        if adverse.keys() >= _CHAINS:
            # Both light chains are high where the kidneys or an infection raise them.
            adverse = {name: item for name, item in adverse.items() if name not in _CHAINS}
        if adverse and timed.latest >= reached.perhaps:
            sure = reached.surely is not None and timed.earliest > reached.surely
            told = any(
                item.adversity == Adversity.CERTAINLY and not item.unexplained
                for item in adverse.values()
                if item.name not in _CHAINS
            )
            yield timed, sure and told


def _falls(case: Case) -> Iterator[tuple[Timed[Any], bool]]:
    """Response assessments worse than one before them; stringent and plain complete response are one here."""
    by_start = list(case.timed("responses"))
    by_end = sorted(by_start, key=lambda item: item.latest)
    possible = _best_so_far(by_start, unknown=len(_DEPTH) - 1)
    certain = _best_so_far(by_end, unknown=-1)
    for timed in by_start:
        rank = _rank(timed, 0)
        before = possible[bisect_left(by_start, timed.latest, key=lambda item: item.earliest)]
        surely = certain[bisect_left(by_end, timed.earliest, key=lambda item: item.latest)]
        if rank == 0 or rank < min(before, _COMPLETE):
            yield timed, timed.entry.category is not None and (rank == 0 or rank < min(surely, _COMPLETE))


def _best_so_far(found: list[Timed[Any]], unknown: int) -> list[int]:
    """The best category among the first so many assessments."""
    return list(accumulate((_rank(timed, unknown) for timed in found), max, initial=-1))


def _rank(timed: Timed[Any], unknown: int) -> int:
    return unknown if timed.entry.category is None else _DEPTH.index(timed.entry.category)
