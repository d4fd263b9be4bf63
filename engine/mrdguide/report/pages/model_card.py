"""The model card: what this installation is, counted from its own files, what it is for, its limits, and open questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ...answer.provenance import engine_version
from ...evidence import Library
from ...reading.data_file import read_as
from ...reading.shipped import folder
from ...reading.validation import StrictModel
from ...rulebook.book import RuleBook
from ...rulebook.fingerprint import evidence_hash
from ..blocks import Block, Page, Part, Section, Table
from .basis import attribute_rows, basis
from .lines import bullets, cell, paragraph, sections

_TEST = re.compile(r"^ *(?:async )?def test_", re.MULTILINE)


class Asked(StrictModel):
    """A criterion, what is true here, and what a site would have to settle."""

    asks: str
    here: str
    open: str


class Questions(StrictModel):
    topic: str
    ask: tuple[str, ...]


class Element(StrictModel):
    """An element of the applied model card by its path, and what it says; {names} are filled in."""

    element: str
    says: str


class Wording(StrictModel):
    kind: str
    output: str
    maintenance: str
    fairness: str
    not_measured: str
    clinical_decision_support: tuple[Asked, ...]
    questions: tuple[Questions, ...]
    applied_model_card: tuple[Element, ...]


@cache
def wording() -> Wording:
    """The words of the card, read once."""
    return read_as(Path(__file__).parent / "wording" / "model_card.yaml", Wording)


@dataclass(frozen=True, slots=True)
class EvidenceCounts:
    """Of the evidence: entries by kind, findings read at a source and not, pages read with the first and last day, the first day
    on which some entry is to be looked at again (empty: none has one)."""

    entries: dict[str, int]
    findings_verified: int
    findings_not_verified: int
    sources: int
    first_read: str
    last_read: str
    first_review: str
    retracted: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`tests`: test functions by the folder that holds them; null where the tests are not there, as in an installed wheel.
    Days are YYYY-MM-DD, hashes SHA-256."""

    name: str
    version: str
    rules: str
    rules_released: str
    rules_hash: str
    evidence_hash: str
    rule_counts: dict[str, int]
    evidence: EvidenceCounts
    examples: int
    tests: dict[str, int] | None


def model_card(rules: RuleBook) -> ModelCard:
    """The card of this installation with a rule book; everything in it is read or counted now."""
    return ModelCard(
        name="mrdguide",
        version=engine_version(),
        rules=rules.name,
        rules_released=rules.pack.released,
        rules_hash=rules.hash,
        evidence_hash=evidence_hash(rules.evidence),
        rule_counts=_rule_counts(rules),
        evidence=_evidence_counts(rules.evidence),
        examples=sum(path.name != "cases.yaml" for path in folder("examples").glob("*.yaml")),
        tests=_tests(folder("rules").parent / "tests"),
    )


def _rule_counts(rules: RuleBook) -> dict[str, int]:
    counted = {name: len(ids) for name, ids in rules.sections.items()}
    return counted | {
        "parameters": len(rules.parameters), "risk schemes": len(rules.schemes), "study patterns": len(rules.protocols),
        "outcomes": len(rules.decision.outcomes), "safety invariants": len(rules.decider.invariants),
        "of them fixed": sum(item.fixed for item in rules.decider.invariants),
    }  # fmt: skip


def _evidence_counts(library: Library) -> EvidenceCounts:
    entries = list(library)
    findings = [finding for entry in entries for finding in entry.findings]
    read = sorted(source.read for entry in entries for source in entry.sources.values())
    return EvidenceCounts(
        entries=dict(sorted(Counter(entry.kind for entry in entries).items())),
        findings_verified=sum(finding.verified for finding in findings),
        findings_not_verified=sum(not finding.verified for finding in findings),
        sources=len(read),
        first_read=read[0] if read else "",
        last_read=read[-1] if read else "",
        first_review=min((str(entry.review_by) for entry in entries if entry.review_by), default=""),
        retracted=len(library.retracted),
    )


def _tests(tests: Path) -> dict[str, int] | None:
    if not tests.is_dir():
        return None
    counted: Counter[str] = Counter()
    for path in sorted(tests.rglob("test_*.py")):
        inside = path.relative_to(tests).parts
        counted[inside[0] if len(inside) > 1 else "tests"] += len(_TEST.findall(path.read_text(encoding="utf-8")))
    return dict(counted)


def card_data(card: ModelCard, rules: RuleBook) -> dict[str, Any]:
    """The card as plain data, with its words."""
    said, words = basis(), wording()
    return asdict(card) | {
        "intended_use": said.intended_use, "intended_users": said.intended_users,
        "intended_population": said.intended_population, "not_for": list(said.not_for),
        "kind": words.kind, "inputs": said.inputs, "output": words.output, "limits": list(said.limits),
        "validation": said.validation, "fairness": words.fairness, "maintenance": words.maintenance,
        "source_attributes": [{"name": name, "here": here} for name, here in attribute_rows(rules)],
        "clinical_decision_support": [item.model_dump() for item in words.clinical_decision_support],
        "open_questions": [item.model_dump(mode="json") for item in words.questions],
        "applied_model_card": [{"element": path, "says": says} for path, says in applied_model_card(card)],
    }  # fmt: skip


