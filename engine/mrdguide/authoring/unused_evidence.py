"""Entries of the evidence that no answer about some patients shows, and what they are there for instead."""

from __future__ import annotations

from collections.abc import Iterable

from ..answer.answer import Answer
from ..reading.shipped import folder
from ..rulebook.book import RuleBook
from ..rulefiles.citations import citations
from ..rulefiles.layers import source_of
from .uses import citing


def unused_evidence(rules: RuleBook, answers: Iterable[Answer]) -> dict[str, str]:
    """By the id of the entry why it is in none of these answers.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    shown = {entry.id for answer in answers for entry in answer.evidence} | set(rules.evidence.bearing)
    return {entry_id: _why(rules, entry_id) for entry_id in rules.evidence.ids if entry_id not in shown}


def _why(rules: RuleBook, entry_id: str) -> str:
    notes = [note.id for note in rules.background if entry_id in {cited.partition("#")[0] for cited in note.cites}]
    if notes:
        return f"background only, no rule rests on it: {', '.join(notes)}"
    by = list(dict.fromkeys(what for what, _ in citing(rules, entry_id)))
    if by:
        return f"cited by what none of these answers rests on: {', '.join(by)}"
    return "cited by how results are read (readings)" if entry_id in _of_readings(rules) else "nothing cites it"


def _of_readings(rules: RuleBook) -> set[str]:
    source = source_of(rules.folders, folder("rules"))
    return {cited.partition("#")[0] for place, _, cited in citations(source) if place.path[0] == "readings"}
