"""A named role's word in the place of a record: it turns a criterion that is unknown into met, where the rules allow it.

It counts from the day that was looked at and ages from there. A finding on record always wins: met and not met stay. A no
is bad news that is not yet on record: it leaves open what was met, until it is aged out or a later yes replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ..dates import add_months, iso
from ..patient.attestations import Attestation
from ..reading.validation import StrictModel
from .operator import CompiledOperator, DataRequirement, Margin
from .parameters import Months
from .truth import MET, UNKNOWN

if TYPE_CHECKING:
    from ..case.case import Case


class Attestable(StrictModel):
    """What may be attested in the place of a record, for how many months it counts, and what is asked."""

    what: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=100)]
    within: Months
    question: Annotated[str, Field(min_length=3, max_length=300)]


def why_not(attestation: Attestation, attestable: Attestable, as_of: int) -> str:
    """Why an attestation counts for nothing on a day; empty when it counts."""
    if not attestation.value:
        # Bad news of no date, or of a day to come, counts as of unknown date.
        aged = attestation.of is not None and add_months(attestation.of.earliest, attestable.within) < as_of
        return f"says no, and is more than {attestable.within} months old" if aged else ""
    if attestation.of is None:
        return "does not say of which day it is ('of')"
    if attestation.of.earliest > as_of:
        return "is of a day after the day judged"
    if add_months(attestation.of.earliest, attestable.within) < as_of:
        return f"is more than {attestable.within} months old"
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
        item
        for item in case.patient.attested
        if item.what == attestable.what and not why_not(item, attestable, case.as_of)
    ]


def _after(yes: Attestation, no: Attestation) -> bool:
    return yes.of is not None and no.of is not None and no.of.latest < yes.of.earliest


def attested(judge: CompiledOperator, attestable: Attestable) -> CompiledOperator:
    """A criterion that an attestation can answer while the record does not."""
    recorded = judge.verdict

    def verdict(case: Case) -> int:
        found = recorded(case)
        if not case.patient.attested:
            return found
        if found == UNKNOWN:
            return MET if counting(case, attestable) else UNKNOWN
        return min(found, UNKNOWN) if denied(case, attestable) else found

    def observe(case: Case) -> list[str]:
        told = counting(case, attestable) if recorded(case) == UNKNOWN else []
        no = denied(case, attestable)
        return [*judge.observe(case), *(words(item) for item in told[:1]), *([words(no)] if no else [])]

    def needs(case: Case) -> list[DataRequirement]:
        no = denied(case, attestable)
        if no is not None:
            return [DataRequirement(need.path, f"what was found ({words(no)})") for need in judge.needs(case)[:1]]
        # What one entry leaves out is asked as such: a word on the last look does not answer it.
        return [
            need if "[" in need.path else DataRequirement(need.path, attestable.question) for need in judge.needs(case)
        ]

    def margins(case: Case) -> list[Margin]:
        told = counting(case, attestable) if recorded(case) == UNKNOWN else []
        if not told or told[0].of is None:
            return judge.margins(case)
        last, months = told[0].of.earliest, attestable.within
        days = abs(add_months(last, months) - case.as_of)
        return [
            Margin(
                f"the day attested ({told[0].what})", iso(last), f"at most {months} months old", days, "day", ages=True
            )
        ]

    return replace(judge, verdict=verdict, observe=observe, needs=needs, margins=margins)


def words(attestation: Attestation) -> str:
    """An attestation in words: what, of which day, who says so."""
    by = f" by {attestation.by}" if attestation.by else ", nobody named"
    looked = f"looked at on {attestation.of}" if attestation.of is not None else "day not recorded"
    no = "" if attestation.value else "not "
    return f"attested{by}: {no}{attestation.what}, {looked}"


def turning_days(case: Case, attestable: Attestable) -> list[int]:
    """The days after which an attestation no longer counts, and those from which it does."""
    found = []
    for item in case.patient.attested:
        if item.what == attestable.what and item.of is not None:
            found += [item.of.earliest, add_months(item.of.earliest, attestable.within) + 1]
    return found
