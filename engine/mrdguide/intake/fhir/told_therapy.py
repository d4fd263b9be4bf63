"""Therapy told where it is not read: a bill, a plan, an appointment, a value. What no recorded phase explains is news.

A resource of an act (a claim, an order, a visit) tells of its own days: a drug that was recorded for 2019 is none of 2026. What
others say of therapy may be what was given long ago, so there it is news only when no phase has it, or it is said to begin again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ...dates import CalendarDate, parse_date
from ...reading.computed import computed
from ...reading.written_words import drug_meant
from .baseline import starts_of_therapy
from .codes import CodeTable, Meaning
from .codes.table import Domain
from .collecting import Collector
from .course_codes import coded_in, concepts
from .current import OBJECT
from .elements import day, meanings
from .saying import says, says_now

Phase = Mapping[str, Any]
Days = tuple[CalendarDate, ...] | None
"""The days of what is told: none where they are not said, and None where it goes on or is to come."""

_DAY = re.compile(r"(?:19|20)\d\d-\d\d(?:-\d\d(?:T.*)?)?$")
# A year alone is one only where FHIR has a day.
_YEAR = re.compile(r"(?:19|20)\d\d$")
_HAVE_DAYS = ("date", "start", "created", "authored", "authoredOn", "recorded", "issued", "sent")
_NO_DAY = ("meta", "contained", "end", "identifier")


class ToldTherapy:
    """The phases that are recorded, and what they explain of what is told elsewhere; made when all phases are known."""

    def __init__(self, collector: Collector) -> None:
        self._collector, self._table = collector, collector.table
        self._phases: list[Phase] = list(collector.profile.get("therapy", ()))

    @computed
    def words(self) -> tuple[str, ...]:
        """The words for therapy that no recorded phase explains."""
        return self._words(self._phases)

    def by_codes(self, value: Any, days: Days, *, of_an_act: bool) -> set[Domain]:
        """What the codes inside a value are news of; only of an act the days are those of the therapy that it names."""
        found: set[Domain] = set()
        for concept in concepts(value):
            found |= coded_in(self._table, concept)
            for meaning, code, _ in meanings(self._table, concept):
                if meaning.irrelevant:
                    continue
                if meaning.kind in _EXPLAINED:
                    found |= set() if self._explains(meaning, days if of_an_act else ()) else {"therapy"}
                elif self._is_news_of_the_disease(meaning, code, days):
                    found.add("diagnosis")
        return found

    def tells(self, text: str, days: Days, *, of_an_act: bool) -> bool:
        """Whether words tell of therapy that no phase explains, of an act on its days."""
        return (
            says(self._table.reading, text, self.words)
            or self._begins_again(text, days)
            or (of_an_act and self._of_an_act(text, days))
        )

    def _of_an_act(self, text: str, days: Days) -> bool:
        """Whether words of something done name therapy that no phase explains on its days, and that is not said to be past."""
        wanted, reading = self._words(self._on(days)), self._table.reading
        others, of_places = _over(self._table, wanted, self.words)
        before = self._year(days)
        return says_now(reading, text, others, reading.past_words, before) or says_now(
            reading, text, of_places, (*reading.past_words, *reading.place_words), before
        )

    def _begins_again(self, text: str, days: Days) -> bool:
        """Whether words say that therapy begins again that only a phase explains that is over."""
        reading = self._table.reading
        if not says(reading, text, reading.again_words):
            return False
        within = self._words(self._on(days if days else None))
        wanted = (word for words in _over(self._table, within, self.words) for word in words)
        return says_now(reading, text, wanted, (), self._year(days), among=reading.again_words)

    def _is_news_of_the_disease(self, meaning: Meaning, code: str, days: Days) -> bool:
        if meaning.kind == "bone-disease":
            return not self._is_known_damage(code, days)
        if meaning.means == "condition.solitary-plasmacytoma":
            return not self._is_the_diagnosis(meaning.name, days)
        return meaning.means == "unread.diagnosis"

    def _explains(self, meaning: Meaning, days: Days) -> bool:
        phases, kind = self._on(days), meaning.kind
        if kind == "drug":
            conditioned = bool(days) and any(phase.get("phase") == "transplant" for phase in phases)
            return meaning.name in _drugs(phases) or (
                conditioned and meaning.name in self._table.reading.around_transplant["conditioning"].words
            )
        if kind == "radiotherapy":
            return any(phase.get("phase") == kind for phase in phases)
        if kind == "drug-administration":
            injected = set(self._table.reading.injected)
            return any(phase.get("phase") == "transplant" for phase in phases) or not injected.isdisjoint(
                _drugs(phases)
            )
        # A diagnosis is a state, which is written down at any time later.
        among = self._phases if meaning.entry.system in _STATES else phases
        return any(
            phase.get("phase") == "transplant"
            and (kind == "around-transplant" or str(phase.get("kind")).endswith(meaning.name))
            for phase in among
        )

    def _is_known_damage(self, code: str, days: Days) -> bool:
        """Whether damage is from before therapy, or stands among the Conditions, where it is judged."""
        starts = [parse_date(start).earliest for start in starts_of_therapy(self._collector)]
        if days and starts and max(found.latest for found in days) < min(starts):
            return True
        return any(code == known for _, known in self._collector.bone_disease)

    def _is_the_diagnosis(self, disease: str, days: Days) -> bool:
        diagnosis = self._collector.profile.get("diagnosis", {})
        diagnosed = day(diagnosis.get("date"))
        if days and diagnosed is not None and max(found.latest for found in days) <= diagnosed.latest:
            return True
        return diagnosis.get("disease") == disease  # type: ignore[no-any-return]

    def _words(self, phases: Sequence[Phase]) -> tuple[str, ...]:
        kinds = frozenset(str(phase.get("phase")) for phase in phases)
        return _unexplained(self._table, frozenset(_drugs(phases)), kinds)

    def _on(self, days: Days) -> list[Phase]:
        """The phases in which all of these days lie; all phases where none is said, those that go on where it does."""
        if days is None:
            return [phase for phase in self._phases if "end" in phase and phase["end"] is None]
        return [phase for phase in self._phases if all(self._holds(phase, found) for found in days)]

    def _holds(self, phase: Phase, found: CalendarDate) -> bool:
        about = self._table.reading.around_phase
        begun = day(phase.get("start") or phase.get("date"))
        if begun is None:
            return True
        if found.latest < begun.earliest - about.days_before:
            return False
        if phase.get("phase") == "transplant":
            over: int | None = begun.latest
        elif "end" in phase:
            ended = day(phase["end"])
            over = ended.latest if ended is not None else None
        else:
            over = self._next_start(begun)
        return over is None or found.earliest <= over + about.days_after

    def _year(self, days: Days) -> int | None:
        """The year before which a year in words is past: that of the first day, or the one after the last phase that is over."""
        if days:
            return min(int(str(found)[:4]) for found in days)
        over = [day(phase.get("end") or phase.get("date")) for phase in self._phases]
        return max((int(str(found)[:4]) + 1 for found in over if found is not None), default=None)

    def _next_start(self, begun: CalendarDate) -> int | None:
        """When the next phase began, by which one without an end is over."""
        starts = [day(phase.get("start") or phase.get("date")) for phase in self._phases]
        return min((item.latest for item in starts if item is not None and item.earliest > begun.latest), default=None)


_STATES = ("icd-10-cm", "icd-9-cm")
_EXPLAINED = ("drug", "transplant", "around-transplant", "radiotherapy", "drug-administration")


def parts_of(table: CodeTable, resource: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Days]]:
    """What a resource tells, in parts that each have their days: an item of a bill with a day of its own is one by itself.

    Who did it and where is left out, for the name of a ward is no therapy.
    """
    reading, whole = table.reading, {}
    kind = resource.get("resourceType")
    for name, value in resource.items():
        if name in reading.elements_of_who:
            continue
        if isinstance(value, list):
            dated = [item for item in value if isinstance(item, OBJECT) and any(_days(item, reading.days_of_writing))]
            for item in dated:
                yield {"resourceType": kind, name: [item]}, tuple(_days(item, reading.days_of_writing))
            value = [item for item in value if item not in dated]
        whole[name] = value
    found = tuple(_days(whole, reading.days_of_writing)) or tuple(_days(whole, ()))
    goes_on = kind in reading.types_of_acts and resource.get("status") in reading.going_on
    yield whole, None if goes_on and not found else found


def _days(value: Any, left_out: tuple[str, ...]) -> Iterator[CalendarDate]:
    """The days that stand in a value: of a period the first one."""
    if isinstance(value, list):
        for item in value:
            yield from _days(item, left_out)
    elif isinstance(value, OBJECT):
        for name, item in value.items():
            if name in _NO_DAY or name in left_out:
                continue
            if not isinstance(item, str):
                yield from _days(item, left_out)
            elif (_DAY.match(item) or (_YEAR.match(item) and _has_a_day(name))) and (found := day(item)) is not None:
                yield found


def _has_a_day(name: str) -> bool:
    return name in _HAVE_DAYS or name.endswith(("Date", "DateTime"))


def _drugs(phases: Sequence[Phase]) -> set[str]:
    return {drug.casefold() for phase in phases for drug in phase.get("drugs", ())}


@lru_cache(maxsize=64)
def _unexplained(table: CodeTable, drugs: frozenset[str], kinds: frozenset[str]) -> tuple[str, ...]:
    """The words for therapy that phases of these kinds, with these drugs, do not explain."""
    reading = table.reading
    explained = {word for kind in kinds for word in reading.phase_words.get(kind, ())}
    combinations = [name for name, parts in reading.regimens.items() if not drugs.issuperset(parts)]
    return tuple(
        word
        for word in (*reading.words["therapy"], *combinations)
        if word not in explained
        and (drug_meant(word) or word) not in drugs
        and not any(drug.startswith(word) for drug in drugs)
    )


@lru_cache(maxsize=64)
def _over(
    table: CodeTable, wanted: tuple[str, ...], explained_by_none: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words for therapy that only phases of other days explain: of drugs, and those after which places are named."""
    places = {word for words in table.reading.phase_words.values() for word in words}
    over = [word for word in wanted if word not in explained_by_none]
    return tuple(word for word in over if word not in places), tuple(word for word in over if word in places)
