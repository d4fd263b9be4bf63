"""Studies that stopped therapy: whether the patient meets the published entry pattern of each, criterion by criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..evidence.shown import ShownFinding
from ..logic.operators.reference import references
from ..logic.truth import MET, VERDICTS, Verdict
from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..decide.decision import Decided
    from ..rulebook.book import RuleBook
    from ..rulefiles.model import Protocol
    from .criteria import Criteria


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


def study_patterns(rules: RuleBook, decided: Decided, criteria: Criteria) -> dict[str, StudyPattern]:
    """Every protocol of the rules by id.

    Raises:
        EvidenceError: the evidence entry of a study cannot be read.
    """
    return {published.id: _compared(published, decided.verdicts, criteria) for published in _published(rules)}


class _PublishedCriterion(NamedTuple):
    """One published criterion: the place of its verdict, and the rules that it is made of."""

    id: str
    title: str
    slot: int
    rules: tuple[str, ...]


class _Published(NamedTuple):
    """What is the same of a protocol for every patient, with the places of its verdicts, and of those of each difference."""

    id: str
    title: str
    study: str
    stops: str
    rule: str
    not_published: tuple[str, ...]
    not_judged: tuple[str, ...]
    results: StudyResults
    verdict: int
    match: int
    criteria: tuple[_PublishedCriterion, ...]
    differences: tuple[tuple[int, str], ...]


# Worked out once for a rule book: walking the expressions anew for every patient costs more than all the rest.
@lru_cache(maxsize=16)
def _published(rules: RuleBook) -> tuple[_Published, ...]:
    return tuple(_published_of(rules, protocol) for protocol in rules.protocols)


def _published_of(rules: RuleBook, protocol: Protocol) -> _Published:
    slots, name = rules.decider.index_of, f"protocol:{protocol.id}"
    shown = rules.evidence.shown(protocol.study)
    return _Published(
        protocol.id, protocol.title, protocol.study, protocol.stops, rules.where(name),
        tuple(item.title for item in protocol.criteria if item.not_published),
        tuple(item.title for item in protocol.criteria if item.not_judged),
        StudyResults(shown.summary, shown.findings, shown.warnings), slots[name], slots[f"match:{protocol.id}"],
        tuple(
            _PublishedCriterion(
                item.id, item.title, slots[f"{name}:{item.id}"], tuple(map(rules.current, references(item.when)))
            )
            for item in protocol.criteria
            if item.when is not None
        ),
        tuple(
            (slots[f"differs:{protocol.id}:{index}"], item.words) for index, item in enumerate(protocol.applicability)
        ),
    )  # fmt: skip


def _compared(published: _Published, verdicts: Sequence[int], criteria: Criteria) -> StudyPattern:
    return StudyPattern(
        id=published.id,
        verdict=VERDICTS[verdicts[published.verdict]],
        match=VERDICTS[verdicts[published.match]],
        title=published.title,
        study=published.study,
        stops=published.stops,
        rule=published.rule,
        criteria={
            item.id: PatternCriterion(
                VERDICTS[verdicts[item.slot]], item.title, criteria.observed_of(item.rules), item.rules
            )
            for item in published.criteria
        },
        not_published=published.not_published,
        not_judged=published.not_judged,
        results=published.results,
        differs=tuple([words for slot, words in published.differences if verdicts[slot] == MET]),
    )