def applied_model_card(card: ModelCard) -> list[tuple[str, str]]:
    """The elements of the CHAI applied model card (schema v0.2) by their paths, in its order, with what they say here."""
    said, words = basis(), wording()
    filled = {
        "name": card.name, "version": card.version, "rules": card.rules, "released": card.rules_released,
        "stage": "in development" if "dev" in card.version else "released",
        "rules_hash": card.rules_hash, "evidence_hash": card.evidence_hash, "evidence": _evidence_said(card.evidence),
        "intended_use": said.intended_use, "users": said.intended_users, "patients": said.intended_population,
        "inputs": said.inputs, "not_for": " ".join(said.not_for), "limits": " ".join(said.limits),
        "validation": said.validation, "kind": words.kind, "output": words.output, "fairness": words.fairness,
        "maintenance": words.maintenance, "not_measured": words.not_measured,
        "tests": "null" if card.tests is None else str(sum(card.tests.values())),
    }  # fmt: skip
    return [(item.element, item.says.format_map(filled)) for item in words.applied_model_card]


def about_page(card: ModelCard) -> Page:
    """What this installation is, on one sheet."""
    return Page(
        "About this installation", f"{card.name} {card.version}", tuple(_identity(card)), (), (basis().validation,)
    )


def card_page(card: ModelCard, rules: RuleBook) -> Page:
    """The whole card."""
    said, words = basis(), wording()
    front = sections(
        ("What it is", [paragraph(words.kind), *_identity(card)]),
        ("What it is for", [
            paragraph(said.intended_use), paragraph(Part("Users: ", "strong"), said.intended_users),
            paragraph(Part("Patients: ", "strong"), said.intended_population),
            paragraph(Part("Not for", "strong")), bullets(said.not_for),
        ]),
        ("In and out", [paragraph(said.inputs), paragraph(words.output)]),
        ("Limits", [
            bullets(said.limits), paragraph(Part("Validation: ", "strong"), said.validation),
            paragraph(Part("Fairness: ", "strong"), words.fairness),
            paragraph(Part("Maintenance: ", "strong"), words.maintenance),
        ]),
    )  # fmt: skip
    details = sections(
        ("Counted", _counts(card)),
        ("Source attributes", [_attributes(rules)]),
        ("Clinical decision support", [_asked(words.clinical_decision_support)]),
        ("Open questions for the site", [
            Section(item.topic, (bullets(item.ask),)) for item in words.questions
        ]),
        ("Applied model card", [_applied(card)]),
    )  # fmt: skip
    return Page("Model card", f"{card.name} {card.version}, {card.rules}", front, details, (
        "Everything counted here is counted when the card is made. Nothing here is a legal opinion or a claim to meet a standard.",
    ))  # fmt: skip


def _identity(card: ModelCard) -> list[Block]:
    rows = (
        ("Engine", f"{card.name} {card.version}"),
        ("Rules", f"{card.rules}, released {card.rules_released}"),
        ("Hash of the rules", card.rules_hash),
        ("Hash of the evidence", card.evidence_hash),
        ("Evidence", _evidence_said(card.evidence)),
    )
    return [_table("Versions", ("What", "Which"), rows, (20, 80))]


def _evidence_said(found: EvidenceCounts) -> str:
    kinds = ", ".join(f"{count} of kind {kind}" for kind, count in found.entries.items())
    read = f", read from {found.first_read} to {found.last_read}" if found.sources else ""
    read += f", to be looked at again from {found.first_review} on" if found.first_review else ""
    return f"{sum(found.entries.values())} entries ({kinds}) with {found.sources} source pages{read}; {found.retracted} retracted"


def _counts(card: ModelCard) -> list[Block]:
    found = card.evidence
    figures = {
        "findings read at their source": found.findings_verified,
        "findings not verified (hidden unless asked for)": found.findings_not_verified,
        "examples": card.examples,
    }
    blocks: list[Block] = [
        _table("Rules, findings and examples", ("What", "Number"), _numbers(card.rule_counts | figures))
    ]
    if card.tests is None:
        blocks.append(paragraph("Tests: not counted; they do not come with an installed package."))
    else:
        total = {"in all": sum(card.tests.values())}
        blocks.append(_table("Test functions, by folder", ("Folder of tests", "Number"), _numbers(card.tests | total)))
    return blocks


def _numbers(counted: dict[str, int]) -> list[tuple[str, str]]:
    return [(name, str(count)) for name, count in counted.items()]


def _attributes(rules: RuleBook) -> Table:
    title = "The thirteen source attributes of evidence-based decision support (HTI-1)"
    return _table(title, ("Attribute", "Here"), attribute_rows(rules), (40, 60))


def _asked(criteria: Iterable[Asked]) -> Table:
    title = "FDA criteria for decision support that is not a device: what is true here, and what is open"
    head = ("Asks", "Here", "Open for the site")
    return _table(title, head, [(item.asks, item.here, item.open) for item in criteria], (30, 40, 30))


def _applied(card: ModelCard) -> Table:
    title = "Elements of the CHAI applied model card, schema v0.2"
    return _table(title, ("Element", "Here"), applied_model_card(card), (40, 60))


def _table(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]], widths: tuple[int, ...] = ()) -> Table:
    return Table(caption, head, tuple(tuple(cell(text) for text in row) for row in rows), widths)
