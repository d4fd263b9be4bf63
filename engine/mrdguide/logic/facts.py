"""Looking up the fact that a rule names."""

from __future__ import annotations

from pydantic import PrivateAttr

from ..patient.facts import Kind, ProfileFact, catalogue
from ..patient.local_facts import PREFIX, local_fact, local_paths
from ..patient.profile import Patient
from ..reading.validation import closest, problem_at
from .operator import DataRequirement, Operator

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
    fact = facts.get(path) or local_fact(path)
    if fact is None:
        near = closest(path, [*facts, *local_paths()])
        raise problem_at("fact", f"a profile has no fact '{path}'", code="unknown-fact", hint=near)
    if fact.kind not in kinds:
        asked = " or a ".join(kinds)
        raise problem_at(
            "fact", f"{path} is a {fact.kind}, not a {asked}; use {_OPERATORS[fact.kind]} for it", code="unknown-fact"
        )
    return fact


class ReadsFact(Operator):
    """An operator that reads one fact. A fact that a layer adds is known only while its files are read, so it is kept."""

    fact: str
    _local: ProfileFact | None = PrivateAttr(None)

    def checked(self, *kinds: Kind) -> ProfileFact:
        """The fact that it reads.

        Raises:
            ValueError: the profile has no such fact, or it is of another kind.
        """
        if self._local is not None and self._local.kind in kinds:
            return self._local
        found = checked_fact(self.fact, kinds)
        if self.fact.startswith(PREFIX):
            self._local = found
        return found


def need_of(fact: ProfileFact, patient: Patient) -> DataRequirement:
    """What to ask for when a fact is unknown: of a finding not known to be present, the finding before its details."""
    finding = catalogue().get(fact.path.rpartition(".")[0])
    if finding is not None and finding.kind == "finding" and finding.get(patient) != "present":
        return DataRequirement(finding.path, finding.label)
    return DataRequirement(fact.path, fact.label)
