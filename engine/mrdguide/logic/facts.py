"""Looking up the fact that a rule names."""

from __future__ import annotations

from ..patient.facts import Kind, ProfileFact, catalogue
from ..patient.profile import Patient
from ..reading.validation import closest, problem_at
from .operator import DataRequirement

_OPERATORS = {
    "quantity": "'compare'",
    "number": "'compare'",
    "flag": "'one_of'",
    "word": "'one_of'",
    "finding": "'present'",
}


def checked_fact(path: str, kinds: tuple[Kind, ...]) -> ProfileFact:
    """The fact at a path.

    Raises:
        ValueError: the profile has no such fact, or it is of another kind.
    """
    facts = catalogue()
    fact = facts.get(path)
    if fact is None:
        near = closest(path, facts)
        raise problem_at("fact", f"a profile has no fact '{path}'", code="unknown-fact", hint=near)
    if fact.kind not in kinds:
        asked = " or a ".join(kinds)
        raise problem_at(
            "fact", f"{path} is a {fact.kind}, not a {asked}; use {_OPERATORS[fact.kind]} for it", code="unknown-fact"
        )
    return fact


def need_of(fact: ProfileFact, patient: Patient) -> DataRequirement:
    """What to ask for when a fact is unknown: of a finding not known to be present, the finding before its details."""
    finding = catalogue().get(fact.path.rpartition(".")[0])
    if finding is not None and finding.kind == "finding" and finding.get(patient) != "present":
        return DataRequirement(finding.path, finding.label)
    return DataRequirement(fact.path, fact.label)
