"""What a recorded phase of therapy explains: a dose or a refill of one of its drugs, what is done round a transplant.

An export tells therapy many times over: the statement, its renewals, each dose, the harvest and the status after a transplant.
Where a phase that is recorded explains one of them it is no news; where none does it means what it would alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ...dates import CalendarDate
from .asides import read_asides
from .codes import CodeTable
from .codes.table import AroundTransplant, Reading
from .collecting import BROKEN, Collector
from .current import Resource
from .elements import date_of, day, meanings, period, wording
from .saying import phrases, says
from .unread import spoken_of

Phase = Mapping[str, Any]
_DONE, _CONDITIONING = "transplantation", "conditioning"
# Of a phase that goes on an order may be one that was filled; of one that is over, one that was stopped with it.
_OF_ONE_THAT_GOES_ON = ("active", "completed", "in-progress")
_OF_ONE_THAT_IS_OVER = ("stopped", "completed", "in-progress")


def settle_unplaced(collector: Collector) -> None:
    """Leave out what a recorded phase explains, when all are known; the words beside it are read all the same."""
    phases = [entry for entry in collector.profile.get("therapy", ()) if entry.get("phase")]
    for item in collector.unplaced:
        try:
            if any(item.is_explained_by(phase) for phase in phases):
                collector.ignore(item.resource, "part of a phase of therapy that is recorded")
            else:
                item.otherwise()
            read_asides(collector, item.resource)
        except BROKEN as error:
            collector.unreadable(item.resource, f"could not be read ({type(error).__name__})", "*")


def is_dose_of(
    phase: Phase, drugs: Iterable[str], start: CalendarDate | None, end: CalendarDate | None, status: str
) -> bool:
    """Whether drugs that were given or ordered are a phase's own, within its days."""
    begun, over, given = day(phase.get("start")), day(phase.get("end")), set(drugs)
    if not given or not given <= set(phase.get("drugs", ())) or "end" not in phase or begun is None or start is None:
        return False
    if over is None:
        return status in _OF_ONE_THAT_GOES_ON and begun.earliest <= start.earliest
    last = end or start
    return status in _OF_ONE_THAT_IS_OVER and begun.earliest <= start.earliest and last.latest <= over.latest


def is_infusion_of(table: CodeTable, resource: Resource, phase: Phase) -> bool:
    """Whether an infusion of a drug against cancer, not said which, is of a phase: by its days, and no other drug is named."""
    date = date_of(resource) or period(resource.get("performedPeriod"))[0] or day(resource.get("recordedDate"))
    if date is None or names_another_drug(table.reading, wording(resource.get("code")), phase.get("drugs", ())):
        return False
    if phase.get("phase") == "transplant":
        return _is_around(table.reading.around_transplant[_CONDITIONING], phase, date)
    start, end = day(phase.get("start")), day(phase.get("end"))
    if start is None or not set(phase.get("drugs", ())) & set(table.reading.injected):
        return False
    over = end is None and "end" not in phase
    return not over and start.earliest <= date.latest and (end is None or date.earliest <= end.latest)


def part_of_transplant(table: CodeTable, resource: Resource) -> str | None:
    """What a resource is of an autologous transplant, by its code or its words; None where it is no such thing, or says more."""
    concept = resource.get("code")
    found = [meaning for meaning, _, _ in meanings(table, concept) if not meaning.irrelevant]
    coded = {meaning.name if meaning.kind == "around-transplant" else "" for meaning in found}
    text = wording(concept).casefold()
    if len(coded) > 1 or "" in coded or _says_more(table, text):
        return None
    parts = table.reading.around_transplant.items()
    named = [*coded] or [name for name, part in parts if says(table.reading, text, part.words)]
    if resource.get("resourceType") == "Condition":
        after = bool(coded) or says(table.reading, text, table.reading.status_words)
        return _DONE if after and _DONE in named else None
    return named[0] if named else None


def _says_more(table: CodeTable, text: str) -> bool:
    """Whether words tell of another transplant, of other cells than the patient's own, or of other news besides."""
    if any(part in text for part in _against(table)) or says(
        table.reading, text, table.reading.another_transplant_words
    ):
        return True
    around = tuple(word for part in table.reading.around_transplant.values() for word in part.words)
    return bool(spoken_of(table, phrases(around).sub(", ", text)))


def is_around_transplant(table: CodeTable, part: str, resource: Resource, phase: Phase) -> bool:
    """Whether a phase is the transplant that something belongs to; a status after it is written down at any time later."""
    if phase.get("phase") != "transplant":
        return False
    date, done = date_of(resource), day(phase.get("date"))
    if resource.get("resourceType") == "Condition":
        return date is None or (done is not None and done.earliest <= date.latest)
    return date is not None and _is_around(table.reading.around_transplant[part], phase, date)


def _is_around(part: AroundTransplant, phase: Phase, date: CalendarDate) -> bool:
    done = day(phase.get("date"))
    return (
        done is not None
        and date.earliest <= done.latest + part.days_after
        and done.earliest <= date.latest + part.days_before
    )


def names_another_drug(reading: Reading, text: str, drugs: Iterable[str]) -> bool:
    """Whether words name a drug for the disease that is none of these."""
    return bool(text) and says(reading, text, _other_names(reading, frozenset(drugs)))


@lru_cache(maxsize=64)
def _names(drugs: tuple[tuple[str, tuple[str, ...]], ...], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for drug, names in drugs if drug not in known for name in names)


def _other_names(reading: Reading, known: frozenset[str]) -> tuple[str, ...]:
    return _names(tuple(reading.drug_words.items()), known)


@lru_cache(maxsize=16)
def _against(table: CodeTable) -> frozenset[str]:
    """Words that speak against an autologous transplant."""
    return frozenset(
        word
        for meaning in table.codes.values()
        if meaning.means == "transplant.autologous"
        for word in meaning.entry.against
    )
