"""A page for every rule and every study pattern; outcomes, risk schemes, invariants and numbers on one page each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mrdguide.authoring.uses import owner, users
from mrdguide.logic.operator import Operator
from mrdguide.logic.operators.reference import references
from mrdguide.rulebook.book import RuleBook
from mrdguide.rulebook.used_parameters import Mention, mentions, parameters_of, places_of
from mrdguide.rulefiles.model import Criterion, Outcome, Protocol, Rule, Scheme

from .markdown import bullets, code, heading, label, link, page, plain, table, titled

_SECTIONS = {
    "criteria": "Criteria", "conclusions": "Conclusions", "blocks": "Blocks", "cautions": "Cautions", "remarks": "Remarks",
}  # fmt: skip
_ONE_OF = {
    "criteria": "Criterion", "conclusions": "Conclusion", "blocks": "Block", "cautions": "Caution", "remarks": "Remark",
}  # fmt: skip
_KINDS = {
    "protocol": "study pattern", "scheme": "risk scheme", "outcome": "outcome", "secondary": "secondary answer",
    "invariant": "invariant", "alternative": "other definition", "differs": "study pattern", "match": "study match",
    "parameter": "number", "background": "background note", "plan": "plan",
}  # fmt: skip
_LABELS = {
    "protocol": "protocol",
    "scheme": "scheme",
    "outcome": "outcome",
    "invariant": "invariant",
    "parameter": "number",
}


def rule_pages(rules: RuleBook) -> Mapping[str, str]:
    """Every page on the rules by its path."""
    found = mentions(rules)
    return {
        "rules/index.md": _index(rules),
        "rules/outcomes.md": _outcomes(rules),
        "rules/invariants.md": _invariants(rules),
        "rules/schemes.md": _schemes(rules),
        "rules/numbers.md": _parameters(rules, found),
        **{f"rules/{label(rule_id)}.md": _rule(rules, rule_id, found) for rule_id in rules.rules},
        "protocols/index.md": _protocols(rules),
        **{f"protocols/{label(item.id)}.md": _protocol(rules, item) for item in rules.protocols},
    }


def named(rules: RuleBook, name: str) -> str:
    """Something that a condition names or that names a condition, as a link where it has a page."""
    if name in rules.rules:
        return f"{link(rules.rules[name].title, label('rule', name))} {code(name)}"
    kind, _, own = name.partition(":")
    said = _KINDS.get(kind, kind)
    return f"{said} {link(own, label(_LABELS[kind], own))}" if kind in _LABELS else f"{said} {code(own)}"


def cited(rules: RuleBook, citations: Iterable[str]) -> str:
    """The entries of the evidence that something cites, each once."""
    entries = dict.fromkeys(citation.partition("#")[0] for citation in citations)
    return bullets(
        f"{link(rules.evidence.entry(item).called, label('evidence', item))} {code(item)}" for item in entries
    )


def _index(rules: RuleBook) -> str:
    parts = [
        titled(
            _SECTIONS[section],
            table(
                ("rule", "id"),
                ((link(rules.rules[rule_id].title, label("rule", rule_id)), code(rule_id)) for rule_id in ids),
            ),
        )
        for section, ids in rules.sections.items()
    ]
    return page(
        heading(1, "The rules", "the-rules"),
        f"{len(rules.rules)} rules of {plain(rules.name)}, released {rules.pack.released}, each with its condition in words, its reason, "
        "what it rests on and what rests on it. Criteria read the patient; conclusions, blocks and cautions combine criteria; "
        "[outcomes](outcomes.md) are tried most cautious first, and [invariants](invariants.md) forbid some of them.",
        "```{toctree}\n:maxdepth: 1\n\noutcomes\ninvariants\nschemes\nnumbers\n```",
        *parts,
    )


def _rule(rules: RuleBook, rule_id: str, found: Sequence[Mention]) -> str:
    rule = rules.rules[rule_id]
    section = next(name for name, ids in rules.sections.items() if rule_id in ids)
    return page(
        heading(1, rule.title, label("rule", rule_id)),
        f"{_ONE_OF[section]} {code(rule_id)}, {code(rules.where(rule_id))}. [All rules](index.md).",
        bullets(_facts_of(rules, rule, found)),
        plain(rule.why) and f"**Why.** {plain(rule.why)}",
        titled("Cites", cited(rules, rule.cites)),
        titled("Rests on", bullets(_below(rules, rule.when))),
        titled("Used by", bullets(_above(rules, rule_id)) or "Nothing: it is shown, and no answer depends on it."),
        in_the_sidebar=False,
    )


def _facts_of(rules: RuleBook, rule: Rule, found: Sequence[Mention]) -> Iterator[str]:
    yield f"**Met when** {plain(rule.when.wording())}"
    if isinstance(rule, Criterion):
        yield f"**When nothing is recorded**: {rule.absence.replace('_', ' ')}"
        read = next(item.paths for item in rules.compiled_criteria if item.rule.id == rule.id)
        yield f"**Reads**: {', '.join(map(code, sorted(read))) or 'nothing of the profile'}"
        if rule.attestable is not None:
            yield f"**May be attested** while the record leaves it unknown, as {code(rule.attestable.what)}"
    for parameter in parameters_of(rules, rule.id, found):
        yield f"**Number**: {link(parameter.title, label('number', parameter.id))}, {parameter.value:g} {plain(parameter.unit)}"


def _below(rules: RuleBook, when: Operator) -> Iterator[str]:
    return (named(rules, name) for name in references(when) if name in rules.rules)


def _above(rules: RuleBook, rule_id: str) -> Iterator[str]:
    return (named(rules, name) for name in dict.fromkeys(map(owner, users(rules, rule_id))))


def _outcomes(rules: RuleBook) -> str:
    insufficient = rules.decision.insufficient
    return page(
        heading(1, "Outcomes", "outcomes"),
        "In the order in which they are tried, most cautious first. The first whose condition holds is the answer; where one is "
        "undecided, those after it stay possible.",
        *(_outcome(rules, item) for item in rules.decision.outcomes),
        heading(2, insufficient.title, label("outcome", insufficient.id)),
        f"{code(insufficient.id)}: {plain(insufficient.headline)}",
    )


def _outcome(rules: RuleBook, outcome: Outcome) -> str:
    return "\n\n".join(
        text
        for text in (
            heading(2, outcome.title, label("outcome", outcome.id)),
            f"{code(outcome.id)}: {plain(outcome.headline)}",
            bullets((
                f"**Given when** {plain(outcome.when.wording())}, and no outcome before it",
                f"**Certainty of the evidence, as the rules judge it**: {outcome.certainty}",
                *(f"**May be discussed**: {plain(option)}" for option in outcome.options),
                *(f"**Limit**: {plain(limit)}" for limit in outcome.limits),
            )),
            titled("Rests on", bullets(_below(rules, outcome.when)), 3),
            titled("Cites", cited(rules, outcome.cites), 3),
        )
        if text
    )  # fmt: skip


def _invariants(rules: RuleBook) -> str:
    return page(
        heading(1, "Safety invariants", "safety-invariants"),
        "What must never be answered while something holds. They are proved for every combination of verdicts when the rules are "
        "read, and checked again with every answer.",
        *(
            "\n\n".join((
                heading(2, item.title, label("invariant", item.id)),
                bullets((
                    code(item.id),
                    f"**Never**: {', '.join(link(name, label('outcome', name)) for name in item.never)}",
                    f"**While** {plain(item.when.wording())}{', or while that is unknown' if item.or_unknown else ''}",
                    *(["**Fixed**: it holds over the core's own criteria, whatever a layer loosens"] if item.fixed else []),
                )),
            ))
            for item in rules.decider.invariants
        ),
    )  # fmt: skip


def _schemes(rules: RuleBook) -> str:
    return page(
        heading(1, "Risk schemes", "risk-schemes"),
        "Each is a result of its own; they are never mixed.",
        *(_scheme(rules, item) for item in rules.schemes),
    )


def _scheme(rules: RuleBook, scheme: Scheme) -> str:
    classes = [f"**{plain(item.name)}**: {plain(item.when.wording()) if item.when else _points(item.from_points, item.to_points)}"
               for item in scheme.classes]  # fmt: skip
    points = [f"{item.points:g} points when {plain(item.when.wording())}" for item in scheme.points]
    return "\n\n".join(
        text
        for text in (
            heading(2, scheme.title, label("scheme", scheme.id)),
            code(scheme.id),
            bullets([*points, *classes]),
            plain(scheme.note),
            titled("Cites", cited(rules, scheme.cites), 3),
        )
        if text
    )


def _points(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "everyone else"
    return f"{'' if low is None else f'from {low:g} '}{'' if high is None else f'to {high:g} '}points"


def _parameters(rules: RuleBook, found: Sequence[Mention]) -> str:
    return page(
        heading(1, "Numbers that several rules share", "numbers"),
        "A layer may change one in one line, within its range.",
        *(
            "\n\n".join((
                heading(2, item.title, label("number", item.id)),
                bullets((
                    f"{code(item.id)}: {item.value:g} {plain(item.unit)}, from {item.least:g} to {item.most:g}",
                    f"source: {_source(rules, item.source)}",
                    *([plain(item.why)] if item.why else []),
                    *(f"used in {code(place)}" for place in places_of(rules, item.id, found)),
                )),
            ))
            for item in rules.parameters
        ),
    )  # fmt: skip


def _source(rules: RuleBook, source: str) -> str:
    return link(source, label("evidence", source)) if source in rules.evidence else plain(source)


def _protocols(rules: RuleBook) -> str:
    rows = (
        (link(item.title, label("protocol", item.id)), code(item.id), plain(item.stops), str(len(item.criteria)))
        for item in rules.protocols
    )
    return page(
        heading(1, "Study patterns", "study-patterns"),
        "Whom published cessation studies took in, as far as their sources say. A patient is compared with each of them.",
        table(("study", "id", "what it stopped", "criteria"), rows),
    )


def _protocol(rules: RuleBook, protocol: Protocol) -> str:
    criteria = (
        f"{plain(item.title)}: "
        + (
            plain(item.when.wording())
            if item.when is not None
            else (
                "not published in the sources read" if item.not_published else "a profile does not hold it; not judged"
            )
        )
        for item in protocol.criteria
    )
    differences = (
        f"{plain(item.words)}, when {plain(item.differs_when.wording())}"
        + (f" (printed only: {plain(item.minor)})" if item.minor else "")
        for item in protocol.applicability
    )
    conditions = [item.when for item in protocol.criteria if item.when is not None]
    below = dict.fromkeys(line for when in conditions for line in _below(rules, when))
    return page(
        heading(1, protocol.title, label("protocol", protocol.id)),
        f"Study pattern {code(protocol.id)}, {code(rules.where(f'protocol:{protocol.id}'))}. [All study patterns](index.md).",
        f"The study stopped {plain(protocol.stops)}.",
        titled("Criteria", bullets(criteria)),
        titled("What else may differ from the study", bullets(differences)),
        titled("Rests on", bullets(below)),
        titled("Cites", cited(rules, (protocol.study,))),
        in_the_sidebar=False,
    )
