"""Facts of a layer: what speaks against stopping has to be the side of the fact that is said to do so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...case.case import Case
from ...errors import Problem
from ...logic.truth import UNKNOWN
from ...patient import read_patient
from ...patient.local_facts import PREFIX
from ...rulebook.book import RuleBook
from ...rulefiles.model import LocalFact
from ...rulefiles.source import Place, RuleSource

# What is met here speaks against stopping, by its section or by the list that it joins.
_AGAINST = ("blocks", "cautions")
_DAY = date(2000, 1, 1).toordinal()  # any: these facts have no dates


def doubts_on_local_facts(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Rules against stopping that are met by the favourable side of a fact, and not by the adverse one."""
    against = list(_against_stopping(rules, source))
    for fact, _ in source.entries["facts"].values():
        adverse, others = fact.sides
        for name, place in against:
            met = [value for value in others if _may_be_met(rules, name, fact, value)]
            if met and adverse and not any(_may_be_met(rules, name, fact, value) for value in adverse):
                yield place.problem(
                    f"'{name}' speaks against stopping where '{PREFIX}{fact.id}' is {_shown(met[0])}, and not where it is "
                    f"{_shown(adverse[0])}, although its adverse side is '{fact.adverse}'", "when",
                    hint="turn the condition round, or correct 'adverse' of the fact", code="adverse-side", severity="warning",
                )  # fmt: skip


def _against_stopping(rules: RuleBook, source: RuleSource) -> Iterator[tuple[str, Place]]:
    for section, name, entry, place in source.rules():
        if name in rules.rules and (section in _AGAINST or entry.kind):
            yield name, place


def _may_be_met(rules: RuleBook, name: str, fact: LocalFact, value: object) -> bool:
    """Whether a rule may be met in somebody of whom this alone is known."""
    path = f"{PREFIX}{fact.id}"
    patient = read_patient({"id": "nobody", "diagnosis": {"disease": "other"}, "local": {fact.id: value}})
    case = Case(patient, _DAY)
    criteria = [rules.compiled_criteria[slot] for slot in rules.decider.order]
    known = [item.judge.verdict(case) if path in item.paths else UNKNOWN for item in criteria]
    return True in rules.decider.diagrams.reachable(rules.decider.root(name), known)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
