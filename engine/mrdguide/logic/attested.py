"""A named role's word in the place of a record: it answers a criterion that is unknown, where the rules allow it.

A yes makes it met, or not met where the rules say so (nothing of the kind was found). It counts from the day that was
looked at and ages from there. A finding on record always wins: met and not met stay, and what an entry on record leaves
out is no matter of anybody's word. A no is bad news that is not yet on record: it leaves open what the record had answered
favourably, until it is aged out or a later yes replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ..dates import add_months, iso
from ..patient.attestations import Attestation
from ..reading.validation import StrictModel
from ..reading.written_words import says_something
from .new_lines import since_new_line
from .operator import CompiledOperator, DataRequirement, Margin
from .parameters import Months, SinceNewLine
from .truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ..case.case import Case


class Attestable(StrictModel):
    """What may be attested in the place of a record, for how many months it counts (for ever where none is given), what
    a yes makes of the criterion, and what is asked."""

    what: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=100)]
    answers: Literal["met", "not_met"] = "met"
    within: Months | None = None
    since_new_line: SinceNewLine = False
    question: Annotated[str, Field(min_length=3, max_length=300)]

    @property
    def verdict(self) -> int:
        """What a yes makes of the criterion while the record leaves it unknown."""
        return MET if self.answers == "met" else NOT_MET

    def asks_the_same(self, other: Attestable) -> bool:
        """Whether one word answers both; after a new line it may answer one of them alone."""
        return self == other.model_copy(update={"since_new_line": self.since_new_line})

    def aged(self, day: int, as_of: int) -> bool:
        """Whether a look of a day is too old."""
        return self.within is not None and add_months(day, self.within) < as_of


def why_not(case: Case, attestation: Attestation, attestable: Attestable) -> str:
    """Why an attestation counts for nothing on the day judged; empty when it counts."""
    as_of = case.as_of
    if not attestation.value:
        # Bad news of no date, or of a day to come, counts as of unknown date.
        aged = attestation.of is not None and attestable.aged(attestation.of.earliest, as_of)
        return f"says no, and is more than {attestable.within} months old" if aged else ""
    if not says_something(attestation.by):
        return "does not say who says so ('by')"
    if attestation.of is None:
        return "does not say of which day it is ('of')"
    if attestation.of.earliest > as_of:
        return "is of a day after the day judged"
    if attestable.aged(attestation.of.earliest, as_of):
        return f"is more than {attestable.within} months old"
    if attestable.since_new_line and not since_new_line(case, attestation.of.earliest):
        return "is of a day before a line of therapy was begun, or may be"
    return ""


def counting(case: Case, attestable: Attestable) -> list[Attestation]:
    """The attestations that count on the day judged and that no later no contradicts, the newest first."""
    found = _told(case, attestable)
    noes = [item for item in found if not item.value]
    later = [item for item in found if item.value and all(_after(item, no) for no in noes)]
    return sorted(later, key=lambda item: item.of.earliest if item.of else 0, reverse=True)


def denied(case: Case, attestable: Attestable) -> Attestation | None:
    """A no that counts on the day judged and that no later yes replaces."""
    if counting(case, attestable):
        return None
    return next((item for item in _told(case, attestable) if not item.value), None)


def _told(case: Case, attestable: Attestable) -> list[Attestation]:
    return [
        item for item in case.patient.attested if item.what == attestable.what and not why_not(case, item, attestable)
    ]


def _after(yes: Attestation, no: Attestation) -> bool:
    return yes.of is not None and no.of is not None and no.of.latest < yes.of.earliest


def relied_on(case: Case, judge: CompiledOperator, attestable: Attestable) -> list[Attestation]:
    """The attestations that answer a criterion which the record, judged by `judge`, leaves unknown; the newest first."""
    if not case.patient.attested or judge.verdict(case) != UNKNOWN:
        return []
    # That nothing was found does not answer what an entry on record leaves out.
    if attestable.answers == "not_met" and any("[" in need.path for need in judge.needs(case)):
        return []
    return counting(case, attestable)


def attested(judge: CompiledOperator, attestable: Attestable, reads: str) -> CompiledOperator:
    """A criterion that an attestation can answer while the record does not; `reads` is the place that it looks at first."""
    recorded, answer = judge.verdict, attestable.verdict

    def verdict(case: Case) -> int:
        found = recorded(case)
        if not case.patient.attested:
            return found
        if found == UNKNOWN:
            return answer if relied_on(case, judge, attestable) else UNKNOWN
        return UNKNOWN if found == answer and denied(case, attestable) else found

    def observe(case: Case) -> list[str]:
        if not case.patient.attested:
            return judge.observe(case)
        found = recorded(case)
        told = counting(case, attestable)[:1] if found != answer else []
        no = denied(case, attestable)
        against = ": the record says otherwise, and counts" if found != UNKNOWN else ""
        # A no that a later yes replaced is said beside it: what was seen on its day has to be known to who relies on the yes.
        replaced = [item for item in _told(case, attestable) if told and not item.value]
        return [
            *judge.observe(case),
            *(words(item) + against for item in told),
            *(f"before that, {words(item)}" for item in replaced),
            *([words(no)] if no else []),
        ]

    def needs(case: Case) -> list[DataRequirement]:
        no = denied(case, attestable)
        if no is not None:
            # The record may lack nothing by itself: then it is what stands there that the no speaks against.
            waiting = [need.path for need in judge.needs(case)] or [reads]
            return [DataRequirement(waiting[0], f"what was found ({words(no)})")]
        # What one entry leaves out is asked as such: a word on the last look does not answer it.
        return [
            need if "[" in need.path else DataRequirement(need.path, attestable.question) for need in judge.needs(case)
        ]

    def margins(case: Case) -> list[Margin]:
        told = relied_on(case, judge, attestable)
        months = attestable.within
        if not told or told[0].of is None or months is None:
            return judge.margins(case)
        last = told[0].of.earliest
        days = abs(add_months(last, months) - case.as_of)
        return [
            Margin(
                f"the day attested ({told[0].what})", iso(last), f"at most {months} months old", days, "day", ages=True
            )
        ]

    return replace(judge, verdict=verdict, observe=observe, needs=needs, margins=margins)


def words(attestation: Attestation) -> str:
    """An attestation in words: what, of which day, who says so."""
    by = f" by {attestation.by}" if says_something(attestation.by) else ", nobody named"
    looked = f"looked at on {attestation.of}" if attestation.of is not None else "day not recorded"
    no = "" if attestation.value else "not "
    return f"attested{by}: {no}{attestation.what}, {looked}"


def turning_days(case: Case, attestable: Attestable) -> list[int]:
    """The days after which an attestation no longer counts, and those from which it does."""
    found = []
    for item in case.patient.attested:
        if item.what == attestable.what and item.of is not None:
            found.append(item.of.earliest)
            if attestable.within is not None:
                found.append(add_months(item.of.earliest, attestable.within) + 1)
    return found
