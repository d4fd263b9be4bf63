"""The course of response, as IMWG practice has it: a category stands until a change is confirmed by a second assessment.

Response categories and marker panels are walked through in order of time. Where dates leave the order open every order
is walked through, so that what hangs on it comes out as unknown. A better category counts when it is recorded; a worse one
needs a second assessment on another day that agrees, and until then leaves the response in doubt.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ..patient.events import ResponseAssessment
from ..patient.markers import MarkerPanel
from .case import Case, Timed
from .protein import Antibodies, Protein, ProteinReading, read_protein

RANK = {"sCR": 5, "CR": 5, "VGPR": 4, "PR": 3, "MR": 2, "SD": 1, "PD": 0}
COMPLETE = RANK["CR"]
_BELOW_COMPLETE = RANK["VGPR"]
_NONE = -1
# How many entries of overlapping dates, and how many beginnings of an order, are looked at; beyond them all is unknown.
_MOST_AT_ONCE = 200
_MOST_BEGINNINGS, _MOST_STEPS = 1000, 20_000


class CourseRules(NamedTuple):
    """How a course is read. A panel within `near_days` of a lower category explains it when its band is another one; a
    panel and a category within `same_days` rest on one sample, so that neither confirms the other."""

    near_days: int
    same_days: int
    antibodies: Antibodies


class Step(NamedTuple):
    """One assessment: a category (`rank`; None when it is not recorded) or the reading of a panel."""

    earliest: int
    latest: int
    place: int
    panel: ProteinReading | None
    rank: int | None
    confirmed: bool | None
    explained: bool = False  # a panel of the same time shows that the band behind it is another one

    @property
    def path(self) -> str:
        return f"{'responses' if self.panel is None else 'markers'}[{self.place}]"


class _Day(NamedTuple):
    earliest: int
    latest: int
    panel: bool


class Standing(NamedTuple):
    """Where a course has come to. Ranks as in `RANK`, -1 for none.

    `doubt` is a lower assessment that no second one has confirmed or refuted, with its day (or days, where a panel and a
    category rest on one sample); `lost` that a confirmed loss
    has not been made good; `was_lost` that there ever was one; `doubted` that a lower assessment was refuted.
    """

    rank: int = _NONE
    best: int = _NONE
    unconfirmed: int = _NONE
    doubt: tuple[int, tuple[_Day, ...]] | None = None
    lost: bool = False
    was_lost: bool = False
    again: tuple[bool, _Day] | None = None
    doubted: bool = False
    band: bool = False


class Reached(NamedTuple):
    """Something was certainly reached by the first of these days, and can have been reached from the second one on."""

    surely: int | None
    perhaps: int | None


def complete_response(case: Case) -> Reached:
    """When a complete response was first recorded; an assessment without its category may have been one."""
    named = [timed for timed in case.timed("responses") if RANK.get(timed.entry.category, COMPLETE) == COMPLETE]
    surely = min((timed.latest for timed in named if timed.entry.category is not None), default=None)
    return Reached(surely, min((timed.earliest for timed in named), default=None))


def steps(case: Case, rules: CourseRules) -> list[Step]:
    """The assessments of a course in order of time."""

    def make() -> list[Step]:
        panels = [(timed, read_protein(case, timed, rules.antibodies)) for timed in case.timed("markers")]
        found = [
            Step(timed.earliest, timed.latest, timed.place, reading, None, None)
            for timed, reading in panels
            if reading.protein is not Protein.NOT_EXAMINED
        ]
        for timed in case.timed("responses"):
            category, confirmed = timed.entry.category, timed.entry.confirmed
            rank = RANK[category] if category is not None else None
            explained = category != "PD" and _explained(timed, panels, rules.near_days)
            found.append(Step(timed.earliest, timed.latest, timed.place, None, rank, confirmed, explained))
        return sorted(found, key=lambda step: (step.earliest, step.latest, step.panel is None, step.place))

    return case.once(("response steps", rules), make)


def standings(case: Case, rules: CourseRules) -> frozenset[Standing] | None:
    """Every standing that some order of the assessments leads to; None when there are too many orders to look at."""
    found = case.once(("response standings", rules), lambda: (walked(case, steps(case, rules), rules.same_days),))
    return found[0]


def walked(case: Case, course: Iterable[Step], same_days: int) -> frozenset[Standing] | None:
    """The standings after a course of this case; see `standings`.

    What is tried while a response is open are many courses that differ in one entry: what an assessment makes of the same
    standings is worked out once for a record.
    """
    known: dict[tuple[tuple[Step, ...], frozenset[Standing]], _Walked] = case.root.once(("walked", same_days), dict)
    states = frozenset((Standing(),))
    steps_tried = 0
    for together in _groups(course):
        found = known.get((together, states))
        if found is None:
            found = known[together, states] = _in_any_order(together, states, same_days)
        steps_tried += found.steps
        if found.states is None or steps_tried > _MOST_STEPS:
            return None
        states = found.states
    return states


class _Walked(NamedTuple):
    """Where assessments have led, None when they have too many orders, and how many steps it took to find out."""

    states: frozenset[Standing] | None
    steps: int


def _in_any_order(together: tuple[Step, ...], states: frozenset[Standing], same_days: int) -> _Walked:
    steps_tried = 0
    if len(together) > _MOST_AT_ONCE:
        return _Walked(None, steps_tried)
    # What has been walked through, as bits, with where that can have led.
    reached: dict[int, Iterable[Standing]] = {0: states}
    for _ in together:
        following: dict[int, set[Standing]] = {}
        for done, before in reached.items():
            for index in _next(together, done):
                after = following.setdefault(done | 1 << index, set())
                for one in before:
                    steps_tried += 1
                    after.update(_step(one, together[index], same_days))
        if len(following) > _MOST_BEGINNINGS or steps_tried > _MOST_STEPS:
            return _Walked(None, steps_tried)
        reached = {**following}
    return _Walked(frozenset().union(*reached.values()), steps_tried)


def _groups(course: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """The course in groups: within one the order may be open, between two it is not."""
    group: list[Step] = []
    last = 0
    for step in course:
        if group and step.earliest > last:
            yield tuple(group)
            group = []
        group.append(step)
        last = max(last, step.latest)
    if group:
        yield tuple(group)


def _next(together: tuple[Step, ...], done: int) -> list[int]:
    """The assessments that can come next: none that is left lies before them for certain."""
    left = [index for index in range(len(together)) if not done >> index & 1]
    first = min(together[index].latest for index in left)
    return [index for index in left if together[index].earliest <= first]


def _step(state: Standing, step: Step, same_days: int) -> Iterator[Standing]:
    day = _Day(step.earliest, step.latest, step.panel is not None)
    if step.panel is None:
        for rank in RANK.values() if step.rank is None else (step.rank,):
            # A lower category that another band explains is no lower one.
            if not (step.explained and rank < state.rank):
                yield from _category(state, rank, step.confirmed, day, same_days)
            else:
                yield state
    elif step.panel.protein is Protein.ORIGINAL:
        yield from _original(state._replace(band=True), day, same_days)
    elif step.panel.protein is Protein.UNCLEAR:
        yield state._replace(band=True)
        yield from _original(state._replace(band=True), day, same_days)
        if step.panel.whole:
            # It may turn out to be another band, and the original protein to be absent.
            yield from _excluded(state, day, same_days, another_band=True)
    elif step.panel.excludes:
        yield from _excluded(state, day, same_days, another_band=step.panel.protein is Protein.EXPLAINED)
    else:
        yield state


def _category(state: Standing, rank: int, confirmed: bool | None, day: _Day, same_days: int) -> Iterator[Standing]:
    if state.unconfirmed > rank:
        state = state._replace(unconfirmed=_NONE)
    if rank < state.rank:
        yield from _lower(state, rank, confirmed, day, same_days)
        return
    for after in _refuted(state, day, same_days):
        if after.lost:
            yield from _again(after, rank, confirmed, day, same_days)
        elif rank > after.rank and confirmed is False and after.unconfirmed < rank:
            yield after._replace(unconfirmed=rank)
        else:
            yield after._replace(rank=rank, best=max(rank, after.best), unconfirmed=_NONE)


def _lower(state: Standing, rank: int, confirmed: bool | None, day: _Day, same_days: int) -> Iterator[Standing]:
    """A lower assessment: a loss when it is confirmed, else a doubt."""
    state = state._replace(again=None, unconfirmed=_NONE)
    # Progressive disease is a category that stands for its own criteria, which ask for two values.
    if confirmed or (confirmed is None and rank == RANK["PD"]):
        yield state._replace(rank=rank, doubt=None, lost=True, was_lost=True)
        return
    if state.doubt is None:
        yield state._replace(doubt=(rank, (day,)))
        return
    before, days = state.doubt
    apart = [_apart(first, day, same_days) for first in days]
    if any(another for another, _ in apart):
        yield state._replace(rank=max(rank, before), doubt=None, lost=True, was_lost=True)
    if all(same for _, same in apart):
        yield state._replace(doubt=(max(rank, before), days if day in days else (*days, day)))


def _original(state: Standing, day: _Day, same_days: int) -> Iterator[Standing]:
    """The original protein speaks against a complete response, and says nothing new below one."""
    if state.rank == COMPLETE:
        yield from _lower(state, _BELOW_COMPLETE, None, day, same_days)
        return
    state = state._replace(again=None)
    yield state._replace(unconfirmed=_NONE) if state.unconfirmed == COMPLETE else state
    if state.unconfirmed == COMPLETE:
        # Or the complete response was one, and this is the first that speaks against it: what is lower later is a loss then.
        yield state


def _excluded(state: Standing, day: _Day, same_days: int, *, another_band: bool) -> Iterator[Standing]:
    """A panel without the original protein agrees with a complete response, but does not make one by itself.

    Where another band shows it speaks against a doubt, but does not make a confirmed loss good.
    """
    for after in _refuted(state, day, same_days):
        if after.lost and another_band:
            yield after
        elif not after.lost:
            rank = max(after.rank, after.unconfirmed)
            yield after._replace(rank=rank, best=max(rank, after.best), unconfirmed=_NONE)
        elif after.again is None or not after.again[0]:
            yield after._replace(again=(False, day))
        else:
            yield from _agreeing(after, after.best, day, same_days)


def _again(state: Standing, rank: int, confirmed: bool | None, day: _Day, same_days: int) -> Iterator[Standing]:
    """A category as good as before a confirmed loss, or better than what it fell to."""
    if rank < state.best:
        yield state._replace(rank=rank, again=None)
    elif confirmed:
        yield state._replace(rank=rank, best=rank, lost=False, again=None)
    elif state.again is None:
        # It counts as a best once it is recorded, as it does before any loss: below it nothing has been made good.
        yield state._replace(best=state.best if confirmed is False else rank, again=(True, day))
    else:
        yield from _agreeing(state, rank, day, same_days)


def _agreeing(state: Standing, rank: int, day: _Day, same_days: int) -> Iterator[Standing]:
    assert state.again is not None
    another, same = _apart(state.again[1], day, same_days)
    if another:
        yield state._replace(rank=rank, best=rank, lost=False, again=None)
    if same:
        yield state._replace(best=rank, again=(True, state.again[1]))


def _refuted(state: Standing, day: _Day, same_days: int) -> Iterator[Standing]:
    """A doubt is gone when the next assessment, of another sample, does not agree."""
    if state.doubt is None:
        yield state
        return
    # A category may rest on the very panel that it seems to refute; a later panel is another sample.
    apart = [_apart(first, day, same_days if not day.panel else 0) for first in state.doubt[1]]
    if all(another for another, _ in apart):
        yield state._replace(doubt=None, doubted=True)
    if any(same for _, same in apart):
        yield state


def _apart(first: _Day, second: _Day, same_days: int) -> tuple[bool, bool]:
    """Whether two assessments can be two, and whether they can be one and the same."""
    limit = same_days if first.panel != second.panel else 0
    least = max(0, second.earliest - first.latest, first.earliest - second.latest)
    most = max(second.latest - first.earliest, first.latest - second.earliest)
    return most > limit, least <= limit


def _explained(
    timed: Timed[ResponseAssessment], panels: list[tuple[Timed[MarkerPanel], ProteinReading]], days: int
) -> bool:
    """Whether a panel of the same time shows that the band behind a lower category is another one."""
    near = set()
    # They are in order of time: none before the first of these days and after the last is of the same time.
    for panel, reading in islice(
        panels, bisect_left(panels, timed.latest - days, key=lambda pair: pair[0].earliest), None
    ):
        if panel.earliest > timed.earliest + days:
            break
        if panel.latest <= timed.earliest + days:
            near.add(reading.protein)
            if Protein.ORIGINAL in near:
                return False
    return Protein.EXPLAINED in near
