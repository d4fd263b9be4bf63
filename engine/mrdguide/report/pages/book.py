"""Rules and evidence in readable English."""

from __future__ import annotations

from collections.abc import Iterator

from ...evidence import EvidenceEntry, Library
from ...evidence.citation import vancouver
from ...evidence.shown import rendered
from ...logic.operator import Operator
from ...logic.operators.reference import references
from ...rulebook.book import RuleBook
from ...rulebook.used_parameters import parameters_of, places_of
from ...rulefiles.model import Criterion
from ...rulefiles.parameters import Parameter


def rule_list(rules: RuleBook) -> str:
    """Every rule by section, one line each."""
    lines = []
    for section, ids in rules.sections.items():
        lines.append(f"{section}:")
        lines += [f"  {rule_id}: {rules.rules[rule_id].title}" for rule_id in ids]
    lines.append("schemes:")
    lines += [f"  {scheme.id}: {scheme.title}" for scheme in rules.schemes]
    lines.append("protocols:")
    lines += [f"  {protocol.id}: {protocol.title}" for protocol in rules.protocols]
    lines.append("parameters:")
    lines += [f"  {item.id}: {item.title}: {item.value:g} {item.unit}" for item in rules.parameters]
    lines.append("outcomes, most cautious first:")
    lines += [f"  {outcome.id}: {outcome.title}" for outcome in rules.decision.outcomes]
    return "\n".join([*lines, f"  {rules.decision.insufficient.id}: {rules.decision.insufficient.title}"])


def rule_text(rules: RuleBook, rule_id: str) -> str | None:
    """A rule, outcome or protocol with its reason, its citations and what it rests on; None when there is none."""
    rule_id = rules.current(rule_id)
    if rule_id in rules.rules:
        return "\n".join(_rule(rules, rule_id))
    outcome = next((item for item in rules.decision.outcomes if item.id == rule_id), None)
    if outcome is not None:
        lines = [f"{rule_id}: {outcome.title}  [{rules.where(f'outcome:{rule_id}')}]", f"  {outcome.headline}"]
        lines += [
            f"  given when {outcome.when.wording()}, and no outcome before it",
            f"  certainty: {outcome.certainty}",
        ]
        return "\n".join([*lines, *_cited(rules.evidence, outcome.cites), *_rests_on(rules, outcome.when)])
    parameter = next((item for item in rules.parameters if item.id == rule_id), None)
    if parameter is not None:
        return "\n".join(_parameter(rules, parameter))
    protocol = next((item for item in rules.protocols if item.id == rule_id), None)
    if protocol is None:
        return None
    lines = [f"{rule_id}: {protocol.title}  [{rules.where(f'protocol:{rule_id}')}]", f"  stopped: {protocol.stops}"]
    for item in protocol.criteria:
        if item.when is not None:
            lines.append(f"  - {item.title}: {item.when.wording()}")
        else:
            lines.append(
                f"  - {item.title}: {'not published in the sources read' if item.not_published else 'not judged here'}"
            )
    return "\n".join([*lines, *_cited(rules.evidence, (protocol.study,))])


def _parameter(rules: RuleBook, parameter: Parameter) -> Iterator[str]:
    """A parameter with its value, what a layer may make of it, and where it is used."""
    yield f"{parameter.id}: {parameter.title}  [{rules.where(f'parameter:{parameter.id}')}]"
    yield f"  {parameter.value:g} {parameter.unit}, from {parameter.least:g} to {parameter.most:g}"
    yield f"  source: {parameter.source}"
    if parameter.why:
        yield f"  why: {parameter.why}"
    places = places_of(rules, parameter.id)
    yield f"  used in {len(places)} place{'s' if len(places) != 1 else ''}:"
    yield from (f"    - {place}" for place in places)


def entry_list(library: Library) -> str:
    """Every evidence entry, one line each."""
    return "\n".join(
        f"{entry.id}: {entry.called} ({entry.kind}{f', reference {entry.reference}' if entry.reference else ''})"
        for entry in library
    )


