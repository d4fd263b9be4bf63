"""Studies that stopped therapy: whether the patient meets the published entry pattern of each, criterion by criterion."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..evidence.shown import ShownFinding
from ..logic.operators.reference import references
from ..logic.truth import MET, VERDICTS, Verdict
from ..reading.frozen import frozen
from .criteria import CriterionResult

if TYPE_CHECKING:
    from ..decide.decision import Decided
    from ..rulebook.book import RuleBook
    from ..rulefiles.model import Protocol, ProtocolCriterion


@frozen
class PatternCriterion:
    """One criterion of a study's entry pattern.

    verdict: met, not_met or unknown
    title: the criterion as the study published it
    observed: the patient's own data behind the verdict, in words
    criteria: the rules that it is made of, by id
    """

    verdict: Verdict
    title: str
    observed: tuple[str, ...]
    criteria: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "verdict": self.verdict.value, "title": self.title, "observed": list(self.observed),
            "criteria": list(self.criteria),
        }  # fmt: skip


@frozen
class StudyResults:
    """What a study found, as far as it was verified.

    summary: design, size and follow-up in one line
    findings: its figures, each with the place where it was read
    warnings: what a reader must know before using them
    """

    summary: str
    findings: tuple[ShownFinding, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "summary": self.summary, "findings": [item.to_dict() for item in self.findings],
            "warnings": list(self.warnings),
        }  # fmt: skip


@frozen
class StudyPattern:
    """One study's published entry pattern, compared with this patient.

    id: the protocol's id
    verdict: whether the patient meets the whole published pattern
    match: whether in addition nothing is known in which the patient differs from those the study took
    title: the protocol's title
    study: the evidence id of the study
    stops: what was stopped in the study
    rule: file and line of the protocol
    criteria: its published criteria by id
    not_published: criteria that the sources read do not give
    not_judged: criteria that these rules do not judge
    results: what the study found
    differs: in what the patient differs from those studied
    """

    id: str
    verdict: Verdict
    match: Verdict
    title: str
    study: str
    stops: str
    rule: str
    criteria: Mapping[str, PatternCriterion]
    not_published: tuple[str, ...]
    not_judged: tuple[str, ...]
    results: StudyResults
    differs: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "verdict": self.verdict.value, "match": self.match.value, "title": self.title,
            "study": self.study, "stops": self.stops,
            "rule": self.rule, "criteria": {name: item.to_dict() for name, item in self.criteria.items()},
            "not_published": list(self.not_published), "not_judged": list(self.not_judged),
            "results": self.results.to_dict(), "differs": list(self.differs),
        }  # fmt: skip


def study_patterns(
    rules: RuleBook, decided: Decided, criteria: Mapping[str, CriterionResult]
) -> dict[str, StudyPattern]:
    """Every protocol of the rules by id.

    Raises:
        EvidenceError: the evidence entry of a study cannot be read.
    """
    return {protocol.id: _pattern(rules, decided, criteria, protocol) for protocol in rules.protocols}


# Worked out once for a rule book: walking the expressions anew for every patient costs more than all the rest.
@lru_cache(maxsize=16)
def _looked_at(rules: RuleBook) -> dict[tuple[str, str], tuple[str, ...]]:
    """The rules that each published criterion of each protocol is made of."""
    return {
        (protocol.id, item.id): references(item.when)
        for protocol in rules.protocols
        for item in protocol.criteria
        if item.when is not None
    }


def _pattern(
    rules: RuleBook, decided: Decided, criteria: Mapping[str, CriterionResult], protocol: Protocol
) -> StudyPattern:
    def verdict(name: str) -> int:
        return decided.verdicts[rules.decider.index_of[name]]

    def compared(item: ProtocolCriterion) -> PatternCriterion:
        results = [criteria[name] for name in _looked_at(rules)[protocol.id, item.id]]
        return PatternCriterion(
            VERDICTS[verdict(f"protocol:{protocol.id}:{item.id}")], item.title,
            tuple(dict.fromkeys(text for result in results for text in result.observed)),
            tuple(result.id for result in results),
        )  # fmt: skip

    shown = rules.evidence.shown(protocol.study)
    return StudyPattern(
        id=protocol.id,
        verdict=VERDICTS[verdict(f"protocol:{protocol.id}")],
        match=VERDICTS[verdict(f"match:{protocol.id}")],
        title=protocol.title,
        study=protocol.study,
        stops=protocol.stops,
        rule=rules.where(f"protocol:{protocol.id}"),
        criteria={item.id: compared(item) for item in protocol.criteria if item.when is not None},
        not_published=tuple(item.title for item in protocol.criteria if item.not_published),
        not_judged=tuple(item.title for item in protocol.criteria if item.not_judged),
        results=StudyResults(shown.summary, shown.findings, shown.warnings),
        differs=tuple(
            item.words
            for index, item in enumerate(protocol.applicability)
            if verdict(f"differs:{protocol.id}:{index}") == MET
        ),
    )
