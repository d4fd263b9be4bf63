"""What is unknown and matters: the facts the outcome hangs on, and where each possible result leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .decide.decision import Decided
from .errors import InconsistentVerdicts
from .judge.case import Case
from .judge.fill import answers
from .logic.operator import Need
from .patient.profile import Patient
from .rulebook.book import RuleBook


@dataclass(frozen=True, slots=True)
class Missing:
    """Something unknown that the outcome hangs on: where it would be recorded, and where each result leads."""

    what: str
    path: str
    criteria: tuple[str, ...]
    leads_to: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "path": self.path, "criteria": list(self.criteria),
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to.items()},
        }  # fmt: skip


def find_missing(rules: RuleBook, case: Case, vector: Sequence[int], decided: Decided) -> tuple[Missing, ...]:
    """The missing facts, in the order in which the decision asks about them; empty when the outcome is settled."""
    needs: dict[str, tuple[Need, list[int]]] = {}
    for slot in _in_order_of_the_decision(rules, decided):
        for need in rules.judged[slot].judge.needs(case):
            needs.setdefault(need.path, (need, []))[1].append(slot)
    found = [
        Missing(
            need.what,
            need.path,
            tuple(dict.fromkeys(rules.judged[slot].rule.id for slot in slots)),
            _leads_to(rules, case, vector, need),
        )
        for need, slots in needs.values()
    ]
    # First what moves the answer by itself, then what does so only together with something else.
    return tuple(sorted(found, key=lambda item: len(item.leads_to) < 2))


def _in_order_of_the_decision(rules: RuleBook, decided: Decided) -> list[int]:
    rank = {slot: place for place, slot in enumerate(rules.decider.order)}
    return sorted(decided.hangs_on, key=lambda slot: rank[slot])


def _leads_to(rules: RuleBook, case: Case, vector: Sequence[int], need: Need) -> dict[str, tuple[str, ...]]:
    """For every answer the outcomes that are then possible; answers that lead to the same outcomes are joined."""
    labels: dict[tuple[str, ...], list[str]] = {}
    for label, patient in answers(case.patient, need, case.as_of, rules.cuts):
        outcomes = _outcomes(rules, patient, case.as_of, vector, need.path)
        if outcomes:
            labels.setdefault(outcomes, []).append(label)
    return {", ".join(same): outcomes for outcomes, same in labels.items()}


def _outcomes(rules: RuleBook, patient: Patient, as_of: int, vector: Sequence[int], path: str) -> tuple[str, ...]:
    """The possible outcomes of a filled-in patient; only criteria that look at the filled path are judged again."""
    filled = Case(patient, as_of)
    changed = list(vector)
    for slot, judged in enumerate(rules.judged):
        if any(_touches(path, seen) for seen in judged.paths):
            changed[slot] = judged.judge.verdict(filled)
    try:
        return rules.decider.possible(tuple(changed))
    except InconsistentVerdicts:
        return ()


def _touches(path: str, seen: str) -> bool:
    return path.startswith(seen) or seen.startswith(path)