def unverified_list(library: Library) -> str:
    """Every statement of the evidence that is hidden because nobody has seen it at its source, a line each."""
    found = [
        f"{entry.id}: {place}{': worked out here, not published' if fact.derived else ''}"
        for entry in library
        for place, fact in entry.facts()
        if not fact.verified
    ]
    return "\n".join(
        [*found, f"{len(found)} statements, shown by `mrdguide evidence show ID --include-unverified` alone."]
    )


def entry_text(entry: EvidenceEntry, library: Library, *, include_unverified: bool) -> str:
    """An evidence entry with its figures and where each was read."""
    shown = library.shown(entry.id, include_unverified=include_unverified)
    lines = [f"{entry.id}: {entry.called}", f"  {vancouver(entry.citation)}"]
    if shown.summary:
        lines.append(f"  {shown.summary}")
    lines += [f"  asks: {informs.question} ({informs.direction})" for informs in entry.informs]
    for title, facts in (
        ("criteria for stopping", entry.stopping_criteria), ("resurgence", entry.resurgence),
        ("surveillance", entry.surveillance), ("definitions", entry.definitions), ("recommendations", entry.recommendations),
    ):  # fmt: skip
        texts = [
            fact.text if fact.verified else f"[UNVERIFIED] {fact.text}"
            for fact in facts
            if fact.verified or include_unverified
        ]
        lines += [f"  {title}:"] * bool(texts) + [f"    - {text}" for text in texts]
    if shown.findings:
        lines.append("  findings:")
    for finding in shown.findings:
        read_at = finding.read_at
        where = f"{read_at.level}, {read_at.locator}, {read_at.url}, on {read_at.read}" if read_at else "read nowhere"
        lines += [f"    - {finding.text}", f"      read at: {where}"]
    lines += [f"  of {item.url}: {item.note}" for item in entry.sources.values() if item.note]
    lines += ["  not found in the sources read:"] * bool(entry.not_found) + [
        f"    - {item.what}" for item in entry.not_found
    ]
    lines += ["  limitations:"] * bool(entry.limitations) + [f"    - {item}" for item in entry.limitations]
    lines += [f"  warning: {warning}" for warning in shown.warnings]
    if entry.certainty is not None:
        lines.append(f"  certainty (GRADE): {entry.certainty.level} ({'; '.join(entry.certainty.reasons)})")
    return "\n".join(lines)


def _rule(rules: RuleBook, rule_id: str) -> Iterator[str]:
    rule = rules.rules[rule_id]
    yield f"{rule_id}: {rule.title}  [{rules.where(rule_id)}]"
    yield f"  met when {rule.when.wording()}"
    if isinstance(rule, Criterion):
        yield f"  when nothing is recorded: {rule.absence.replace('_', ' ')}"
    for parameter in parameters_of(rules, rule_id):
        where = rules.where(f"parameter:{parameter.id}")
        yield f"  ${parameter.id}: {parameter.value:g} {parameter.unit}  [{where}]"
    if rule.why:
        yield f"  why: {rule.why}"
    yield from _cited(rules.evidence, rule.cites)
    yield from _rests_on(rules, rule.when)


def _rests_on(rules: RuleBook, when: Operator) -> Iterator[str]:
    names = [name for name in references(when) if name in rules.rules]
    if names:
        yield "  rests on:"
    for name in names:
        yield f"    - {name}: {rules.rules[name].title}  [{rules.where(name)}]"


def _cited(library: Library, cites: tuple[str, ...]) -> Iterator[str]:
    if cites:
        yield "  cites:"
    for citation in cites:
        entry_id, _, finding = citation.partition("#")
        entry = library.entry(entry_id)
        yield f"    - [{entry_id}] {vancouver(entry.citation)}"
        for item in rendered(entry).findings:
            if item.id == finding:
                yield f"      {item.text}"
