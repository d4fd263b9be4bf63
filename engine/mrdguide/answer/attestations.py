"""The attestations that an answer rests on, and those that count for nothing, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..dates import counted
from ..logic.attested import Attestable, counting, relied_on, why_not
from ..logic.truth import MET, NOT_MET
from ..patient.attestations import TEXTS_READ, Attestation
from ..reading.frozen import frozen
from ..reading.validation import closest
from ..reading.written_words import says_something

if TYPE_CHECKING:
    from ..case.case import Case
    from ..rulebook.book import RuleBook
    from .unobtainable import UnobtainableFact


@frozen
class AttestationUsed:
    """Somebody's word in the place of a record.

    what: what was looked at, as the rule files name it.
    of: the day that it speaks of.
    by: who says so; null when nobody is named.
    date: the day on which it was said; null when none is given.
    note: their remark.
    criteria: the ids of the criteria that it alone answers.
    """

    what: str
    of: str
    by: str | None
    date: str | None
    note: str | None
    criteria: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "of": self.of, "by": self.by, "date": self.date, "note": self.note,
            "criteria": list(self.criteria),
        }  # fmt: skip


def attestations_used(rules: RuleBook, case: Case) -> tuple[AttestationUsed, ...]:
    """What the criteria rest on that only an attestation answers; the newest attestation of each subject."""
    if not case.patient.attested:
        return ()
    ids: dict[str, list[str]] = {}
    newest: dict[str, Attestation] = {}
    for judged in rules.compiled_criteria:
        attestable = judged.rule.attestable
        if attestable is not None and relied_on(case, judged.recorded, attestable):
            ids.setdefault(attestable.what, []).append(judged.rule.id)
            newest.setdefault(attestable.what, counting(case, attestable)[0])
    found = []
    for what, criteria in ids.items():
        item = newest[what]
        date = str(item.date) if item.date is not None else None
        found.append(AttestationUsed(what, str(item.of), item.by, date, item.note, tuple(criteria)))
    return (*found, *_texts_read(case))


def _texts_read(case: Case) -> Iterator[AttestationUsed]:
    """On whose word texts of a FHIR record were closed at its import; no criterion names them."""
    for item in case.patient.attested:
        if item.what == TEXTS_READ:
            date = str(item.date) if item.date is not None else None
            yield AttestationUsed(item.what, str(item.of), item.by, date, item.note, ())


def attestations_ignored(rules: RuleBook, case: Case) -> Iterator[str]:
    """Attestations that count for nothing, in words."""
    if not case.patient.attested:
        return
    by_what: dict[str, list[Attestable]] = {}
    for judged in rules.compiled_criteria:
        if judged.rule.attestable is not None:
            by_what.setdefault(judged.rule.attestable.what, []).append(judged.rule.attestable)
    for index, item in enumerate(case.patient.attested):
        if item.what == TEXTS_READ:
            continue  # the import has acted on it, or has said why not
        attestables = by_what.get(item.what)
        if attestables is None:
            near = closest(item.what, by_what)
            yield (
                f"attested[{index}]: no rule knows '{item.what}'" + (f" ({near})" if near else "") + "; it was ignored"
            )
        elif reason := _counts_nowhere(case, item, attestables):
            yield f"attested[{index}], {item.what}, {reason}; it counts for nothing"
        elif item.value and _contradicted(rules, case, item.what):
            yield f"attested[{index}], {item.what}, is contradicted by the record, which counts"
        if says_something(item.note):
            yield f"attested[{index}], {item.what}, has a note, which decides nothing: {item.note}"


def _counts_nowhere(case: Case, item: Attestation, attestables: Sequence[Attestable]) -> str:
    """Why an attestation counts for none of the criteria that it could answer; empty where it counts for one."""
    reasons = [why_not(case, item, attestable) for attestable in attestables]
    return "" if "" in reasons else reasons[0]


def _contradicted(rules: RuleBook, case: Case, what: str) -> bool:
    """Whether the record itself says the opposite of what was attested."""
    opposite = (
        judged.recorded.verdict(case) == MET + NOT_MET - judged.rule.attestable.verdict
        for judged in rules.compiled_criteria
        if judged.rule.attestable is not None and judged.rule.attestable.what == what
    )
    return any(opposite)


def in_a_sentence(attested: Sequence[AttestationUsed], unobtainable: Sequence[UnobtainableFact]) -> str:
    """`Rests on 2 statements (tumor board, 2026-11-26): serum-quiet of 2026-11-10; not known and ...: TP53 mutation.`"""
    statements: list[AttestationUsed | UnobtainableFact] = [*attested, *unobtainable]
    if not statements:
        return ""
    said = dict.fromkeys(", ".join(part for part in (item.by, item.date) if part) for item in statements)
    parts = [f"{item.what} of {item.of}" for item in attested]
    if unobtainable:
        parts.append(f"not known and not to be had any more: {', '.join(item.label for item in unobtainable)}")
    return f"Rests on {counted(len(statements), 'statement')} ({'; '.join(said)}): {'; '.join(parts)}."
