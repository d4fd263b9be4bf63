"""Entries of the evidence: found by words, and each as the blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...authoring.uses import citing
from ...evidence import EvidenceEntry
from ...evidence.model import Statement
from ...recommend.recommendation import Recommendation
from ...report.blocks import Block, Foldout, Section, line
from ...report.pages.lines import bullets, paragraph, quiet
from ...report.pages.studies import findings_read_at, study_section
from ...rulebook.book import RuleBook

_KINDS = {
    "study": "Studies", "guideline": "Guidelines", "definition": "Definitions", "review": "Reviews", "opinion": "Opinions",
    "house-decision": "Decisions of a house",
}  # fmt: skip
_STATEMENTS = (
    ("stopping_criteria", "Criteria for stopping"), ("resurgence", "Resurgence"), ("surveillance", "Surveillance"),
    ("definitions", "Definitions"), ("recommendations", "Recommendations"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind that were found: (id, name)."""

    title: str
    entries: tuple[tuple[str, str], ...]


def found(rules: RuleBook, query: str) -> tuple[Group, ...]:
    """Entries in which every word that is searched for occurs."""
    words = query.casefold().split()
    texts = _searched(rules)
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for entry in rules.evidence:
        if all(word in texts[entry.id] for word in words):
            by_kind.setdefault(entry.kind, []).append((entry.id, entry.called))
    return tuple(Group(title, tuple(by_kind[kind])) for kind, title in _KINDS.items() if kind in by_kind)


@lru_cache(maxsize=4)
def _searched(rules: RuleBook) -> Mapping[str, str]:
    found_texts = {}
    for entry in rules.evidence:
        shown = rules.evidence.shown(entry.id, include_unverified=False)
        parts = (entry.id, entry.called, *entry.aliases, shown.citation, shown.summary, *(item.text for item in shown.findings), *shown.identifiers)  # fmt: skip
        found_texts[entry.id] = " ".join(parts).casefold()
    return found_texts


def entry_blocks(rules: RuleBook, entry: EvidenceEntry, answer: Recommendation | None) -> list[Block]:
    """What was read of an entry, how it compares with the patient, and who cites it. Only what was verified."""
    shown = rules.evidence.shown(entry.id, include_unverified=False)
    blocks: list[Block] = [paragraph(shown.citation)]
    blocks += [paragraph(text) for text in (shown.summary, shown.population) if text]
    blocks += [quiet(", ".join(shown.identifiers))] if shown.identifiers else []
    if shown.warnings:
        blocks.append(Section("Before using it", (bullets(shown.warnings),)))
    blocks += list(_compared(entry, answer))
    if shown.findings:
        blocks.append(Section("What it found", tuple(findings_read_at(shown.findings))))
    for name, title in _STATEMENTS:
        facts: tuple[Statement, ...] = getattr(entry, name)
        texts = [fact.text for fact in facts if fact.verified]
        blocks += [Section(title, (bullets(texts),))] if texts else []
    blocks += [Section("Not found in the sources read", (bullets(item.what for item in entry.not_found),))] if entry.not_found else []  # fmt: skip
    blocks += [Section("Limitations", (bullets(shown.limitations),))] if shown.limitations else []
    if entry.certainty is not None:
        told = [f"{entry.certainty.level}, in the terms of GRADE, as these rules judge it", *entry.certainty.reasons]
        blocks.append(Section("Certainty", (bullets(told),)))
    cited_by = [_titled(rules, who) for who in dict.fromkeys(who for who, _ in citing(rules, entry.id))]
    told_by: Block = (
        Foldout(line(f"{len(cited_by)} rules and answers"), (bullets(cited_by),))
        if cited_by
        else quiet("No rule cites it.")
    )
    blocks.append(Section("Cited by", (told_by,)))
    return blocks


def _titled(rules: RuleBook, who: str) -> str:
    return f"{rules.rules[who].title} ({who})" if who in rules.rules else who


def _compared(entry: EvidenceEntry, answer: Recommendation | None) -> Iterator[Block]:
    """This patient against what the study asked for, criterion by criterion."""
    if answer is None:
        return
    inside: list[Block] = []
    cited = next((item for item in answer.evidence if item.id == entry.id), None)
    if cited is not None and cited.compared:
        because = f": {'; '.join(cited.differs)}" if cited.differs else ""
        inside.append(paragraph(f"Compared: {cited.compared}{because}."))
    patterns = {item.id for item in answer.rules.protocols if item.study == entry.id}
    inside += [study_section(answer, name) for name in answer.protocols if name in patterns]
    if inside:
        yield Section("This patient beside those of the study", tuple(inside))
